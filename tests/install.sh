#!/bin/bash
# What `cmake --install` leaves is enough to use the program, its pages, figures and completions and, from C and C++, the cone
# solver: the example of docs/solver.md and install.cpp are compiled against it by pkg-config and by a project of CMake,
# and run. `--target uninstall` removes all of it and nothing else.
#   install.sh TOP BUILD CC [FLAG...]      FLAG: of the build (a sanitizer's)
set -u
# shellcheck source=tests/complain.sh
. "$(dirname "${BASH_SOURCE[0]}")/complain.sh"
top=$(realpath "$1")
build=$(realpath "$2")
cc=$3
shift 3
flags=("$@")
work=$(mktemp -d)

# The lists of what an installation by the user of this build has put somewhere stay his.
mkdir "$work/kept"
lists=(install_manifest.txt install_directories.txt)
for list in "${lists[@]}"; do [ ! -e "$build/$list" ] || cp "$build/$list" "$work/kept"; done
# shellcheck disable=SC2317 # by trap
give_back() {
  for list in "${lists[@]}"; do
    rm -f "$build/$list"
    [ ! -e "$work/kept/$list" ] || cp "$work/kept/$list" "$build"
  done
  rm -rf "$work"
}
trap give_back EXIT
rm -f "${lists[@]/#/$build/}"

# A prefix that has files and an empty directory of its own.
mkdir -p "$work/first/share/man" "$work/first/bin"
touch "$work/first/bin/other"
(cd "$work/first" && find . | sort) >"$work/before"
cmake --install "$build" --prefix "$work/first" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cp -r "$work/first" "$work/prefix" # moved elsewhere, all works as well
prefix=$work/prefix

for file in bin/cfisac share/man/man1/cfisac.1 include/cfisac/socp.h include/cfisac/error.h share/cfisac/configs/paper.json \
  share/doc/cfisac/README.md share/doc/cfisac/docs/examples/campus.json share/doc/cfisac/docs/examples/campus.csv \
  share/doc/cfisac/docs/examples/fermat.c share/doc/cfisac/configs/paper.json share/cfisac/scripts/slurm/array.sh \
  share/cfisac/scripts/read_cbf.py share/doc/cfisac/scripts/read_cbf.py \
  share/bash-completion/completions/cfisac share/zsh/site-functions/_cfisac share/fish/vendor_completions.d/cfisac.fish; do
  [ -s "$prefix/$file" ] || complain "$file is not installed"
done
[ "$("$prefix/bin/cfisac" --version)" = "$("$build/cfisac" --version)" ] || complain 'what is installed is not what was built'
cmp -s <("$build/cfisac" completion bash) "$prefix/share/bash-completion/completions/cfisac" || complain 'the completions are those of another program'
# run_examples: every scenario of the documentation, in its place
for scenario in "$prefix"/share/doc/cfisac/docs/examples/*.json "$prefix"/share/doc/cfisac/configs/*.json; do
  "$prefix/bin/cfisac" validate "$scenario" --quiet >/dev/null 2>"$work/err" || complain "$scenario: $(cat "$work/err")"
done

# The pages link to nothing that is not there.
links=0
while read -r page; do
  while read -r link; do
    links=$((links + 1))
    [[ $link == http* ]] || [ -e "$(dirname "$page")/$link" ] || complain "${page#"$prefix/"} links to $link, which is not installed"
  done < <(grep -oE '\]\([^)#:]+' "$page" | sed 's/^](//')
done < <(find "$prefix/share/doc" -name '*.md')
[ "$links" -ge 60 ] || complain "only $links links were found"

# A figure from the installed scripts, by the installed program, without a checkout.
if command -v gnuplot >/dev/null && command -v jq >/dev/null; then
  (cd "$work" && env -u CFISAC PATH="$prefix/bin:$PATH" "$prefix/share/cfisac/scripts/figures.sh" --out figures f) >"$work/log" 2>&1 || cat "$work/log"
  [ -s "$work/figures/fig_f.svg" ] || complain 'the installed figures.sh draws no figure'
  "$prefix/share/cfisac/scripts/read_cbf.py" --help >"$work/log" 2>&1 || complain 'the installed read_cbf.py does not run'
  grep -q '^#.* cfisac replay configs/paper.json ' "$work/figures/fig_f.gp" || complain 'the figure does not say the command that made it'
fi
SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=2 CFISAC=$prefix/bin/cfisac "$prefix/share/cfisac/scripts/slurm/array.sh" \
  "$prefix/share/cfisac/configs/paper.json" "$work/shards" --over seed=1,2 --set monte_carlo.drops=1 --set monte_carlo.realizations=0 \
  --quiet >"$work/log" 2>&1
[ -s "$work/shards/shard-2/sweep.ndjson" ] || complain "the installed array.sh runs no shard: $(cat "$work/log")"

# ------------------------------------------------------------------------------- the cone solver by pkg-config
# example_runs PROGRAM HOW: it prints the line of docs/solver.md
example_runs() {
  if ! "$1" >"$work/out"; then
    complain "the example, compiled $2, failed: $(cat "$work/out")"
  elif [ "$(wc -l <"$work/out")" -ne 1 ]; then
    complain "the example, compiled $2, prints not one line but: $(cat "$work/out")"
  elif ! grep -qFx -- "$(cat "$work/out")" "$top/docs/solver.md"; then
    complain "docs/solver.md does not show what the example, compiled $2, prints: $(cat "$work/out")"
  fi
}
pc=$(find "$prefix" -name cfisac_socp.pc)
[ -n "$pc" ] || { complain 'cfisac_socp.pc is not installed'; exit 1; }
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$pc")
read -ra compile < <(pkg-config --cflags cfisac_socp)
read -ra link < <(pkg-config --libs cfisac_socp)
if "$cc" "${flags[@]}" -Wall -Wextra -Werror "${compile[@]}" "$top/docs/examples/fermat.c" "${link[@]}" -o "$work/fermat"; then
  example_runs "$work/fermat" 'by pkg-config'
else
  complain 'the example does not compile against what is installed'
fi

# The C++ compiler that goes with CC, and clang's beside a gcc of this machine; a sanitizer's library is one compiler's.
case $(basename "$cc") in
  *clang*) cxx=("${cc/clang/clang++}") ;;
  *gcc*) cxx=("${cc/gcc/g++}") ;;
  *) cxx=(g++) ;;
esac
if [ "${#flags[@]}" -eq 0 ] && [ "${cxx[0]##*/}" = g++ ] && command -v clang++ >/dev/null; then cxx+=(clang++); fi
for compiler in "${cxx[@]}"; do
  if ! "$compiler" "${flags[@]}" -std=c++11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror "${compile[@]}" \
       "$top/tests/install.cpp" "${link[@]}" -o "$work/cpp"; then
    complain "install.cpp does not compile with $compiler against what is installed"
  elif [ "$("$work/cpp")" != optimal ]; then
    complain "install.cpp, compiled with $compiler, failed"
  fi
