/* Swept keys. */
#include "scenario/axes.h"

#include "base/text.h"
#include "scenario/syntax.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM_SIZE = 4096 };

/* The finite number that makes up the whole text. */
static bool read_number(const char *text, double *x)
{
    size_t length = strlen(text);

    if (length == 0 || syntax_number(text, length) != length) {
        return false;
    }
    *x = strtod(text, NULL);
    return isfinite(*x);
}

/* 0.1:0.1:0.3 should give 0.3, not 0.30000000000000004; but whole numbers of 16 digits, seeds, stay what they are. */
static double tidy(double x)
{
    char buffer[TEXT_NUMBER_LENGTH];

    if (fabs(x) >= 1e15) {
        return x;
    }
    snprintf(buffer, sizeof buffer, "%.15g", x);
    return strtod(buffer, NULL);
}

/* A list that grows, with its length: cJSON would count it anew each time. */
typedef struct growing {
    cJSON *list;
    size_t count;
} growing;

static cfi_status add_item(growing *values, cJSON *item, const cfi_place *place, cfi_error *error)
{
    if (values->count++ >= AXES_MAX_POINTS) {
        cJSON_Delete(item);
        return place_error(place, error, CFI_INVALID, "too many values (allowed: at most %d)", AXES_MAX_POINTS);
    }
    if (item && cJSON_AddItemToArray(values->list, item)) {
        return CFI_OK;
    }
    cJSON_Delete(item);
    return place_error(place, error, CFI_NO_MEMORY, "out of memory");
}

/* Splits "first:step:last"; false when the text is no such range. */
static bool split_range(const char *text, double part[3])
{
    char buffer[ITEM_SIZE], *piece = buffer;

    snprintf(buffer, sizeof buffer, "%s", text);
    for (size_t i = 0; i < 3; i++) {
        char *colon = strchr(piece, ':');

        if ((i < 2) != (colon != NULL)) {
            return false;
        }
        if (colon) {
            *colon = '\0';
        }
        if (!read_number(piece, &part[i])) {
            return false;
        }
        piece = colon ? colon + 1 : NULL;
    }
    return true;
}

static cfi_status expand_range(growing *values, const char *text, const cfi_place *place, cfi_error *error)
{
    double part[3], steps;
    cfi_status status = CFI_OK;

    if (!split_range(text, part)) {
        return place_error(place, error, CFI_INVALID, "\"%.60s\" is not a range (allowed: first:step:last)", text);
    }
    steps = part[1] != 0.0 ? (part[2] - part[0]) / part[1] : -1.0;
    if (!(steps >= 0.0)) {
        return place_error(
            place, error, CFI_INVALID,
            "the step of \"%.60s\" does not lead from the first to the last value (allowed: a step other "
            "than 0, of the right sign)",
            text);
    }
    if (steps >= AXES_MAX_POINTS) {
        return place_error(place, error, CFI_INVALID, "the range \"%.60s\" has too many values (allowed: at most %d)",
                           text, AXES_MAX_POINTS);
    }
    /* a last value missed by rounding alone is still hit */
    for (size_t i = 0; (double)i <= steps * (1.0 + 1e-12) + 1e-9 && status == CFI_OK; i++) {
        status = add_item(values, cJSON_CreateNumber(tidy(part[0] + (double)i * part[1])), place, error);
    }
    return status;
}

/* One piece between commas. */
static cfi_status expand_piece(const key_spec *spec, growing *values, const char *text, const cfi_place *place,
                               cfi_error *error)
{
    bool numeric = spec->forms & FORM_NUMBER;
    double x;

    if (!*text) {
        return place_error(place, error, CFI_INVALID,
                           "an empty value (allowed: values and first:step:last between commas)");
    }
    if (numeric && read_number(text, &x)) {
        return add_item(values, cJSON_CreateNumber(x), place, error);
    }
    if (numeric && strchr(text, ':')) {
        return expand_range(values, text, place, error);
    }
    if (strcmp(text, "null") == 0) {
        return add_item(values, cJSON_CreateNull(), place, error);
    }
    return add_item(values, cJSON_CreateString(text), place, error);
}

/* Copies the piece between two commas without the spaces around it; false when it is too long. */
static bool copy_piece(const char *from, size_t length, char piece[ITEM_SIZE])
{
    while (length > 0 && *from == ' ') {
        from++;
        length--;
    }
    while (length > 0 && from[length - 1] == ' ') {
        length--;
    }
    if (length >= ITEM_SIZE) {
        return false;
    }
    memcpy(piece, from, length);
    piece[length] = '\0';
    return true;
}

cfi_status axes_expand(const key_spec *spec, const char *text, const cfi_place *place, cJSON **list, cfi_error *error)
{
    growing values = {.list = cJSON_CreateArray()};
    char piece[ITEM_SIZE];
    const char *at = text;
    bool more = true;
    cfi_status status = CFI_OK;

    *list = NULL;
    if (!values.list) {
        return place_error(place, error, CFI_NO_MEMORY, "out of memory");
    }
    while (more && status == CFI_OK) {
        size_t length = strcspn(at, ",");

        status = copy_piece(at, length, piece)
                     ? expand_piece(spec, &values, piece, place, error)
                     : place_error(place, error, CFI_INVALID, "a value of more than %d characters", ITEM_SIZE);
        more = at[length] == ',';
        at += length + more;
    }
    if (status != CFI_OK) {
        cJSON_Delete(values.list);
        return status;
    }
    *list = values.list;
    return CFI_OK;
}

