/* The verdict over all drops of a run. */
#include "cfisac/metrics.h"
#include "report/decibel.h"
#include "report/drop_values.h"
#include "report/infeasible.h"
#include "report/odd_drops.h"

#include <math.h>

enum { LEAST_LENGTH = 200 };

static bool equal_thresholds(const cfi_system *system)
{
    for (size_t l = 1; l < system->L; l++) {
        if (system->sensing.crlb_threshold_rad2[l] != system->sensing.crlb_threshold_rad2[0]) {
            return false;
        }
    }
    return true;
}

/* "; in drop 3 access point 5 ...": what costs most there, if that is known. */
static void because_clause(const cfi_record *record, char text[INFEASIBLE_LENGTH + 40])
{
    char because[INFEASIBLE_LENGTH];

    *text = '\0';
    if (record->allocation.because.constraint != CFI_CONSTRAINT_NONE) {
        infeasible_describe(&record->allocation.because, because);
        snprintf(text, INFEASIBLE_LENGTH + 40, "; in drop %u %s", record->index, because);
    }
}

/* Whether no powers meet the thresholds, whatever rates are asked for. */
static bool thresholds_forbid(const cfi_allocation *allocation)
{
    return allocation->least_threshold_factor > 1.0;
}

/* Whether the first is nearer to the edge of feasibility: one that meets its thresholds, but not the users' rates, is
 * nearer than one that does not. */
static bool is_easier(const cfi_allocation *first, const cfi_allocation *second)
{
    if (thresholds_forbid(first) || thresholds_forbid(second)) {
        return first->least_threshold_factor < second->least_threshold_factor;
    }
    return first->because.factor < second->because.factor;
}

/* The drop that is nearest to the edge of feasibility. */
static const cfi_record *easiest_drop(const cfi_results *results)
{
    const cfi_record *easiest = &results->record[0];

    for (size_t i = 1; i < results->count; i++) {
        const cfi_record *record = &results->record[i];

        easiest = is_easier(&record->allocation, &easiest->allocation) ? record : easiest;
    }
    return easiest;
}

/* "; at any power its rate stays below 0.8 bit/s/Hz", of the user whose target is too much (others may leave it less:
 * no power reaches it), or "; the largest rate that all users can have is 0.8 bit/s/Hz", of targets alike, or what that
 * is not above. */
static void largest_rate(const cfi_system *system, const cfi_infeasibility *because, char text[LEAST_LENGTH])
{
    const double *target = system->allocation.rate_target_bit_s_hz;
    size_t k = because->ue == CFI_NOWHERE ? 0 : because->ue;
    double largest = target[k] / because->factor;

    if (because->ue != CFI_NOWHERE) {
        snprintf(text, LEAST_LENGTH, "; at any power its rate stays below %.6g bit/s/Hz",
                 infeasible_rounded_up(largest));
        return;
    }
    for (size_t i = 0; i < system->K; i++) {
        if (target[i] != target[0]) {
            return;
        }
    }
    if (because->at_least) {
        snprintf(text, LEAST_LENGTH, "; no rate that all users can have is above %.6g bit/s/Hz",
                 infeasible_rounded_up(largest));
        return;
    }
    snprintf(text, LEAST_LENGTH, "; the largest rate that all users can have is %.6g bit/s/Hz",
             infeasible_rounded_down(largest));
}

/* The probability of detection that is met when its SNR may be so many times smaller; rounded down. */
static double largest_detection(const cfi_sensing *sensing, double factor)
{
    double least =
        detection_least_snr(sensing->detection_threshold, sensing->false_alarm_probability, sensing->swerling);
    double largest = detection_own_echo(least / factor, sensing->false_alarm_probability, sensing->swerling);

    return infeasible_rounded_down(largest);
}

/* "; thresholds 3 dB easier are met: a position error of 2 m and bounds of -20 dB": all give way alike. */
static void thresholds_together(const cfi_system *system, double factor, char text[LEAST_LENGTH])
{
    const cfi_sensing *sensing = &system->sensing;
    const char *before = ": ";
    size_t used = (size_t)snprintf(text, LEAST_LENGTH, "; thresholds %.4f dB easier are met",
                                   decibel_round_up(decibel_of(factor)));

    if (sensing->position_threshold_m > 0.0) {
        used += (size_t)snprintf(text + used, LEAST_LENGTH - used, "%sa position error of %.6g m", before,
                                 infeasible_rounded_up(sensing->position_threshold_m * sqrt(factor)));
        before = " and ";
    }
    if (sensing->detection_threshold > 0.0) {
        used += (size_t)snprintf(text + used, LEAST_LENGTH - used, "%sa probability of detection of %.6g", before,
                                 largest_detection(sensing, factor));
        before = " and ";
    }
    if (sensing->crlb_threshold_rad2 && equal_thresholds(system)) {
        snprintf(text + used, LEAST_LENGTH - used, "%sbounds of %.4f dB", before,
                 decibel_round_up(decibel_of(sensing->crlb_threshold_rad2[0]) + decibel_of(factor)));
    }
}

/* The least error or threshold of what has to give way; where power is what has to, those from which all thresholds are
 * met when they give way alike. */
