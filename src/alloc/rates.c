/* What is asked of users' rates: weights and targets, in the problem's units. docs/model.md (M32) */
#include "alloc/problem.h"

#include "base/units.h"

#include <math.h>

double problem_weight_unit(const cfi_system *system)
{
    double largest = 0.0;

    for (size_t k = 0; system->allocation.weights && k < system->K; k++) {
        largest = fmax(largest, system->allocation.weights[k]);
    }
    return largest > 0.0 ? largest : 1.0;
}

/* Weights of which only the ratios matter; none where they are equal. */
static bool normalise_weights(alloc_problem *problem, const cfi_system *system, double *weight)
{
    double unit = problem_weight_unit(system);
    bool alike = true;

    for (size_t k = 0; k < problem->K; k++) {
        weight[k] = system->allocation.weights[k] / unit;
        alike = alike && weight[k] == 1.0;
    }
    return !alike;
}

double rates_sinr(const cfi_system *system, double rate)
{
    return expm1(rate * LN2 / system->frame.prelog);
}

double rates_of_sinr(const cfi_system *system, double sinr)
{
    return system->frame.prelog * log1p(sinr) / LN2;
}

static bool take_targets(alloc_problem *problem, const cfi_system *system, double *least)
{
    bool any = false;

    for (size_t k = 0; k < problem->K; k++) {
        least[k] = rates_sinr(system, system->allocation.rate_target_bit_s_hz[k]);
        any = any || least[k] > 0.0;
    }
    return any;
}

cfi_status problem_ask_rates(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = problem->link->system;
    size_t K = problem->K;
    double *numbers;

    if (!system->allocation.weights && !system->allocation.rate_target_bit_s_hz) {
        return CFI_OK;
    }
    numbers = arena_alloc(arena, 2 * K, sizeof *numbers);
    if (!numbers) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for what is asked of %zu users", K);
    }
    if (system->allocation.weights && normalise_weights(problem, system, numbers)) {
        problem->weight = numbers;
    }
    if (system->allocation.rate_target_bit_s_hz && take_targets(problem, system, numbers + K)) {
        problem->target = numbers + K;
    }
    return CFI_OK;
}
