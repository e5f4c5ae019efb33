/* Objectives that raise information: their value and their step. docs/model.md (M32)
 *
 * The value is the factor by which everything that is asked of the information could be multiplied (information.h),
 * larger is better. In a step that is a variable, theta, relative to the point. */
#include "alloc/raised.h"

#include "alloc/step_rows.h"

double raised_value(const alloc_problem *problem, const alloc_point *point)
{
    information_values told = problem->told;

    information_evaluate(problem->goal, point->x, point->s, &told);
    return information_margin(problem->goal, INFORMATION_ALL, &told, &told, 0.0);
}

static void add_raised_objective(const step_model *model)
{
    socp_objective(model->builder, model->root, -1.0);
}

static const step_surrogate raised_itself = {.objective = "minus the factor of all information, relative",
                                             .goes_on = true,
                                             .raises = true,
                                             .has_squares = step_without_squares,
                                             .lay_out = step_lays_out_root,
                                             .add_rows = add_raised_objective,
                                             .add_squares = step_adds_nothing,
                                             .add_cones = step_adds_no_cones};

const step_surrogate *raised_surrogate(const alloc_problem *problem, const alloc_values *at)
{
    (void)problem, (void)at;
    return &raised_itself;
}