done

# ------------------------------------------------------------------------------------- and by a project of CMake
mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.20)
project(uses_cfisac_socp C CXX)
find_package(cfisac_socp 0.2 REQUIRED)
set(CMAKE_CXX_STANDARD 11)
add_executable(fermat ${TOP}/docs/examples/fermat.c)
target_link_libraries(fermat PRIVATE cfisac::socp)
add_executable(cpp ${TOP}/tests/install.cpp)
target_link_libraries(cpp PRIVATE cfisac::socp)
END
if cmake -S "$work/project" -B "$work/project/build" -DTOP="$top" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" \
     -DCMAKE_CXX_COMPILER="${cxx[0]}" -DCMAKE_C_FLAGS="${flags[*]}" -DCMAKE_CXX_FLAGS="${flags[*]}" >"$work/log" 2>&1 &&
   cmake --build "$work/project/build" >"$work/log" 2>&1; then
  example_runs "$work/project/build/fermat" 'by CMake'
  [ "$("$work/project/build/cpp")" = optimal ] || complain 'install.cpp, compiled by CMake, failed'
else
  complain "a project of CMake cannot use what is installed: $(tail -n 20 "$work/log")"
fi
# of another version
if sed -i 's/cfisac_socp 0.2 /cfisac_socp 0.1 /' "$work/project/CMakeLists.txt" &&
   cmake "$work/project/build" >"$work/log" 2>&1 || ! grep -qF 'compatible with requested version "0.1"' "$work/log"; then
  complain 'another version of the library is taken for the one that is asked for'
fi

# ---------------------------------------------------------------------------------------------------- uninstall
touch "$work/first/share/cfisac/configs/mine.json"
uninstall() { cmake --build "$build" --target uninstall >"$work/log" 2>&1; }
cmake --install "$build" --prefix "$work/first" >/dev/null 2>&1 # again: what it made before stays on its list
installed=$(wc -l <"$build/install_manifest.txt")
uninstall || complain "uninstall failed: $(cat "$work/log")"
grep -qF "Removed $((installed + 1)) files" "$work/log" || complain "uninstall does not say what it did: $(cat "$work/log")"
(cd "$work/first" && find . | sort) >"$work/after"
printf '%s\n' ./share/cfisac ./share/cfisac/configs ./share/cfisac/configs/mine.json | sort - "$work/before" >"$work/expected"
cmp -s "$work/expected" "$work/after" || complain "uninstall left, or took, $(diff "$work/expected" "$work/after")"
uninstall || complain "a second uninstall failed: $(cat "$work/log")"
grep -qF 'Nothing is installed from ' "$work/log" || complain "a second uninstall does not say so: $(cat "$work/log")"
[ ! -e "$build/install_manifest.txt" ] || complain 'the list of what was installed is still there'
# below DESTDIR, into a prefix that it makes; one of the files is gone already
DESTDIR=$work/staged cmake --install "$build" --prefix /opt/cfisac >/dev/null 2>&1
rm "$work/staged/opt/cfisac/bin/cfisac"
DESTDIR=$work/staged uninstall || complain "uninstall below DESTDIR failed: $(cat "$work/log")"
grep -qF '; 1 were gone already' "$work/log" || complain "uninstall does not say what was gone: $(cat "$work/log")"
[ ! -e "$work/staged/opt" ] || complain "uninstall below DESTDIR left $(find "$work/staged")"
exit $((failures > 0))
