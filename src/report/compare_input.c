/* What the directories of a comparison hold. */
#include "report/compare.h"

#include "base/text_file.h"
#include "report/fields.h"
#include "report/line.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static cfi_status no_input_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the drops of a comparison");
}

/* ------------------------------------------------------------------------------- rows ---- */

/* The index of a place, which is mostly that of the row before; SIZE_MAX: out of memory. */
static size_t compared_place(compared_input *input, const char *name)
{
    char **larger;

    for (size_t i = input->places; i > 0; i--) {
        if (strcmp(input->place[i - 1], name) == 0) {
            return i - 1;
        }
    }
    larger = realloc(input->place, (input->places + 1) * sizeof(char *));
    if (!larger) {
        return SIZE_MAX;
    }
    input->place = larger;
    input->place[input->places] = strdup(name);
    return input->place[input->places] ? input->places++ : SIZE_MAX;
}

cfi_status compared_add(compared_input *input, const char *place, uint32_t drop, const double *value, cfi_error *error)
{
    size_t index = compared_place(input, place);

    if (index != SIZE_MAX && input->rows == input->room) {
        size_t room = 2 * input->room + 64;
        compared_row *larger = realloc(input->row, room * sizeof *larger);

        input->row = larger ? larger : input->row;
        input->room = larger ? room : input->room;
        index = larger ? index : SIZE_MAX;
    }
    if (index == SIZE_MAX) {
        return no_input_memory(error);
    }
    input->row[input->rows] = (compared_row){.place = index, .drop = drop};
    memcpy(input->row[input->rows++].value, value, MOST_COMPARED * sizeof *value);
    return CFI_OK;
}

/* ---------------------------------------------------------------------------------- CSV ---- */

enum { MOST_CELLS = 256 };

/* Cuts a line of CSV at its commas; the cells of our tables that may hold one are quoted, and none that is read is. */
static size_t cut_cells(char *line, char *cell[MOST_CELLS])
{
    size_t count = 0;
    bool quoted = false;

    line[strcspn(line, "\r\n")] = '\0';
    cell[count++] = line;
    for (char *c = line; *c && count < MOST_CELLS; c++) {
        quoted = *c == '"' ? !quoted : quoted;
        if (*c == ',' && !quoted) {
            *c = '\0';
            cell[count++] = c + 1;
        }
    }
    return count;
}

/* The column of a name; `cells`: there is none. */
static size_t find_column(char *const *cell, size_t cells, const char *name)
{
    size_t i = 0;

    while (i < cells && strcmp(cell[i], name) != 0) {
        i++;
    }
    return i;
}

/* NaN where there is no number. */
static double cell_value(const char *text)
{
    char *end;
    double value = strtod(text, &end);

    return end > text && *end == '\0' ? value : NAN;
}

/* A table with a row a drop, or a drop and position. */
typedef struct csv_table {
    FILE *stream;
    const char *path;
    const compared_keys *keys;
    compared_input *input;
    char *line;
    size_t size;
    size_t cells, drop, position, column[MOST_COMPARED]; /* of the header; `cells`: there is none */
} csv_table;

static cfi_status bad_table(const csv_table *t, const char *why, cfi_error *error)
{
    return error_set(error, CFI_INVALID, "%.300s: %s", t->path, why);
}

static cfi_status read_header(csv_table *t, const char *drop, const char *position, cfi_error *error)
{
    char *cell[MOST_CELLS];

    errno = 0;
    if (getline(&t->line, &t->size, t->stream) < 0) {
        return feof(t->stream) ? bad_table(t, "it is empty", error) : text_file_error(t->path, errno, error);
    }
    t->cells = cut_cells(t->line, cell);
    t->drop = find_column(cell, t->cells, drop);
    t->position = position ? find_column(cell, t->cells, position) : t->cells;
    for (size_t i = 0; i < t->keys->count; i++) {
        t->column[i] = find_column(cell, t->cells, t->keys->name[i]);
        t->input->has[i] = t->column[i] < t->cells;
    }
    return t->drop < t->cells && (!position || t->position < t->cells) ? CFI_OK
                                                                       : bad_table(t, "no table of drops", error);
}

