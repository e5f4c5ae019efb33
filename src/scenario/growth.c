/* Whether a sweep goes on with an older one. */
#include "cfisac/scenario.h"

#include "scenario/resolved.h"

#include <stdlib.h>
#include <string.h>

#define ALLOWED "(allowed: the same, but for more drops and more values of swept keys)"
enum { SHOWN_VALUE = 40 }; /* bytes of a value in a message, of which two stand in one line */

static cfi_status growth_out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a comparison of scenarios");
}

/* The index of the axis of a key; `axes` when it is not swept. */
static size_t find_axis(const cfi_scenario *scenario, const char *key)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(scenario, &axis), i = 0;

    while (i < axes && strcmp(axis[i].key, key) != 0) {
        i++;
    }
    return i;
}

static bool is_swept(const cfi_scenario *scenario, key_id id)
{
    const cfi_axis *axis;

    return find_axis(scenario, key_table[id].name) < scenario_axes(scenario, &axis);
}

/* ------------------------------------------------------------------------------ one value ---- */

/* One key that is swept in neither. */
static cfi_status compare_key(const cfi_scenario *older, const cfi_scenario *newer, key_id id, cfi_error *error)
{
    cfi_wording before = {0}, now = {0};
    cfi_status status = CFI_OK;

    resolved_print_complete(older, id, 0, &before);
    resolved_print_complete(newer, id, 0, &now);
    if (before.failed || now.failed) {
        status = growth_out_of_memory(error);
    } else if (strcmp(before.data, now.data) != 0 &&
               !(id == KEY_drops && older->system.monte_carlo.drops <= newer->system.monte_carlo.drops)) {
        status = error_set(error, CFI_INVALID, "%s is %.*s%s there, %.*s%s here " ALLOWED, key_table[id].name,
                           SHOWN_VALUE, before.data, before.length > SHOWN_VALUE ? ".." : "", SHOWN_VALUE, now.data,
                           now.length > SHOWN_VALUE ? ".." : "");
    }
    wording_free(&before);
    wording_free(&now);
    return status;
}

static cfi_status compare_keys(const cfi_scenario *older, const cfi_scenario *newer, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (key_id id = 0; id < KEY_sweep && status == CFI_OK; id++) {
        bool before = is_swept(older, id), now = is_swept(newer, id);

        if (id == KEY_schema || id == KEY_name) {
            continue;
        }
        if (before != now) {
            status = error_set(error, CFI_INVALID, "%s is swept %s " ALLOWED, key_table[id].name,
                               before ? "there, not here" : "here, not there");
        } else if (!before) {
            status = compare_key(older, newer, id, error);
        }
    }
    return status;
}

/* -------------------------------------------------------------------------- swept values ---- */

/* index[i]: where older's value i is among newer's. The search goes on where the last one ended, since the values
 * mostly stand in the same order. */
static cfi_status match_values(const cfi_axis *older, const cfi_axis *newer, size_t *index, cfi_error *error)
{
    size_t at = 0;

    for (size_t i = 0; i < older->count; i++) {
        size_t tried = 0;

        while (tried < newer->count && strcmp(older->value[i], newer->value[at]) != 0) {
            at = (at + 1) % newer->count;
            tried++;
        }
        if (tried == newer->count) {
            return error_set(error, CFI_INVALID, "%s = %.60s is there, not here " ALLOWED, older->key, older->value[i]);
        }
        if (strcmp(older->setting[i], newer->setting[at]) != 0) {
            return error_set(error, CFI_INVALID, "the numbers of %s = %.60s are others now " ALLOWED, older->key,
                             older->value[i]);
        }
        index[i] = at;
    }
    return CFI_OK;
}

/* Adds an axis to the numbers of the points: stride is newer's between neighbours along it. */
static cfi_status map_axis(const cfi_scenario *older, const cfi_scenario *newer, size_t which, size_t *point,
                           cfi_error *error)
{
    const cfi_axis *before, *now;
    size_t axes = scenario_axes(newer, &now), points = scenario_points(older), stride = 1;
    size_t *index, other;
    cfi_status status;

    scenario_axes(older, &before);
    other = find_axis(newer, before[which].key);
    index = malloc(before[which].count * sizeof *index);
    if (!index) {
        return growth_out_of_memory(error);
    }
    for (size_t i = other + 1; i < axes; i++) {
        stride *= now[i].count;
    }
    status = match_values(&before[which], &now[other], index, error);
    for (size_t p = 0; p < points && status == CFI_OK; p++) {
        point[p] += stride * index[scenario_axis_index(older, p, which)];
    }
    free(index);
    return status;
}

cfi_status scenario_continue(const cfi_scenario *older, const cfi_scenario *newer, size_t *point, cfi_error *error)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(older, &axis);
    cfi_status status = compare_keys(older, newer, error);

    memset(point, 0, scenario_points(older) * sizeof *point);
    for (size_t i = 0; i < axes && status == CFI_OK; i++) {
        status = map_axis(older, newer, i, point, error);
    }
    return status;
}
