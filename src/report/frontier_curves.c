/* The curves of all drops, read back, and their mean. */
#include "report/frontier.h"

#include "report/decibel.h"
#include "report/infeasible.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const frontier_scale scales[] = {{.unit = "rad2", .suffix = "db", .factor = 1.0},
                                        {.unit = "w", .suffix = "dbm", .factor = 1e3}, /* of a milliwatt */
                                        {.unit = "m", .suffix = "m", .factor = 0.0}};

const frontier_scale *frontier_scale_of(const cfi_frontier_side *side)
{
    size_t i = 0;

    while (strcmp(scales[i].unit, side->unit) != 0) {
        i++;
    }
    return &scales[i];
}

double frontier_shown(const frontier_scale *scale, double value)
{
    return scale->factor > 0.0 ? decibel_of(value * scale->factor) : value;
}

/* ----------------------------------------------------------------------------- the curves ---- */

cfi_status report_curves_make(const cfi_frontier *frontier, cfi_frontier_curves *curves, cfi_error *error)
{
    size_t drops = scenario_system(frontier->scenario)->monte_carlo.drops, positions = frontier_positions(frontier);

    *curves = (cfi_frontier_curves){.frontier = frontier, .drops = drops};
    curves->drop = calloc(drops, sizeof *curves->drop);
    curves->point = calloc(drops * positions, sizeof *curves->point);
    if (!curves->drop || !curves->point) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the frontiers of %zu drops", drops);
    }
    for (size_t d = 0; d < drops; d++) {
        curves->drop[d].point = curves->point + d * positions;
    }
    return CFI_OK;
}

void report_curves_free(cfi_frontier_curves *curves)
{
    free(curves->drop);
    free(curves->point);
    *curves = (cfi_frontier_curves){.drop = NULL};
}

cfi_status report_curves_add(cfi_frontier_curves *curves, const char *text, size_t length, const cfi_line_text *more,
                             cfi_error *error)
{
    cfi_frontier_record *record = &curves->drop[curves->known];
    cfi_status status = frontier_read_curve(curves->frontier, text, length, record, error);

    if (status == CFI_OK && record->status == CFI_DROP_FAILED && !*curves->failure) {
        snprintf(curves->failure, sizeof curves->failure, "%s",
                 *more->failure ? more->failure : "the journal says why");
    }
    curves->known += status == CFI_OK;
    return status;
}

/* ------------------------------------------------------------------------------- the mean ---- */

/* Whether all of a drop's points have powers. */
static bool is_whole(const cfi_frontier_curves *curves, size_t d)
{
    size_t i = 0, positions = frontier_positions(curves->frontier);

    while (i < positions && isfinite(curves->drop[d].point[i].rate)) {
        i++;
    }
    return i == positions;
}

frontier_mean frontier_mean_at(const cfi_frontier_curves *curves, size_t position, double *work)
{
    const frontier_scale *scale = frontier_scale_of(curves->frontier->cost);
    frontier_mean mean = {.drops = 0};

    for (size_t d = 0; d < curves->known; d++) {
        work[mean.drops] = curves->drop[d].point[position].rate;
        mean.drops += is_whole(curves, d);
    }
    mean.rate = report_statistics(work, mean.drops);
    mean.drops = 0;
    for (size_t d = 0; d < curves->known; d++) {
        work[mean.drops] = frontier_shown(scale, curves->drop[d].point[position].cost);
        mean.drops += is_whole(curves, d);
    }
    mean.cost = report_statistics(work, mean.drops);
    return mean;
}

/* ----------------------------------------------------------------------------- the verdict ---- */

static size_t count_drops(const cfi_frontier_curves *curves, cfi_drop_status status, size_t *first)
{
    size_t count = 0;

    for (size_t d = 0; d < curves->known; d++) {
        if (curves->drop[d].status == status && count++ == 0) {
            *first = d;
        }
    }
    return count;
}

cfi_status report_frontier_verdict(const cfi_frontier_curves *curves, cfi_error *error)
{
    char more[80] = "", because[INFEASIBLE_LENGTH];
    size_t first = 0, failed = count_drops(curves, CFI_DROP_FAILED, &first);

    if (failed > 1) {
        snprintf(more, sizeof more, " (%zu more drops failed: the journal says why)", failed - 1);
    }
    if (failed > 0) {
        return error_set(error, CFI_FAILED, "drop %zu failed: %s%s", first, curves->failure, more);
    }
    if (curves->known > 0 && count_drops(curves, CFI_DROP_INFEASIBLE, &first) == curves->known) {
        infeasible_describe(&curves->drop[0].because, because);
        return error_set(error, CFI_INFEASIBLE, "every drop is infeasible; in drop 0 %s", because);
    }
    return CFI_OK;
}
