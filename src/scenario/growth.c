/* Whether a sweep goes on with an older one. */
#include "cfisac/scenario.h"

#include "scenario/resolved.h"

#include <stdlib.h>
#include <string.h>

#define GROWTH_ALLOWED "(allowed: the same, but for more drops and more values of swept keys)"
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
        status = error_set(error, CFI_INVALID, "%s is %.*s%s there, %.*s%s here " GROWTH_ALLOWED, key_table[id].name,
                           SHOWN_VALUE, before.data, before.length > SHOWN_VALUE ? ".." : "", SHOWN_VALUE, now.data,
                           now.length > SHOWN_VALUE ? ".." : "");
    }
    wording_free(&before);
    wording_free(&now);
    return status;
}

/* Keys that vary together in one must do so in the other; "there" is where `scenario` is. */
static cfi_status compare_zips(const cfi_scenario *scenario, const cfi_scenario *other, const char *where,
                               cfi_error *error)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(scenario, &axis);
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < axes && status == CFI_OK; i++) {
        const cfi_axis *leader = &axis[scenario_axis_leader(scenario, i)];
        size_t here = find_axis(other, axis[i].key), first = find_axis(other, leader->key);

        if (scenario_axis_leader(other, here) != scenario_axis_leader(other, first)) {
            status = error_set(error, CFI_INVALID, "%s is swept together with %s %s " GROWTH_ALLOWED, axis[i].key,
                               leader->key, where);
        }
    }
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
            status = error_set(error, CFI_INVALID, "%s is swept %s " GROWTH_ALLOWED, key_table[id].name,
                               before ? "there, not here" : "here, not there");
        } else if (!before) {
            status = compare_key(older, newer, id, error);
        }
    }
    if (status == CFI_OK) {
        status = compare_zips(older, newer, "there, not here", error);
    }
    return status == CFI_OK ? compare_zips(newer, older, "here, not there", error) : status;
}

/* -------------------------------------------------------------------------- swept values ---- */

/* Axes of the older sweep that vary together, and those of the same keys in the newer one. */
typedef struct axis_match {
    const cfi_axis *older[KEY_COUNT], *newer[KEY_COUNT];
    size_t keys;
} axis_match;

static axis_match match_axes(const cfi_scenario *older, const cfi_scenario *newer, size_t leader)
{
    const cfi_axis *before, *now;
    size_t axes = scenario_axes(older, &before);
    axis_match match = {.keys = 0};

    scenario_axes(newer, &now);
    for (size_t i = leader; i < axes && scenario_axis_leader(older, i) == leader; i++) {
        match.older[match.keys] = &before[i];
        match.newer[match.keys++] = &now[find_axis(newer, before[i].key)];
    }
    return match;
}

static bool is_same_value(const axis_match *match, size_t older, size_t newer)
{
    bool same = true;

    for (size_t k = 0; k < match->keys && same; k++) {
        same = strcmp(match->older[k]->value[older], match->newer[k]->value[newer]) == 0;
    }
    return same;
}

static cfi_status refuse_missing(const axis_match *match, size_t value, cfi_error *error)
{
    char buffer[256];
    cfi_wording values = wording_fixed(buffer, sizeof buffer);

    for (size_t k = 0; k < match->keys; k++) {
        wording_format(&values, "%s%s = %.60s", k > 0 ? ", " : "", match->older[k]->key, match->older[k]->value[value]);
    }
    return error_set(error, CFI_INVALID, "%s is there, not here " GROWTH_ALLOWED, buffer);
}

static cfi_status compare_settings(const axis_match *match, size_t older, size_t newer, cfi_error *error)
{
    for (size_t k = 0; k < match->keys; k++) {
        if (strcmp(match->older[k]->setting[older], match->newer[k]->setting[newer]) != 0) {
            return error_set(error, CFI_INVALID, "the numbers of %s = %.60s are others now " GROWTH_ALLOWED,
                             match->older[k]->key, match->older[k]->value[older]);
        }
    }
    return CFI_OK;
}

/* index[i]: where older's value i, of so many, is among newer's. The search goes on where the last one ended, since the
 * values mostly stand in the same order. */
static cfi_status match_values(const axis_match *match, size_t values, size_t *index, cfi_error *error)
{
    size_t at = 0, count = match->keys > 0 ? match->newer[0]->count : 0;
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < values && status == CFI_OK; i++) {
        size_t tried = 0;

        while (tried < count && !is_same_value(match, i, at)) {
            at = (at + 1) % count;
            tried++;
        }
        status = tried < count ? compare_settings(match, i, at, error) : refuse_missing(match, i, error);
        index[i] = at;
    }
    return status;
}

/* Adds axes that vary together to the numbers of the points. */
static cfi_status map_axes(const cfi_scenario *older, const cfi_scenario *newer, size_t leader, size_t *point,
                           cfi_error *error)
{
    const axis_match match = match_axes(older, newer, leader);
    const cfi_axis *before;
    size_t *index, points = scenario_points(older), stride;
    cfi_status status;

    scenario_axes(older, &before);
    stride = scenario_axis_stride(newer, find_axis(newer, before[leader].key));
    index = malloc(before[leader].count * sizeof *index);
    if (!index) {
        return growth_out_of_memory(error);
    }
    status = match_values(&match, before[leader].count, index, error);
    for (size_t p = 0; p < points && status == CFI_OK; p++) {
        point[p] += stride * index[scenario_axis_index(older, p, leader)];
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
        status = axis[i].zipped ? CFI_OK : map_axes(older, newer, i, point, error);
    }
    return status;
}
