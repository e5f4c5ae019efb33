/* A drop of a sweep as a line of its journal, and back. docs/results.md lists the keys. */
#include "report/fields.h"
#include "report/infeasible.h"
#include "report/line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SWEEP_HASH_KEY "sweep"

/* ------------------------------------------------------------------------------- writing ---- */

void report_sweep_hash(const cfi_scenario *sweep, char text[CFI_SWEEP_HASH_LENGTH])
{
    snprintf(text, CFI_SWEEP_HASH_LENGTH, "%.*s", CFI_SWEEP_HASH_LENGTH - 1, scenario_sha256(sweep));
}

static cfi_status open_sweep_line(const cfi_scenario *sweep, size_t point, line_text *line, cfi_error *error)
{
    char hash[CFI_SWEEP_HASH_LENGTH];
    cfi_status status;

    report_sweep_hash(sweep, hash);
    status = line_open(SWEEP_HASH_KEY, hash, line, error);
    if (status == CFI_OK) {
        json_count(&line->writer, "point", point);
    }
    return status;
}

static void values_object(json_writer *writer, const cfi_scenario *sweep, size_t point)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);

    json_open(writer, "set", '{');
    for (size_t i = 0; i < axes; i++) {
        json_embed(writer, axis[i].key, axis[i].value[scenario_axis_index(sweep, point, i)]);
    }
    json_close(writer, '}');
}

static void put_record(json_writer *writer, const cfi_record *record)
{
    if (record->failure) {
        json_text(writer, "failure", record->failure);
    }
    infeasible_json(writer, &record->allocation.because);
    for (field_column at = {.field = NULL}; field_next(&at, FIELD_ANY, FIELD_JOURNAL);) {
        char key[FIELD_NAME_LENGTH];

        field_line_key(at, key);
        if (at.field->shape == FIELD_TEXT) {
            json_text(writer, key, field_word(at.field, record));
        } else if (at.field->shape == FIELD_NUMBER) {
            json_number(writer, key, field_number(at, record, 0, FIELD_JOURNAL));
        } else {
            json_vector(writer, key, field_there(at, record, FIELD_JOURNAL) ? field_array(at, record) : NULL,
                        field_values(at.field->shape, record));
        }
    }
}

cfi_status report_write_line(const cfi_scenario *sweep, size_t point, const cfi_record *record, FILE *stream,
                             cfi_error *error)
{
    line_text line;
    char build[CFI_BUILD_LENGTH];
    cfi_status status = open_sweep_line(sweep, point, &line, error);

    if (status != CFI_OK) {
        return status;
    }
    report_build(build);
    json_count(&line.writer, LINE_DROP, record->index);
    values_object(&line.writer, sweep, point);
    json_text(&line.writer, LINE_BUILD, build);
    put_record(&line.writer, record);
    return line_finish(&line, stream, error);
}

cfi_status report_relabel_line(const cfi_scenario *sweep, size_t point, const char *text, size_t length, FILE *stream,
                               cfi_error *error)
{
    const char *drop = line_find(text, length, LINE_DROP), *rest = line_find(text, length, LINE_BUILD);
    line_text line;
    cfi_status status = open_sweep_line(sweep, point, &line, error);

    if (status != CFI_OK) {
        return status;
    }
    json_count(&line.writer, LINE_DROP, strtoul(drop + strcspn(drop, "0123456789"), NULL, 10));
    values_object(&line.writer, sweep, point); /* keys may stand in another order */
    return line_finish_as(&line, rest, (size_t)(text + length - rest), stream, error);
}

/* ------------------------------------------------------------------------- reading back ---- */

/* The numbers of a line. Another version may have had other ones: of those, which --mixed takes, only what sweep.csv
 * describes of every drop must be there. */
static bool read_numbers(const cJSON *object, double value[CFI_MOST_QUANTITIES])
{
    const double *end = value + CFI_MOST_QUANTITIES; /* test_sweep.c asserts that there is room for all */

    for (field_column at = {.field = NULL}; value < end && field_next_number(&at); value++) {
        char key[FIELD_NAME_LENGTH];
        const cJSON *item;

        field_line_key(at, key);
        item = cJSON_GetObjectItemCaseSensitive(object, key);
        if (item ? !cJSON_IsNumber(item) && !cJSON_IsNull(item)
                 : (at.field->places & FIELD_SWEEP) != 0 && !at.field->there) {
            return false;
        }
        *value = item && cJSON_IsNumber(item) ? item->valuedouble : NAN;
    }
    return true;
}

static bool read_object(const cJSON *object, cfi_line *line, cfi_line_text *more)
{
    double point;

    if (!line_read_head(object, SWEEP_HASH_KEY, line, more) || !line_read_whole(object, "point", 1e15, &point) ||
        !read_numbers(object, line->quantity)) {
        return false;
    }
    line->point = (size_t)point;
    return true;
}

cfi_status report_read_line(const char *text, size_t length, cfi_line *line, cfi_line_text *more, cfi_error *error)
{
    cJSON *object;
    cfi_status status = line_parse(text, length, &object, error);

    if (status == CFI_OK && !read_object(object, line, more)) {
        status = line_malformed(error);
    }
    cJSON_Delete(object);
    return status;
}
