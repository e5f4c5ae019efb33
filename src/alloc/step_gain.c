/* SINRs in a step, and logarithms of them, as rows and cones. docs/model.md (M32) */
#include "alloc/step_gain.h"

#include "alloc/constants.h"

#include <math.h>

static bool has_gain(const step_model *model, size_t a)
{
    const double *target = model->problem->target;

    return model->surrogate->gains || (target && target[model->active[a]] > 0.0);
}

static size_t count_gains(const step_model *model, size_t end)
{
    size_t count = 0;

    for (size_t a = 0; a < end; a++) {
        count += has_gain(model, a);
    }
    return count;
}

size_t step_gain(const step_model *model, size_t a)
{
    return model->gain + count_gains(model, a);
}

static size_t heard_by(const step_model *model, size_t a)
{
    return model->heard + count_gains(model, a);
}

static void name_gains(const step_model *model)
{
    for (size_t a = 0; model->map && a < model->A; a++) {
        if (has_gain(model, a)) {
            program_name_variables(model->map, step_gain(model, a), 1, label_user(PROGRAM_SINR_GAIN, model->active[a]));
        }
    }
    for (size_t a = 0; model->map && model->problem->coherent && a < model->A; a++) {
        if (has_gain(model, a)) {
            program_name_variables(model->map, heard_by(model, a), 1, label_user(PROGRAM_COHERENT, model->active[a]));
        }
    }
}

size_t step_gain_lay_out(step_model *model, size_t next)
{
    size_t count = count_gains(model, model->A);

    model->gain = next;
    model->heard = next + count;
    name_gains(model);
    return model->heard + (model->problem->coherent ? count : 0);
}

/* What the step asks for of user k: at the solver's tolerance the target still holds; the point itself is enough. */
static double asked_for(const step_model *model, size_t k)
{
    double target = model->problem->target[k], now = values_sinr(model->values, k);

    return fmax(target, fmin(target * (1.0 + TARGET_MARGIN), now));
}

/* 1 + d >= T / S0 */
static void add_target_row(const step_model *model, size_t a)
{
    const double *target = model->problem->target;
    size_t k = model->active[a], row;

    if (target && target[k] > 0.0) {
        double most = asked_for(model, k) / values_sinr(model->values, k), scale = 1.0 / fmax(most, 1.0);

        row = step_add_row(model, label_user(PROGRAM_TARGET, k));
        socp_constant(model->builder, row, scale * (1.0 - most));
        socp_put(model->builder, row, step_gain(model, a), scale);
    }
}

void step_gain_add_rows(const step_model *model)
{
    for (size_t a = 0; a < model->A; a++) {
        size_t row;

        if (!has_gain(model, a)) {
            continue;
        }
        row = step_add_row(model, label_user(PROGRAM_SINR, model->active[a]));
        socp_constant(model->builder, row, -1.0);
        step_put_signal(model, row, a, 2.0);
        step_put_load(model, row, model->active[a], -1.0);
        if (model->problem->coherent) {
            socp_put(model->builder, row, heard_by(model, a), -1.0);
        }
        socp_put(model->builder, row, step_gain(model, a), -1.0);
        add_target_row(model, a);
    }
}

void step_gain_add_cones(const step_model *model)
{
    for (size_t a = 0; model->problem->coherent && a < model->A; a++) {
        if (has_gain(model, a)) {
            size_t k = model->active[a];
            size_t row = step_add_squares(model, heard_by(model, a), step_coherent_terms(model, k),
                                          label_user(PROGRAM_COHERENT, k));

            step_put_coherent(model, row, k, 2.0 / sqrt(model->values->interference[k]));
        }
    }
}

/* ----------------------------------------------------------------------- logarithms ---- */

void step_put_logarithm(const step_model *model, size_t row, const step_logarithm *of, double factor)
{
    socp_put(model->builder, row, of->first + STEP_ROOTS - 1, factor);
    socp_put(model->builder, row, of->first + STEP_ROOTS, -factor);
}

/* Root d of 1 + weight in:  d + (weight / 4) d^2 <= in, so that (1 + (weight / 2) d)^2 <= 1 + weight in. */
static void add_root(const step_model *model, const step_logarithm *of, size_t root, size_t in,
                     const step_logarithm *inner)
{
    size_t row = step_add_cone(model, 3, of->label);

    for (size_t i = 0; i < 2; i++) {
        socp_constant(model->builder, row + i, i == 0 ? 1.0 : -1.0);
        if (inner) {
            step_put_logarithm(model, row + i, inner, 1.0);
        } else {
            socp_put(model->builder, row + i, in, 1.0);
        }
        socp_put(model->builder, row + i, root, -1.0);
    }
    socp_put(model->builder, row + 2, root, sqrt(of->weight));
}

/* s (1 + weight d) >= weight d^2: then d - s <= d / (1 + weight d). */
static void add_bend(const step_model *model, const step_logarithm *of, size_t d, size_t s)
{
    size_t row = step_add_cone(model, 3, of->label);
    double weight = of->weight;

    socp_constant(model->builder, row, 1.0);
    socp_put(model->builder, row, d, weight);
    socp_put(model->builder, row, s, 1.0);
    socp_constant(model->builder, row + 1, 1.0);
    socp_put(model->builder, row + 1, d, weight);
    socp_put(model->builder, row + 1, s, -1.0);
    socp_put(model->builder, row + 2, d, 2.0 * sqrt(weight));
}

void step_add_logarithm(const step_model *model, const step_logarithm *of, size_t in, const step_logarithm *inner)
{
    step_logarithm now = *of;

    for (size_t i = 0; i < STEP_ROOTS; i++) {
        add_root(model, &now, of->first + i, i == 0 ? in : of->first + i - 1, i == 0 ? inner : NULL);
        now.weight *= 0.5;
    }
    add_bend(model, &now, of->first + STEP_ROOTS - 1, of->first + STEP_ROOTS);
}
