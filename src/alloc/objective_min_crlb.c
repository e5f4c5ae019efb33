/* The least worst bound of an angle, relative to its threshold. docs/model.md (M30), (M32) */
#include "alloc/globals.h"
#include "alloc/raised.h"

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

/* The largest threshold over the factor of raised_value. */
static double worst_bound(const cfi_system *system, double factor)
{
    const double *threshold = system->sensing.crlb_threshold_rad2;
    double largest = threshold ? 0.0 : 1.0;

    for (size_t l = 0; threshold && l < system->L; l++) {
        largest = fmax(largest, threshold[l]);
    }
    return largest / factor;
}

extern const alloc_objective objective_min_crlb; /* read by objective.c alone */
const alloc_objective objective_min_crlb = {.name = "min_crlb",
                                            .unit = "rad2",
                                            .of_powers = raised_value,
                                            .reported = worst_bound,
                                            .measured = measure_min_crlb,
                                            .raises = 1U << INFORMATION_ANGLE,
                                            .surrogate = raised_surrogate,
                                            .complete = problem_complete,
                                            .stop = objective_little_is_left,
                                            .goal = goal_of_information};
