/* One value: its form, its range, its lengths. */
#include "scenario/value.h"

#include "cfisac/scenario.h"
#include "scenario/key_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a message needs: where, and what the key allows. */
typedef struct reading {
    const key_spec *spec;
    cfi_sizes sizes;
    const cfi_place *place;
    cfi_error *error;
} reading;

enum { SHOWN_TEXT = 60, DESCRIPTION_SIZE = 512 };

void value_describe(const cJSON *item, cfi_wording *out)
{
    if (cJSON_IsString(item)) {
        wording_add(out, "text \"");
        wording_excerpt(out, item->valuestring, SHOWN_TEXT);
        wording_add(out, "\"");
    } else if (cJSON_IsNumber(item)) {
        wording_number(out, item->valuedouble);
    } else if (cJSON_IsNull(item)) {
        wording_add(out, "null");
    } else if (cJSON_IsBool(item)) {
        wording_add(out, cJSON_IsTrue(item) ? "true" : "false");
    } else {
        wording_add(out, cJSON_IsArray(item) ? "a list" : "an object");
    }
}

/* "PLACE: ITEM is WHAT (allowed: ...)". */
static cfi_status refuse_value(const reading *r, const cfi_place *place, const cJSON *item, const char *what)
{
    char shown[DESCRIPTION_SIZE], allowed[DESCRIPTION_SIZE];
    cfi_wording description = wording_fixed(shown, sizeof shown), list = wording_fixed(allowed, sizeof allowed);

    value_describe(item, &description);
    key_describe_allowed(r->spec, &list);
    return place_error(place, r->error, CFI_INVALID, "%s %s (allowed: %s)", shown, what, allowed);
}

static bool in_range(const key_spec *spec, double x)
{
    return (spec->above ? x > spec->low : x >= spec->low) && (spec->below ? x < spec->high : x <= spec->high);
}

/* What is wrong with a number, or NULL. */
static const char *number_fault(const key_spec *spec, const cJSON *item)
{
    if (!cJSON_IsNumber(item)) {
        return "is not a number";
    }
    if (!isfinite(item->valuedouble)) {
        return "is not finite";
    }
    if (!in_range(spec, item->valuedouble)) {
        return "is out of range";
    }
    return spec->whole && item->valuedouble != floor(item->valuedouble) ? "is not a whole number" : NULL;
}

/* A place within r->place: an element, of a row when `row` is not SIZE_MAX. */
static cfi_place element_place(const reading *r, size_t row, size_t column)
{
    cfi_place place = *r->place;

    if (row != SIZE_MAX) {
        place_index(&place, row);
    }
    if (column != SIZE_MAX) {
        place_index(&place, column);
    }
    return place;
}

static cfi_status read_number(const reading *r, const cJSON *item, cfi_value *value)
{
    const char *fault = number_fault(r->spec, item);

    if (fault) {
        return refuse_value(r, r->place, item, fault);
    }
    value->form = FORM_NUMBER;
    value->number = item->valuedouble + 0.0; /* no negative zero */
    return CFI_OK;
}

static cfi_status read_text(const reading *r, const cJSON *item, cfi_value *value)
{
    const char *const *words = r->spec->words, *nearest;
    char what[128];
    size_t count = 0;

    for (; words && words[count]; count++) {
        if (strcmp(words[count], item->valuestring) == 0) {
            value->form = FORM_WORD;
            value->word = count;
            return CFI_OK;
        }
    }
    if (r->spec->forms & FORM_TEXT) {
        if (r->spec->rows != SIZE_NONE && !*item->valuestring) {
            return refuse_value(r, r->place, item, "is no path");
        }
        value->form = FORM_TEXT;
        value->text = item->valuestring;
        return CFI_OK;
    }
    if (!words) {
        return refuse_value(r, r->place, item, r->spec->forms & FORM_FLAG ? "is of the wrong type" : "is not a number");
    }
    nearest = nearest_word(item->valuestring, words, count);
    if (!nearest) {
        return refuse_value(r, r->place, item, "is unknown");
    }
    snprintf(what, sizeof what, "is unknown, nearest: %s", nearest);
    return refuse_value(r, r->place, item, what);
}

static size_t wanted(const reading *r, key_size size)
{
    return size == SIZE_TWO ? 2 : size == SIZE_APS ? r->sizes.L : r->sizes.K;
}

static const char *size_meaning(key_size size)
{
    return size == SIZE_APS   ? ", one per access point (network.aps)"
           : size == SIZE_UES ? ", one per user (network.ues)"
                              : "";
}

static cfi_status check_length(const reading *r, const cfi_place *place, size_t count, key_size size)
{
    size_t need = wanted(r, size);

    return count == need ? CFI_OK
                         : place_error(place, r->error, CFI_INVALID, "a list of %zu (allowed: a list of %zu%s)", count,
                                       need, size_meaning(size));
}

static size_t list_length(const cJSON *list)
{
    size_t count = 0;

    for (const cJSON *item = list->child; item; item = item->next) {
        count++;
    }
    return count;
}

/* The numbers of one list, into entry. */
static cfi_status read_entries(const reading *r, const cJSON *list, size_t row, double *entry)
{
    size_t column = 0;

    for (const cJSON *item = list->child; item; item = item->next) {
        const char *fault = number_fault(r->spec, item);

        if (fault) {
            cfi_place place = element_place(r, row, column);

            return refuse_value(r, &place, item, fault);
        }
        entry[column++] = item->valuedouble + 0.0;
    }
    return CFI_OK;
}

