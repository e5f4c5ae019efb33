#!/usr/bin/env bash
# `cfisac completion` completes the command line in bash, zsh and fish: commands, options, keys, their words, and files.
# The same lines are asked of each shell that is there, by its own means: bash's function as readline calls it, fish's
# `complete -C`, and the tab key in zsh.
#   test_completion.sh CFISAC
# shellcheck source=tests/cli/common.sh
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
export HOME=$work TERM=dumb

for shell in bash zsh fish; do
    expect 0 completion "$shell"
    cp out "cfisac.$shell"
done
expect 2 completion tcsh
check 'the shells that there are' has err 'tcsh is no shell (allowed: bash, zsh, fish)'
expect 2 completion

# ------------------------------------------------------------------------------------ what is in the table
every_option() {
    local command option
    for command in $("$cfisac" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  .*/\1/p'); do
        for option in $("$cfisac" help "$command" | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
            grep -q "^option	$command	$option	" cfisac.bash || { printf '%s %s\n' "$command" "$option"; return 1; }
        done
        grep -q "[']*command	$command	" cfisac.bash || { printf '%s\n' "$command"; return 1; }
    done
}
check 'every command and option of the help is in the table' every_option
check 'every key of the schema is' test "$(grep -c '^key	' cfisac.bash)" -eq "$("$cfisac" schema | grep -c '": {"description": ')"
check 'a key has its words' grep -q $'^key\tnetwork.placement\tyes\tno\treject clamp none\t' cfisac.bash
check 'null and true' grep -q $'^key\tnetwork.wrap_around\tyes\tno\ttrue false\t' cfisac.bash
check 'a file' grep -q $'^key\tpropagation.gain\tyes\tyes\tnull\t' cfisac.bash
check 'no field is empty' test -z "$(grep -nP '\t\t|\t$' cfisac.bash)"
# table SHELL: its rows of options and keys; bash and zsh write a quote within quotes as '\'', fish as \'
table() { grep -P '^(option|key)\t' "cfisac.$1" | sed "s/'\\\\''/'/g; s/\\\\'/'/g"; }
check 'zsh has the same table' test "$(table bash)" = "$(table zsh)"
check 'and so has fish' test "$(table bash)" = "$(table fish)"

# ------------------------------------------------------------------------------------------------- lines
mkdir files files/results files/results/deeper
touch files/net.json files/gains.csv files/cone.cbf files/notes.txt 'files/my net.json'
cd files || exit 1

# LINE|CANDIDATES of the word under the cursor, sorted; ... stands for more
cat >../lines <<'END'
cfisac fr|frontier
cfisac re|replay
cfisac --ver|--version
cfisac --help fron|frontier
cfisac help exit|exit-codes
cfisac run --th|--threads
cfisac run net.json --quiet --qu|
cfisac run --set seed=1 --se|--set
cfisac sweep --out re|results/
cfisac sweep --out results/|results/deeper/
cfisac sweep --out=re|--out=results/
cfisac run |my net.json net.json results/
cfisac solve |cone.cbf results/
cfisac compare results r|results/
cfisac run --threads |
cfisac run net.json --set network.plac|network.placement=
cfisac run --set network.placement=|network.placement=clamp network.placement=none network.placement=reject
cfisac run --set network.placement=re|network.placement=reject
cfisac run --set=network.wrap_around=f|--set=network.wrap_around=false
cfisac run --set propagation.gain=|propagation.gain=gains.csv propagation.gain=my net.json propagation.gain=net.json propagation.gain=null propagation.gain=results/
cfisac run --set nam|name=
cfisac sweep net.json --over precoding.kind=mr,z|precoding.kind=mr,zf
cfisac sweep net.json --over network.ues+pilots.le|network.ues+pilots.length=
cfisac sweep net.json --over power.snr_db=10:5:3|
cfisac frontier --between max_min_rate,p|max_min_rate,position_error max_min_rate,power
cfisac help fron|frontier
cfisac help pilots.le|pilots.length
cfisac completion f|fish
cfisac plot results --format p|pdf png
cfisac nothing |
END

# ask_bash LINE: the candidates, whole words as the other shells tell them; readline gives the function the words that it
# has taken apart at =, : and blanks, and puts what comes back behind the last of these
cat >../ask.bash <<'END'
. ../cfisac.bash
ask_bash() {
    local word kept
    COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=() COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
    for word in $1; do
        while [[ $word =~ ^([^=:]*)([=:])(.*)$ ]]; do
            [ -z "${BASH_REMATCH[1]}" ] || COMP_WORDS+=("${BASH_REMATCH[1]}")
            COMP_WORDS+=("${BASH_REMATCH[2]}")
            word=${BASH_REMATCH[3]}
        done
        [ -z "$word" ] || COMP_WORDS+=("$word")
    done
    [[ $1 != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _cfisac
    kept=${1##* }
    kept=${kept%"${kept##*[=:]}"}
    for word in "${COMPREPLY[@]}"; do
        word=$kept$word
        [ ! -d "${word##*=}" ] || word=${word%/}/
        printf '%s\n' "$word"
    done
}
END
# shellcheck source=/dev/null
. ../ask.bash
# shellcheck disable=SC2016 # a variable of fish
ask_fish() { fish --no-config -c 'source ../cfisac.fish; complete -C $argv[1]' "$1" | cut -f 1; }

# asked SHELL LINE CANDIDATES
asked() {
    local got
    got=$("ask_$1" "$2" | sort | tr '\n' ' ')
    [ "${got% }" = "$3" ] || { printf '%s: [%s] is completed by [%s]\n' "$1" "$2" "${got% }"; return 1; }
}
shells=(bash)
command -v fish >/dev/null && shells+=(fish) || printf 'no fish: its completion is not tried\n'
for shell in "${shells[@]}"; do
    while IFS='|' read -r line candidates; do
        check "$shell: $line" asked "$shell" "$line" "$candidates"
    done <../lines
done
COMP_WORDBREAKS=$' \t\n' COMP_WORDS=(cfisac run --set network.placement=re) COMP_CWORD=3
COMP_LINE="${COMP_WORDS[*]}" COMP_POINT=${#COMP_LINE}
_cfisac
check 'bash: = taken out of COMP_WORDBREAKS' test "${COMPREPLY[*]}" = network.placement=reject
COMP_WORDS=(cfisac sw --out x) COMP_CWORD=1 COMP_LINE='cfisac sw --out x' COMP_POINT=9
_cfisac
check 'bash: the cursor within the line' test "${COMPREPLY[*]}" = sweep

# The tab key in zsh, which finds the function in a directory as an installation has it: the line that comes of it is run,
# and its words are printed.
mkdir ../functions
cp ../cfisac.zsh ../functions/_cfisac
cat >../ask.zsh <<'END'
zmodload zsh/zpty
PS1= zpty shell "TERM=dumb zsh -f -i"
zpty -w shell 'PS1=; unsetopt zle_bracketed_paste beep; autoload -Uz compinit; fpath=(../functions $fpath); compinit -u -D'
zpty -w shell 'cfisac() { print -r -- "got<${(j:|:)@}>" }; setopt no_auto_menu no_list_ambiguous; print rea""dy'
zpty -r shell said '*ready*'
while IFS= read -r line; do
    zpty -w -n shell "$line"$'\n'
    zpty -r shell said '*got<*>*'
    print -r -- "${${said#*got<}%%>*}"
done
zpty -d shell
END
cat >../tabs <<'END'
cfisac fr	/frontier
cfisac sweep net.json --ov	network.plac	rej	/sweep|net.json|--over|network.placement=reject
cfisac run --out=res	/run|--out=results
cfisac run --out res	 --thr	4/run|--out|results|--threads|4
cfisac run --set=network.wrap_around=f	/run|--set=network.wrap_around=false
cfisac sweep --over precoding.kind=mr,z	/sweep|--over|precoding.kind=mr,zf
cfisac sweep --over network.ues+pilots.le	4:8/sweep|--over|network.ues+pilots.length=4:8
cfisac run --set propagation.gain=g	/run|--set|propagation.gain=gains.csv
cfisac solve c	/solve|cone.cbf
cfisac run m	/run|my net.json
cfisac help pilots.le	/help|pilots.length
cfisac completion f	/completion|fish
cfisac run '[' --th	4/run|[|--threads|4
END
if command -v zsh >/dev/null; then
    cut -d / -f 1 ../tabs | timeout 60 zsh -f ../ask.zsh >../typed 2>&1
    check "zsh: the tab key $(diff <(cut -d / -f 2- ../tabs) ../typed)" cmp -s <(cut -d / -f 2- ../tabs) ../typed
else
    printf 'no zsh: its completion is not tried\n'
fi
conclude
