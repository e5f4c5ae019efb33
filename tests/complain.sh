# Sourced by tests that are scripts: what fails is told, and counted.
# shellcheck shell=bash
failures=0

complain() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}
