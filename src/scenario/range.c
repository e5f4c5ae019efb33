/* Ranges of a sweep. */
#include "scenario/range.h"

#include "base/text.h"
#include "scenario/syntax.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM_SIZE = 4096 };

/* The finite number that makes up the whole text. */
static bool number_of(const char *text, double *x)
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
    if (values->count++ >= RANGE_MAX_VALUES) {
        cJSON_Delete(item);
        return place_error(place, error, CFI_INVALID, "too many values (allowed: at most %d)", RANGE_MAX_VALUES);
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
        if (!number_of(piece, &part[i])) {
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
    if (steps >= RANGE_MAX_VALUES) {
        return place_error(place, error, CFI_INVALID, "the range \"%.60s\" has too many values (allowed: at most %d)",
                           text, RANGE_MAX_VALUES);
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
    if (numeric && number_of(text, &x)) {
        return add_item(values, cJSON_CreateNumber(x), place, error);
    }
    if (numeric && strchr(text, ':')) {
        return expand_range(values, text, place, error);
    }
    if (strcmp(text, "null") == 0) {
        return add_item(values, cJSON_CreateNull(), place, error);
    }
    if ((spec->forms & FORM_FLAG) && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)) {
        return add_item(values, cJSON_CreateBool(*text == 't'), place, error);
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

cfi_status range_expand(const key_spec *spec, const char *text, const cfi_place *place, cJSON **list, cfi_error *error)
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
