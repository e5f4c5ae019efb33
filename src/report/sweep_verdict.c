/* The verdict over a sweep, from a tally of its lines. */
#include "cfisac/report.h"

#include "report/decibel.h"
#include "report/drop_values.h"
#include "report/fields.h"
#include "report/infeasible.h"
#include "report/user_rates.h"

#include <math.h>

/* By the threshold at the edge of feasibility, or where there is no single one by how much all must rise. */
static double hardness(const cfi_line *line)
{
    double least = line->quantity[field_number_index(drop_least_threshold_db)];

    return isnan(least) ? line->quantity[field_number_index(drop_threshold_factor_db)] : least;
}

/* Whether no powers meet the thresholds, whatever rates are asked for. Where an access point has no information no
 * number of dB is enough, and the line has none. */
static bool thresholds_forbid_line(const cfi_line *line)
{
    double raise_db = line->quantity[field_number_index(drop_threshold_factor_db)];
    bool is_hopeless = line->because.constraint != CFI_CONSTRAINT_RATE && !isfinite(line->because.factor);

    return raise_db > 0.0 || (isnan(raise_db) && is_hopeless);
}

/* Whether the first is nearer to the edge of feasibility: one that meets its thresholds, but not the users' rates, is
 * nearer than one that does not. */
static bool is_easier_line(const cfi_line *first, const cfi_line *second)
{
    bool forbidden = thresholds_forbid_line(first), other = thresholds_forbid_line(second);

    if (forbidden != other) {
        return other;
    }
    return forbidden ? hardness(first) < hardness(second) : first->because.factor < second->because.factor;
}

static double sum_rate_of(const cfi_line *line)
{
    return line->quantity[field_number_index(drop_sum_rate)];
}

/* NaN where the line has no rates, or is of a version that did not count. */
static double users_without_rate(const cfi_line *line)
{
    return line->status == CFI_DROP_OK ? line->quantity[field_number_index(user_rates_without)] : NAN;
}

static void tally_users(cfi_sweep_tally *tally, const cfi_line *line)
{
    double left = users_without_rate(line);

    if (left > 0.0) {
        tally->most_left =
            tally->leaving++ == 0 || left > users_without_rate(&tally->most_left) ? *line : tally->most_left;
        tally->left += left;
    }
}

void report_sweep_users_left(const cfi_sweep_tally *tally, const cfi_system *system, char text[CFI_USERS_LEFT_LENGTH])
{
    users_left left = {.drops = tally->lines, .leaving = tally->leaving, .users = tally->left};

    users_left_describe(&left, system, text);
}

void report_tally_line(cfi_sweep_tally *tally, const cfi_line *line, const cfi_line_text *more)
{
    tally->lines++;
    tally->inaccurate += line->status == CFI_DROP_OK && *more->failure;
    tally_users(tally, line);
    if (line->status == CFI_DROP_FAILED && tally->failed++ == 0) {
        tally->first_failed = *line;
        snprintf(tally->failure, sizeof tally->failure, "%s", more->failure);
    }
    if (line->status == CFI_DROP_OK &&
        (tally->lines == tally->failed + tally->infeasible + 1 || sum_rate_of(line) > sum_rate_of(&tally->best))) {
        tally->best = *line;
    }
    if (line->status == CFI_DROP_INFEASIBLE && (tally->infeasible++ == 0 || is_easier_line(line, &tally->easiest))) {
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
    if (!isfinite(least) && thresholds_forbid_line(easiest)) {
        return error_set(error, CFI_INFEASIBLE,
                         "every drop of every point is infeasible at any threshold; drop %u of point %zu: %s",
                         easiest->drop, easiest->point, because);
    }
    if (easiest->because.constraint == CFI_CONSTRAINT_POSITION ||
        easiest->because.constraint == CFI_CONSTRAINT_DETECTION ||
        !thresholds_forbid_line(easiest)) { /* what is raised is no threshold of an angle */
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
