/* The least worst bound of an angle, relative to its threshold. docs/model.md (M30) */
#include "alloc/globals.h"

#include <math.h>

/* The largest threshold, times the largest quotient of bound and threshold: with equal thresholds the worst bound.
 * Without thresholds all are 1 rad^2. */
static double measure_min_crlb(const cfi_system *system, const cfi_evaluation *evaluation)
{
    const double *threshold = system->sensing.crlb_threshold_rad2;
    double worst = 0.0, largest = 0.0;

    if (!threshold) {
        return evaluation->worst_crlb_rad2;
    }
    for (size_t l = 0; l < evaluation->L; l++) {
        worst = fmax(worst, evaluation->crlb_rad2[l] / threshold[l]);
        largest = fmax(largest, threshold[l]);
    }
    return worst * largest;
}

extern const alloc_objective objective_min_crlb; /* read by objective.c alone */
const alloc_objective objective_min_crlb = {
    .name = "min_crlb", .unit = "rad2", .measured = measure_min_crlb, .goal = goal_of_information};
