/* How good a point is in the user's units: nothing the iteration believes of itself is used. */
#include "socp/problem.h"
#include "socp/workspace.h"

#include <math.h>

void point_copy(const socp_problem *problem, const point *from, point *to)
{
    vector_copy(problem->n, from->x, to->x);
    vector_copy(problem->p, from->y, to->y);
    vector_copy(problem->m, from->z, to->z);
    vector_copy(problem->m, from->s, to->s);
    to->tau = from->tau;
    to->kappa = from->kappa;
}

void point_unscale(socp_workspace *w, const point *from, double by)
{
    const socp_scaling *scaling = &w->scaling;

    for (size_t i = 0; i < w->pattern.n; i++) {
        w->user.x[i] = from->x[i] * scaling->column[i] / by;
    }
    for (size_t i = 0; i < w->pattern.p; i++) {
        w->user.y[i] = from->y[i] * scaling->row_a[i] / by;
    }
    for (size_t i = 0; i < w->pattern.m; i++) {
        w->user.z[i] = from->z[i] * scaling->row_g[i] / by;
        w->user.s[i] = from->s[i] / scaling->row_g[i] / by;
    }
}

/* residual = A'y + G'z + weight c; its largest entry. */
static double dual_residual(socp_workspace *w, const socp_problem *problem, double weight)
{
    for (size_t i = 0; i < problem->n; i++) {
        w->residual[i] = weight * problem->c[i];
    }
    matrix_multiply_transposed(&problem->A, 1.0, w->user.y, w->residual);
    matrix_multiply_transposed(&problem->G, 1.0, w->user.z, w->residual);
    return vector_norm_inf(problem->n, w->residual);
}

/* The largest entry of (A x - weight b, G x + s - weight h). */
static double primal_residual(socp_workspace *w, const socp_problem *problem, double weight)
{
    double *ra = w->residual, *rg = w->residual + problem->p;

    for (size_t i = 0; i < problem->p; i++) {
        ra[i] = -weight * problem->b[i];
    }
    for (size_t i = 0; i < problem->m; i++) {
        rg[i] = w->user.s[i] - weight * problem->h[i];
    }
    matrix_multiply(&problem->A, 1.0, w->user.x, ra);
    matrix_multiply(&problem->G, 1.0, w->user.x, rg);
    return vector_norm_inf(problem->p + problem->m, w->residual);
}

quality point_judge(socp_workspace *w, const socp_problem *problem, const point *at)
{
    double value, by, norm_b = fmax(vector_norm_inf(problem->p, problem->b), vector_norm_inf(problem->m, problem->h));
    double norm_c = vector_norm_inf(problem->n, problem->c);
    quality q = {.primal_certificate = INFINITY, .dual_certificate = INFINITY};

    point_unscale(w, at, 1.0);
    by = -vector_dot(problem->p, problem->b, w->user.y) - vector_dot(problem->m, problem->h, w->user.z);
    if (by > 0.0) {
        q.primal_certificate = dual_residual(w, problem, 0.0) / by;
    }
    value = -vector_dot(problem->n, problem->c, w->user.x);
    if (value > 0.0) {
        q.dual_certificate = primal_residual(w, problem, 0.0) / value;
    }
    q.primal_objective = -value / at->tau;
    q.dual_objective = by / at->tau;
    point_unscale(w, at, at->tau);
    q.primal = primal_residual(w, problem, 1.0) / (1.0 + norm_b);
    q.dual = dual_residual(w, problem, 1.0) / (1.0 + norm_c);
    q.gap = fabs(q.primal_objective - q.dual_objective) / (1.0 + fabs(q.primal_objective));
    q.merit = fmax(q.primal, fmax(q.dual, q.gap));
    q.merit = isfinite(q.primal) && isfinite(q.dual) && isfinite(q.gap) ? q.merit : INFINITY;
    return q;
}
