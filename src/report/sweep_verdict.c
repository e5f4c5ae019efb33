/* The verdict over a sweep, from a tally of its lines. */
#include "cfisac/report.h"

#include "report/decibel.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/infeasible.h"

#include <math.h>

/* By the threshold at the edge of feasibility, or where there is no single one by how much all must rise. */
static double hardness(const cfi_line *line)
{
    double least = line->quantity[field_number_index(drop_least_threshold_db)];

    return isnan(least) ? line->quantity[field_number_index(drop_threshold_factor_db)] : least;
}

static double sum_rate_of(const cfi_line *line)
{
    return line->quantity[field_number_index(drop_sum_rate)];
}

void report_tally_line(cfi_sweep_tally *tally, const cfi_line *line, const cfi_line_text *more)
{
    tally->lines++;
    if (line->status == CFI_DROP_FAILED && tally->failed++ == 0) {
        tally->first_failed = *line;
        snprintf(tally->failure, sizeof tally->failure, "%s", more->failure);
    }
    if (line->status == CFI_DROP_OK &&
        (tally->lines == tally->failed + tally->infeasible + 1 || sum_rate_of(line) > sum_rate_of(&tally->best))) {
        tally->best = *line;
    }
    if (line->status == CFI_DROP_INFEASIBLE &&
        (tally->infeasible++ == 0 || hardness(line) < hardness(&tally->easiest))) {
        tally->easiest = *line;
    }
}

static cfi_status failed_lines(const cfi_sweep_tally *tally, cfi_error *error)
{
    char more[80] = "";

    if (tally->failed > 1) {
        snprintf(more, sizeof more, " (%zu more drops failed: the journal says why)", tally->failed - 1);
    }
    return error_set(error, CFI_FAILED, "drop %u of point %zu failed: %s%s", tally->first_failed.drop,
                     tally->first_failed.point, *tally->failure ? tally->failure : "the journal says why", more);
}

static cfi_status infeasible_lines(const cfi_line *easiest, cfi_error *error)
{
    char because[INFEASIBLE_LENGTH];
    double least = hardness(easiest);

    infeasible_describe(&easiest->because, because);
    if (!isfinite(least)) {
        return error_set(error, CFI_INFEASIBLE,
                         "every drop of every point is infeasible at any threshold; drop %u of point %zu: %s",
                         easiest->drop, easiest->point, because);
    }
    if (easiest->because.constraint == CFI_CONSTRAINT_POSITION ||
        easiest->because.constraint == CFI_CONSTRAINT_DETECTION) { /* what is raised is no threshold of an angle */
        return error_set(error, CFI_INFEASIBLE,
                         "every drop of every point is infeasible; in drop %u of point %zu, the easiest, %s",
                         easiest->drop, easiest->point, because);
    }
    return error_set(error, CFI_INFEASIBLE,
                     "every drop of every point is infeasible: %s %.4f dB (drop %u of point %zu); there %s",
                     isnan(easiest->quantity[field_number_index(drop_least_threshold_db)])
                         ? "every threshold must be raised by at least"
                         : "least feasible threshold",
                     decibel_round_up(least), easiest->drop, easiest->point, because);
}

cfi_status report_sweep_verdict(const cfi_sweep_tally *tally, cfi_error *error)
{
    if (tally->failed > 0) {
        return failed_lines(tally, error);
    }
    return tally->lines > 0 && tally->infeasible == tally->lines ? infeasible_lines(&tally->easiest, error) : CFI_OK;
}
