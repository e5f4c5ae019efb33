/* sweep.csv, from the journal's lines, a point at a time. docs/results.md lists the columns. */
#include "report/number.h"
#include "report/pairing.h"
#include "report/quantities.h"
#include "report/stream.h"

#include <math.h>
#include <stdlib.h>

static const quantity_id DESCRIBED[] = {
    QUANTITY_SUM_RATE,       QUANTITY_SUM_RATE_THEOREM1,  QUANTITY_SUM_RATE_EXACT,  QUANTITY_SUM_RATE_MONTE_CARLO,
    QUANTITY_SUM_RATE_EQUAL, QUANTITY_SUM_RATE_HEURISTIC, QUANTITY_LEAST_USER_RATE, QUANTITY_WORST_CRLB_DB,
    QUANTITY_SENSING_SHARE,  QUANTITY_ITERATIONS,
};
/* Means that are also given over the drops feasible at every value of the swept threshold. */
static const quantity_id PAIRED[] = {QUANTITY_SUM_RATE, QUANTITY_SUM_RATE_MONTE_CARLO, QUANTITY_SUM_RATE_EQUAL,
                                     QUANTITY_SUM_RATE_HEURISTIC};
enum {
    DESCRIBED_COUNT = sizeof DESCRIBED / sizeof *DESCRIBED,
    PAIRED_COUNT = sizeof PAIRED / sizeof *PAIRED,
    /* A point of more drops than this is read twice, for half of the columns each time: 48 bytes a drop, not 88. */
    LARGE_POINT = 50000,
    COLUMNS_OF_LARGE_POINT = (DESCRIBED_COUNT + 1) / 2,
};

/* --------------------------------------------------------------------------------- the CSV ---- */

static void put_header(const cfi_scenario *sweep, FILE *stream)
{
    static const char *const names[] = {"mean", "std_error", "p05", "p50", "p95"};
    const cfi_axis *axis;
    size_t axes = scenario_axes(sweep, &axis);

    fputs("point", stream);
    for (size_t i = 0; i < axes; i++) {
        fprintf(stream, ",%s", axis[i].key);
    }
    fputs(",drops,feasible,infeasible,failed", stream);
    for (size_t i = 0; i < DESCRIBED_COUNT; i++) {
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            fprintf(stream, ",feasible_%s_%s", names[j], quantity_table[DESCRIBED[i]].name);
        }
    }
    fputs(",paired_drops", stream);
    for (size_t i = 0; i < PAIRED_COUNT; i++) {
        const char *name = quantity_table[PAIRED[i]].name;

        fprintf(stream, ",paired_mean_%s,paired_std_error_%s", name, name);
    }
    fputc('\n', stream);
}

static void put_number(double value, FILE *stream)
{
    char text[NUMBER_LENGTH];

    number_format(value, text);
    fprintf(stream, ",%s", text);
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

/* The numbers of one point, some quantities at a time. */
typedef struct point_columns {
    const cfi_sweep_outcomes *outcomes;
    const cfi_line_source *source;
    const pairing *pairs;
    size_t most_drops; /* of a point */
    double *column;    /* most_drops numbers a quantity, in the order of DESCRIBED; then as many to work with */
    cfi_statistics paired[PAIRED_COUNT];
} point_columns;

/* Quantities that are read at once. */
static size_t columns_at_once(size_t drops)
{
    return drops <= LARGE_POINT ? (size_t)DESCRIBED_COUNT : (size_t)COLUMNS_OF_LARGE_POINT;
}

double report_sweep_csv_bytes(size_t drops)
{
    return (double)drops * sizeof(double) * (double)(columns_at_once(drops) + 1);
}

/* Fills the columns of DESCRIBED[from .. from + count - 1] with the point's drops; NaN: infeasible or failed. */
static cfi_status read_columns(const point_columns *c, size_t point, size_t from, size_t count, cfi_error *error)
{
    size_t drops = pairing_drops(c->outcomes, point);
    cfi_status status = c->source->open_point(c->source->context, point, error);

    for (size_t d = 0; d < drops && status == CFI_OK; d++) {
        cfi_line line = {.status = CFI_DROP_FAILED};

        status = c->source->next_line(c->source->context, &line, error);
        for (size_t i = 0; i < count; i++) {
            c->column[i * c->most_drops + d] = line.status == CFI_DROP_OK ? line.quantity[DESCRIBED[from + i]] : NAN;
        }
    }
    return status;
}

/* The statistics of a column over the paired drops, if the table has them; the column stays as it is. */
static void describe_paired(point_columns *c, size_t point, quantity_id id, const double *column)
{
    size_t drops = pairing_drops(c->outcomes, point), count = 0;
    double *value = c->column + columns_at_once(c->most_drops) * c->most_drops;

    for (size_t i = 0; i < PAIRED_COUNT; i++) {
        if (PAIRED[i] != id) {
            continue;
        }
        for (size_t d = 0; d < drops; d++) {
            value[count] = column[d];
            count += pairing_has(c->pairs, point, d);
        }
        c->paired[i] = report_statistics(value, count);
    }
}

static cfi_status put_described(point_columns *c, size_t point, FILE *stream, cfi_error *error)
{
    size_t drops = pairing_drops(c->outcomes, point), step = columns_at_once(c->most_drops);

    for (size_t from = 0; from < DESCRIBED_COUNT; from += step) {
        size_t count = DESCRIBED_COUNT - from < step ? DESCRIBED_COUNT - from : step;
        cfi_status status = read_columns(c, point, from, count, error);

        if (status != CFI_OK) {
            return status;
        }
        for (size_t i = 0; i < count; i++) {
            double *column = c->column + i * c->most_drops;
            cfi_statistics s;

            describe_paired(c, point, DESCRIBED[from + i], column);
            s = report_statistics(column, drops);
            put_number(s.mean, stream);
            put_number(s.std_error, stream);
            put_number(s.p05, stream);
            put_number(s.p50, stream);
            put_number(s.p95, stream);
        }
    }
    return CFI_OK;
}

static cfi_status put_row(point_columns *c, size_t point, FILE *stream, cfi_error *error)
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
    for (size_t i = 0; i < PAIRED_COUNT; i++) {
        put_number(c->paired[i].mean, stream);
        put_number(c->paired[i].std_error, stream);
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
    columns.column = malloc((size_t)report_sweep_csv_bytes(columns.most_drops));
    if (status == CFI_OK && !columns.column) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the statistics of %zu drops", columns.most_drops);
    }
    if (status == CFI_OK) {
        put_header(outcomes->sweep, stream);
    }
    for (size_t p = 0; p < points && status == CFI_OK; p++) {
        status = put_row(&columns, p, stream, error);
    }
    free(columns.column);
    pairing_free(&pairs);
    return status == CFI_OK ? finish_stream(stream, error) : status;
}
