/* frontier.csv, frontier_mean.csv, and the mean curve as a table for a person. */
#include "base/output.h"
#include "base/paragraph.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/csv.h"
#include "report/drop_list.h"
#include "report/frontier.h"
#include "report/infeasible.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_NAME = 240, CELL_WIDTH = 12 };

cfi_status report_write_frontier_csv(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error)
{
    const cfi_frontier *frontier = curves->frontier;
    char rate[FRONTIER_NAME_LENGTH], cost[FRONTIER_NAME_LENGTH];

    frontier_column(frontier->rate, rate);
    frontier_column(frontier->cost, cost);
    fprintf(stream, "drop,position,%s,%s,status\n", rate, cost);
    for (size_t d = 0; d < curves->known; d++) {
        for (size_t i = 0; i < frontier_positions(frontier); i++) {
            const cfi_frontier_point *point = &curves->drop[d].point[i];

            fprintf(stream, "%zu", d);
            csv_number(stream, frontier_position(frontier, i));
            csv_number(stream, point->rate);
            csv_number(stream, point->cost);
            fprintf(stream, ",%s\n", alloc_status_name(point->status));
        }
    }
    return output_finish(stream, "a result", error);
}

static cfi_status no_table_memory(const cfi_frontier_curves *curves, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the mean of %zu frontiers", curves->drops);
}

cfi_status report_write_frontier_mean_csv(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error)
{
    const cfi_frontier *frontier = curves->frontier;
    const char *cost = frontier->cost->quantity, *unit = frontier_scale_of(frontier->cost)->suffix;
    double *work = malloc((curves->known + 1) * sizeof *work);

    if (!work) {
        return no_table_memory(curves, error);
    }
    fprintf(stream, "position,drops,%s_%s,%s_std_error_%s,%s_%s,%s_std_error_%s\n", frontier->rate->quantity,
            frontier->rate->unit, frontier->rate->quantity, frontier->rate->unit, cost, unit, cost, unit);
    for (size_t i = 0; i < frontier_positions(frontier); i++) {
        frontier_mean mean = frontier_mean_at(curves, i, work);
        char position[TEXT_NUMBER_LENGTH];

        fprintf(stream, "%s,%zu", text_double(frontier_position(frontier, i), position), mean.drops);
        csv_number(stream, mean.rate.mean);
        csv_number(stream, mean.rate.std_error);
        csv_number(stream, mean.cost.mean);
        csv_number(stream, mean.cost.std_error);
        fputc('\n', stream);
    }
    free(work);
    return output_finish(stream, "a result", error);
}

/* ---------------------------------------------------------------------------- for a person ---- */

/* The drops that ended so, behind what they are; nothing where there are none. */
static void put_listed(const cfi_frontier_curves *curves, cfi_drop_status status, FILE *stream)
{
    drop_list list = {.count = 0};
    char text[DROP_LIST_LENGTH];

    for (size_t d = 0; d < curves->known; d++) {
        if (curves->drop[d].status == status) {
            drop_list_add(&list, (uint32_t)d);
        }
    }
    if (list.count > 0) {
        drop_list_describe(&list, curves->known, "frontier.csv", text);
        paragraph_print(stream, 0, "%s: %s", drop_status_name(status), text);
    }
}

/* What the first drop that has no curve lacks. */
static void put_cause(const cfi_frontier_curves *curves, FILE *stream)
{
    char because[INFEASIBLE_LENGTH];

    for (size_t d = 0; d < curves->known; d++) {
        if (curves->drop[d].status == CFI_DROP_INFEASIBLE) {
            infeasible_describe(&curves->drop[d].because, because);
            paragraph_print(stream, PAGE_INDENT, "drop %zu: %s", d, because);
            return;
        }
    }
}

/* Points that have no powers although their drop has both ends. */
static void put_holes(const cfi_frontier_curves *curves, FILE *stream)
{
    drop_list list = {.count = 0};
    char text[DROP_LIST_LENGTH];
    size_t holes = 0;

    for (size_t d = 0; d < curves->known; d++) {
        size_t own = 0;

        for (size_t i = 0; i < frontier_positions(curves->frontier); i++) {
            own += curves->drop[d].status == CFI_DROP_OK && !isfinite(curves->drop[d].point[i].rate);
        }
        if (own > 0) {
            drop_list_add(&list, (uint32_t)d);
        }
        holes += own;
    }
    if (holes > 0) {
        drop_list_describe(&list, curves->known, "frontier.csv", text);
        paragraph_print(stream, 0, "%zu point%s failed, which the mean leaves out: %s", holes,
                        text_by_count(holes, "", "s"), text);
    }
}

/* Decibels to four decimals; what else is small keeps two digits. */
static void put_cell(char text[CELL_LENGTH], double value, bool decibels)
{
    (decibels ? cell_number : cell_small)(text, value, 4, CELL_WIDTH);
}

static void put_mean_row(const cfi_frontier_curves *curves, size_t i, double *work, FILE *stream)
{
    frontier_mean mean = frontier_mean_at(curves, i, work);
    bool decibels = frontier_scale_of(curves->frontier->cost)->factor > 0.0;
    char rate[CELL_LENGTH], rate_error[CELL_LENGTH], cost[CELL_LENGTH], cost_error[CELL_LENGTH];

    put_cell(rate, mean.rate.mean, false);
    put_cell(rate_error, mean.rate.std_error, false);
    put_cell(cost, mean.cost.mean, decibels);
    put_cell(cost_error, mean.cost.std_error, decibels);
    fprintf(stream, "  %8.4f  %14s  %12s  %16s  %12s\n", frontier_position(curves->frontier, i), rate, rate_error, cost,
            cost_error);
}

cfi_status report_write_frontier_table(const cfi_frontier_curves *curves, FILE *stream, cfi_error *error)
{
    const cfi_frontier *frontier = curves->frontier;
    double *work = malloc((curves->known + 1) * sizeof *work);
    char name[SHOWN_NAME];
    size_t drops;

    if (!work) {
        return no_table_memory(curves, error);
    }
    drops = frontier_mean_at(curves, 0, work).drops;
    paragraph_print(stream, 0, "%s", text_shown(name, sizeof name, scenario_title(frontier->scenario)));
    paragraph_print(stream, 0, "frontier between %s and %s: mean of %zu of %zu drop%s", frontier->rate->word,
                    frontier->cost->word, drops, curves->known, text_by_count(curves->known, "", "s"));
    fputc('\n', stream);
    fprintf(stream, "  %8s  %28s  %30s\n", "", frontier->rate->label, frontier->cost->label);
    fprintf(stream, "  %8s  %14s  %12s  %16s  %12s\n", "position", "mean", "std error", "mean", "std error");
    for (size_t i = 0; i < frontier_positions(frontier); i++) {
        put_mean_row(curves, i, work, stream);
    }
    put_listed(curves, CFI_DROP_INFEASIBLE, stream);
    put_cause(curves, stream);
    put_listed(curves, CFI_DROP_FAILED, stream);
    if (*curves->failure) {
        paragraph_print(stream, PAGE_INDENT, "the first: %s", curves->failure);
    }
    put_holes(curves, stream);
    free(work);
    return output_finish(stream, "a result", error);
}