/* Every row is a list of the right length. */
static cfi_status check_rows(const reading *r, const cJSON *list)
{
    cfi_status status = CFI_OK;
    size_t row = 0;

    for (const cJSON *item = list->child; item && status == CFI_OK; item = item->next) {
        cfi_place place = element_place(r, row++, SIZE_MAX);

        status = cJSON_IsArray(item) ? check_length(r, &place, list_length(item), r->spec->columns)
                                     : refuse_value(r, &place, item, "is not a row");
    }
    return status;
}

static cfi_status read_rows(const reading *r, const cJSON *list, cfi_value *value)
{
    cfi_status status = CFI_OK;
    size_t row = 0;

    for (const cJSON *item = list->child; item && status == CFI_OK; item = item->next) {
        status = read_entries(r, item, row, value->entry + row * value->columns);
        row++;
    }
    return status;
}

/* All lengths are checked first, so that what is allocated is never more than what the text holds. */
static cfi_status read_list(const reading *r, const cJSON *list, cfi_value *value)
{
    bool matrix = r->spec->forms & FORM_MATRIX;
    cfi_status status = check_length(r, r->place, list_length(list), r->spec->rows);

    if (status == CFI_OK && matrix) {
        status = check_rows(r, list);
    }
    if (status != CFI_OK) {
        return status;
    }
    value->form = matrix ? FORM_MATRIX : FORM_LIST;
    value->rows = wanted(r, r->spec->rows);
    value->columns = matrix ? wanted(r, r->spec->columns) : 1;
    value->entry = calloc(value->rows * value->columns + 1, sizeof *value->entry);
    if (!value->entry) {
        return place_error(r->place, r->error, CFI_NO_MEMORY, "out of memory");
    }
    return matrix ? read_rows(r, list, value) : read_entries(r, list, SIZE_MAX, value->entry);
}

cfi_status value_read(const key_spec *spec, const cJSON *item, cfi_sizes sizes, const cfi_place *place,
                      cfi_value *value, cfi_error *error)
{
    const reading r = {.spec = spec, .sizes = sizes, .place = place, .error = error};
    cfi_status status;

    *value = (cfi_value){0};
    if (cJSON_IsNull(item) && (spec->forms & FORM_NULL)) {
        value->form = FORM_NULL;
        return CFI_OK;
    }
    if (cJSON_IsBool(item) && (spec->forms & FORM_FLAG)) {
        value->form = FORM_FLAG;
        value->flag = cJSON_IsTrue(item);
        return CFI_OK;
    }
    if (cJSON_IsNumber(item) && (spec->forms & FORM_NUMBER)) {
        status = read_number(&r, item, value);
    } else if (cJSON_IsString(item)) {
        status = read_text(&r, item, value);
    } else if (cJSON_IsArray(item) && (spec->forms & (FORM_LIST | FORM_MATRIX))) {
        status = read_list(&r, item, value);
    } else {
        status = refuse_value(&r, place, item, "is of the wrong type");
    }
    if (status != CFI_OK) {
        value_free(value);
    }
    return status;
}

cfi_status value_check_lengths(const key_spec *spec, const cfi_value *value, cfi_sizes sizes, const cfi_place *place,
                               cfi_error *error)
{
    const reading r = {.spec = spec, .sizes = sizes, .place = place, .error = error};
    cfi_status status = CFI_OK;

    if (value->form == FORM_LIST || value->form == FORM_MATRIX) {
        status = check_length(&r, place, value->rows, spec->rows);
    }
    if (status == CFI_OK && value->form == FORM_MATRIX) {
        cfi_place first = element_place(&r, 0, SIZE_MAX); /* all rows have its length */

        status = check_length(&r, &first, value->columns, spec->columns);
    }
    return status;
}

void value_free(cfi_value *value)
{
    free(value->entry);
    *value = (cfi_value){0};
}

static void print_row(const double *entry, size_t count, cfi_wording *out)
{
    wording_add(out, "[");
    for (size_t i = 0; i < count; i++) {
        wording_add(out, i > 0 ? ", " : "");
        wording_number(out, entry[i]);
    }
    wording_add(out, "]");
}

static void print_matrix(const cfi_value *value, size_t indent, cfi_wording *out)
{
    wording_add(out, "[\n");
    for (size_t row = 0; row < value->rows; row++) {
        wording_repeat(out, ' ', indent + 2);
        print_row(value->entry + row * value->columns, value->columns, out);
        wording_add(out, row + 1 < value->rows ? ",\n" : "\n");
    }
    wording_repeat(out, ' ', indent);
    wording_add(out, "]");
}

void value_print(const key_spec *spec, const cfi_value *value, size_t indent, cfi_wording *out)
{
    switch (value->form) {
    case FORM_NUMBER:
        wording_number(out, value->number);
        break;
    case FORM_WORD:
        wording_quoted(out, spec->words[value->word]);
        break;
    case FORM_FLAG:
        wording_add(out, value->flag ? "true" : "false");
        break;
    case FORM_TEXT:
        wording_quoted(out, value->text);
        break;
    case FORM_LIST:
        print_row(value->entry, value->rows, out);
        break;
    case FORM_MATRIX:
        print_matrix(value, indent, out);
        break;
    default:
        wording_add(out, "null");
    }
}
