/* The least rate of a user, in proportion to the weights. docs/model.md (M30) */
#include "alloc/globals.h"

#include <math.h>

/* min_k R_k / weight_k */
static double measure_max_min_rate(const cfi_system *system, const cfi_evaluation *evaluation)
{
    double least = INFINITY;

    for (size_t k = 0; k < evaluation->K; k++) {
        least = fmin(least, evaluation->rate_bit_s_hz[k] / objective_weight(system, k));
    }
    return least;
}

extern const alloc_objective objective_max_min_rate; /* read by objective.c alone */
const alloc_objective objective_max_min_rate = {
    .name = "max_min_rate", .unit = "bit/s/Hz", .larger_is_better = true, .measured = measure_max_min_rate, .goal = goal_of_rates};
