/* The verdict over a sweep, from the journal's lines. */
#include "report/decibel.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/infeasible.h"

#include <math.h>

static cfi_status failed_lines(const cfi_sweep_lines *lines, size_t count, cfi_error *error)
{
    const cfi_line *first = NULL;
    size_t failed = 0;
    char more[80] = "";

    for (size_t i = 0; i < count; i++) {
        if (lines->line[i].status == CFI_DROP_FAILED && failed++ == 0) {
            first = &lines->line[i];
        }
    }
    if (!first) {
        return CFI_OK;
    }
    if (failed > 1) {
        snprintf(more, sizeof more, " (%zu more drops failed: the journal says why)", failed - 1);
    }
    return error_set(error, CFI_FAILED, "drop %u of point %zu failed: %s%s", first->drop, first->point,
                     lines->failure ? lines->failure : "the journal says why", more);
}

/* By the threshold at the edge of feasibility, or where there is no single one by how much all must rise. */
static double hardness(const cfi_line *line)
{
    double least = line->quantity[field_number_index(drop_least_threshold_db)];

    return isnan(least) ? line->quantity[field_number_index(drop_threshold_factor_db)] : least;
}

static cfi_status infeasible_lines(const cfi_sweep_lines *lines, size_t count, cfi_error *error)
{
    const cfi_line *easiest = &lines->line[0];
    char because[INFEASIBLE_LENGTH];
    double least;

    for (size_t i = 1; i < count; i++) {
        easiest = hardness(&lines->line[i]) < hardness(easiest) ? &lines->line[i] : easiest;
    }
    least = hardness(easiest);
    infeasible_describe(&easiest->because, because);
    if (!isfinite(least)) {
        return error_set(error, CFI_INFEASIBLE,
                         "every drop of every point is infeasible at any threshold; drop %u of point %zu: %s",
                         easiest->drop, easiest->point, because);
    }
    return error_set(error, CFI_INFEASIBLE,
                     "every drop of every point is infeasible: %s %.4f dB (drop %u of point %zu); there %s",
                     isnan(easiest->quantity[field_number_index(drop_least_threshold_db)])
                         ? "every threshold must be raised by at least"
                         : "least feasible threshold",
                     decibel_round_up(least), easiest->drop, easiest->point, because);
}

cfi_status report_sweep_verdict(const cfi_sweep_lines *lines, cfi_error *error)
{
    size_t count = lines->first[scenario_points(lines->sweep)], infeasible = 0;
    cfi_status status = failed_lines(lines, count, error);

    for (size_t i = 0; i < count; i++) {
        infeasible += lines->line[i].status == CFI_DROP_INFEASIBLE;
    }
    return status == CFI_OK && count > 0 && infeasible == count ? infeasible_lines(lines, count, error) : status;
}
