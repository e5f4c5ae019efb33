/* The paper's approximation of the sensing constraint as cones of a step's problem. docs/model.md (M15). */
#include "alloc/step_crlb.h"

#include <math.h>

/* Constants of tau, tau-tilde, tau-hat of AP l at the point (M15): with delta = (M - N) / 2
 *   tau' = x + N y,  tau~' = a1 x + a2 y,  A p + B p^2 <= 2 v - 1,  v^2 <= p r
 * where p, r, v are tau', tau~' and theta relative to the point. */
typedef struct crlb_terms {
    double p_x, p_y, r_x, r_y; /* p = p_x x + p_y y, r = r_x x + r_y y */
    double linear, square;     /* A, B */
} crlb_terms;

static crlb_terms crlb_terms_at(const alloc_problem *problem, const alloc_point *at, size_t l)
{
    double N = (double)problem->link->system->N, M = (double)problem->link->system->M, x = at->x[l], y = at->s[l];
    double S_N = N * (N * N - 1.0) / 12.0, S_M = M * (M * M - 1.0) / 12.0, delta = 0.5 * (M - N);
    double a1 = M * S_N + N * S_M + M * N * delta * delta, a2 = N * N * S_M + M * N * N * delta * delta;
    double tau, tilde, g = problem->sensing.d1[l] / (M * S_N + N * S_M); /* of this AP over the information needed */

    tau = x + N * y;
    tilde = a1 * x + a2 * y;
    return (crlb_terms){.p_x = 1.0 / tau,
                        .p_y = N / tau,
                        .r_x = a1 / tilde,
                        .r_y = a2 / tilde,
                        .linear = 1.0 / (g * tilde),
                        .square = M * N * delta * delta * tau / tilde};
}

double step_crlb_most_power(const alloc_problem *problem, const alloc_point *at, size_t l)
{
    crlb_terms c = crlb_terms_at(problem, at, l);
    double ratio = fmax(c.r_x / c.p_x, c.r_y / c.p_y);

    return c.square > 0.0 ? 2.0 * sqrt(ratio) / (c.square * fmin(c.p_x, c.p_y)) : INFINITY;
}

/* row += c_x x_l + c_y (q_l - x_l) */
static void put_powers(const step_model *model, size_t row, size_t l, double c_x, double c_y)
{
    double unit = model->unit[l];

    socp_put(model->builder, row, step_model_x(model, l), (c_x - c_y) * unit);
    socp_put(model->builder, row, model->q + l, c_y * unit);
}

void step_crlb_add_cones(const step_model *model)
{
    socp_builder *builder = model->builder;

    for (size_t l = 0; model->constraint == CFI_CRLB_SCA && l < model->problem->L; l++) {
        crlb_terms c;
        double root;
        size_t row, theta = model->theta + model->problem->sensing.rank[l];

        if (model->problem->sensing.rank[l] == SIZE_MAX) {
            continue;
        }
        c = crlb_terms_at(model->problem, model->at, l);
        root = sqrt(c.square);
        row = step_add_cone(model, 3, label_ap(PROGRAM_SENSING_LINEAR, l)); /* (root p)^2 <= 2 v - 1 - A p */
        for (size_t i = 0; i < 2; i++) {
            socp_constant(builder, row + i, i == 0 ? 0.0 : -2.0);
            socp_put(builder, row + i, theta, 2.0);
            put_powers(model, row + i, l, -c.linear * c.p_x, -c.linear * c.p_y);
        }
        put_powers(model, row + 2, l, 2.0 * root * c.p_x, 2.0 * root * c.p_y);
        row = step_add_cone(model, 3, label_ap(PROGRAM_SENSING_ROOT, l)); /* v^2 <= p r */
        put_powers(model, row, l, c.p_x + c.r_x, c.p_y + c.r_y);
        put_powers(model, row + 1, l, c.p_x - c.r_x, c.p_y - c.r_y);
        socp_put(builder, row + 2, theta, 2.0);
    }
}
