/* Proportional fairness. docs/model.md (M30) */
#include "alloc/objective.h"

#include <math.h>

/* sum_k weight_k ln R_k; -infinite where a user has no rate */
static double measure_proportional_fair(const cfi_system *system, const cfi_evaluation *evaluation)
{
    double sum = 0.0;

    for (size_t k = 0; k < evaluation->K; k++) {
        sum += objective_weight(system, k) * log(evaluation->rate_bit_s_hz[k]);
    }
    return sum;
}

extern const alloc_objective objective_proportional_fair; /* read by objective.c alone */
const alloc_objective objective_proportional_fair = {.name = "proportional_fair",
                                                     .unit = "ln(bit/s/Hz)",
                                                     .larger_is_better = true,
                                                     .measured = measure_proportional_fair};
