# Whether every number of `phrase` is one of the text, rounded to the digits that it has there.
{
    n = pieces($0, piece, is_number)
    for (i = 1; i <= n; i++) if (is_number[i]) have[piece[i]]
}
END {
    n = pieces(ENVIRON["phrase"], piece, is_number)
    for (i = 1; i <= n; i++) {
        if (!is_number[i]) continue
        found = 0
        for (number in have) {
            gap = number - piece[i]
            if (gap < 0) gap = -gap
            if (gap <= 0.5000001 * last_digit(piece[i])) { found = 1; break }
        }
        if (!found) { printf "no number is %s\n", piece[i]; bad = 1 }
    }
    exit bad
}
