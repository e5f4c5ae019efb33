/* Objectives that raise information: their value and their step. docs/model.md (M32)
 *
 * The value is the factor by which everything that is asked of the information could be multiplied (information.h),
 * larger is better. In a step that is a variable, theta, relative to the point. */
#include "alloc/raised.h"

#include "alloc/step_rows.h"

#include <math.h>

static double raised_margin(const alloc_problem *problem, const alloc_point *point)
{
    information_values told = problem->told;

    information_evaluate(problem->goal, point->x, point->s, &told);
    return information_margin(problem->goal, INFORMATION_ALL, &told, &told, 0.0);
}

cfi_aim raised_aim(const alloc_problem *problem, const alloc_point *point, size_t l)
{
    const cfi_aim *aim = problem->link->directions.aim + problem->K * l;
    cfi_aim all = {.lit = (double)problem->link->system->N * point->s[l]};

    for (size_t k = 0; k < problem->K; k++) {
        double amplitude = point->w[problem_at(problem, k, l)], power = amplitude * amplitude;

        all.lit += power * aim[k].lit;
        all.turned += power * aim[k].turned;
        all.mixed += power * aim[k].mixed;
    }
    return all;
}

double raised_value(const alloc_problem *problem, const alloc_point *point)
{
    double least = INFINITY;

    for (size_t l = 0; problem->raised && l < problem->L; l++) {
        cfi_aim all = raised_aim(problem, point, l);

        least = fmin(least, directed_information(&problem->raised[l], &all));
    }
    return problem->raised ? least : raised_margin(problem, point);
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