static cfi_status add_cells(csv_table *t, char *const *cell, cfi_error *error)
{
    double value[MOST_COMPARED], drop = cell_value(cell[t->drop]);
    char place[COMPARED_NAME_LENGTH] = "";

    if (!(drop >= 0.0 && drop <= 4294967295.0)) {
        return bad_table(t, "a row has no number of its drop", error);
    }
    for (size_t i = 0; i < MOST_COMPARED; i++) {
        value[i] = i < t->keys->count && t->column[i] < t->cells ? cell_value(cell[t->column[i]]) : NAN;
    }
    if (t->position < t->cells) {
        snprintf(place, sizeof place, "position %s", cell[t->position]);
    }
    return compared_add(t->input, place, (uint32_t)drop, value, error);
}

static cfi_status read_csv(csv_table *t, const char *drop, const char *position, cfi_error *error)
{
    char *cell[MOST_CELLS];
    cfi_status status = read_header(t, drop, position, error);

    while (status == CFI_OK && (errno = 0, getline(&t->line, &t->size, t->stream)) >= 0) {
        status = cut_cells(t->line, cell) == t->cells
                     ? add_cells(t, cell, error)
                     : bad_table(t, "a row has more or fewer cells than the first", error);
    }
    if (status == CFI_OK && !feof(t->stream)) {
        status = text_file_error(t->path, errno, error);
    }
    free(t->line);
    return status;
}

static cfi_status read_drops(FILE *stream, const char *path, const compared_keys *keys, compared_input *input,
                             cfi_error *error)
{
    csv_table table = {.stream = stream, .path = path, .keys = keys, .input = input};

    return read_csv(&table, "index", NULL, error);
}

static cfi_status read_frontier(FILE *stream, const char *path, const compared_keys *keys, compared_input *input,
                                cfi_error *error)
{
    csv_table table = {.stream = stream, .path = path, .keys = keys, .input = input};

    return read_csv(&table, "drop", "position", error);
}

/* ------------------------------------------------------------------------------ journals ---- */

