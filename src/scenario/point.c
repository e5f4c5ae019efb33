/* The points of a grid. A point is the grid's scenario with some values overridden: what is not borrowed from it is
 * read and checked as in any scenario. */
#include "cfisac/scenario.h"

#include "scenario/interpret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_POINTER = 80 };

size_t scenario_axes(const cfi_scenario *scenario, const cfi_axis **axes)
{
    *axes = scenario->grid.axis;
    return scenario->grid.axes;
}

size_t scenario_points(const cfi_scenario *scenario)
{
    size_t points = 1;

    for (size_t i = 0; i < scenario->grid.axes; i++) {
        points *= scenario->grid.axis[i].zipped ? 1 : scenario->grid.axis[i].count;
    }
    return points;
}

size_t scenario_axis_index(const cfi_scenario *scenario, size_t point, size_t axis)
{
    return grid_index(&scenario->grid, point, axis);
}

size_t scenario_axis_stride(const cfi_scenario *scenario, size_t axis)
{
    return grid_stride(&scenario->grid, axis);
}

size_t scenario_axis_leader(const cfi_scenario *scenario, size_t axis)
{
    while (scenario->grid.axis[axis].zipped) {
        axis--;
    }
    return axis;
}

/* "FILE: /sweep: at network.aps = 8: what is wrong", or "FILE: at --over network.aps = 8: what is wrong" */
static void name_point(const cfi_scenario *scenario, size_t point, cfi_error *error)
{
    const cfi_error cause = *error;
    const char *what = cause.text;
    size_t length = strlen(scenario->file);
    char buffer[256];
    cfi_wording values = wording_fixed(buffer, sizeof buffer);

    if (strncmp(what, scenario->file, length) == 0 && what[length] == ':') {
        what += length + 2;
    }
    for (size_t i = 0; i < scenario->grid.axes; i++) {
        const cfi_axis *axis = &scenario->grid.axis[i];

        wording_format(&values, "%s%s%s = %s", i > 0 ? ", " : "",
                       scenario->tree.over[key_find(axis->key)] ? "--over " : "", axis->key,
                       axis->value[scenario_axis_index(scenario, point, i)]);
    }
    error_set(error, cause.status, "%.300s: %sat %s: %s", scenario->file,
              scenario->tree.over[KEY_sweep] ? "" : "/sweep: ", buffer, what);
}

/* All values of the grid's scenario, the point's set aside for theirs to be read. NULL: out of memory. */
static cfi_scenario *borrow(const cfi_scenario *base, size_t point)
{
    const scenario_grid *grid = &base->grid;
    cfi_scenario *out = calloc(1, sizeof *out);

    if (!out) {
        return NULL;
    }
    out->base = base;
    out->file = base->file;
    out->tree.file = base->file;
    out->tree.in_results = base->tree.in_results;
    memcpy(out->tree.item, base->tree.item, sizeof out->tree.item);
    memcpy(out->tree.filled, base->tree.filled, sizeof out->tree.filled);
    memcpy(out->tree.set, base->tree.set, sizeof out->tree.set);
    memcpy(out->tree.over, base->tree.over, sizeof out->tree.over);
    memcpy(out->value, base->value, sizeof out->value);
    out->tree.item[KEY_sweep] = NULL;
    for (size_t i = 0; i < grid->axes; i++) {
        key_id id = key_find(grid->axis[i].key);

        out->tree.item[id] = grid->items[i].item[grid_index(grid, point, i)];
        out->tree.at_point[id] = true;
        out->tree.filled[id] = false;
        out->value[id] = (cfi_value){.form = 0};
    }
    return out;
}

/* Whether lists have other lengths than in the grid's scenario. */
static bool changes_sizes(const cfi_scenario *point)
{
    cfi_sizes sizes = interpret_sizes(point);

    return sizes.L != point->base->system.L || sizes.K != point->base->system.K;
}

/* Reads what the point sets, and checks that the lists it does not set still have the right lengths. The sizes stand
 * before all lists in the table. */
static cfi_status read_point(cfi_scenario *point, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (key_id id = 0; id < KEY_sweep && status == CFI_OK; id++) {
        if (point->tree.at_point[id]) {
            status = interpret_key(point, id, error);
        } else if ((key_table[id].forms & (FORM_LIST | FORM_MATRIX)) && changes_sizes(point)) {
            cfi_place place = tree_place(&point->tree, id);

            status = value_check_lengths(&key_table[id], &point->value[id], interpret_sizes(point), &place, error);
        }
    }
    return status;
}

cfi_status scenario_at_point(const cfi_scenario *scenario, size_t point, cfi_scenario **out, cfi_error *error)
{
    cfi_scenario *made = borrow(scenario, point);
    cfi_status status;

    *out = NULL;
    if (!made) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", scenario->file);
    }
    status = read_point(made, error);
    if (status == CFI_OK) {
        status = interpret_scalars(made, error);
    }
    if (status == CFI_OK) {
        status = interpret_rest(made, error);
    }
    if (status != CFI_OK) {
        scenario_destroy(made);
        if (status != CFI_NO_MEMORY) {
            name_point(scenario, point, error);
        }
        return status;
    }
    *out = made;
    return CFI_OK;
}

/* The key whose pointer, "/network/aps", begins a text, and the pointer's length; KEY_COUNT: none. */
static key_id key_of_pointer(const char *text, size_t *length)
{
    char pointer[SHOWN_POINTER];

    for (key_id id = 0; id < KEY_COUNT; id++) {
        const char *section = key_section_of(id);

        *length = (size_t)snprintf(pointer, sizeof pointer, "/%s%s%s", section, *section ? "/" : "",
                                   key_leaf(key_table[id].name));
        if (strncmp(text, pointer, *length) == 0 && (text[*length] == ':' || text[*length] == '/')) {
            return id;
        }
    }
    return KEY_COUNT;
}

/* The section whose pointer, "/network", is all that a text says of the place; NULL: none. */
static const char *section_of_pointer(const char *text)
{
    for (size_t i = 0; i < KEY_SECTIONS; i++) {
        size_t length = strlen(key_sections[i]);

        if (*text == '/' && strncmp(text + 1, key_sections[i], length) == 0 && text[1 + length] == ':') {
            return key_sections[i];
        }
    }
    return NULL;
}

cfi_status scenario_place_error(const cfi_scenario *scenario, cfi_status status, cfi_error *error)
{
    const cfi_error cause = status == CFI_INVALID ? *error : (cfi_error){.text = ""};
    const char *section = section_of_pointer(cause.text);
    size_t length = 0;
    key_id id = key_of_pointer(cause.text, &length);
    cfi_place place;

    if (id < KEY_COUNT) {
        place = tree_place(&scenario->tree, id);
    } else if (section) {
        place = tree_root_place(&scenario->tree);
        place_member(&place, section);
        length = 1 + strlen(section);
    } else {
        return status;
    }
    return error_set(error, status, "%s%s", place.text, cause.text + length);
}

cfi_status scenario_place_point_error(const cfi_scenario *scenario, size_t point, cfi_status status, cfi_error *error)
{
    cfi_scenario *at = status == CFI_INVALID ? borrow(scenario, point) : NULL;

    if (at) {
        scenario_place_error(at, status, error);
        scenario_destroy(at);
    }
    if (status == CFI_INVALID && scenario->grid.axes > 0) {
        name_point(scenario, point, error);
    }
    return status;
}
