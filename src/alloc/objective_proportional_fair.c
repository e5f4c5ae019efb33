/* Proportional fairness: its value and slopes. docs/model.md (M32)
 *
 * F = sum_k weight_k ln R_k, R_k = ln(1 + SINR_k) in nats without the pre-log factor. As ln ln(1 + t) is concave and
 * rises with t, the product surrogate's minorant of each SINR makes a minorant of F, whose slopes are F's. */
#include "alloc/problem.h"

#include "base/units.h"

#include <math.h>

static double value(const alloc_problem *problem, const alloc_values *values)
{
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        sum += problem_weight(problem, k) * log(log1p(values_sinr(values, k)));
    }
    return sum;
}

/* Those of the sum rate, times weight_k / R_k. */
static void slopes(const alloc_problem *problem, const double *u, const double *interference, double *gain,
                   double *weight)
{
    for (size_t k = 0; k < problem->K; k++) {
        double sinr = u[k] * u[k] / interference[k], count = problem_weight(problem, k) / log1p(sinr);

        gain[k] = count * u[k] / (interference[k] + u[k] * u[k]);
        weight[k] = u[k] / interference[k] * gain[k];
    }
}

/* The sum of the weights: a common factor of all rates moves F by its logarithm times that. */
static double sum_weights(const alloc_problem *problem)
{
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        sum += problem_weight(problem, k);
    }
    return sum;
}

/* Of rates in bit/s/Hz, with the scenario's weights. */
static double in_bits(const cfi_system *system, double nats)
{
    double weights = 0.0;

    for (size_t k = 0; k < system->K; k++) {
        weights += objective_weight(system, k);
    }
    return problem_weight_unit(system) * nats + weights * log(system->frame.prelog / LN2);
}

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
                                                     .value = value,
                                                     .reported = in_bits,
                                                     .scale = sum_weights,
                                                     .measured = measure_proportional_fair,
                                                     .slopes = slopes,
                                                     .complete = problem_complete};
