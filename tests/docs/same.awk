# Records of a page: those that this machine cannot make (names alone), the recorded ones, and the actual ones. All must be
# the same commands with the same text, numbers up to near().
FILENAME != last { last = FILENAME; for (file = 1; ARGV[file] != FILENAME; file++) { } } # empty files count, too
/^\$ / { count[file]++; command[file, count[file]] = $0; what = "command" }
/^[^$>]/ || /^$/ { what = "text" }
what == "command" && /^> / { command[file, count[file]] = command[file, count[file]] "\n" $0 }
what == "text" { text[file, count[file]] = text[file, count[file]] $0 "\n" }
function compare(name, old, new,    n, m, i) { # spaces and the ends of lines do not count
    n = pieces(old, was, was_number)
    m = pieces(new, is, is_number)
    for (i = 1; i <= n || i <= m; i++) {
        if (!(i <= n && i <= m && (was[i] == is[i] || was_number[i] && is_number[i] && near(was[i], is[i])))) {
            at = 1
            while (at <= length(was[i]) && substr(was[i], at, 1) == substr(is[i], at, 1)) at++
            printf "FAILED: %s: %s\n  recorded is '%s', printed '%s'\n", page, name, around(was, i, n), around(is, i, m)
            bad = 1
            return
        }
    }
}
# what stands about character `at` of piece i
function around(piece, i, n,    text, j) {
    for (j = i - 4 < 1 ? 1 : i - 4; j < i; j++) text = text " " piece[j]
    text = text " " substr(piece[i], 1, at - 1)
    text = length(text) > 60 ? substr(text, length(text) - 59) : text
    return text " >" substr(piece[i], at, 60) (i < n ? " " piece[i + 1] : "")
}
END {
    left = 1
    recorded = 2
    actual = 3
    for (i = 1; i <= count[left]; i++) skipped[command[left, i]] = 1
    j = 0
    for (i = 1; i <= count[recorded]; i++) {
        if (command[recorded, i] in skipped) continue
        j++
        if (command[recorded, i] != command[actual, j]) {
            printf "FAILED: %s: recorded is\n  %s\nwhere the page has\n  %s\n(docs_commands.sh --record)\n", page, command[recorded, i], command[actual, j]
            exit 1
        }
        compare(command[actual, j], text[recorded, i], text[actual, j])
    }
    if (j < count[actual]) { printf "FAILED: %s: not recorded is\n  %s\n(docs_commands.sh --record)\n", page, command[actual, j + 1]; bad = 1 }
    exit bad
}
