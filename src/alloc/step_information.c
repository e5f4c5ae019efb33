/* Sensing that couples access points as rows and cones of a step's problem. docs/model.md (M28).
 *
 * What powers tell is  on_x n + on_s s  at each access point, n = norm(w)^2, with on_x, on_s >= 0: in own rows, in the
 * functionals of shared rows, and in the terms of J, which are semidefinite matrices times such numbers. A step may
 * understate each: the margin never falls when one grows.
 *   Orthogonal pilots: x >= n is the communication power, which users may spend whole: no loss.
 *   Coherent terms: x >= n overstates it, and `kept` <= 2 w0'w - norm(w0)^2 understates it. Where both powers interfere
 *   alike, s = q - n and the number is on_s q + (on_x - on_s) n: no loss where sensing power tells more (x in the place
 *   of n), else `kept` is. Where they do not, s = q - x, and it is on_x kept + on_s s. */
#include "alloc/step_information.h"

#include "alloc/constants.h"

#include <math.h>

/* Relative, of what J - W has along an axis at the point of expansion to its trace: units of the cone are no less. */
static const double STEP_LEAST_AXIS = 1e-12;

static bool is_served(const step_model *model, size_t l)
{
    return !sensing_is_idle(&model->problem->sensing, l);
}

static size_t kept_variable(const step_model *model, size_t l)
{
    return model->kept + model->problem->sensing.place[l];
}

/* What is asked of information: at least 1, or at least theta times `unit` where that is raised. */
typedef struct information_need {
    const alloc_information *information;
    size_t lit; /* first variable of its functionals */
    bool raised;
    double unit; /* of theta: what the point has, theta = 1 */
} information_need;

static bool raises_goal(const step_model *model)
{
    return model->problem->goal && model->surrogate->raises;
}

static void name_information(const step_model *model, size_t end)
{
    const alloc_problem *problem = model->problem;

    for (size_t l = 0; model->map && problem->coherent && l < problem->L; l++) {
        if (is_served(model, l)) {
            program_name_variables(model->map, kept_variable(model, l), 1,
                                   step_power_label(model, PROGRAM_KEPT_POWER, l));
        }
    }
    program_name_variables(model->map, model->lit, end - model->lit, label_all(PROGRAM_ILLUMINATION));
}

size_t step_information_lay_out(step_model *model, size_t next)
{
    const alloc_problem *problem = model->problem;

    if (!problem_informs(problem)) {
        return next;
    }
    model->kept = next;
    next += problem->coherent ? problem->sensing.serving : 0;
    model->lit = next;
    next += problem->coupled ? problem->coupled->information.functionals : 0;
    next += raises_goal(model) ? problem->goal->functionals : 0;
    name_information(model, next);
    return next;
}

static information_need held_need(const step_model *model)
{
    return (information_need){.information = &model->problem->coupled->information, .lit = model->lit, .unit = 1.0};
}

static information_need raised_need(const step_model *model)
{
    size_t before = model->problem->coupled ? model->problem->coupled->information.functionals : 0;
    double value = model->values->objective;

    return (information_need){.information = model->problem->goal,
                              .lit = model->lit + before,
                              .raised = true,
                              .unit = value > 0.0 ? value : 1.0};
}

/* row -= factor times the need. */
static void put_needed(const step_model *model, const information_need *need, size_t row, double factor)
{
    if (need->raised) {
        socp_put(model->builder, row, model->root, -factor * need->unit);
    } else {
        socp_constant(model->builder, row, -factor);
    }
}

/* row += factor (on_x n_l + on_s s_l), the bracket understated, in units of the problem. */
static void put_pair(const step_model *model, size_t row, size_t l, double factor, double on_x, double on_s)
{
    double scale = factor * model->unit[l];
    bool coherent = model->problem->coherent, alike = !step_loads_apart(model);

    socp_put(model->builder, row, model->q + l, scale * on_s);
    if (!is_served(model, l)) {
        return;
    }
    if (!coherent) {
        step_put_communication_power(model, row, l, scale * (on_x - on_s));
    } else if (alike) {
        step_put_communication_power(model, row, l, scale * fmin(on_x - on_s, 0.0));
        socp_put(model->builder, row, kept_variable(model, l), scale * fmax(on_x - on_s, 0.0));
    } else {
        step_put_communication_power(model, row, l, -scale * on_s);
        socp_put(model->builder, row, kept_variable(model, l), scale * on_x);
    }
}

/* kept_l <= 2 w0'w - norm(w0)^2 */
static void add_kept_rows(const step_model *model)
{
    for (size_t l = 0; model->problem->coherent && l < model->problem->L; l++) {
        if (is_served(model, l)) {
            size_t row = step_add_row(model, label_ap(PROGRAM_KEPT, l));

            socp_put(model->builder, row, kept_variable(model, l), -1.0);
            step_put_squared_norm(model, row, l, 1.0);
        }
    }
}

/* What is held counts where more than next to no power is needed. Rows of what is raised are divided by what the point
 * has, the others by what a unit of power has at most. */
static void add_own_rows(const step_model *model, const information_need *need, const information_own *own)
{
    for (size_t l = 0; l < model->problem->L; l++) {
        double scale = 1.0 / (need->raised ? need->unit : fmax(own->x[l], own->s[l]) * model->unit[l]);

        if (need->raised || scale > NEGLIGIBLE_POWER) {
            size_t row = step_add_row(model, label_ap(PROGRAM_INFORMATION, l));

            put_needed(model, need, row, scale);
            put_pair(model, row, l, scale, own->x[l], own->s[l]);
        }
    }
}

