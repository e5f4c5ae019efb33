# Whether `wanted` stands in the text, numbers up to near().
{ text = text $0 "\n" }
END {
    n = pieces(text, have, is_number)
    m = pieces(ENVIRON["wanted"], want, wants_number)
    for (i = 0; i + m <= n; i++) {
        for (j = 1; j <= m; j++) {
            if (!(have[i + j] == want[j] || wants_number[j] && is_number[i + j] && near(have[i + j], want[j]))) break
            if (j > furthest) { furthest = j }
        }
        if (j > m) exit 0
    }
    printf "not found from '%s' on\n", want[furthest + 1]
    exit 1
}
