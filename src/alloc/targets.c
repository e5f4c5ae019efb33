/* Rate targets: SINRs that users must have, whether a point has them, and the search for one that does. docs/model.md
 * (M32) */
#include "alloc/problem.h"
#include "alloc/step_gain.h"

#include "alloc/constants.h"

#include <math.h>

cfi_status targets_prepare(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    if (!problem->target && problem->link->system->allocation.objective != CFI_MIN_POWER) {
        return CFI_OK;
    }
    problem->probe = problem_values(problem, arena);
    problem->spare = problem_point(problem, arena);
    return problem->probe && problem->spare
               ? CFI_OK
               : error_set(error, CFI_NO_MEMORY, "out of memory for the rate targets of %zu users", problem->K);
}

bool targets_hold(const alloc_problem *problem, const alloc_values *values)
{
    for (size_t k = 0; problem->target && k < problem->K; k++) {
        if (!(values_sinr(values, k) >= problem->target[k] * (1.0 - FEASIBLE_ROUNDING))) {
            return false;
        }
    }
    return true;
}

double targets_ratio(const alloc_problem *problem, const alloc_values *values)
{
    const double *target = problem->target ? problem->target : problem->wanted;
    double least = INFINITY;

    for (size_t k = 0; target && k < problem->K; k++) {
        if (target[k] > 0.0) {
            double ratio = values_sinr(values, k) / target[k];

            least = ratio < least || isnan(ratio) ? ratio : least;
        }
    }
    return least;
}

/* ------------------------------------------------------------------- the least power ---- */

double targets_power(const alloc_problem *problem, const alloc_point *point)
{
    double total = 0.0;

    for (size_t l = 0; l < problem->L; l++) {
        total += point->x[l] + fmax(point->s[l], 0.0);
    }
    return total;
}

/* Whether powers of `budget` in all, in the shape of the spare point, are enough; `point` becomes them. */
static bool is_enough(const alloc_problem *problem, double budget, alloc_point *point)
{
    alloc_problem smaller = *problem;

    smaller.budget = fmin(budget, problem->budget);
    problem_copy(problem, problem->spare, point);
    if (!problem_complete(&smaller, point)) {
        return false;
    }
    problem_evaluate(problem, point, problem->probe);
    return targets_hold(problem, problem->probe);
}

/* SINRs and information grow with the common factor of all powers, and that with the budget: the least budget is found
 * by steps that double, up or down from what the point radiates, then by halves. */
bool targets_complete_least(const alloc_problem *problem, alloc_point *point)
{
    double total, low, high, step = TARGET_STEP;
    bool enough;

    problem_clip(problem, point->w, point->x);
    problem_copy(problem, point, problem->spare);
    total = low = high = fmin(targets_power(problem, point), problem->budget);
    enough = is_enough(problem, total, point);
    for (int i = 0; i < TARGET_TRIES; i++, step *= 2.0) {
        double next = fmin(enough ? total * fmax(1.0 - step, 0.0) : total * (1.0 + step), problem->budget);

        if (is_enough(problem, next, point) != enough) {
            *(enough ? &low : &high) = next;
            break;
        }
        *(enough ? &high : &low) = next;
    }
    if (!enough && high <= low) {
        return false;
    }
    for (int i = 0; i < HALVES && high - low > TARGET_STEP * high; i++) {
        double middle = 0.5 * (low + high);

        *(is_enough(problem, middle, point) ? &high : &low) = middle;
    }
    return is_enough(problem, high, point);
}

/* -------------------------------------------------------------------------- the search ---- */

/* Where nothing is worth anything without every user's rate, those without a target are kept from silence. */
static void fill_wanted(const alloc_problem *problem, double *wanted)
{
    double least = INFINITY;

    for (size_t k = 0; k < problem->K; k++) {
        wanted[k] = problem->target[k];
        least = wanted[k] > 0.0 ? fmin(least, wanted[k]) : least;
    }
    for (size_t k = 0; problem->objective->needs_everyone && k < problem->K; k++) {
        wanted[k] = fmax(wanted[k], HARDLY_SERVED * least);
    }
}

cfi_status targets_search(const alloc_problem *problem, cfi_arena *arena, alloc_problem *search, cfi_error *error)
{
    double *wanted = problem->target ? arena_alloc(arena, problem->K, sizeof *wanted) : NULL;

    *search = *problem;
    search->target = NULL;
    search->objective = &objective_target_ratio;
    if (!problem->target) {
        return CFI_OK;
    }
    if (!wanted) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rate targets of %zu users", problem->K);
    }
    fill_wanted(problem, wanted);
    search->wanted = wanted;
    return CFI_OK;
}

/* 1 + d >= (T ratio0 / S0) (1 + theta), theta as large as can be. */
static void add_ratio_rows(const step_model *model)
{
    const alloc_problem *problem = model->problem;

    socp_objective(model->builder, model->root, -1.0);
    for (size_t a = 0; a < model->A; a++) {
        size_t k = model->active[a], row;
        double share = problem->wanted[k] * model->values->objective / values_sinr(model->values, k);

        if (problem->wanted[k] > 0.0) {
            row = step_add_row(model, label_user(PROGRAM_RATIO, k));
            socp_constant(model->builder, row, 1.0 - share);
            socp_put(model->builder, row, model->root, -share);
            socp_put(model->builder, row, step_gain(model, a), 1.0);
        }
    }
}

static const step_surrogate ratio_itself = {.objective =
                                                "minus the relative gain of the least quotient of SINR and target",
                                            .goes_on = true,
                                            .gains = true,
                                            .has_squares = step_without_squares,
                                            .lay_out = step_lays_out_root,
                                            .add_rows = add_ratio_rows,
                                            .add_squares = step_adds_nothing,
                                            .add_cones = step_adds_no_cones};

static const step_surrogate *ratio_surrogate(const alloc_problem *problem, const alloc_values *at)
{
    (void)problem, (void)at;
    return &ratio_itself;
}

static double ratio_itself_reported(const cfi_system *system, double ratio)
{
    (void)system;
    return ratio;
}

static bool is_reached(double ratio)
{
    return ratio >= 1.0 - FEASIBLE_ROUNDING;
}

/* Too little to reach 1 in any number of steps that is worth it. Near 1 little is enough, whatever the tolerance. */
static bool little_is_left(const objective_gains *gains)
{
    return objective_little_is_left(gains) && !(gains->now * SEARCH_HOPE >= 1.0 - gains->value);
}

const alloc_objective objective_target_ratio = {.name = "target_ratio",
                                                .unit = "",
                                                .larger_is_better = true,
                                                .value = targets_ratio,
                                                .reported = ratio_itself_reported,
                                                .reached = is_reached,
                                                .surrogate = ratio_surrogate,
                                                .complete = problem_complete,
                                                .stop = little_is_left};
