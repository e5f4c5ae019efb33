# shellcheck shell=bash
# Completion of cfisac's command line for bash: commands, options, keys of scenarios, their words, and files.

_cfisac_table='@TABLE@'

# _cfisac_words: into words[], those of the line up to the cursor as the program would get them; bash has taken them apart
# at the characters of COMP_WORDBREAKS. The last one is being completed.
_cfisac_words()
{
    local rest=${COMP_LINE:0:COMP_POINT} part i

    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        part=${COMP_WORDS[i]}
        if [[ $i -eq 0 || $rest == [[:space:]]* ]]; then
            rest=${rest#"${rest%%[![:space:]]*}"}
            words+=('')
        fi
        [ "$i" -lt "$COMP_CWORD" ] || part=$rest
        words[${#words[@]} - 1]+=$part
        rest=${rest#"$part"}
    done
}

# _cfisac_field KIND FIRST SECOND N: field N of the row that begins so (SECOND may be anything where it is *)
_cfisac_field()
{
    local row

    while IFS=$'\t' read -r -a row; do
        # shellcheck disable=SC2053 # * is a pattern
        if [[ ${row[0]-} == "$1" && ${row[1]} == "$2" && ${row[2]} == $3 ]]; then
            printf '%s\n' "${row[$4]}"
            return
        fi
    done <<<"$_cfisac_table"
}

# _cfisac_column KIND FIRST SECOND N: field N of all rows that begin so (FIRST and SECOND as patterns)
_cfisac_column()
{
    local row

    while IFS=$'\t' read -r -a row; do
        # shellcheck disable=SC2053 # patterns
        [[ ${row[0]-} == "$1" && ${row[1]} == $2 && ${row[2]} == $3 ]] && printf '%s\n' "${row[$4]}"
    done <<<"$_cfisac_table"
}

# _cfisac_reply: those lines of standard input that begin with what is typed, behind the part of the word that stays
_cfisac_reply()
{
    local line

    while IFS= read -r line; do
        [[ $line == "$typed"* ]] && COMPREPLY+=("$stem$line")
    done
}

# _cfisac_files ENDING: directories, and files of the ending (all for *)
_cfisac_files()
{
    local path=$typed line

    path=${path#[\"\']} # as it stands on the disk
    path=${path//\\/}
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do
        # shellcheck disable=SC2053 # a pattern
        [[ -d ${line/#~\//$HOME/} || $line == *$1 ]] && COMPREPLY+=("$stem$line")
    done < <(compgen -f -- "$path")
}

# _cfisac_setting KIND: KEY=VALUE (key), or KEY=RANGE (sweep), where keys may be joined by + and words by commas
_cfisac_setting()
{
    local key swept='*'

    [ "$1" = key ] || swept=yes
    if [[ $typed != *=* ]]; then
        [ "$1" = key ] || { stem+=${typed%"${typed##*+}"} && typed=${typed##*+}; }
        compopt -o nospace 2>/dev/null
        _cfisac_reply < <(_cfisac_column key '*' "$swept" 1 | sed 's/$/=/')
        return
    fi
    key=${typed%%=*}
    stem+=$key=
    typed=${typed#*=}
    [ "$1" = key ] || { stem+=${typed%"${typed##*,}"} && typed=${typed##*,}; }
    _cfisac_reply < <(_cfisac_field key "$key" '*' 4 | tr ' ' '\n' | grep -vx -e -)
    [ "$(_cfisac_field key "$key" '*' 3)" != yes ] || _cfisac_files '.@(csv|json)'
}

# _cfisac_offer OFFER: what a value or an argument may be
_cfisac_offer()
{
    case $1 in
        file) _cfisac_files '' ;;
        file:*) _cfisac_files ".${1#file:}" ;;
        directory) _cfisac_files '/' ;; # no name ends so
        words:*) _cfisac_reply < <(tr ' ' '\n' <<<"${1#words:}") ;;
        topic) _cfisac_reply < <(_cfisac_column command '*' '*' 1; _cfisac_column topic '*' '*' 1; _cfisac_column key '*' '*' 1) ;;
        key | sweep) _cfisac_setting "$1" ;;
    esac
}

# _cfisac_options COMMAND: those that are not on the line yet, or may be repeated
_cfisac_options()
{
    local name

    while IFS= read -r name; do
        case $(_cfisac_field option "$1" "$name" 3) in
            key | sweep) ;;
            *) [[ " ${words[*]:0:${#words[@]}-1} " != *" $name "* && " ${words[*]:0:${#words[@]}-1}" != *" $name="* ]] || continue ;;
        esac
        printf '%s\n' "$name"
    done < <(_cfisac_column option "$1" '*' 2)
}

# The stem that readline keeps, to the last character at which it takes words apart, is no part of a reply.
_cfisac_cut()
{
    local breaks=${COMP_WORDBREAKS//[!=:@]/} kept i

    [ -n "$breaks" ] || return 0
    kept=${cur%"${cur##*["$breaks"]}"}
    for i in "${!COMPREPLY[@]}"; do
        COMPREPLY[i]=${COMPREPLY[i]#"$kept"}
    done
}

_cfisac()
{
    local words cur typed stem='' command=- offer

    COMPREPLY=()
    _cfisac_words
    cur=${words[${#words[@]} - 1]}
    typed=$cur
    if [ "${#words[@]}" -eq 2 ] && [[ $cur != -* ]]; then
        _cfisac_reply < <(_cfisac_column command '*' '*' 1)
        return
    fi
    [[ ${words[1]} == -* ]] || command=${words[1]}
    if [[ $cur == --*=* ]]; then
        stem=${cur%%=*}=
        typed=${cur#*=}
        _cfisac_offer "$(_cfisac_field option "$command" "${cur%%=*}" 3)"
    else
        offer=$(_cfisac_field option "$command" "${words[${#words[@]} - 2]}" 3)
        if [[ -n $offer && $offer != flag ]]; then
            _cfisac_offer "$offer"
        elif [[ $cur == -* ]]; then
            _cfisac_reply < <(_cfisac_options "$command")
        else
            _cfisac_offer "$(_cfisac_field command "$command" '*' 2)"
        fi
    fi
    _cfisac_cut
}

complete -F _cfisac cfisac
