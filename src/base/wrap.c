/* Running text on a terminal. */
#include "base/wrap.h"

#include <stdbool.h>
#include <string.h>

static const char SPACE[] = " \n";

/* Bytes of the word at the start, up to white space outside of brackets. */
static size_t word_length(const char *text)
{
    size_t length = 0, depth = 0;

    for (; text[length] && (depth > 0 || !strchr(SPACE, text[length])); length++) {
        if (text[length] == '[') {
            depth++;
        } else if (text[length] == ']' && depth > 0) {
            depth--;
        }
    }
    return length;
}

/* What stays together with the word at the start: the rest of a range, the value of an option. */
static size_t piece_length(const char *text)
{
    size_t length = word_length(text), space = strspn(text + length, SPACE);
    bool is_option = strncmp(text, "--", 2) == 0;

    while (strncmp(text + length + space, ".. ", 3) == 0) {
        length += space + 3 + word_length(text + length + space + 3);
        space = strspn(text + length, SPACE);
    }
    if (is_option && text[length] && strchr(",;.)", text[length - 1]) == NULL && text[length + space] != '-' &&
        text[length + space] != '[') {
        length += space + word_length(text + length + space);
    }
    return length;
}

/* Writes a piece with single spaces. */
static void put_piece(FILE *stream, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!strchr(SPACE, text[i])) {
            fputc(text[i], stream);
        } else if (!strchr(SPACE, text[i + 1])) {
            fputc(' ', stream);
        }
    }
}

void wrap_text(FILE *stream, const char *text, size_t at, size_t indent)
{
    bool first = true; /* of its line */

    for (text += strspn(text, SPACE); *text; text += strspn(text, SPACE)) {
        size_t length = piece_length(text);

        if (!first && at + 1 + length > WRAP_COLUMNS) {
            size_t word = word_length(text);

            length = indent + length > WRAP_COLUMNS ? word : length;
            fprintf(stream, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            fputc(' ', stream);
            at++;
        }
        put_piece(stream, text, length);
        at += length;
        text += length;
        first = false;
    }
    fputc('\n', stream);
}