static int order_keys(const void *a, const void *b)
{
    return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* "network.aps=8, power.snr_db=10": what a point sets, by the order of the keys' names. Free with free(). */
static char *name_of_point(const cJSON *set)
{
    enum { MOST_AXES = 64 };
    const cJSON *item, *axis[MOST_AXES];
    size_t axes = 0, size;
    char *name = NULL;
    bool whole = true;
    FILE *stream = open_memstream(&name, &size);

    cJSON_ArrayForEach(item, set)
    {
        if (axes < MOST_AXES) {
            axis[axes++] = item;
        }
    }
    qsort(axis, axes, sizeof(const cJSON *), order_keys);
    for (size_t i = 0; stream && i < axes; i++) {
        char *value = cJSON_PrintUnformatted(axis[i]);

        fprintf(stream, "%s%s=%s", i > 0 ? ", " : "", axis[i]->string, value ? value : "");
        whole = whole && value;
        free(value);
    }
    if (stream && (fclose(stream) != 0 || !whole)) {
        free(name);
        name = NULL;
    }
    return name;
}

static cfi_status add_line(const cJSON *object, const compared_keys *keys, compared_input *input, cfi_error *error)
{
    double value[MOST_COMPARED], drop;
    const cJSON *set = cJSON_GetObjectItemCaseSensitive(object, "set");
    char *place = name_of_point(set);
    cfi_status status;

    if (!place) {
        return no_input_memory(error);
    }
    for (size_t i = 0; i < MOST_COMPARED; i++) {
        const cJSON *item = i < keys->count ? cJSON_GetObjectItemCaseSensitive(object, keys->name[i]) : NULL;

        input->has[i] = input->has[i] || item;
        value[i] = item && cJSON_IsNumber(item) ? item->valuedouble : NAN;
    }
    status = set && line_read_whole(object, "drop", 4294967295.0, &drop)
                 ? compared_add(input, place, (uint32_t)drop, value, error)
                 : line_malformed(error);
    free(place);
    return status;
}

/* A whole line of the journal; what is being written at its end is passed over. */
static cfi_status read_journal(FILE *stream, const char *path, const compared_keys *keys, compared_input *input,
                               cfi_error *error)
{
    char *line = NULL;
    size_t size = 0, number = 0;
    ssize_t length;
    cfi_status status = CFI_OK;

    while (status == CFI_OK && (errno = 0, length = getline(&line, &size, stream)) > 0 && line[length - 1] == '\n') {
        cJSON *object = NULL;
        cfi_error cause = {.text = ""};

        number++;
        status = line_parse(line, (size_t)length - 1, &object, &cause);
        if (status == CFI_OK) {
            status = add_line(object, keys, input, &cause);
        }
        cJSON_Delete(object);
        if (status == CFI_NO_MEMORY) {
            *error = cause;
        } else if (status != CFI_OK) {
            error_set(error, status, "%.300s:%zu: %s (sweep --resume mends it)", path, number, cause.text);
        }
    }
    if (status == CFI_OK && (ferror(stream) || errno == ENOMEM)) {
        status = text_file_error(path, errno, error);
    }
    free(line);
    return status;
}

/* ---------------------------------------------------------------------------------- kinds ---- */

static void add_name(compared_keys *keys, const char *name)
{
    if (keys->count < MOST_COMPARED) {
        snprintf(keys->name[keys->count++], COMPARED_NAME_LENGTH, "%s", name);
    }
}

/* What most people ask of a drop first; those that no drop has are not shown. */
static cfi_status name_usual(const char *directory, compared_keys *keys, cfi_error *error)
{
    static const char *const usual[] = {"sum_rate_bit_s_hz", "least_user_rate_bit_s_hz", "worst_crlb_db",
                                        "position_error_bound_own_echo_m", "total_power_w"};

    (void)directory;
    (void)error;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        add_name(keys, usual[i]);
    }
    return CFI_OK;
}

/* The third and fourth column of frontier.csv. */
static cfi_status name_traded(const char *directory, compared_keys *keys, cfi_error *error)
{
    char *path = NULL, *line = NULL, *cell[MOST_CELLS];
    size_t size = 0, cells = 0;
    FILE *stream;
    cfi_status status = CFI_OK;

    errno = 0;
    stream = asprintf(&path, "%s/frontier.csv", directory) >= 0 ? fopen(path, "re") : NULL;
    if (stream && getline(&line, &size, stream) >= 0) {
        cells = cut_cells(line, cell);
    }
    if (cells == 0 && errno == ENOMEM) {
        status = no_input_memory(error);
    } else if (cells == 5) {
        add_name(keys, cell[2]);
        add_name(keys, cell[3]);
    } else {
        status = error_set(error, CFI_INVALID,
                           "%.300s/frontier.csv: no finished frontier (allowed: one, which frontier --resume leaves)",
                           directory);
    }
    if (stream) {
        fclose(stream);
    }
    free(line);
    free(path);
    return status;
}

const compared_kind compared_kinds[] = {
    {.noun = "run",
     .file = "results.json",
     .scenario_file = "results.json",
     .table = "drops.csv",
     .name_keys = name_usual,
     .read = read_drops},
    {.noun = "sweep",
     .file = "sweep.json",
     .scenario_file = "scenario.json",
     .table = "sweep.ndjson",
     .name_keys = name_usual,
     .read = read_journal},
    {.noun = "frontier",
     .file = "frontier.json",
     .scenario_file = "scenario.json",
     .table = "frontier.csv",
     .name_keys = name_traded,
     .read = read_frontier},
};
const size_t compared_kind_count = sizeof compared_kinds / sizeof *compared_kinds;
