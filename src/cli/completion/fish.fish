# Completion of cfisac's command line for fish: commands, options, keys of scenarios, their words, and files.

set -g __cfisac_table '@TABLE@'

# __cfisac_rows FIELD...: the lines of the table that begin with the fields
function __cfisac_rows
    string match -- (string join -- \t $argv)\t'*' (string split \n -- $__cfisac_table)
end

# __cfisac_field N FIELD...: field N of the first of them
function __cfisac_field
    set -l rows (__cfisac_rows $argv[2..])
    test (count $rows) -gt 0; and string split -f $argv[1] \t -- $rows[1]
end

# __cfisac_names STEM N HELP SUFFIX FIELD...: a candidate for each of them, fields N and HELP
function __cfisac_names
    for row in (__cfisac_rows $argv[5..])
        set -l fields (string split \t -- $row)
        printf '%s%s%s\t%s\n' $argv[1] $fields[$argv[2]] $argv[4] $fields[$argv[3]]
    end
end

# __cfisac_files STEM TYPED ENDING: directories, and files of the ending, a regular expression (/: none)
function __cfisac_files
    set -l paths (complete -C "'' $argv[2]" | string split -f 1 \t | string match -r -- ".*(?:/|$argv[3])\$")
    test (count $paths) -gt 0; and printf '%s\n' $argv[1]$paths
end

# __cfisac_setting KIND STEM TYPED: KEY=VALUE (key), or KEY=RANGE (sweep), where keys may be joined by + and words by commas
function __cfisac_setting
    set -l stem $argv[2]
    set -l typed $argv[3]
    if not string match -q '*=*' -- $typed
        test $argv[1] = sweep; and set stem $stem(string match -r '^.*\+' -- $typed; or echo)
        for row in (__cfisac_rows key)
            set -l fields (string split \t -- $row)
            test $argv[1] = key -o $fields[3] = yes; and printf '%s%s=\t%s\n' $stem $fields[2] $fields[6]
        end
        return
    end
    set -l key (string split -m 1 -f 1 = -- $typed)
    set -l value (string split -m 1 -f 2 = -- $typed)
    set stem $stem$key=
    test $argv[1] = sweep; and set stem $stem(string match -r '^.*,' -- $value; or echo)
    set -l words (__cfisac_field 5 key $key)
    test -n "$words" -a "$words" != -; and printf '%s\n' $stem(string split ' ' -- $words)
    test "$(__cfisac_field 4 key $key)" = yes; and __cfisac_files $stem $value '\.(?:csv|json)'
end

# __cfisac_offer OFFER STEM TYPED: what a value or an argument may be
function __cfisac_offer
    set -l offer (string split -m 1 : -- $argv[1])
    switch $offer[1]
        case file
            __cfisac_files $argv[2] $argv[3] "$(test (count $offer) -gt 1; and echo "\\."$offer[2])"
        case directory
            __cfisac_files $argv[2] $argv[3] /
        case words
            printf '%s\n' $argv[2](string split ' ' -- $offer[2])
        case topic
            __cfisac_names $argv[2] 2 4 '' command
            __cfisac_names $argv[2] 2 3 '' topic
            __cfisac_names $argv[2] 2 6 '' key
        case key sweep
            __cfisac_setting $offer[1] $argv[2] $argv[3]
    end
end

# __cfisac_options COMMAND WORD...: those that are not among the words yet, or may be repeated
function __cfisac_options
    for row in (__cfisac_rows option $argv[1])
        set -l fields (string split \t -- $row)
        contains -- $fields[4] key sweep
        or not string match -q -r -- "^$fields[3](=|\$)" $argv[2..]
        and printf '%s\t%s\n' $fields[3] $fields[5]
    end
end

function __cfisac_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l command -
    if test (count $words) -gt 1
        string match -q -- '-*' $words[2]; or set command $words[2]
    else if not string match -q -- '-*' $typed
        __cfisac_names '' 2 4 '' command
        return
    end
    if string match -q -- '--*=*' $typed
        set -l parts (string split -m 1 = -- $typed)
        __cfisac_offer (__cfisac_field 4 option $command $parts[1]; or echo flag) $parts[1]= "$parts[2]"
        return
    end
    set -l offer (__cfisac_field 4 option $command $words[-1]; or echo flag)
    if test $offer != flag
        __cfisac_offer $offer '' "$typed"
    else if string match -q -- '-*' $typed
        __cfisac_options $command $words
    else
        __cfisac_offer (__cfisac_field 3 command $command; or echo -) '' "$typed"
    end
end

complete -c cfisac -f -a '(__cfisac_complete)'
