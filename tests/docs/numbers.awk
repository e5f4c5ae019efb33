# Text as pieces: numbers, and the words between them without spaces.
#   pieces(text, piece): their count; piece[i] is a number where number[i] is true
#   near(a, b): the same number up to what another library or CPU changes: two units of the last digit that is written, a
#               millionth, or rounding (below 2e-8)
function pieces(text, piece, number,    n, word) {
    split("", piece)
    split("", number)
    n = 0
    while (match(text, /[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/)) {
        word = substr(text, 1, RSTART - 1)
        gsub(/[ \t\n]+/, "", word)
        if (word != "") piece[++n] = word
        piece[++n] = substr(text, RSTART, RLENGTH)
        number[n] = 1
        text = substr(text, RSTART + RLENGTH)
    }
    gsub(/[ \t\n]+/, "", text)
    if (text != "") piece[++n] = text
    return n
}
function last_digit(text,    digits, exponent) {
    exponent = 0
    if (match(text, /[eE]/)) {
        exponent = substr(text, RSTART + 1) + 0
        text = substr(text, 1, RSTART - 1)
    }
    digits = index(text, ".") ? length(text) - index(text, ".") : 0
    return 10 ^ (exponent - digits)
}
function near(a, b,    gap, size, unit) {
    if (a == b) return 1
    if (a !~ /[.e]/ && b !~ /[.e]/) return 0
    gap = a - b < 0 ? b - a : a - b
    size = a + 0 > b + 0 ? a + 0 : b + 0
    unit = last_digit(a) > last_digit(b) ? last_digit(a) : last_digit(b)
    return gap <= 2.001 * unit || gap <= 1e-6 * size || size < 2e-8
}
