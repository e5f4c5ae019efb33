#!/bin/bash
# Runs a program under a locale with a decimal comma: one of the system's, or one made here.
#   locale.sh PROGRAM
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has_comma() { [ "$(LC_ALL=$1 locale decimal_point 2>/dev/null)" = , ]; }

# A locale like C but for its numbers.
make_locale() {
  printf 'LC_IDENTIFICATION\ntitle "C with a decimal comma"\nEND LC_IDENTIFICATION\n' >"$work/comma"
  printf 'LC_NUMERIC\ndecimal_point ","\nthousands_sep "."\ngrouping 3;3\nEND LC_NUMERIC\n' >>"$work/comma"
  for category in CTYPE COLLATE MONETARY TIME MESSAGES PAPER NAME ADDRESS TELEPHONE MEASUREMENT; do
    printf 'LC_%s\ncopy "POSIX"\nEND LC_%s\n' "$category" "$category" >>"$work/comma"
  done
  localedef -c -i "$work/comma" -f "$1" "$work/xx_XX.utf8" >"$work/log" 2>&1
  [ -d "$work/xx_XX.utf8" ] || return 1
  export LOCPATH=$work
  has_comma xx_XX.UTF-8
}

for name in de_DE.UTF-8 fr_FR.UTF-8 de_DE.utf8 fr_FR.utf8 de_DE fr_FR; do
  if has_comma "$name"; then
    CFISAC_TEST_LOCALE=$name exec "$1"
  fi
done
if ! command -v localedef >/dev/null || [ ! -e /usr/share/i18n/locales/POSIX ]; then
  echo 'skipped: no locale with a decimal comma, and nothing to make one from (package locales)'
  exit 77
fi
if ! make_locale UTF-8; then
  cat "$work/log"
  echo 'FAILED: no locale with a decimal comma could be made'
  exit 1
fi
CFISAC_TEST_LOCALE=xx_XX.UTF-8 "$1"
