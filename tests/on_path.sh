#!/usr/bin/env bash
# Runs a test with the vectors of one kind of CPU; skipped where this one lacks them.
#   on_path.sh PATH CFISAC COMMAND...      PATH: plain, avx2, avx512
set -euo pipefail
path=$1
cfisac=$2
shift 2
export CFISAC_SIMD=$path
version=$("$cfisac" --version 2>&1) || true
if grep -qF 'this CPU has no more than' <<<"$version"; then
  printf '%s\n' "$version"
  exit 77
fi
grep -qx "vectors   $path" <<<"$version" || { printf 'FAILED: CFISAC_SIMD=%s, but\n%s\n' "$path" "$version"; exit 1; }
exec "$@"
