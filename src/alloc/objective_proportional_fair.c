/* Proportional fairness: its value and slopes. docs/model.md (M32)
 *
 * F = exp(sum_k weight_k ln R_k / sum_k weight_k), R_k = ln(1 + SINR_k): the weighted geometric mean of rates in nats,
 * so that what is left to gain is relative to it. */
#include "alloc/problem.h"

#include "base/units.h"

#include <math.h>

static double sum_of_weights(const cfi_system *system)
{
    double sum = 0.0;

    for (size_t k = 0; k < system->K; k++) {
        sum += objective_weight(system, k);
    }
    return sum;
}

static double fair_value(const alloc_problem *problem, const alloc_values *values)
{
    const cfi_system *system = problem->link->system;
    double sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        sum += objective_weight(system, k) * log(log1p(values_sinr(values, k)));
    }
    return exp(sum / sum_of_weights(system));
}

/* Those of the sum rate, times F weight_k / R_k / sum_k weight_k. */
static void fair_slopes(const alloc_problem *problem, const double *u, const double *interference, double *gain,
                        double *weight)
{
    const cfi_system *system = problem->link->system;
    double weights = sum_of_weights(system), sum = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        double square = u[k] * u[k], share = objective_weight(system, k) / weights,
               rate = log1p(square / interference[k]);

        sum += share * log(rate);
        gain[k] = share / rate * u[k] / (interference[k] + square);
    }
    sum = exp(sum);
    for (size_t k = 0; k < problem->K; k++) {
        gain[k] *= sum;
        weight[k] = u[k] / interference[k] * gain[k];
    }
}

static double report_fair(const cfi_system *system, double mean)
{
    return sum_of_weights(system) * log(system->frame.prelog / LN2 * mean);
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
                                                     .value = fair_value,
                                                     .reported = report_fair,
                                                     .measured = measure_proportional_fair,
                                                     .needs_everyone = true,
                                                     .slopes = fair_slopes,
                                                     .complete = problem_complete};
