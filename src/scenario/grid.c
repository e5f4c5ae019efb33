/* The grid of a sweep. */
#include "scenario/grid.h"

#include "scenario/axes.h"
#include "scenario/model.h"

#include <stdlib.h>
#include <string.h>

static cfi_status out_of_memory(const cfi_scenario *scenario, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, KEY_SWEEP);

    return place_error(&place, error, CFI_NO_MEMORY, "out of memory");
}

static char *value_text(const cJSON *item)
{
    cfi_wording text = {0};

    axes_print_item(item, &text);
    if (text.failed) {
        wording_free(&text);
        return NULL;
    }
    return text.data;
}

static bool fill_axis(const cJSON *list, cfi_axis *axis)
{
    size_t count = (size_t)cJSON_GetArraySize(list);
    char **value = calloc(count, sizeof *value);

    axis->value = (const char *const *)value;
    for (const cJSON *item = value ? list->child : NULL; item; item = item->next) {
        value[axis->count] = value_text(item);
        if (!value[axis->count++]) {
            return false;
        }
    }
    return value != NULL;
}

static cfi_status build_axis(const cfi_scenario *scenario, const cJSON *values, cfi_axis *axis, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, KEY_SWEEP);
    const key_spec *spec = &key_table[key_find(values->string)];
    cJSON *expanded = NULL;
    cfi_status status = CFI_OK;

    axis->key = spec->name;
    if (cJSON_IsString(values)) {
        status = axes_expand(spec, values->valuestring, &place, &expanded, error);
    }
    if (status == CFI_OK && !fill_axis(expanded ? expanded : values, axis)) {
        status = out_of_memory(scenario, error);
    }
    cJSON_Delete(expanded);
    return status;
}

cfi_status grid_build(cfi_scenario *scenario, cfi_error *error)
{
    const cJSON *sweep = scenario->tree.item[KEY_SWEEP];
    scenario_grid *grid = &scenario->grid;
    cfi_wording base = {0};
    cfi_status status = CFI_OK;

    grid->axis = calloc((size_t)cJSON_GetArraySize(sweep), sizeof *grid->axis);
    if (!grid->axis) {
        return out_of_memory(scenario, error);
    }
    for (const cJSON *values = sweep->child; values && status == CFI_OK; values = values->next) {
        status = build_axis(scenario, values, &grid->axis[grid->axes++], error);
    }
    if (status == CFI_OK) {
        resolved_print(scenario, RESOLVED_POINT, &base);
        grid->base = base.data;
        status = base.failed ? out_of_memory(scenario, error) : CFI_OK;
    }
    return status;
}

void grid_free(scenario_grid *grid)
{
    for (size_t i = 0; i < grid->axes; i++) {
        for (size_t j = 0; j < grid->axis[i].count; j++) {
            free((char *)grid->axis[i].value[j]);
        }
        free((void *)grid->axis[i].value);
    }
    free(grid->axis);
    free(grid->base);
    *grid = (scenario_grid){.axis = NULL};
}

size_t scenario_axes(const cfi_scenario *scenario, const cfi_axis **axes)
{
    *axes = scenario->grid.axis;
    return scenario->grid.axes;
}

size_t scenario_points(const cfi_scenario *scenario)
{
    size_t points = 1;

    for (size_t i = 0; i < scenario->grid.axes; i++) {
        points *= scenario->grid.axis[i].count;
    }
    return points;
}

size_t scenario_axis_index(const cfi_scenario *scenario, size_t point, size_t axis)
{
    const scenario_grid *grid = &scenario->grid;

    for (size_t i = grid->axes; i > axis + 1; i--) {
        point /= grid->axis[i - 1].count;
    }
    return point % grid->axis[axis].count;
}

/* "FILE: /sweep: at network.aps = 8: what is wrong" */
static void name_point(const cfi_scenario *scenario, const cfi_setting *settings, cfi_error *error)
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
        wording_format(&values, "%s%s = %s", i > 0 ? ", " : "", settings[i].key, settings[i].value);
    }
    error_set(error, cause.status, "%.300s: /sweep: at %s: %s", scenario->file, buffer, what);
}

cfi_status scenario_at_point(const cfi_scenario *scenario, size_t point, cfi_scenario **out, cfi_error *error)
{
    const scenario_grid *grid = &scenario->grid;
    const char *base = grid->base ? grid->base : scenario->resolved;
    cfi_setting *settings = calloc(grid->axes + 1, sizeof *settings);
    cfi_status status;

    *out = NULL;
    if (!settings) {
        return out_of_memory(scenario, error);
    }
    for (size_t i = 0; i < grid->axes; i++) {
        settings[i] = (cfi_setting){.key = grid->axis[i].key,
                                    .value = grid->axis[i].value[scenario_axis_index(scenario, point, i)]};
    }
    status = scenario_parse(base, strlen(base), scenario->file, settings, grid->axes, out, error);
    if (status != CFI_OK && status != CFI_NO_MEMORY) {
        name_point(scenario, settings, error);
    }
    free(settings);
    return status;
}
