/* The grid of a sweep. */
#include "scenario/grid.h"

#include "scenario/axes.h"
#include "scenario/table_file.h"
#include "scenario/zip.h"

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

/* Where the values of an axis come from. */
typedef struct axis_source {
    const cfi_tree *tree;
    const axis_keys *keys;
    size_t which; /* of the keys */
    const cfi_place *place;
} axis_source;

/* CFI_OK with anything missing: out of memory. */
static cfi_status make_value(const axis_source *axis, const cJSON *item, grid_items *items, grid_value *value,
                             cfi_error *error)
{
    const cfi_tree *tree = axis->tree;
    const key_id id = axis->keys->id[axis->which];
    bool path = key_takes_file(&key_table[id]) && cJSON_IsString(item);
    const table_source from = {.spec = &key_table[id],
                               .path = item->valuestring,
                               .scenario = tree->file,
                               .from_shell = tree->set[KEY_sweep] || tree->over[id],
                               .place = axis->place};
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

static cfi_status fill_axis(const axis_source *from, const cJSON *list, cfi_axis *axis, grid_items *items,
                            cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (!make_axis_room((size_t)cJSON_GetArraySize(list), axis, items)) {
        return grid_out_of_memory(from->tree, error);
    }
    for (const cJSON *item = list->child; item && status == CFI_OK; item = item->next, axis->count++) {
        grid_value value = {.shown = NULL};

        status = make_value(from, zip_item(item, from->keys, from->which), items, &value, error);
        ((const char **)axis->value)[axis->count] = value.shown;
        ((const char **)axis->setting)[axis->count] = value.setting;
        items->item[axis->count] = value.item;
        if (status == CFI_OK && (!value.shown || !value.setting || !value.item)) {
            status = grid_out_of_memory(from->tree, error);
        }
    }
    return status;
}

/* What keys that vary together are set to at once. */
typedef struct grid_row {
    const cfi_axis *axis; /* the first of them */
    size_t keys, index;
} grid_row;

static int order_rows(const void *a, const void *b)
{
    const grid_row *one = a, *other = b;
    int order = 0;

    for (size_t i = 0; i < one->keys && order == 0; i++) {
        order = strcmp(one->axis[i].value[one->index], one->axis[i].value[other->index]);
    }
    return order;
}

static cfi_status refuse_second(const grid_row *row, const cfi_place *place, cfi_error *error)
{
    char buffer[64];
    cfi_wording text = wording_fixed(buffer, sizeof buffer);

    for (size_t i = 0; i < row->keys; i++) {
        wording_add(&text, i > 0 ? ", " : "");
        wording_add(&text, row->axis[i].value[row->index]);
    }
    return place_error(place, error, CFI_INVALID, "%.60s is there twice (allowed: values that differ)", buffer);
}

/* Two points of the same values could not be told apart. */
static cfi_status check_distinct(const cfi_tree *tree, const cfi_axis *axis, size_t keys, const cfi_place *place,
                                 cfi_error *error)
{
    grid_row *sorted = calloc(axis->count + 1, sizeof *sorted);
    cfi_status status = CFI_OK;

    if (!sorted) {
        return grid_out_of_memory(tree, error);
    }
    for (size_t i = 0; i < axis->count; i++) {
        sorted[i] = (grid_row){.axis = axis, .keys = keys, .index = i};
    }
    qsort(sorted, axis->count, sizeof *sorted, order_rows);
    for (size_t i = 1; i < axis->count && status == CFI_OK; i++) {
        if (order_rows(&sorted[i - 1], &sorted[i]) == 0) {
            status = refuse_second(&sorted[i], place, error);
        }
    }
    free(sorted);
    return status;
}

/* The axes of one member of the sweep object: one a key. */
static cfi_status build_axes(const cfi_tree *tree, const cJSON *values, scenario_grid *grid, cfi_error *error)
{
    const cfi_place sweep = tree_place(tree, KEY_sweep);
    const cfi_axis *first = &grid->axis[grid->axes];
    cfi_place place;
    axis_keys keys;
    cfi_status status = axes_read_name(values, tree->over, &sweep, &place, &keys, error);

    for (size_t i = 0; i < keys.count && status == CFI_OK; i++, grid->axes++) {
        const axis_source from = {.tree = tree, .keys = &keys, .which = i, .place = &place};
        cfi_axis *axis = &grid->axis[grid->axes];
        grid_items *items = &grid->items[grid->axes];

        axis->key = key_table[keys.id[i]].name;
        axis->zipped = i > 0;
        status = zip_expand(values, &keys, i, &place, &items->expanded, error);
        if (status == CFI_OK) {
            status = fill_axis(&from, items->expanded ? items->expanded : values, axis, items, error);
        }
    }
    return status == CFI_OK ? check_distinct(tree, first, keys.count, &place, error) : status;
}

/* Keys of a sweep object, at most. */
static size_t count_keys(const cJSON *sweep)
{
    size_t count = 0;

    for (const cJSON *values = sweep->child; values; values = values->next) {
        count++;
        for (const char *c = values->string; *c; c++) {
            count += *c == '+';
        }
    }
    return count;
}

cfi_status grid_build(const cfi_tree *tree, scenario_grid *grid, cfi_error *error)
{
    const cJSON *sweep = tree->item[KEY_sweep];
    size_t count = count_keys(sweep);
    cfi_status status = CFI_OK;

    grid->axis = calloc(count + 1, sizeof *grid->axis);
    grid->items = calloc(count + 1, sizeof *grid->items);
    if (!grid->axis || !grid->items) {
        return grid_out_of_memory(tree, error);
    }
    for (const cJSON *values = sweep->child; values && status == CFI_OK; values = values->next) {
        status = build_axes(tree, values, grid, error);
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

size_t grid_stride(const scenario_grid *grid, size_t axis)
{
    size_t stride = 1;

    for (size_t i = axis + 1; i < grid->axes; i++) {
        stride *= grid->axis[i].zipped ? 1 : grid->axis[i].count;
    }
    return stride;
}

size_t grid_index(const scenario_grid *grid, size_t point, size_t axis)
{
    return point / grid_stride(grid, axis) % grid->axis[axis].count;
}

static void print_grid_value(const cfi_axis *axis, size_t value, cfi_wording *out)
{
    bool named = axis->setting[value] != axis->value[value];

    wording_add(out, named ? "{" : "");
    wording_add(out, axis->value[value]);
    wording_add(out, named ? ": " : "");
    wording_add(out, named ? axis->setting[value] : "");
    wording_add(out, named ? "}" : "");
}

/* A member of the sweep object: `keys` axes that vary together, a list of values or of lists with one for each. */
static void print_axes(const cfi_axis *axis, size_t keys, cfi_wording *out)
{
    for (size_t k = 0; k < keys; k++) {
        wording_add(out, k > 0 ? "+" : "\"");
        wording_add(out, axis[k].key);
    }
    wording_add(out, "\": [");
    for (size_t j = 0; j < axis->count; j++) {
        wording_add(out, j > 0 ? ", " : "");
        wording_add(out, keys > 1 ? "[" : "");
        for (size_t k = 0; k < keys; k++) {
            wording_add(out, k > 0 ? ", " : "");
            print_grid_value(&axis[k], j, out);
        }
        wording_add(out, keys > 1 ? "]" : "");
    }
    wording_add(out, "]");
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
    size_t next;

    wording_add(out, "{\n");
    for (size_t i = 0; i < grid->axes; i = next) {
        next = i + 1;
        while (next < grid->axes && grid->axis[next].zipped) {
            next++;
        }
        wording_repeat(out, ' ', indent + 2);
        print_axes(&grid->axis[i], next - i, out);
        wording_add(out, next < grid->axes ? ",\n" : "\n");
    }
    wording_repeat(out, ' ', indent);
    wording_add(out, "}");
}
