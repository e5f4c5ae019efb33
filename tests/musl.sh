#!/usr/bin/env bash
# Another C library: every room compiles against musl, and the cone solver, linked with it statically, solves the example of
# docs/solver.md and a few hundred problems with planted answers. The other rooms need libraries (GSL, OpenBLAS, cJSON) that
# Debian has for glibc alone, so they are compiled only. Skipped without musl-gcc and AMD's static library.
#   musl.sh TOP BUILD      BUILD: where headers of rooms were generated, as src/ROOM
set -euo pipefail
top=$(realpath "$1")
build=$(realpath "$2")
cd "$top"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
library=/usr/lib/$(gcc -print-multiarch)
if ! command -v musl-gcc >/dev/null || [ ! -f "$library/libamd.a" ]; then
  echo 'skipped: no musl-gcc, or no libamd.a'
  exit 77
fi

# headers of the libraries, and none of glibc's
mkdir "$work/headers"
for header in /usr/include/{gsl,cjson,suitesparse,sha2.h,lapacke.h,lapack.h,lapacke_mangling.h,lapacke_config.h,lapacke_utils.h} \
              "/usr/include/$(gcc -print-multiarch)"/{cblas.h,openblas_config.h}; do
  [ ! -e "$header" ] || ln -s "$header" "$work/headers/"
done
flags=(-std=gnu11 -O1 -fopenmp -D_GNU_SOURCE '-DCFISAC_VERSION="musl"' -Wall -Wextra -Werror -I include -I src -I tests
       -isystem "$work/headers" -isystem "$work/headers/cjson")
compile() { musl-gcc "${flags[@]}" "$@"; }

rooms=(linalg scenario network channel link metrics alloc trial report sweep cli)
for room in "${rooms[@]}"; do
  for source in src/"$room"/*.c; do
    [ "$source" = src/sweep/mpi.c ] || compile -I "$build/src/$room" -fsyntax-only "$source"
  done
done
without_openmp=(-fno-openmp -Wno-unknown-pragmas)
while read -r source; do
  compile "${without_openmp[@]}" -I "$build/${source%/*}" -fsyntax-only "$source"
done < <(grep -lE 'base/(threads|openmp).h' src/*/*.c)

mkdir "$work/solver"
for source in src/base/*.c src/socp/*.c; do
  object=${source#src/}
  compile "${without_openmp[@]}" -c "$source" -o "$work/solver/${object//\//_}.o"
done
link=("$work"/solver/*.o "$library/libamd.a" "$library/libsuitesparseconfig.a" -lm)
compile -static "${without_openmp[@]}" docs/examples/fermat.c "${link[@]}" -o "$work/fermat"
line=$("$work/fermat")
grep -qFx -- "$line" docs/solver.md || { printf 'FAILED: docs/solver.md does not show %s\n' "$line"; exit 1; }
compile -static "${without_openmp[@]}" tests/bench/cones.c tests/socp_planted.c tests/socp_planted_programmes.c tests/socp_verdict.c "${link[@]}" -o "$work/cones"
"$work/cones" 300 1
