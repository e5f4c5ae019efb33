/* Text that comes from outside and goes there: which bytes are characters, what may be shown on a terminal, how JSON
 * writes them, and how a number is written. */
#ifndef CFISAC_BASE_TEXT_H
#define CFISAC_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A byte that begins no character of UTF-8. */
#define TEXT_INVALID UINT32_MAX

/* The character at the start of text[0 .. length), length > 0. Returns its bytes and stores its code point (RFC 3629:
 * no overlong forms, no surrogates, nothing beyond U+10FFFF); a byte that begins none is by itself TEXT_INVALID. */
size_t text_character(const char *text, size_t length, uint32_t *point);

/* Whether the byte goes on with a character of UTF-8 that began before it. */
static inline bool text_continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* What a terminal may obey or cannot show: the controls C0 (below U+0020), DEL and C1 (U+0080 .. U+009F), and
 * TEXT_INVALID, among which are the C1 controls as single bytes. */
bool text_is_control(uint32_t point);

/* Puts '?' in place of each control, so that the text is one line and only text. It never gets longer. */
void text_clean(char *text);

/* Such a clean copy in out[0 .. size), at most size - 1 bytes, cut between characters. Returns out. */
char *text_shown(char *out, size_t size, const char *text);

/* How the character at the start of text[0 .. length), length > 0, stands within a JSON string: its escape, or "" where
 * it stands for itself; U+FFFD for a byte that begins none. Controls (C0, DEL, C1) are escaped. Returns its bytes. */
enum { TEXT_ESCAPE_LENGTH = 16 };
size_t text_json_escape(const char *text, size_t length, char escape[TEXT_ESCAPE_LENGTH]);

/* The shortest of %.15g, %.16g and %.17g that strtod reads back as the same double; "nan", "inf" or "-inf" else.
 * Returns text. */
enum { TEXT_NUMBER_LENGTH = 32 };
char *text_double(double value, char text[TEXT_NUMBER_LENGTH]);

/* The word that goes with a count: text_by_count(n, "drop", "drops"), (n, "is", "are"), (n, "", "s"). */
static inline const char *text_by_count(size_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

#endif
