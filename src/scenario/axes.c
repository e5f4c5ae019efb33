/* Swept keys. */
#include "scenario/axes.h"

#include "scenario/range.h"
#include "scenario/unknown.h"

/* Whether a value is a named table, {"name": [...]}. */
static bool is_named_table(const cJSON *item)
{
    return cJSON_IsObject(item) && item->child && !item->child->next && *item->child->string &&
           cJSON_IsArray(item->child);
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
        if (cJSON_IsArray(item) || (cJSON_IsObject(item) && !is_named_table(item))) {
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
        return key_refuse_unknown(place, axis->string, error);
    }
    if (!key_can_be_swept(id)) {
        return place_error(place, error, CFI_INVALID,
                           "this key cannot be swept (allowed: keys that may be a number, a word or null)");
    }
    if (cJSON_IsString(axis)) {
        status = range_expand(&key_table[id], axis->valuestring, place, &expanded, error);
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
