#!/usr/bin/env bash
# What the program says it was built from: the commit of a checkout, -dirty when files that git knows were changed, and from
# a tarball the release with its date.
#   git_version.sh TOP CFISAC HEADER      HEADER: git_version.h of this build
# shellcheck source=tests/cli/common.sh
top=$(realpath "$1")
header=$(realpath "$3")
shift
. "$top/tests/cli/common.sh"
cd "$work" || exit 1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

copy() { mkdir -p "$1/cmake" && cp "$top"/cmake/* "$1/cmake/" && cp "$top/CITATION.cff" "$top/.gitattributes" "$1/"; }
commit() { git -C "$1" init -q && git -C "$1" add -A && git -C "$1" commit -qm first; }
hash_of() { git -C "$1" rev-parse --short=12 HEAD; }
# says TREE: the text of the header that TREE's own script writes
says() {
    cmake -DSOURCE="$work/$1" -DOUTPUT="$work/$1.h" -P "$work/$1/cmake/git_version.cmake" >log 2>&1 || cat log
    sed -n 's/^#define CFISAC_GIT_HASH "\(.*\)"$/\1/p' "$work/$1.h"
}
is() { [ "$1" = "$2" ] || { printf '%s, not %s\n' "$1" "$2"; return 1; }; }

release="release $(sed -n 's/^version: //p' "$top/CITATION.cff") of $(sed -n 's/^date-released: //p' "$top/CITATION.cff")"
check 'the release has a version and a date' grep -qE '^release [0-9]+\.[0-9]+\.[0-9]+ of [0-9]{4}-[0-9]{2}-[0-9]{2}$' <<<"$release"

copy checkout
commit checkout
hash=$(hash_of checkout)
check 'a checkout is its commit' is "$(says checkout)" "$hash"
touch checkout/untracked
check 'an untracked file does not count' is "$(says checkout)" "$hash"
before=$(stat -c %y checkout.h)
check 'and the header is not touched again' is "$(says checkout >log; stat -c %y checkout.h)" "$before"
echo >>checkout/CITATION.cff
check 'a changed file is seen' is "$(says checkout)" "$hash-dirty"
git -C checkout checkout -q CITATION.cff
check 'until it is changed back' is "$(says checkout)" "$hash"
git -C checkout worktree add -q "$work/worktree" 2>log
check 'a worktree is its commit' is "$(says worktree)" "$hash"
git -C worktree rm -q CITATION.cff --cached
check 'and has its own changes' is "$(says worktree)" "$hash-dirty"
check 'not the checkout' is "$(GIT_DIR=$work/worktree/.git says checkout)" "$hash"

git -C checkout archive --prefix=tarball/ HEAD | tar x
check 'a tarball is a release and a commit' is "$(says tarball)" "$release, commit $hash"
copy outer/plain
check 'plain files are a release' is "$(says outer/plain)" "$release"
commit outer
check 'also inside the checkout of another project' is "$(says outer/plain)" "$release"
sed -i 's/^version: .*/version: 7.8.9/' outer/plain/CITATION.cff
check 'the release stands in CITATION.cff' is "$(says outer/plain)" "release 7.8.9 of ${release##* }"

check 'the program says what its header says' \
    is "$("$cfisac" --version | sed -n 's/^git *//p')" "$(sed -n 's/^#define CFISAC_GIT_HASH "\(.*\)"$/\1/p' "$header")"
check 'and so do the results' \
    is "$(echo '{}' | "$cfisac" run - --quiet --json --set monte_carlo.drops=1 --set monte_carlo.realizations=0 |
        sed -n 's/^ *"git": "\(.*\)",$/\1/p')" "$("$cfisac" --version | sed -n 's/^git *//p')"
conclude
