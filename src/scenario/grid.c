/* The grid of a sweep. */
#include "scenario/grid.h"

#include "scenario/axes.h"
#include "scenario/input.h"
#include "scenario/model.h"

#include <stdlib.h>
#include <string.h>

static cfi_status out_of_memory(const cfi_scenario *scenario, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, KEY_SWEEP);

    return place_error(&place, error, CFI_NO_MEMORY, "out of memory");
}

/* The text from malloc, or NULL. */
static char *take_text(cfi_wording *text)
{
    if (text->failed) {
        wording_free(text);
        return NULL;
    }
    return text->data;
}

static char *value_text(const cJSON *item)
{
    cfi_wording text = {0};

    axes_print_item(item, &text);
    return take_text(&text);
}

static char *quoted_text(const char *name)
{
    cfi_wording text = {0};

    wording_quoted(&text, name);
    return take_text(&text);
}

/* As axes_print_item prints a list of rows. */
static void print_rows(const cfi_value *table, cfi_wording *out)
{
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        bool first = i % table->columns == 0, last = (i + 1) % table->columns == 0;

        wording_add(out, first ? (i == 0 ? "[[" : ", [") : ", ");
        wording_number(out, table->entry[i]);
        wording_add(out, last ? "]" : "");
    }
    wording_add(out, "]");
}

/* A gain file as a list of rows: it is read once, so that all points see the same numbers. */
static cfi_status read_gain_table(const cfi_scenario *scenario, const char *path, const cfi_place *place, char **text,
                                  cfi_error *error)
{
    cfi_wording rows = {0};
    cfi_value value;
    cfi_status status = input_gain(path, scenario->file, (cfi_sizes){.L = 0}, place, &value, error);

    if (status != CFI_OK) {
        return status;
    }
    print_rows(&value, &rows);
    value_free(&value);
    *text = take_text(&rows);
    return CFI_OK;
}

/* What is shown of a value, and what the key is set to; one text where they are the same. CFI_OK with NULL: out of
 * memory. */
static cfi_status make_value(const cfi_scenario *scenario, const key_spec *spec, const cJSON *item,
                             const cfi_place *place, char *text[2], cfi_error *error)
{
    bool path = spec == &key_table[KEY_GAIN] && cJSON_IsString(item);
    cfi_status status = CFI_OK;

    text[0] = cJSON_IsObject(item) ? quoted_text(item->child->string) : value_text(item);
    text[1] = text[0];
    if (cJSON_IsObject(item)) {
        text[1] = value_text(item->child);
    } else if (path) {
        text[1] = NULL;
        status = read_gain_table(scenario, item->valuestring, place, &text[1], error);
    }
    return status;
}

static cfi_status fill_axis(const cfi_scenario *scenario, const key_spec *spec, const cJSON *list, cfi_axis *axis,
                            cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, KEY_SWEEP);
    size_t count = (size_t)cJSON_GetArraySize(list);
    char **value = calloc(count, sizeof *value), **setting = calloc(count, sizeof *setting);
    cfi_status status = CFI_OK;

    place_member(&place, spec->name);
    axis->value = (const char *const *)value;
    axis->setting = (const char *const *)setting;
    if (!value || !setting) {
        return out_of_memory(scenario, error);
    }
    for (const cJSON *item = list->child; item && status == CFI_OK; item = item->next, axis->count++) {
        char *text[2];

        status = make_value(scenario, spec, item, &place, text, error);
        value[axis->count] = text[0];
        setting[axis->count] = text[1];
        if (status == CFI_OK && (!text[0] || !text[1])) {
            status = out_of_memory(scenario, error);
        }
    }
    return status;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two points of the same values could not be told apart. */
static cfi_status check_distinct(const cfi_scenario *scenario, const cfi_axis *axis, cfi_error *error)
{
    const char **sorted = malloc(axis->count * sizeof *sorted);
    cfi_place place = tree_place(&scenario->tree, KEY_SWEEP);
    cfi_status status = CFI_OK;

    if (!sorted) {
        return out_of_memory(scenario, error);
    }
    place_member(&place, axis->key);
    memcpy(sorted, axis->value, axis->count * sizeof *sorted);
    qsort(sorted, axis->count, sizeof *sorted, compare_texts);
    for (size_t i = 1; i < axis->count && status == CFI_OK; i++) {
        if (strcmp(sorted[i - 1], sorted[i]) == 0) {
            status = place_error(&place, error, CFI_INVALID, "%.60s is there twice (allowed: values that differ)",
                                 sorted[i]);
        }
    }
    free(sorted);
    return status;
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
    if (status == CFI_OK) {
        status = fill_axis(scenario, spec, expanded ? expanded : values, axis, error);
    }
    if (status == CFI_OK) {
        status = check_distinct(scenario, axis, error);
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
        const cfi_axis *axis = &grid->axis[i];

        for (size_t j = 0; j < axis->count; j++) {
            if (axis->setting[j] != axis->value[j]) {
                free((char *)axis->setting[j]);
            }
            free((char *)axis->value[j]);
        }
        free((void *)axis->value);
        free((void *)axis->setting);
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

        wording_format(&values, "%s%s = %s", i > 0 ? ", " : "", axis->key,
                       axis->value[scenario_axis_index(scenario, point, i)]);
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
                                    .value = grid->axis[i].setting[scenario_axis_index(scenario, point, i)]};
    }
    status = scenario_parse(base, strlen(base), scenario->file, settings, grid->axes, out, error);
    if (status != CFI_OK && status != CFI_NO_MEMORY) {
        name_point(scenario, point, error);
    }
    free(settings);
    return status;
}

void grid_print(const scenario_grid *grid, size_t indent, cfi_wording *out)
{
    wording_add(out, "{\n");
    for (size_t i = 0; i < grid->axes; i++) {
        const cfi_axis *axis = &grid->axis[i];

        wording_repeat(out, ' ', indent + 2);
        wording_quoted(out, axis->key);
        wording_add(out, ": [");
        for (size_t j = 0; j < axis->count; j++) {
            bool named = axis->setting[j] != axis->value[j];

            wording_add(out, j > 0 ? ", " : "");
            wording_add(out, named ? "{" : "");
            wording_add(out, axis->value[j]);
            wording_add(out, named ? ": " : "");
            wording_add(out, named ? axis->setting[j] : "");
            wording_add(out, named ? "}" : "");
        }
        wording_add(out, i + 1 < grid->axes ? "],\n" : "]\n");
    }
    wording_repeat(out, ' ', indent);
    wording_add(out, "}");
}
