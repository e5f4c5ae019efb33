/* Text that comes from outside and goes there. */
#include "base/text.h"

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t text_character(const char *text, size_t length, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* of a character of so many bytes */
    unsigned char first = (unsigned char)text[0];
    size_t count = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    uint32_t value = count > 1 ? first & (0x7fu >> count) : first;

    *point = TEXT_INVALID;
    if (count == 0 || count > length) {
        return 1;
    }
    for (size_t i = 1; i < count; i++) {
        if (!text_continues(text[i])) {
            return 1;
        }
        value = value << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (value < least[count] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 1;
    }
    *point = value;
    return count;
}

bool text_is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == TEXT_INVALID;
}

char *text_shown(char *out, size_t size, const char *text)
{
    size_t length = strlen(text), used = 0;

    while (length > 0) {
        uint32_t point;
        size_t count = text_character(text, length, &point);
        bool control = text_is_control(point);

        if (used + (control ? 1 : count) >= size) {
            break;
        }
        memmove(out + used, control ? "?" : text, control ? 1 : count);
        used += control ? 1 : count;
        text += count;
        length -= count;
    }
    out[used] = '\0';
    return out;
}

void text_clean(char *text)
{
    text_shown(text, strlen(text) + 1, text); /* what is written never overtakes what is read */
}

size_t text_json_escape(const char *text, size_t length, char escape[TEXT_ESCAPE_LENGTH])
{
    static const char short_form[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: character, letter after the backslash */
    const char *pair = short_form;
    uint32_t point;
    size_t count = text_character(text, length, &point);

    while (*pair && *pair != *text) {
        pair += 2;
    }
    *escape = '\0';
    if (*pair) {
        snprintf(escape, TEXT_ESCAPE_LENGTH, "\\%c", pair[1]);
    } else if (point == TEXT_INVALID) {
        snprintf(escape, TEXT_ESCAPE_LENGTH, "\\ufffd");
    } else if (text_is_control(point)) {
        snprintf(escape, TEXT_ESCAPE_LENGTH, "\\u%04x", (unsigned)point);
    }
    return count;
}

char *text_double(double value, char text[TEXT_NUMBER_LENGTH])
{
    if (!isfinite(value)) { /* without the sign that a NaN may carry */
        snprintf(text, TEXT_NUMBER_LENGTH, "%s", isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf");
        return text;
    }
    if (decimal_write(value, text)) {
        return text;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, TEXT_NUMBER_LENGTH, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    return text;
}
