/* sweep.csv, from the journal's lines, a point at a time. docs/results.md lists the columns. */
#include "base/output.h"
#include "report/csv.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/pairing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE_POINT = 50000 }; /* drops above which a point is read twice, for half of the columns each time */

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

static size_t count_status(const cfi_sweep_outcomes *outcomes, size_t point, cfi_drop_status status)
{
    size_t count = 0;

    for (size_t i = outcomes->first[point]; i < outcomes->first[point + 1]; i++) {
        count += outcomes->status[i] == status;
    }
    return count;
}

/* A number of the lines that the table describes. */
typedef struct described {
    size_t number; /* its place in cfi_line.quantity */
    bool paired;   /* over the paired drops, too */
} described;

/* All of them, in the order of their columns; returns how many. */
static size_t list_described(described list[CFI_MOST_QUANTITIES])
{
    size_t count = 0, number = 0;

    for (field_column at = {.field = NULL}; field_next_number(&at); number++) {
        if (!at.is_error && (at.field->places & FIELD_SWEEP)) {
            list[count++] = (described){.number = number, .paired = (at.field->places & FIELD_PAIRED) != 0};
        }
    }
    return count;
}

/* The numbers of one point, some quantities at a time. */
typedef struct point_columns {
    const cfi_sweep_outcomes *outcomes;
    const cfi_line_source *source;
    const pairing *pairs;
    described list[CFI_MOST_QUANTITIES];
    size_t count, at_once; /* of the list; columns that are there at the same time */
    size_t most_drops;     /* of a point */
    double *column;        /* most_drops numbers a quantity; then as many to work with */
    cfi_statistics paired[CFI_MOST_QUANTITIES];
} point_columns;

/* Of `count` columns those that are read at once. */
static size_t columns_at_once(size_t drops, size_t count)
{
    return drops <= LARGE_POINT ? count : (count + 1) / 2;
}

double report_sweep_csv_bytes(size_t drops)
{
    described list[CFI_MOST_QUANTITIES];

    return (double)drops * sizeof(double) * (double)(columns_at_once(drops, list_described(list)) + 1);
}

/* Fills the columns of list[from .. from + count - 1] with the point's drops; NaN: infeasible or failed. */
static cfi_status read_columns(const point_columns *c, size_t point, size_t from, size_t count, cfi_error *error)
{
    size_t drops = pairing_drops(c->outcomes, point);
    cfi_status status = c->source->open_point(c->source->context, point, error);

    for (size_t d = 0; d < drops && status == CFI_OK; d++) {
        cfi_line line = {.status = CFI_DROP_FAILED};

        status = c->source->next_line(c->source->context, &line, error);
        for (size_t i = 0; i < count; i++) {
            c->column[i * c->most_drops + d] =
                line.status == CFI_DROP_OK ? line.quantity[c->list[from + i].number] : NAN;
        }
    }
    return status;
}

/* The statistics of a column over the paired drops; the column stays as it is. */
static cfi_statistics describe_paired(const point_columns *c, size_t point, const double *column)
{
    size_t drops = pairing_drops(c->outcomes, point), count = 0;
    double *value = c->column + c->at_once * c->most_drops;

    for (size_t d = 0; d < drops; d++) {
        value[count] = column[d];
        count += pairing_has(c->pairs, point, d);
    }
    return report_statistics(value, count);
}

static cfi_status put_described(point_columns *c, size_t point, FILE *stream, cfi_error *error)
{
    size_t drops = pairing_drops(c->outcomes, point), step = c->at_once;

    for (size_t from = 0; from < c->count; from += step) {
        size_t count = c->count - from < step ? c->count - from : step;
        cfi_status status = read_columns(c, point, from, count, error);

        if (status != CFI_OK) {
            return status;
        }
        for (size_t i = 0; i < count; i++) {
            double *column = c->column + i * c->most_drops;
            cfi_statistics s;

            if (c->list[from + i].paired) { /* first: describing a column puts it into another order */
                c->paired[from + i] = describe_paired(c, point, column);
            }
            s = report_statistics(column, drops);
            csv_number(stream, s.mean);
            csv_number(stream, s.std_error);
            csv_number(stream, s.p05);
            csv_number(stream, s.p50);
            csv_number(stream, s.p95);
        }
    }
    return CFI_OK;
}

static cfi_status put_point(point_columns *c, size_t point, FILE *stream, cfi_error *error)
{
    const cfi_scenario *sweep = c->outcomes->sweep;
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis), drops = pairing_drops(c->outcomes, point), paired = 0;
    cfi_status status;

    fprintf(stream, "%zu", point);
    for (size_t i = 0; i < axes; i++) {
        put_axis_value(axis[i].value[scenario_axis_index(sweep, point, i)], stream);
    }
    fprintf(stream, ",%zu,%zu,%zu,%zu", drops, count_status(c->outcomes, point, CFI_DROP_OK),
            count_status(c->outcomes, point, CFI_DROP_INFEASIBLE), count_status(c->outcomes, point, CFI_DROP_FAILED));
    status = put_described(c, point, stream, error);
    for (size_t d = 0; d < drops; d++) {
        paired += pairing_has(c->pairs, point, d);
    }
    fprintf(stream, ",%zu", paired);
    for (size_t i = 0; i < c->count; i++) {
        if (c->list[i].paired) {
            csv_number(stream, c->paired[i].mean);
            csv_number(stream, c->paired[i].std_error);
        }
    }
    fputc('\n', stream);
    return status;
}

cfi_status report_write_sweep_csv(const cfi_sweep_outcomes *outcomes, const cfi_line_source *source, FILE *stream,
                                  cfi_error *error)
{
    size_t points = scenario_points(outcomes->sweep);
    pairing pairs;
    point_columns columns = {.outcomes = outcomes, .source = source, .pairs = &pairs, .most_drops = 1};
    cfi_status status = pairing_make(outcomes, &pairs, error);

    for (size_t p = 0; p < points; p++) {
        size_t drops = pairing_drops(outcomes, p);

        columns.most_drops = drops > columns.most_drops ? drops : columns.most_drops;
    }
    columns.count = list_described(columns.list);
    columns.at_once = columns_at_once(columns.most_drops, columns.count);
    columns.column = malloc((size_t)report_sweep_csv_bytes(columns.most_drops));
    if (status == CFI_OK && !columns.column) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the statistics of %zu drops", columns.most_drops);
    }
    if (status == CFI_OK) {
        put_header(outcomes->sweep, stream);
    }
    for (size_t p = 0; p < points && status == CFI_OK; p++) {
        status = put_point(&columns, p, stream, error);
    }
    free(columns.column);
    pairing_free(&pairs);
    return status == CFI_OK ? output_finish(stream, "a result", error) : status;
}
