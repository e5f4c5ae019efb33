/* Running text on a terminal. */
#include "base/wrap.h"

#include "base/text.h"

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

/* What stays together with the word at the start: the rest of a range, a % sign, the value of an option. */
static size_t piece_length(const char *text)
{
    size_t length = word_length(text), space = strspn(text + length, SPACE);
    bool is_option = strncmp(text, "--", 2) == 0;

    while (strncmp(text + length + space, ".. ", 3) == 0) {
        length += space + 3 + word_length(text + length + space + 3);
        space = strspn(text + length, SPACE);
    }
    while (text[length + space] == '%') {
        length += space + word_length(text + length + space);
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

/* Characters of the first `bytes` of a text. */
static size_t characters(const char *text, size_t bytes)
{
    size_t count = 0;

    for (size_t i = 0; i < bytes; i++) {
        count += !text_continues(text[i]);
    }
    return count;
}

/* Bytes of the first `count` characters of a text that has as many. */
static size_t bytes_of(const char *text, size_t count)
{
    size_t i = 0;

    while (count > 0) {
        i++;
        count -= !text_continues(text[i]);
    }
    return i;
}

size_t wrap_characters(const char *text)
{
    return characters(text, strlen(text));
}

/* Bytes of the piece at the start that stand in a line with room for so many characters, if it is the line's first. */
static size_t bytes_that_fit(const char *text, size_t room)
{
    size_t length = piece_length(text);

    if (characters(text, length) > room) {
        length = word_length(text);
    }
    return characters(text, length) > room ? bytes_of(text, room > 0 ? room : 1) : length;
}

void wrap_text_in(FILE *stream, const char *text, size_t columns, size_t at, size_t indent)
{
    bool first = true; /* of its line */

    for (text += strspn(text, SPACE); *text; text += strspn(text, SPACE)) {
        size_t length = piece_length(text), gap = first ? 0 : 1;

        if ((!first || at > indent) && at + gap + characters(text, length) > columns) {
            fprintf(stream, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        if (first) {
            length = bytes_that_fit(text, columns > at ? columns - at : 0);
        } else {
            fputc(' ', stream);
            at++;
        }
        put_piece(stream, text, length);
        at += characters(text, length);
        text += length;
        first = false;
    }
    fputc('\n', stream);
}

void wrap_text(FILE *stream, const char *text, size_t at, size_t indent)
{
    wrap_text_in(stream, text, WRAP_COLUMNS, at, indent);
}