/* What the functional is at the point of expansion: what its variable is measured in. */
static double lit_at(const step_model *model, const information_need *need, size_t q)
{
    return information_lit(need->information, q, model->at->x, model->at->s);
}

static void add_functional_rows(const step_model *model, const information_need *need)
{
    const alloc_information *information = need->information;

    for (size_t q = 0; q < information->functionals; q++) {
        size_t row = step_add_row(model, label_all(PROGRAM_ILLUMINATES));
        double lit = lit_at(model, need, q);

        socp_put(model->builder, row, need->lit + q, -1.0);
        for (size_t l = 0; l < model->problem->L; l++) {
            double weight = information->weight[l + information->L * q] / lit;

            put_pair(model, row, l, weight, 1.0, information->beam);
        }
    }
}

/* a_p f + b_p n_p >= 1 */
static void add_shared_rows(const step_model *model, const information_need *need)
{
    const alloc_information *information = need->information;

    for (size_t p = 0; information->functionals > 0 && p < model->problem->L; p++) {
        size_t q = information_functional(information, p), row;
        double on_lit = information->a[p] * lit_at(model, need, q), scale;

        if (!need->raised && 1.0 / fmax(information->a[p], information->b[p]) <= NEGLIGIBLE_POWER) {
            continue;
        }
        row = step_add_row(model, label_ap(PROGRAM_SHARED_INFORMATION, p));
        scale = 1.0 / fmax(fmax(on_lit, information->b[p] * model->unit[p]), need->unit);
        put_needed(model, need, row, scale);
        socp_put(model->builder, row, need->lit + q, scale * on_lit);
        put_pair(model, row, p, scale, information->b[p], 0.0);
    }
}

static void add_rows_of(const step_model *model, const information_need *need)
{
    for (size_t i = 0; i < need->information->owns; i++) {
        add_own_rows(model, need, &need->information->own[i]);
    }
    add_functional_rows(model, need);
    add_shared_rows(model, need);
}

void step_information_add_rows(const step_model *model)
{
    if (problem_informs(model->problem)) {
        add_kept_rows(model);
    }
    if (model->problem->coupled) {
        information_need held = held_need(model);

        add_rows_of(model, &held);
    }
    if (raises_goal(model)) {
        information_need raised = raised_need(model);

        add_rows_of(model, &raised);
    }
}

/* ---------------------------------------------------------------------------- position ---- */

/* (on_x n_l + on_s s_l) times a matrix of the frame, in the cone's rows. */
static void put_matrix_of(const step_model *model, size_t row, size_t l, const double part[3], double on_x, double on_s)
{
    put_pair(model, row, l, part[0] + part[2], on_x, on_s);
    put_pair(model, row + 1, l, part[0] - part[2], on_x, on_s);
    put_pair(model, row + 2, l, 2.0 * part[1], on_x, on_s);
}

static void add_cone_of(const step_model *model, const information_need *need)
{
    const alloc_information *information = need->information;
    information_frame frame;
    double A[3];
    size_t row;

    if (!information->position) {
        return;
    }
    information_matrix(information, model->at->x, model->at->s, A);
    A[0] -= need->unit * information->ease[0];
    A[2] -= need->unit * information->ease[1];
    frame = information_axes(information, A, STEP_LEAST_AXIS);
    row = step_add_cone(model, 4, label_all(PROGRAM_POSITION));
    for (size_t l = 0; l < model->problem->L; l++) {
        double part[3];

        information_in_frame(&frame, information->along + 3 * l, part);
        put_matrix_of(model, row, l, part, information->position_x[l], information->position_s[l]);
        if (information->light) {
            information_in_frame(&frame, information->light + 3 * l, part);
            put_matrix_of(model, row, l, part, 1.0, information->beam);
        }
    }
    put_needed(model, need, row, frame.W[0] + frame.W[2]);
    put_needed(model, need, row + 1, frame.W[0] - frame.W[2]);
    put_needed(model, need, row + 2, 2.0 * frame.W[1]);
    put_needed(model, need, row + 3, -2.0 * frame.root);
}

void step_information_add_cones(const step_model *model)
{
    if (model->problem->coupled) {
        information_need held = held_need(model);

        add_cone_of(model, &held);
    }
    if (raises_goal(model)) {
        information_need raised = raised_need(model);

        add_cone_of(model, &raised);
    }
}

/* ---------------------------------------------------------------------------- solutions ---- */

/* The variable x_l, or the sum of what takes its place. */
static double communication_power_in(const step_model *model, const double *solution, size_t l)
{
    double sum = 0.0;

    if (!model->problem->load_by_stream) {
        return fmax(solution[step_model_x(model, l)], 0.0) * model->unit[l];
    }
    for (size_t a = 0; a < model->A; a++) {
        sum += step_serves(model, a, l) ? fmax(solution[model->p + step_w(model, a, l)], 0.0) : 0.0;
    }
    return sum * model->unit[l];
}

double step_information_wanted(const step_model *model, const double *solution, size_t l)
{
    return model->problem->coherent || !is_served(model, l) ? -1.0 : communication_power_in(model, solution, l);
}

double step_information_beam(const step_model *model, const double *solution, size_t l, double x)
{
    double q = solution[model->q + l] * model->unit[l];
    bool apart = model->problem->coherent && step_loads_apart(model) && is_served(model, l);

    return fmax(q - (apart ? communication_power_in(model, solution, l) : x), 0.0);
}