static void least_thresholds(const cfi_system *system, const cfi_allocation *allocation, char text[LEAST_LENGTH])
{
    const cfi_infeasibility *because = &allocation->because;
    const cfi_sensing *sensing = &system->sensing;

    *text = '\0';
    if (because->constraint == CFI_CONSTRAINT_POSITION) {
        snprintf(text, LEAST_LENGTH, "; the least position error is %.6g m",
                 infeasible_rounded_up(sensing->position_threshold_m * because->factor));
    } else if (because->constraint == CFI_CONSTRAINT_DETECTION) {
        snprintf(text, LEAST_LENGTH, "; the largest probability that is met is %.6g",
                 largest_detection(sensing, because->factor));
    } else if (because->constraint == CFI_CONSTRAINT_RATE) {
        largest_rate(system, because, text);
    } else if (!thresholds_forbid(allocation)) {
        return; /* what is short is short of the users' rates */
    } else if (because->constraint != CFI_CONSTRAINT_THRESHOLD) {
        thresholds_together(system, allocation->least_threshold_factor, text);
    } else if (equal_thresholds(system)) {
        snprintf(text, LEAST_LENGTH, "; the least feasible threshold is %.4f dB",
                 decibel_round_up(decibel_of(sensing->crlb_threshold_rad2[0]) + decibel_of(because->factor)));
    }
}

/* Where sensing couples access points, or rates are what is missing, there is no threshold of one. */
static cfi_status infeasible_together(const cfi_results *results, cfi_error *error)
{
    const cfi_record *easiest = easiest_drop(results);
    char because[INFEASIBLE_LENGTH], least[LEAST_LENGTH] = "";

    infeasible_describe(&easiest->allocation.because, because);
    if (isfinite(easiest->allocation.because.factor)) {
        least_thresholds(scenario_system(results->scenario), &easiest->allocation, least);
    }
    if (results->count == 1) {
        return error_set(error, CFI_INFEASIBLE, "infeasible: %s%s", because, least);
    }
    return error_set(error, CFI_INFEASIBLE, "all %zu drops are infeasible; in drop %u, the easiest, %s%s",
                     results->count, easiest->index, because, least);
}

static cfi_status infeasible(const cfi_results *results, cfi_error *error)
{
    const cfi_system *system = scenario_system(results->scenario);
    const cfi_record *easiest = &results->record[0], *hardest = easiest;
    bool equal = equal_thresholds(system);
    double base = equal ? decibel_of(system->sensing.crlb_threshold_rad2[0]) : 0.0, least, most;
    const char *what = equal ? "least feasible threshold" : "every threshold must be raised by at least";
    char all[80], because[INFEASIBLE_LENGTH + 40];

    for (size_t i = 1; i < results->count; i++) {
        const cfi_record *record = &results->record[i];
        double factor = record->allocation.least_threshold_factor;

        easiest = factor < easiest->allocation.least_threshold_factor ? record : easiest;
        hardest = factor > hardest->allocation.least_threshold_factor ? record : hardest;
    }
    least = base + decibel_of(easiest->allocation.least_threshold_factor);
    most = base + decibel_of(hardest->allocation.least_threshold_factor);
    because_clause(easiest, because);
    if (!isfinite(least)) {
        return error_set(
            error, CFI_INFEASIBLE,
            "no threshold is feasible%s (a single transmit and receive antenna, or a target at 90 degrees)", because);
    }
    if (results->count == 1) {
        return error_set(error, CFI_INFEASIBLE, "infeasible: %s %.4f dB%s", what, decibel_round_up(least), because);
    }
    snprintf(all, sizeof all, isfinite(most) ? "%.4f dB serves all drops" : "none serves all drops",
             decibel_round_up(most));
    return error_set(error, CFI_INFEASIBLE, "all %zu drops are infeasible: %s %.4f dB (for drop %u); %s%s",
                     results->count, what, decibel_round_up(least), easiest->index, all, because);
}

/* The first drop whose two allocations (--check) differ by more than the iteration's tolerance. */
static cfi_status disagreement(const cfi_results *results, cfi_error *error)
{
    for (size_t i = 0; i < results->count; i++) {
        const cfi_record *record = &results->record[i];

        if (drop_solvers_differ(record)) {
            return error_set(
                error, CFI_FAILED,
                "drop %u: solver %s ends at %.10g %s, %s at %.10g (%s), a relative difference of %.2g (allowed: %.2g)",
                record->index, record->allocation.solver, record->allocation.objective.value,
                record->allocation.objective.unit, record->check.solver, record->check.objective_value,
                alloc_status_name(record->check.status), record->check.relative_difference,
                drop_allowed_difference(record));
        }
    }
    return CFI_OK;
}

cfi_status report_verdict(const cfi_results *results, cfi_error *error)
{
    size_t failed = drops_count(results, CFI_DROP_FAILED);

    for (size_t i = 0; failed > 0 && i < results->count; i++) {
        const cfi_record *record = &results->record[i];

        if (record->status == CFI_DROP_FAILED) {
            return error_set(error, CFI_FAILED, "drop %u failed: %s%s", record->index,
                             record->failure ? record->failure : "for an unknown reason",
                             failed > 1 ? " (more drops failed: see their status)" : "");
        }
    }
    if (results->count == 0 || drops_count(results, CFI_DROP_INFEASIBLE) < results->count) {
        return disagreement(results, error);
    }
    return system_couples_sensing(scenario_system(results->scenario)) ||
                   !thresholds_forbid(&easiest_drop(results)->allocation)
               ? infeasible_together(results, error)
               : infeasible(results, error);
}
