/* Proportional fairness: its value, its slopes and its surrogate. docs/model.md (M32)
 *
 * F = exp(sum_k weight_k ln R_k / sum_k weight_k), R_k = ln(1 + SINR_k): the weighted geometric mean of rates in nats,
 * so that what is left to gain is relative to it.
 *
 * In a step, with S0, c = ln(1 + S0), a = S0 / (1 + S0) and the relative gain d of step_gain.h, R / R0 >= 1 + (a / c)
 * z, where a z <= ln(1 + a d); a logarithm of that is the second one. Each is exact at the point in value and slope. */
#include "alloc/constants.h"
#include "alloc/step_gain.h"
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

/* ---------------------------------------------------------------------------- surrogate ---- */

static step_logarithm inner_of(const step_model *model, size_t a)
{
    double sinr = values_sinr(model->values, model->active[a]);

    return (step_logarithm){.first = model->t + a * 2 * STEP_LOGARITHM,
                            .weight = sinr / (1.0 + sinr),
                            .label = label_user(PROGRAM_LOGARITHM, model->active[a])};
}

static step_logarithm outer_of(const step_model *model, size_t a)
{
    step_logarithm inner = inner_of(model, a);

    return (step_logarithm){.first = inner.first + STEP_LOGARITHM,
                            .weight = inner.weight / log1p(values_sinr(model->values, model->active[a])),
                            .label = label_user(PROGRAM_RATE_LOGARITHM, model->active[a])};
}

static size_t lay_out_fair(step_model *model, size_t next)
{
    model->t = next;
    for (size_t a = 0; model->map && a < model->A; a++) {
        step_logarithm inner = inner_of(model, a), outer = outer_of(model, a);

        program_name_variables(model->map, inner.first, STEP_LOGARITHM, inner.label);
        program_name_variables(model->map, outer.first, STEP_LOGARITHM, outer.label);
    }
    return next + model->A * 2 * STEP_LOGARITHM;
}

/* sum_k weight_k ln(1 + (a_k / c_k) z_k) is (a_k / c_k) times the second logarithm each. */
static void add_fair_objective(const step_model *model)
{
    const cfi_system *system = model->problem->link->system;
    double largest = 0.0;

    for (size_t a = 0; a < model->A; a++) {
        largest = fmax(largest, objective_weight(system, model->active[a]) * outer_of(model, a).weight);
    }
    for (size_t a = 0; a < model->A; a++) {
        step_logarithm outer = outer_of(model, a);
        double cost = objective_weight(system, model->active[a]) * outer.weight / largest;

        socp_objective(model->builder, outer.first + STEP_ROOTS - 1, -cost);
        socp_objective(model->builder, outer.first + STEP_ROOTS, cost);
    }
}

static void add_fair_cones(const step_model *model, size_t *list)
{
    (void)list;
    for (size_t a = 0; a < model->A; a++) {
        step_logarithm inner = inner_of(model, a), outer = outer_of(model, a);

        step_add_logarithm(model, &inner, step_gain(model, a), NULL);
        step_add_logarithm(model, &outer, 0, &inner);
    }
}

static const step_surrogate fair_logarithms = {
    .objective = "minus the weighted logarithms of rates, relative, less what they are",
    .has_response = true,
    .goes_on = true,
    .gains = true,
    .has_squares = step_without_squares,
    .lay_out = lay_out_fair,
    .add_rows = add_fair_objective,
    .add_squares = step_adds_nothing,
    .add_cones = add_fair_cones};

static const step_surrogate *fair_surrogate(const alloc_problem *problem, const alloc_values *at)
{
    (void)problem, (void)at;
    return &fair_logarithms;
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
                                                     .surrogate = fair_surrogate,
                                                     .complete = problem_complete,
                                                     .stop = objective_little_is_left,
                                                     .starts_once = true};
