# Records of a page: those that this machine cannot make (names alone), the recorded ones, and the actual ones. All must be
# the same commands with the same text, numbers up to near().
FILENAME != last { last = FILENAME; for (file = 1; ARGV[file] != FILENAME; file++) { } } # empty files count, too
/^\$ / { count[file]++; command[file, count[file]] = $0; what = "command" }
/^[^$>]/ || /^$/ { what = "text" }
what == "command" && /^> / { command[file, count[file]] = command[file, count[file]] "\n" $0 }
what == "text" { text[file, count[file]] = text[file, count[file]] $0 "\n" }
function compare(name, old, new,    n, m, i) {
    n = pieces(old, was, was_number)
    m = pieces(new, is, is_number)
    for (i = 1; i <= n || i <= m; i++) {
        if (!(i <= n && i <= m && (was[i] == is[i] || was_number[i] && is_number[i] && near(was[i], is[i])))) {
            printf "FAILED: %s: %s\n  recorded is '%s', printed '%s'\n", page, name, around(was, i, n), around(is, i, m)
            bad = 1
            return
        }
    }
}
function around(piece, i, n,    text, j) {
    for (j = i - 4 < 1 ? 1 : i - 4; j <= i + 4 && j <= n; j++) text = text (j == i ? " >" : " ") piece[j]
    return text
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
