/* The grid of a sweep. */
#include "scenario/grid.h"

#include "scenario/axes.h"
#include "scenario/range.h"
#include "scenario/table_file.h"

#include <stdlib.h>
#include <string.h>

static cfi_status grid_out_of_memory(const cfi_tree *tree, cfi_error *error)
{
    cfi_place place = tree_place(tree, KEY_sweep);

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

/* As axes_print_item prints a list of numbers or of rows. */
static void print_rows(const cfi_value *table, cfi_wording *out)
{
    if (table->form == FORM_LIST) {
        value_print(NULL, table, 0, out);
        return;
    }
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        bool first = i % table->columns == 0, last = (i + 1) % table->columns == 0;

        wording_add(out, first ? (i == 0 ? "[[" : ", [") : ", ");
        wording_number(out, table->entry[i]);
        wording_add(out, last ? "]" : "");
    }
    wording_add(out, "]");
}

/* A file as a list: it is read once, so that all points see the same numbers. CFI_OK with NULL: out of memory. */
static cfi_status read_swept_file(const table_source *from, char **text, cfi_error *error)
{
    cfi_wording rows = {0};
    cfi_value value;
    cfi_status status = table_file_read(from, &value, error);

    if (status != CFI_OK) {
        return status;
    }
    print_rows(&value, &rows);
    value_free(&value);
    *text = take_text(&rows);
    return CFI_OK;
}

/* The same numbers as an item of JSON that the axis keeps; NULL: out of memory. */
static const cJSON *keep_table(grid_items *items, const char *text)
{
    cJSON *table = cJSON_Parse(text);

    items->tables = items->tables ? items->tables : cJSON_CreateArray();
    if (!items->tables || !table || !cJSON_AddItemToArray(items->tables, table)) {
        cJSON_Delete(table);
        return NULL;
    }
    return table;
}

/* One value of an axis. */
typedef struct grid_value {
    char *shown, *setting; /* what is shown of it, and what the key is set to; one text where they are the same */
    const cJSON *item;     /* of the setting */
} grid_value;

/* CFI_OK with anything missing: out of memory. */
static cfi_status make_value(const cfi_tree *tree, const key_spec *spec, const cJSON *item, const cfi_place *place,
                             grid_items *items, grid_value *value, cfi_error *error)
{
    bool path = key_takes_file(spec) && cJSON_IsString(item);
    const table_source from = {.spec = spec,
                               .path = item->valuestring,
                               .scenario = tree->file,
                               .from_shell = tree->set[KEY_sweep] || tree->over[key_find(spec->name)],
                               .place = place};
    cfi_status status = CFI_OK;

    value->shown = cJSON_IsObject(item) ? quoted_text(item->child->string) : value_text(item);
    value->setting = value->shown;
    value->item = item;
    if (cJSON_IsObject(item)) {
        value->setting = value_text(item->child);
        value->item = item->child;
    } else if (path) {
        value->setting = NULL;
        status = read_swept_file(&from, &value->setting, error);
        value->item = value->setting ? keep_table(items, value->setting) : NULL;
    }
    return status;
}

/* Room for the values of an axis. */
static bool make_axis_room(size_t count, cfi_axis *axis, grid_items *items)
{
    axis->value = calloc(count, sizeof *axis->value);
    axis->setting = calloc(count, sizeof *axis->setting);
    items->item = calloc(count, sizeof(const cJSON *));
    return axis->value && axis->setting && items->item;
}

/* Where the values of an axis were given. */
static cfi_place axis_place(const cfi_tree *tree, const char *key)
{
    cfi_place place = tree_place(tree, KEY_sweep);

    if (tree->over[key_find(key)]) {
        return place_over(key);
    }
    place_member(&place, key);
    return place;
}

static cfi_status fill_axis(const cfi_tree *tree, const key_spec *spec, const cJSON *list, cfi_axis *axis,
                            grid_items *items, cfi_error *error)
{
    cfi_place place = axis_place(tree, spec->name);
    cfi_status status = CFI_OK;

    if (!make_axis_room((size_t)cJSON_GetArraySize(list), axis, items)) {
        return grid_out_of_memory(tree, error);
    }
    for (const cJSON *item = list->child; item && status == CFI_OK; item = item->next, axis->count++) {
        grid_value value = {.shown = NULL};

        status = make_value(tree, spec, item, &place, items, &value, error);
        ((const char **)axis->value)[axis->count] = value.shown;
        ((const char **)axis->setting)[axis->count] = value.setting;
        items->item[axis->count] = value.item;
        if (status == CFI_OK && (!value.shown || !value.setting || !value.item)) {
            status = grid_out_of_memory(tree, error);
        }
    }
    return status;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two points of the same values could not be told apart. */
static cfi_status check_distinct(const cfi_tree *tree, const cfi_axis *axis, cfi_error *error)
{
    const char **sorted = malloc(axis->count * sizeof *sorted);
    cfi_place place = axis_place(tree, axis->key);
    cfi_status status = CFI_OK;

    if (!sorted) {
        return grid_out_of_memory(tree, error);
    }
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

static cfi_status build_axis(const cfi_tree *tree, const cJSON *values, cfi_axis *axis, grid_items *items,
                             cfi_error *error)
{
    const key_spec *spec = &key_table[key_find(values->string)];
    cfi_place place = axis_place(tree, spec->name);
    cfi_status status = CFI_OK;

    axis->key = spec->name;
    if (cJSON_IsString(values)) {
        status = range_expand(spec, values->valuestring, &place, &items->expanded, error);
    }
    if (status == CFI_OK) {
        status = fill_axis(tree, spec, items->expanded ? items->expanded : values, axis, items, error);
    }
    return status == CFI_OK ? check_distinct(tree, axis, error) : status;
}

cfi_status grid_build(const cfi_tree *tree, scenario_grid *grid, cfi_error *error)
{
    const cJSON *sweep = tree->item[KEY_sweep];
    size_t count = (size_t)cJSON_GetArraySize(sweep);
    cfi_status status = CFI_OK;

    grid->axis = calloc(count, sizeof *grid->axis);
    grid->items = calloc(count, sizeof *grid->items);
    if (!grid->axis || !grid->items) {
        return grid_out_of_memory(tree, error);
    }
    for (const cJSON *values = sweep->child; values && status == CFI_OK; values = values->next, grid->axes++) {
        status = build_axis(tree, values, &grid->axis[grid->axes], &grid->items[grid->axes], error);
    }
    return status;
}

static void free_axis(cfi_axis *axis, grid_items *items)
{
    for (size_t i = 0; i < axis->count; i++) {
        if (axis->setting[i] != axis->value[i]) {
            free((char *)axis->setting[i]);
        }
        free((char *)axis->value[i]);
    }
    free((void *)axis->value);
    free((void *)axis->setting);
    free(items->item);
    cJSON_Delete(items->expanded);
    cJSON_Delete(items->tables);
}

void grid_free(scenario_grid *grid)
{
    for (size_t i = 0; i < grid->axes; i++) {
        free_axis(&grid->axis[i], &grid->items[i]);
    }
    free(grid->axis);
    free(grid->items);
    *grid = (scenario_grid){.axis = NULL};
}

size_t grid_index(const scenario_grid *grid, size_t point, size_t axis)
{
    for (size_t i = grid->axes; i > axis + 1; i--) {
        point /= grid->axis[i - 1].count;
    }
    return point % grid->axis[axis].count;
}

bool grid_names_files(const scenario_grid *grid)
{
    bool named = false;

    for (size_t i = 0; i < grid->axes; i++) {
        named = named || grid->items[i].tables;
    }
    return named;
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
