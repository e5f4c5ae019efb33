/* Growing text. */
#include "scenario/wording.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_room(cfi_wording *wording, size_t more)
{
    size_t capacity = wording->capacity ? wording->capacity : 256;
    char *data;

    if (wording->failed || more < wording->capacity - wording->length) {
        return !wording->failed;
    }
    if (wording->fixed || more > SIZE_MAX / 4) {
        wording->failed = true;
        return false;
    }
    while (capacity - wording->length <= more) {
        capacity *= 2;
    }
    data = realloc(wording->data, capacity);
    if (!data) {
        wording->failed = true;
        return false;
    }
    wording->data = data;
    wording->capacity = capacity;
    return true;
}

static void add_bytes(cfi_wording *wording, const char *bytes, size_t count)
{
    if (!has_room(wording, count)) {
        return;
    }
    memcpy(wording->data + wording->length, bytes, count);
    wording->length += count;
    wording->data[wording->length] = '\0';
}

cfi_wording wording_fixed(char *buffer, size_t capacity)
{
    buffer[0] = '\0';
    return (cfi_wording){.data = buffer, .capacity = capacity, .fixed = true};
}

void wording_free(cfi_wording *wording)
{
    if (!wording->fixed) {
        free(wording->data);
    }
    *wording = (cfi_wording){0};
}

void wording_add(cfi_wording *wording, const char *text)
{
    size_t length = strlen(text);

    if (wording->fixed && !wording->failed && length >= wording->capacity - wording->length) {
        add_bytes(wording, text, wording->capacity - wording->length - 1);
        wording->failed = true;
        return;
    }
    add_bytes(wording, text, length);
}

void wording_format(cfi_wording *wording, const char *format, ...)
{
    char piece[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    wording_add(wording, piece);
}

void wording_repeat(cfi_wording *wording, char c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_bytes(wording, &c, 1);
    }
}

void wording_number(cfi_wording *wording, double x)
{
    char buffer[TEXT_NUMBER_LENGTH];

    wording_add(wording, text_double(x, buffer));
}

void wording_quoted(cfi_wording *wording, const char *text)
{
    size_t length = strlen(text), count;

    add_bytes(wording, "\"", 1);
    for (; length > 0; text += count, length -= count) {
        char escape[TEXT_ESCAPE_LENGTH];
        uint32_t point;

        count = text_character(text, length, &point);
        if (point != TEXT_INVALID) {
            text_json_escape(text, length, escape);
        }
        if (point != TEXT_INVALID && *escape) {
            wording_add(wording, escape);
        } else {
            add_bytes(wording, text, count);
        }
    }
    add_bytes(wording, "\"", 1);
}

void wording_excerpt(cfi_wording *wording, const char *text, size_t limit)
{
    size_t length = strnlen(text, limit + 1);

    if (length <= limit) {
        add_bytes(wording, text, length);
        return;
    }
    length = limit;
    while (length > 0 && text_continues(text[length])) {
        length--;
    }
    add_bytes(wording, text, length);
    wording_add(wording, "...");
}
