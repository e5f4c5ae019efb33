# The commands of a page, in its order, a line each: its line in the page, its kind, the command (newlines in it as \v).
#   command   a line of a block, or a span, that can be typed as it stands
#   recipe    a fenced block in the language of a program that reads it: python, r, gnuplot, matlab, c
#   form      how a command is written, with words in capitals or dots in the places of what the user fills in, or its bare name
#   output    a fenced block without a language: what the command above prints
# Of a line of a block a comment behind two spaces and a '#' is left out.
function is_command(text) {
    return text ~ /^(cfisac|cmake|ctest|mpirun|sbatch|jq|awk|gunzip|echo|gnuplot|git|sudo|apt|apt-get|dpkg|export|source|python3?|pip3?|Rscript|octave|cc|gcc|make|cpack|tar|perf|valgrind|setarch|bash|cat|mkdir|cd|man|(scripts|tests)\/[a-z_\/]*\.(sh|py))( |$)/
}
function is_form(text) {
    gsub(/=(ON|OFF)/, "", text)
    return text ~ /(^|[ =\/,'[])[A-Z][A-Z_]*([ ,.\]'\/]|$)|fig_X|\.\.\./
}
function tell(line, kind, text) {
    gsub(/\n/, "\v", text)
    printf "%d\t%s\t%s\n", line, kind, text
}
# an odd number of quotes, or a backslash at the end: the command goes on
function goes_on(text,    copy) {
    copy = text
    return gsub(/'/, "", copy) % 2 == 1 || text ~ /\\$/
}
function end_of_block() {
    if (command != "") tell(command_line, is_form(command) ? "form" : "command", command)
    command = ""
}
function block_line(text) {
    if (command == "") sub(/ ( )+#.*$/, "", text)
    if (command != "") command = command "\n" text
    else if (is_command(text)) { command = text; command_line = NR }
    else return
    if (!goes_on(command)) {
        sub(/ +$/, "", command)
        end_of_block()
    }
}
function end_of_paragraph(    rest, text) {
    rest = paragraph
    while (match(rest, /`[^`]+`/)) {
        text = substr(rest, RSTART + 1, RLENGTH - 2)
        rest = substr(rest, RSTART + RLENGTH)
        if (text ~ /^(run|sweep|frontier|merge|compare|validate|replay|solve|plot) --/) tell(paragraph_line, "form", "cfisac " text)
        else if (text ~ /^cfisac [a-z]+$/ || text ~ /^(scripts|tests)\/[a-z_\/]*\.(sh|py)$/) tell(paragraph_line, "form", text)
        else if (text ~ / / && is_command(text)) tell(paragraph_line, is_form(text) ? "form" : "command", text)
    }
    paragraph = ""
}
/^```/ {
    end_of_paragraph()
    if (fenced) {
        if (language == "" && command == "" && fence != "") tell(fence_line, "output", fence)
        else if (language ~ /^(python|r|gnuplot|matlab|c)$/) tell(fence_line, "recipe", language "\n" fence)
        end_of_block()
    }
    fenced = !fenced
    language = substr($0, 4)
    fence = ""
    fence_line = NR
    next
}
fenced { fence = fence (fence == "" ? "" : "\n") $0; next }
/^    / && paragraph == "" { block_line(substr($0, 5)); next }
/^ *$/ || /^\|/ || /^ *[*-] / { end_of_paragraph() }
/^ *$/ { next }
{ end_of_block(); if (paragraph == "") paragraph_line = NR; paragraph = paragraph " " $0 }
END { end_of_paragraph() }
