/* Keys of a sweep that vary together. */
#include "scenario/zip.h"

#include "scenario/range.h"
#include "scenario/unknown.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 192 }; /* of a key in a message */

/* -------------------------------------------------------------------------------- keys ---- */

/* The key whose name is text[0 .. length); KEY_COUNT: there is none. */
static key_id find_part(const char *text, size_t length)
{
    size_t id = 0;

    while (id < KEY_COUNT && (strlen(key_table[id].name) != length || strncmp(key_table[id].name, text, length) != 0)) {
        id++;
    }
    return (key_id)id;
}

static bool has_id(const axis_keys *keys, key_id id)
{
    bool found = false;

    for (size_t i = 0; i < keys->count; i++) {
        found = found || keys->id[i] == id;
    }
    return found;
}

/* Adds a key of a name. */
static cfi_status add_key(const zip_walk *at, const cfi_place *place, axis_keys *keys, cfi_error *error)
{
    key_id id = find_part(at->part, at->length);
    char name[NAME_SIZE];

    snprintf(name, sizeof name, "%.*s", at->length < NAME_SIZE ? (int)at->length : NAME_SIZE - 1, at->part);
    if (at->length == 0 && (keys->count > 0 || at->next)) {
        return place_error(place, error, CFI_INVALID, "a key is missing (allowed: keys with a + between them)");
    }
    if (id == KEY_COUNT) {
        return key_refuse_unknown(place, name, error);
    }
    if (!key_can_be_swept(id)) {
        return place_error(place, error, CFI_INVALID,
                           "%s cannot be swept (allowed: keys that may be a number, a word or null)",
                           keys->count == 0 && !at->next ? "this key" : name);
    }
    if (has_id(keys, id)) {
        return place_error(place, error, CFI_INVALID, "%s is there twice (allowed: each key once)", name);
    }
    keys->id[keys->count++] = id;
    return CFI_OK;
}

bool zip_walk_on(zip_walk *at)
{
    if (!at->next) {
        return false;
    }
    at->part = at->next;
    at->length = strcspn(at->part, "+");
    at->next = at->part[at->length] == '+' ? at->part + at->length + 1 : NULL;
    return true;
}

cfi_status zip_read(const char *name, const cfi_place *place, axis_keys *keys, cfi_error *error)
{
    zip_walk at = {.next = name};
    cfi_status status = CFI_OK;

    keys->count = 0;
    while (status == CFI_OK && zip_walk_on(&at)) {
        status = add_key(&at, place, keys, error);
    }
    return status;
}

bool zip_has(const char *name, const char *key)
{
    zip_walk at = {.next = name};
    size_t wanted = strlen(key);
    bool found = false;

    while (!found && zip_walk_on(&at)) {
        found = at.length == wanted && strncmp(at.part, key, wanted) == 0;
    }
    return found;
}

bool zip_is_within(const char *name, const axis_keys *keys)
{
    zip_walk at = {.next = name};
    bool within = true;

    while (within && zip_walk_on(&at)) {
        within = has_id(keys, find_part(at.part, at.length));
    }
    return within;
}

/* ------------------------------------------------------------------------------ values ---- */

/* Bytes up to the + that ends a RANGE, or to the end. That of an exponent, 1e+5, ends none. */
static size_t range_length(const char *text)
{
    size_t length = strcspn(text, "+");

    while (length >= 2 && text[length] == '+' && (text[length - 1] == 'e' || text[length - 1] == 'E') &&
           (isdigit((unsigned char)text[length - 2]) || text[length - 2] == '.') &&
           isdigit((unsigned char)text[length + 1])) {
        length += 1 + strcspn(text + length + 1, "+");
    }
    return length;
}

static size_t count_ranges(const char *text)
{
    size_t count = 1;

    for (size_t length = range_length(text); text[length] == '+'; length = range_length(text)) {
        text += length + 1;
        count++;
    }
    return count;
}

/* The RANGE of number `which`, from malloc; NULL: out of memory. */
static char *copy_range(const char *text, size_t which)
{
    for (size_t i = 0; i < which; i++) {
        text += range_length(text) + 1;
    }
    return strndup(text, range_length(text));
}

cfi_status zip_expand(const cJSON *axis, const axis_keys *keys, size_t which, const cfi_place *place, cJSON **expanded,
                      cfi_error *error)
{
    const key_spec *spec = &key_table[keys->id[which]];
    size_t ranges;
    char *own;
    cfi_status status;

    *expanded = NULL;
    if (!cJSON_IsString(axis)) {
        return CFI_OK;
    }
    if (keys->count == 1) { /* a + may be part of a file's name */
        return range_expand(spec, axis->valuestring, place, expanded, error);
    }
    ranges = count_ranges(axis->valuestring);
    if (ranges != 1 && ranges != keys->count) {
        return place_error(place, error, CFI_INVALID,
                           "%zu ranges for %zu keys (allowed: one for all, or one for each with a + between them)",
                           ranges, keys->count);
    }
    own = copy_range(axis->valuestring, ranges > 1 ? which : 0);
    status = own ? range_expand(spec, own, place, expanded, error)
                 : place_error(place, error, CFI_NO_MEMORY, "out of memory");
    free(own);
    return status;
}

const cJSON *zip_item(const cJSON *item, const axis_keys *keys, size_t which)
{
    return keys->count > 1 && cJSON_IsArray(item) ? cJSON_GetArrayItem(item, (int)which) : item;
}
