/* Entries, rows and cones from which a step's cone problem is put together. docs/model.md (M13)-(M15) */
#include "alloc/step_rows.h"

#include <math.h>

bool step_serves_somebody(const step_model *model, size_t l)
{
    size_t a = 0;

    while (a < model->A && !step_serves(model, a, l)) {
        a++;
    }
    return a < model->A;
}

bool step_loads_apart(const step_model *model)
{
    return !problem_loads_equal(model->problem);
}

bool step_has_x(const step_model *model, size_t l)
{
    if (step_loads_apart(model) || problem_informs(model->problem)) {
        return !sensing_is_idle(&model->problem->sensing, l);
    }
    return model->problem->sensing.rank[l] != SIZE_MAX &&
           (model->problem->sensing.kind == SENSING_CONVEX || model->constraint == CFI_CRLB_SCA);
}

double step_amplitude_unit(const step_model *model, size_t l)
{
    return sqrt(model->unit[l]);
}

program_label step_power_label(const step_model *model, program_word word, size_t l)
{
    return label_scaled(label_ap(word, l), model->unit[l] * model->problem->unit_w);
}

size_t step_model_x(const step_model *model, size_t l)
{
    const alloc_sensing *sensing = &model->problem->sensing;

    return model->x +
           (step_loads_apart(model) || problem_informs(model->problem) ? sensing->place[l] : sensing->rank[l]);
}

void step_put_signal(const step_model *model, size_t row, size_t a, double factor)
{
    const alloc_problem *problem = model->problem;
    size_t k = model->active[a];

    for (size_t l = 0; l < problem->L; l++) {
        if (step_serves(model, a, l)) {
            socp_put(model->builder, row, step_w(model, a, l),
                     factor * problem->signal[problem_at(problem, k, l)] * step_amplitude_unit(model, l) /
                         model->values->u[k]);
        }
    }
}

void step_put_communication_power(const step_model *model, size_t row, size_t l, double factor)
{
    if (!model->problem->load_by_stream) {
        socp_put(model->builder, row, step_model_x(model, l), factor);
        return;
    }
    for (size_t a = 0; a < model->A; a++) {
        if (step_serves(model, a, l)) {
            socp_put(model->builder, row, model->p + step_w(model, a, l), factor);
        }
    }
}

void step_for_each_load(const step_model *model, size_t k, step_load_taker take, void *context)
{
    const alloc_problem *problem = model->problem;

    for (size_t l = 0; l < problem->L; l++) {
        double S = problem->sensing_load[problem_at(problem, k, l)], unit = model->unit[l];

        take(model, context, model->q + l, S * unit);
        for (size_t a = 0; problem->load_by_stream && a < model->A; a++) {
            if (step_serves(model, a, l)) {
                take(model, context, model->p + step_w(model, a, l),
                     (problem_load(problem, k, model->active[a], l) - S) * unit);
            }
        }
        if (problem->load && step_loads_apart(model) && step_has_x(model, l)) {
            take(model, context, step_model_x(model, l), (problem_load(problem, k, k, l) - S) * unit);
        }
    }
}

typedef struct load_row {
    size_t row;
    double scale;
} load_row;

static void put_load_term(const step_model *model, void *context, size_t variable, double load)
{
    const load_row *to = context;

    socp_put(model->builder, to->row, variable, to->scale * load);
}

void step_put_load(const step_model *model, size_t row, size_t k, double factor)
{
    load_row to = {.row = row, .scale = factor / model->values->interference[k]};

    socp_constant(model->builder, row, to.scale);
    step_for_each_load(model, k, put_load_term, &to);
}

size_t step_add_squares(const step_model *model, size_t variable, size_t terms, program_label label)
{
    size_t row = step_add_cone(model, terms + 2, label);

    socp_constant(model->builder, row, 1.0);
    socp_put(model->builder, row, variable, 1.0);
    socp_constant(model->builder, row + 1, -1.0);
    socp_put(model->builder, row + 1, variable, 1.0);
    return row + 2;
}

static size_t active_position(const step_model *model, size_t k)
{
    for (size_t a = 0; a < model->A; a++) {
        if (model->active[a] == k) {
            return a;
        }
    }
    return SIZE_MAX;
}

size_t step_coherent_terms(const step_model *model, size_t k)
{
    const alloc_problem *problem = model->problem;
    size_t terms = 0;

    for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
        terms += active_position(model, problem->mate[i]) != SIZE_MAX;
    }
    return terms;
}

void step_put_coherent(const step_model *model, size_t row, size_t k, double scale)
{
    const alloc_problem *problem = model->problem;

    for (size_t i = problem->mate_start[k]; i < problem->mate_start[k + 1]; i++) {
        size_t position = active_position(model, problem->mate[i]);

        for (size_t l = 0; position != SIZE_MAX && l < problem->L; l++) {
            if (step_serves(model, position, l)) {
                socp_put(model->builder, row, step_w(model, position, l),
                         scale * problem_coherent_row(problem, k, i)[l] * step_amplitude_unit(model, l));
            }
        }
        row += position != SIZE_MAX;
    }
}
