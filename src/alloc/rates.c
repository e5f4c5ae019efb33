/* Weights of users' rates. docs/model.md (M32) */
#include "alloc/problem.h"

#include <math.h>

double problem_weight_unit(const cfi_system *system)
{
    double largest = 0.0;

    for (size_t k = 0; system->allocation.weights && k < system->K; k++) {
        largest = fmax(largest, system->allocation.weights[k]);
    }
    return largest > 0.0 ? largest : 1.0;
}

cfi_status problem_set_weights(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = problem->link->system;
    const double *weights = system->allocation.weights;
    double unit = problem_weight_unit(system), *weight;
    bool alike = true;

    for (size_t k = 0; weights && k < problem->K; k++) {
        alike = alike && weights[k] == weights[0];
    }
    if (alike) {
        return CFI_OK;
    }
    problem->weight = weight = arena_alloc(arena, problem->K, sizeof *weight);
    if (!weight) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the weights of %zu users", problem->K);
    }
    for (size_t k = 0; k < problem->K; k++) {
        weight[k] = weights[k] / unit;
    }
    return CFI_OK;
}
