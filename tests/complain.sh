# Sourced by tests that are scripts: what fails is told, and counted.
# shellcheck shell=bash
failures=0

complain() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# A check that calls what is not there would check nothing: the test ends.
command_not_found_handle() {
    printf 'FAILED: there is no command %s\n' "$1"
    kill -TERM $$
}
