/* The printed table's statistics over drops, a row a number of them. */
#include "base/wrap.h"
#include "report/cell.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/grid.h"
#include "report/table_page.h"

#include <math.h>
#include <string.h>

/* Relative to the mean: drops that are alike differ by less, by rounding and the tolerance of their allocations. */
static const double SMALL_SPREAD = 1e-6;

enum { MOST_NUMBERS = GRID_ROWS };

/* A number of the drops, its label and its statistics. */
typedef struct shown_number {
    field_column number;
    char label[GRID_TEXT];
    cfi_statistics of;
} shown_number;

typedef struct shown_numbers {
    shown_number row[MOST_NUMBERS];
    size_t count;
} shown_numbers;

/* A number that no drop has is not shown. */
static cfi_status add_number(const page *p, field_column number, const char *label, shown_numbers *shown,
                             cfi_error *error)
{
    cfi_statistics s;
    cfi_status status = field_statistics(p->results, number, &s, error);

    if (status == CFI_OK && s.count > 0 && shown->count < MOST_NUMBERS) {
        shown_number *row = &shown->row[shown->count++];

        *row = (shown_number){.number = number, .of = s};
        row->of.std_error = s.std_error < SMALL_SPREAD * fabs(s.mean) ? 0.0 : s.std_error;
        snprintf(row->label, sizeof row->label, "%s", label);
    }
    return status;
}

static cfi_status add_labelled(const page *p, field_column number, shown_numbers *shown, cfi_error *error)
{
    char label[GRID_TEXT];
    size_t length =
        (size_t)snprintf(label, sizeof label, number.field->shown.label, method_name(p->system->allocation.method));

    if (number.times_mhz) {
        snprintf(label + length, sizeof label - length, ", %s", field_unit_text(number, NULL));
    }
    return add_number(p, number, label, shown, error);
}

/* What is maximised or minimised, where that is not the plain sum rate: "objective, W". */
static cfi_status add_objective(const page *p, shown_numbers *shown, cfi_error *error)
{
    field_column at = field_start(p->results);
    char label[GRID_TEXT];

    if (!page_has_objective(p) && !page_has_weights(p)) {
        return CFI_OK;
    }
    while (field_next(&at, FIELD_NUMBER, FIELD_TABLE) && at.field->value.number != drop_objective) {
    }
    snprintf(label, sizeof label, "objective, %s", drops_objective(p->results)->unit);
    return add_number(p, at, label, shown, error);
}

/* The numbers that have a label: those that come first (the splits), or the others. */
static cfi_status add_all_labelled(const page *p, bool first, shown_numbers *shown, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (field_column at = field_start(p->results); status == CFI_OK && field_next(&at, FIELD_NUMBER, FIELD_TABLE);) {
        const field_shown *how = &at.field->shown;

        if (!at.is_error && how->label && how->first == first && (!how->wanted || how->wanted(p->results))) {
            status = add_labelled(p, at, shown, error);
        }
    }
    return status;
}

/* ------------------------------------------------------------------------------ the grid ---- */

static void put_value(const shown_number *row, double value, int width, char cell[GRID_TEXT])
{
    const field_shown *how = &row->number.field->shown;
    char text[CELL_LENGTH];

    if (how->digits > 0) {
        cell_digits(text, value, how->digits, width);
    } else if (row->number.field->unit->times_mhz || how->small) {
        cell_small(text, value, how->decimals, width);
    } else {
        cell_number(text, value, how->decimals, width);
    }
    snprintf(cell, GRID_TEXT, "%s", text);
}

static void fill_statistics(const void *context, int width, grid *g)
{
    static const grid_head heads[] = {{.name = "  rates in bit/s/Hz", .left = true},
                                      {.name = "drops"},
                                      {.name = "mean"},
                                      {.name = "s.e."},
                                      {.name = "5 %"},
                                      {.name = "median"},
                                      {.name = "95 %"}};
    const shown_numbers *shown = context;

    g->columns = sizeof heads / sizeof *heads;
    g->rows = shown->count;
    memcpy(g->head, heads, sizeof heads);
    for (size_t r = 0; r < g->rows; r++) {
        const shown_number *row = &shown->row[r];
        const double value[] = {row->of.mean, row->of.std_error, row->of.p05, row->of.p50, row->of.p95};

        snprintf(g->cell[r][0], GRID_TEXT, "  %.*s", GRID_TEXT - 3, row->label);
        snprintf(g->cell[r][1], GRID_TEXT, "%zu", row->of.count);
        for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
            put_value(row, value[i], width, g->cell[r][2 + i]);
        }
    }
}

cfi_status page_put_statistics(const page *p, cfi_error *error)
{
    shown_numbers shown = {.count = 0};
    cfi_status status = add_all_labelled(p, true, &shown, error);
    grid g;

    status = status == CFI_OK ? add_objective(p, &shown, error) : status;
    status = status == CFI_OK ? add_all_labelled(p, false, &shown, error) : status;
    if (status == CFI_OK && shown.count > 0) {
        grid_fit(&g, fill_statistics, &shown, WRAP_COLUMNS);
        grid_write(&g, p->colour, p->stream);
        fputc('\n', p->stream);
    }
    return status;
}
