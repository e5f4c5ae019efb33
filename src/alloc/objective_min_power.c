/* The least power that meets all that is asked. docs/model.md (M30), (M32) */
#include "alloc/constants.h"
#include "alloc/globals.h"
#include "alloc/step_rows.h"

/* Watts radiated by all access points. */
static double measure_min_power(const cfi_system *system, const cfi_evaluation *evaluation)
{
    (void)system;
    return evaluation->power_w;
}

/* 1 / power, the power in shares of the largest: positive, and larger is better. */
static double thrift(const alloc_problem *problem, const alloc_point *point)
{
    return (double)problem->L / targets_power(problem, point);
}

static double watts_of(const cfi_system *system, double thrift_value)
{
    return system_most_power(system) / thrift_value;
}

/* ---------------------------------------------------------------------------- surrogate ---- */

/* sum_l q_l over what it is at the point */
static void add_power_objective(const step_model *model)
{
    const alloc_problem *problem = model->problem;
    double total = targets_power(problem, model->at);

    for (size_t l = 0; l < problem->L; l++) {
        socp_objective(model->builder, model->q + l, model->unit[l] / total);
    }
}

static const step_surrogate power_itself = {.objective = "power of all access points, relative",
                                            .goes_on = true,
                                            .has_squares = step_without_squares,
                                            .lay_out = step_lays_out_nothing,
                                            .add_rows = add_power_objective,
                                            .add_squares = step_adds_nothing,
                                            .add_cones = step_adds_no_cones};

static const step_surrogate *power_surrogate(const alloc_problem *problem, const alloc_values *at)
{
    (void)problem, (void)at;
    return &power_itself;
}

extern const alloc_objective objective_min_power; /* read by objective.c alone */
const alloc_objective objective_min_power = {.name = "min_power",
                                             .unit = "W",
                                             .of_powers = thrift,
                                             .reported = watts_of,
                                             .measured = measure_min_power,
                                             .surrogate = power_surrogate,
                                             .complete = targets_complete_least,
                                             .stop = objective_little_is_left,
                                             .goal = goal_of_power,
                                             .starts_once = true};
