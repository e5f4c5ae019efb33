/* sweep.csv, from the journal's lines: a row a point. docs/results.md lists the columns. */
#include "base/output.h"
#include "report/csv.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/pairing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_header(const cfi_scenario *sweep, FILE *stream)
{
    static const char *const names[] = {"mean", "std_error", "p05", "p50", "p95"};
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);
    char name[FIELD_NAME_LENGTH];

    fputs("point", stream);
    for (size_t i = 0; i < axes; i++) {
        fprintf(stream, ",%s", axis[i].key);
    }
    fputs(",drops,feasible,infeasible,failed", stream);
    for (field_column at = {.field = NULL}; field_next(&at, FIELD_NUMBER, FIELD_SWEEP);) {
        field_column_name(at, name);
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            fprintf(stream, ",feasible_%s_%s", names[j], name);
        }
    }
    fputs(",paired_drops", stream);
    for (field_column at = {.field = NULL}; field_next(&at, FIELD_NUMBER, FIELD_PAIRED);) {
        field_column_name(at, name);
        fprintf(stream, ",paired_mean_%s,paired_std_error_%s", name, name);
    }
    fputc('\n', stream);
}

/* A word without its quotes; a path with a comma keeps them, as CSV wants. */
static void put_axis_value(const char *text, FILE *stream)
{
    size_t length = strlen(text);

    if (*text == '"' && !strpbrk(text, ",\\")) {
        fprintf(stream, ",%.*s", (int)length - 2, text + 1);
    } else {
        fprintf(stream, ",%s", text);
    }
}

static size_t count_status(const cfi_sweep_lines *lines, size_t point, cfi_drop_status status)
{
    size_t count = 0;

    for (size_t i = lines->first[point]; i < lines->first[point + 1]; i++) {
        count += lines->line[i].status == status;
    }
    return count;
}

/* Statistics of number i of the lines over the feasible (or the paired) drops of a point; value: room for all. */
static cfi_statistics describe(const cfi_sweep_lines *lines, size_t point, size_t i, bool paired, double *value)
{
    size_t count = 0;

    for (size_t d = 0; d < pairing_drops(lines, point); d++) {
        const cfi_line *line = &lines->line[lines->first[point] + d];

        if (line->status == CFI_DROP_OK && (!paired || pairing_holds(lines, point, d, -INFINITY))) {
            value[count++] = line->quantity[i];
        }
    }
    return report_statistics(value, count);
}

static void put_point(const cfi_sweep_lines *lines, size_t point, double *value, FILE *stream)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(lines->sweep, &axis), paired = 0, i = 0;

    fprintf(stream, "%zu", point);
    for (size_t a = 0; a < axes; a++) {
        put_axis_value(axis[a].value[scenario_axis_index(lines->sweep, point, a)], stream);
    }
    fprintf(stream, ",%zu,%zu,%zu,%zu", pairing_drops(lines, point), count_status(lines, point, CFI_DROP_OK),
            count_status(lines, point, CFI_DROP_INFEASIBLE), count_status(lines, point, CFI_DROP_FAILED));
    for (field_column at = {.field = NULL}; field_next_number(&at); i++) {
        if (!at.is_error && (at.field->places & FIELD_SWEEP)) {
            cfi_statistics s = describe(lines, point, i, false, value);

            csv_number(stream, s.mean);
            csv_number(stream, s.std_error);
            csv_number(stream, s.p05);
            csv_number(stream, s.p50);
            csv_number(stream, s.p95);
        }
    }
    for (size_t d = 0; d < pairing_drops(lines, point); d++) {
        paired += pairing_holds(lines, point, d, -INFINITY);
    }
    fprintf(stream, ",%zu", paired);
    i = 0;
    for (field_column at = {.field = NULL}; field_next_number(&at); i++) {
        if (!at.is_error && (at.field->places & FIELD_PAIRED)) {
            cfi_statistics s = describe(lines, point, i, true, value);

            csv_number(stream, s.mean);
            csv_number(stream, s.std_error);
        }
    }
    fputc('\n', stream);
}

cfi_status report_write_sweep_csv(const cfi_sweep_lines *lines, FILE *stream, cfi_error *error)
{
    size_t points = scenario_points(lines->sweep), most = 1;
    double *value;

    for (size_t p = 0; p < points; p++) {
        most = pairing_drops(lines, p) > most ? pairing_drops(lines, p) : most;
    }
    value = malloc(most * sizeof *value);
    if (!value) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the statistics of %zu drops", most);
    }
    put_header(lines->sweep, stream);
    for (size_t p = 0; p < points; p++) {
        put_point(lines, p, value, stream);
    }
    free(value);
    return output_finish(stream, "a result", error);
}