static cfi_status check_list(const key_spec *spec, const cJSON *list, cfi_sizes sizes, const cfi_place *place,
                             cfi_error *error)
{
    size_t index = 0;

    if (!list->child) {
        return place_error(place, error, CFI_INVALID, "an empty list (allowed: at least one value)");
    }
    for (const cJSON *item = list->child; item; item = item->next, index++) {
        cfi_place here = *place;
        cfi_value value;
        cfi_status status;

        place_index(&here, index);
        if (cJSON_IsArray(item) || (cJSON_IsObject(item) && !axes_is_named(item))) {
            return place_error(&here, error, CFI_INVALID,
                               "%s (allowed: numbers, words, and named tables, {\"name\": [...]})",
                               cJSON_IsArray(item) ? "a list" : "an object that does not hold one list");
        }
        if (cJSON_IsObject(item)) { /* its lengths are those of the points */
            continue;
        }
        status = value_read(spec, item, sizes, &here, &value, error);
        if (status != CFI_OK) {
            return status;
        }
        value_free(&value);
    }
    return CFI_OK;
}

/* Checks one swept key; multiplies *points by the number of its values. */
static cfi_status check_axis(const cJSON *axis, cfi_sizes sizes, const cfi_place *place, double *points,
                             cfi_error *error)
{
    key_id id = key_find(axis->string);
    cJSON *expanded = NULL;
    cfi_status status;

    if (id == KEY_COUNT) {
        return place_unknown_key(place, axis->string, error);
    }
    if (!key_can_be_swept(id)) {
        return place_error(place, error, CFI_INVALID,
                           "this key cannot be swept (allowed: keys with a number or a word)");
    }
    if (cJSON_IsString(axis)) {
        status = axes_expand(&key_table[id], axis->valuestring, place, &expanded, error);
        if (status != CFI_OK) {
            return status;
        }
    } else if (!cJSON_IsArray(axis)) {
        return place_error(place, error, CFI_INVALID,
                           "no values (allowed: a list of values, or text such as \"8,16\" or \"-12:1:0\")");
    }
    status = check_list(&key_table[id], expanded ? expanded : axis, sizes, place, error);
    *points *= (double)cJSON_GetArraySize(expanded ? expanded : axis);
    cJSON_Delete(expanded);
    return status;
}

cfi_status axes_check(const cJSON *sweep, const bool over[KEY_COUNT], cfi_sizes sizes, const cfi_place *place,
                      cfi_error *error)
{
    double points = 1.0;

    if (!cJSON_IsObject(sweep) || !sweep->child) {
        return place_error(place, error, CFI_INVALID, "nothing to sweep (allowed: an object of swept key -> values)");
    }
    for (const cJSON *axis = sweep->child; axis; axis = axis->next) {
        cfi_place here = *place;
        key_id id = key_find(axis->string);
        cfi_status status;

        place_member(&here, axis->string);
        if (id != KEY_COUNT && over[id]) {
            here = place_over(axis->string);
        }
        status = check_axis(axis, sizes, &here, &points, error);
        if (status != CFI_OK) {
            return status;
        }
        if (points > AXES_MAX_POINTS) {
            return place_error(place, error, CFI_INVALID, "%g points (allowed: at most %d)", points, AXES_MAX_POINTS);
        }
    }
    return CFI_OK;
}

bool axes_is_named(const cJSON *item)
{
    return cJSON_IsObject(item) && item->child && !item->child->next && *item->child->string &&
           cJSON_IsArray(item->child);
}

void axes_print_item(const cJSON *item, cfi_wording *out)
{
    if (cJSON_IsNumber(item)) {
        wording_number(out, item->valuedouble + 0.0);
    } else if (cJSON_IsString(item)) {
        wording_quoted(out, item->valuestring);
    } else if (cJSON_IsArray(item) || cJSON_IsObject(item)) {
        wording_add(out, cJSON_IsArray(item) ? "[" : "{");
        for (const cJSON *part = item->child; part; part = part->next) {
            if (cJSON_IsObject(item)) {
                wording_quoted(out, part->string);
                wording_add(out, ": ");
            }
            axes_print_item(part, out);
            wording_add(out, part->next ? ", " : "");
        }
        wording_add(out, cJSON_IsArray(item) ? "]" : "}");
    } else {
        wording_add(out, cJSON_IsBool(item) ? (cJSON_IsTrue(item) ? "true" : "false") : "null");
    }
}

void axes_print(const cJSON *sweep, size_t indent, cfi_wording *out)
{
    wording_add(out, "{\n");
    for (const cJSON *axis = sweep->child; axis; axis = axis->next) {
        wording_repeat(out, ' ', indent + 2);
        wording_quoted(out, axis->string);
        wording_add(out, ": ");
        axes_print_item(axis, out);
        wording_add(out, axis->next ? ",\n" : "\n");
    }
    wording_repeat(out, ' ', indent);
    wording_add(out, "}");
}
