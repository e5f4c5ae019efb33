/* Files of numbers: opening them, and those of JSON. */
#include "scenario/table_file.h"

#include "scenario/input.h"
#include "scenario/keys.h"
#include "scenario/syntax.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The path seen from where the program runs; "./" keeps "-" from meaning standard input. NULL when out of memory. */
static char *join_path(const table_source *from, bool from_shell)
{
    const char *path = from->path, *slash = from_shell || *path == '/' ? NULL : strrchr(from->scenario, '/');
    size_t folder = slash ? (size_t)(slash - from->scenario) + 1 : 0, length = strlen(path) + folder + 3;
    char *joined = malloc(length);

    if (joined) {
        snprintf(joined, length, "%s%.*s%s", strcmp(path, "-") == 0 ? "./" : "", (int)folder, from->scenario, path);
    }
    return joined;
}

/* After a file could not be read: whether it was meant to be the one in the other folder. */
static void suggest_path(const table_source *from, const char *path, cfi_error *error)
{
    char *other = access(path, F_OK) == 0 ? NULL : join_path(from, !from->from_shell);
    cfi_error cause = *error;

    if (other && access(other, F_OK) == 0) {
        if (from->from_shell) {
            error_set(error, cause.status, "%.900s (did you mean %.100s?)", cause.text, other);
        } else {
            error_set(error, cause.status,
                      "%.800s (a path in a scenario starts from its folder; this file is in the working directory)",
                      cause.text);
        }
    }
    free(other);
}

/* Goes into a member, if there is one. */
static bool enter_member(const cJSON **item, const char *name, cfi_place *place)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(*item, name);

    if (!member) {
        return false;
    }
    *item = member;
    place_member(place, name);
    return true;
}

/* Goes to the key's value within the root of a file; CFI_INVALID where there is none. */
static cfi_status find_file_value(const table_source *from, const cJSON **item, cfi_place *place, cfi_error *error)
{
    const char *leaf = key_leaf(from->spec->name);
    char section[32];

    if (!cJSON_IsObject(*item) || enter_member(item, leaf, place)) {
        return CFI_OK;
    }
    if (enter_member(item, "drops", place)) {
        if (cJSON_GetArraySize(*item) != 1) {
            return place_error(place, error, CFI_INVALID, "results of %d drops (allowed: of one drop)",
                               cJSON_GetArraySize(*item));
        }
        *item = (*item)->child;
        place_index(place, 0);
    }
    snprintf(section, sizeof section, "%.*s", (int)key_section(from->spec->name), from->spec->name);
    enter_member(item, section, place);
    return enter_member(item, leaf, place)
               ? CFI_OK
               : place_error(place, error, CFI_INVALID,
                             "no member \"%s\" (allowed: a list, or an object with %s, %s or drops[0].%s)", leaf, leaf,
                             from->spec->name, from->spec->name);
}

static size_t length_of(const cJSON *list)
{
    return (size_t)cJSON_GetArraySize(list);
}

/* An empty list is one number short, so that it is refused. */
static void settle_size(key_size size, size_t count, cfi_sizes *sizes)
{
    *(size == SIZE_APS ? &sizes->L : &sizes->K) = count > 0 ? count : 1;
}

/* The sizes that the value itself says, where none are asked for. */
static cfi_sizes sizes_of(const table_source *from, const cJSON *item)
{
    cfi_sizes sizes = from->sizes;

    if (sizes.K == 0) {
        settle_size(from->spec->rows, length_of(item), &sizes);
        if (from->spec->forms & FORM_MATRIX) {
            settle_size(from->spec->columns, length_of(item->child), &sizes);
        }
    }
    return sizes;
}

static cfi_status read_json(const table_source *from, const char *text, size_t length, cfi_value *value,
                            cfi_error *error)
{
    key_spec table = *from->spec;
    cfi_place place;
    cJSON *root;
    const cJSON *item;
    cfi_status status;

    snprintf(place.text, sizeof place.text, "%.300s: %.300s", from->place->text, from->path);
    status = syntax_check(text, length, place.text, error);
    if (status != CFI_OK) {
        return status;
    }
    root = cJSON_ParseWithLength(text, length);
    if (!root) {
        return CFI_NO_MEMORY;
    }
    snprintf(place.text, sizeof place.text, "%.300s: %.300s: /", from->place->text, from->path);
    table.forms &= FORM_LIST | FORM_MATRIX;
    item = root;
    status = find_file_value(from, &item, &place, error);
    if (status == CFI_OK) {
        status = value_read(&table, item, sizes_of(from, item), &place, value, error);
    }
    cJSON_Delete(root);
    return status;
}

/* Whether a text is meant as JSON: CSV begins with neither bracket. */
static bool looks_like_json(const char *text)
{
    text += strspn(text, " \t\r\n");
    return *text == '[' || *text == '{';
}

cfi_status table_file_read(const table_source *from, cfi_value *value, cfi_error *error)
{
    char *path = join_path(from, from->from_shell), *text = NULL;
    size_t length = 0;
    cfi_status status = path ? input_read(path, from->place, &text, &length, error) : CFI_NO_MEMORY;

    if (status == CFI_INVALID) {
        suggest_path(from, path, error);
    }
    *value = (cfi_value){.form = 0};
    if (status == CFI_OK) {
        status = looks_like_json(text) ? read_json(from, text, length, value, error)
                                       : table_csv_read(from, text, length, value, error);
    }
    if (status == CFI_NO_MEMORY) {
        place_error(from->place, error, CFI_NO_MEMORY, "out of memory");
    }
    if (status != CFI_OK) {
        value_free(value);
    }
    free(text);
    free(path);
    return status;
}
