/* Places in messages. */
#include "scenario/place.h"

#include "scenario/wording.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_MEMBER = 60 };

cfi_place place_file(const char *file)
{
    cfi_place place;
    size_t length = strlen(file);

    if (length <= PLACE_SHOWN_FILE) {
        snprintf(place.text, sizeof place.text, "%s: /", file);
    } else {
        snprintf(place.text, sizeof place.text, "...%s: /", file + length - PLACE_SHOWN_FILE);
    }
    return place;
}

static cfi_place place_option(const char *option, const char *key)
{
    cfi_place place;
    cfi_wording text = wording_fixed(place.text, sizeof place.text);

    wording_add(&text, option);
    wording_add(&text, *key ? " " : "");
    wording_excerpt(&text, key, SHOWN_MEMBER);
    return place;
}

cfi_place place_setting(const char *key)
{
    return place_option("--set", key);
}

cfi_place place_over(const char *key)
{
    return place_option("--over", key);
}

/* The text's end, with a separating slash there. */
static cfi_wording tail(cfi_place *place)
{
    size_t length = strlen(place->text);
    cfi_wording text = {.data = place->text, .length = length, .capacity = sizeof place->text, .fixed = true};

    if (length > 0 && place->text[length - 1] != '/') {
        wording_add(&text, "/");
    }
    return text;
}

void place_member(cfi_place *place, const char *member)
{
    char buffer[SHOWN_MEMBER + 8];
    cfi_wording shown = wording_fixed(buffer, sizeof buffer), text = tail(place);

    wording_excerpt(&shown, member, SHOWN_MEMBER);
    for (const char *c = buffer; *c; c++) {
        if (*c == '~' || *c == '/') {
            wording_add(&text, *c == '~' ? "~0" : "~1");
        } else {
            wording_repeat(&text, *c, 1);
        }
    }
}

void place_index(cfi_place *place, size_t index)
{
    cfi_wording text = tail(place);

    wording_format(&text, "%zu", index);
}

void place_key(cfi_place *place, const char *key)
{
    size_t length = strlen(place->text);

    snprintf(place->text + length, sizeof place->text - length, " (%s)", key);
}

cfi_status place_error(const cfi_place *place, cfi_error *error, cfi_status status, const char *format, ...)
{
    char what[768];
    va_list arguments;

    if (status == CFI_NO_MEMORY) { /* nothing is wrong with the place: one text everywhere */
        return error_set(error, status, "out of memory for %s", place->text);
    }
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return error_set(error, status, "%s: %s", place->text, what);
}
