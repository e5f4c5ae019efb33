/* The least rate of a user, in proportion to the weights. docs/model.md (M30), (M32)
 *
 * In a step: maximise theta, where with c = ln(1 + S0), a = S0 / (1 + S0), a z <= ln(1 + a d) (step_gain.h) and tau0
 * the value at the point
 *     1 + (a / c) z >= (weight tau0 / c) (1 + theta) */
#include "alloc/constants.h"
#include "alloc/globals.h"
#include "alloc/step_gain.h"
#include "base/units.h"

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

/* The same in nats, without the pre-log factor. */
static double least_rate(const alloc_problem *problem, const alloc_values *values)
{
    double least = INFINITY;

    for (size_t k = 0; k < problem->K; k++) {
        double rate = log1p(values_sinr(values, k)) / objective_weight(problem->link->system, k);

        least = rate < least || isnan(rate) ? rate : least;
    }
    return least;
}

static double least_rate_in_bits(const cfi_system *system, double nats)
{
    return system->frame.prelog / LN2 * nats;
}

/* ---------------------------------------------------------------------------- surrogate ---- */

static step_logarithm least_logarithm_of(const step_model *model, size_t a)
{
    double sinr = values_sinr(model->values, model->active[a]);

    return (step_logarithm){.first = model->t + STEP_LOGARITHM * a,
                            .weight = sinr / (1.0 + sinr),
                            .label = label_user(PROGRAM_LOGARITHM, model->active[a])};
}

static size_t lay_out_least(step_model *model, size_t next)
{
    model->t = next;
    step_name_users(model, next, STEP_LOGARITHM, PROGRAM_LOGARITHM);
    return step_lays_out_root(model, next + STEP_LOGARITHM * model->A);
}

static void add_least_rows(const step_model *model)
{
    socp_objective(model->builder, model->root, -1.0);
    for (size_t a = 0; a < model->A; a++) {
        step_logarithm z = least_logarithm_of(model, a);
        size_t k = model->active[a], row = step_add_row(model, label_user(PROGRAM_LEAST, k));
        double rate = log1p(values_sinr(model->values, k));
        double share = objective_weight(model->problem->link->system, k) * model->values->objective / rate;

        socp_constant(model->builder, row, 1.0 - share);
        socp_put(model->builder, row, model->root, -share);
        step_put_logarithm(model, row, &z, z.weight / rate);
    }
}

static void add_least_cones(const step_model *model, size_t *list)
{
    (void)list;
    for (size_t a = 0; a < model->A; a++) {
        step_logarithm z = least_logarithm_of(model, a);

        step_add_logarithm(model, &z, step_gain(model, a), NULL);
    }
}

static const step_surrogate least_logarithms = {.objective = "minus the relative gain of the least rate",
                                                .goes_on = true,
                                                .gains = true,
                                                .has_squares = step_without_squares,
                                                .lay_out = lay_out_least,
                                                .add_rows = add_least_rows,
                                                .add_squares = step_adds_nothing,
                                                .add_cones = add_least_cones};

static const step_surrogate *least_surrogate(const alloc_problem *problem, const alloc_values *at)
{
    (void)problem, (void)at;
    return &least_logarithms;
}

extern const alloc_objective objective_max_min_rate; /* read by objective.c alone */
const alloc_objective objective_max_min_rate = {.name = "max_min_rate",
                                                .unit = "bit/s/Hz",
                                                .larger_is_better = true,
                                                .value = least_rate,
                                                .reported = least_rate_in_bits,
                                                .proportional = true,
                                                .measured = measure_max_min_rate,
                                                .needs_everyone = true,
                                                .surrogate = least_surrogate,
                                                .complete = problem_complete,
                                                .stop = objective_little_is_left,
                                                .starts_once = true,
                                                .goal = goal_of_rates};
