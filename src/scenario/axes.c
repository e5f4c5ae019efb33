/* Swept keys. */
#include "scenario/axes.h"

#include "scenario/zip.h"

#include <string.h>

/* Whether a value is a named table, {"name": [...]}. */
static bool is_named_table(const cJSON *item)
{
    return cJSON_IsObject(item) && item->child && !item->child->next && *item->child->string &&
           cJSON_IsArray(item->child);
}

/* An axis that is being checked. */
typedef struct axis_check {
    const cJSON *axis;
    axis_keys keys;
    cfi_sizes sizes;
    bool over; /* by --over, whose values are told as they are, not counted */
    cfi_place place;
} axis_check;

/* A place within the axis, for one of its keys. */
static cfi_place value_place(const axis_check *c, size_t which, size_t index)
{
    cfi_place here = c->place;

    if (!c->over) {
        place_index(&here, index);
    }
    if (c->keys.count > 1) {
        place_key(&here, key_table[c->keys.id[which]].name);
    }
    return here;
}

/* Whether a value of a key of numbers was meant as a range: 8-16, 8..16. */
static bool is_like_range(const cJSON *item, key_id id)
{
    const char *text = cJSON_IsString(item) && (key_table[id].forms & FORM_NUMBER) ? item->valuestring : "";

    return *text && text[strspn(text, "0123456789.-+")] == '\0';
}

static cfi_status check_item(const axis_check *c, size_t which, const cJSON *item, const cfi_place *here,
                             cfi_error *error)
{
    cfi_value value;
    cfi_status status;

    if (cJSON_IsArray(item) || (cJSON_IsObject(item) && !is_named_table(item))) {
        return place_error(here, error, CFI_INVALID,
                           "%s (allowed: numbers, words, and named tables, {\"name\": [...]})",
                           cJSON_IsArray(item) ? "a list" : "an object that does not hold one list");
    }
    if (cJSON_IsObject(item)) { /* its lengths are those of the points */
        return CFI_OK;
    }
    if (is_like_range(item, c->keys.id[which])) {
        return place_error(here, error, CFI_INVALID,
                           "\"%.40s\" is no number (allowed: numbers such as 8,16, or a range, first:step:last)",
                           item->valuestring);
    }
    status = value_read(&key_table[c->keys.id[which]], item, c->sizes, here, &value, error);
    if (status == CFI_OK) {
        value_free(&value);
    }
    return status;
}

/* The values of one of the keys, and how many there are. */
static cfi_status check_list(const axis_check *c, size_t which, const cJSON *list, size_t *count, cfi_error *error)
{
    cfi_status status = CFI_OK;

    *count = 0;
    if (!list->child) {
        return place_error(&c->place, error, CFI_INVALID, "an empty list (allowed: at least one value)");
    }
    for (const cJSON *item = list->child; item && status == CFI_OK; item = item->next) {
        cfi_place here = value_place(c, which, (*count)++);

        if (c->keys.count > 1 && cJSON_IsArray(item) && (size_t)cJSON_GetArraySize(item) != c->keys.count) {
            return place_error(&here, error, CFI_INVALID,
                               "%d values for %zu keys (allowed: one for all, or a list with one for each)",
                               cJSON_GetArraySize(item), c->keys.count);
        }
        status = check_item(c, which, zip_item(item, &c->keys, which), &here, error);
    }
    return status;
}

/* The values of all keys of an axis, which must be as many of each; *count is their number. */
static cfi_status check_values(const axis_check *c, size_t *count, cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (!cJSON_IsString(c->axis) && !cJSON_IsArray(c->axis)) {
        return place_error(&c->place, error, CFI_INVALID,
                           "no values (allowed: a list of values, or text such as \"8,16\" or \"-12:1:0\")");
    }
    for (size_t i = 0; i < c->keys.count && status == CFI_OK; i++) {
        cJSON *expanded;
        size_t own = 0;

        status = zip_expand(c->axis, &c->keys, i, &c->place, &expanded, error);
        if (status == CFI_OK) {
            status = check_list(c, i, expanded ? expanded : c->axis, &own, error);
        }
        cJSON_Delete(expanded);
        *count = i == 0 ? own : *count;
        if (status == CFI_OK && own != *count) {
            status =
                place_error(&c->place, error, CFI_INVALID, "%zu values of %s, but %zu of %s (allowed: as many of each)",
                            *count, key_table[c->keys.id[0]].name, own, key_table[c->keys.id[i]].name);
        }
    }
    return status;
}

/* No key may be in an axis before this one. */
static cfi_status check_once(const cJSON *sweep, const axis_check *c, cfi_error *error)
{
    for (const cJSON *other = sweep->child; other != c->axis; other = other->next) {
        for (size_t i = 0; i < c->keys.count; i++) {
            const char *name = key_table[c->keys.id[i]].name;

            if (zip_has(other->string, name)) {
                return place_error(&c->place, error, CFI_INVALID,
                                   "%s is swept by %s, too (allowed: each key in one of them)", name, other->string);
            }
        }
    }
    return CFI_OK;
}

/* Whether --over says all the keys of an axis. */
static bool is_over(const axis_keys *keys, const bool over[KEY_COUNT])
{
    bool all = true;

    for (size_t i = 0; i < keys->count; i++) {
        all = all && over[keys->id[i]];
    }
    return all;
}

cfi_status axes_read_name(const cJSON *axis, const bool over[KEY_COUNT], const cfi_place *sweep, cfi_place *place,
                          axis_keys *keys, cfi_error *error)
{
    cfi_status status;

    *place = *sweep;
    place_member(place, axis->string);
    status = zip_read(axis->string, place, keys, error);
    if (status == CFI_OK && is_over(keys, over)) {
        *place = place_over(axis->string);
    }
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
        axis_check check = {.axis = axis, .sizes = sizes};
        size_t count = 0;
        cfi_status status = axes_read_name(axis, over, place, &check.place, &check.keys, error);

        check.over = status == CFI_OK && is_over(&check.keys, over);
        status = status == CFI_OK ? check_once(sweep, &check, error) : status;
        status = status == CFI_OK ? check_values(&check, &count, error) : status;
        if (status != CFI_OK) {
            return status;
        }
        points *= (double)count;
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
