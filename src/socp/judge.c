/* How good a point is in the user's units. */
#include "socp/problem.h"
#include "socp/workspace.h"

#include <math.h>

void point_unscale(socp_workspace *w, const point *from, double by)
{
    const socp_scaling *scaling = &w->scaling;

    for (size_t i = 0; i < w->n; i++) {
        w->user.x[i] = from->x[i] * scaling->column[i] / by;
    }
    for (size_t i = 0; i < w->p + w->m; i++) {
        w->user.y[i] = from->y[i] * scaling->row[i] / by;
    }
    for (size_t i = 0; i < w->m; i++) {
        w->user.s[i] = from->s[i] * scaling->per_row[w->p + i] / by;
    }
}

double form_residuals(socp_workspace *w)
{
    const point *at = w->now;
    double value = at->kappa, tau = at->tau;

    sparse_multiply_transposed(&w->matrix, 1, (const double *const[]){at->y}, &w->rx);
    sparse_multiply(&w->matrix, 1, (const double *const[]){at->x}, &w->ryz);
    for (size_t i = 0; i < w->n; i++) {
        w->rx[i] = -w->rx[i] - w->c[i] * tau;
    }
    for (size_t i = 0; i < w->p; i++) {
        w->ryz[i] -= w->rhs[i] * tau;
    }
    for (size_t i = w->p; i < w->p + w->m; i++) {
        w->ryz[i] += at->s[i - w->p] - w->rhs[i] * tau;
    }
    w->cx = vector_dot(w->n, w->c, at->x);
    w->by = vector_dot(w->p + w->m, w->rhs, at->y);
    return value + w->cx + w->by;
}

static double largest_product(size_t count, const double *a, const double *b)
{
    double most[4] = {0.0}, nothing = 0.0;
    size_t i = 0;

    for (; i + 4 <= count; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            double value = fabs(a[i + j] * b[i + j]);

            most[j] = value > most[j] ? value : most[j];
            nothing += value - value; /* NaN when some value is not finite */
        }
    }
    for (; i < count; i++) {
        double value = fabs(a[i] * b[i]);

        most[0] = value > most[0] ? value : most[0];
        nothing += value - value;
    }
    return nothing + fmax(fmax(most[0], most[1]), fmax(most[2], most[3]));
}

static void finish(quality *q)
{
    q->gap = fabs(q->primal_objective - q->dual_objective) / (1.0 + fabs(q->primal_objective));
    q->merit = fmax(q->primal, fmax(q->dual, q->gap));
    q->merit = isfinite(q->primal) && isfinite(q->dual) && isfinite(q->gap) ? q->merit : INFINITY;
}

/* The largest entry of scale (residual + tau data), scaled residuals without their constant part. */
static double largest_homogeneous(size_t count, const double *residual, const double *data, double tau,
                                  const double *scale)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++) {
        double value = fabs((residual[i] + tau * data[i]) * scale[i]);

        most = value > most || isnan(value) ? value : most;
    }
    return most;
}

quality point_estimate(const socp_workspace *w)
{
    const socp_scaling *scaling = &w->scaling;
    double tau = w->now->tau;
    quality q = {.primal_certificate = INFINITY, .dual_certificate = INFINITY};

    q.primal = largest_product(w->p + w->m, w->ryz, scaling->per_row) / tau / (1.0 + w->norm_b);
    q.dual = largest_product(w->n, w->rx, scaling->per_column) / tau / (1.0 + w->norm_c);
    q.primal_objective = w->cx / tau;
    q.dual_objective = -w->by / tau;
    if (tau < w->now->kappa && w->by < 0.0) {
        q.primal_certificate = largest_homogeneous(w->n, w->rx, w->c, tau, scaling->per_column) / -w->by;
    }
    if (tau < w->now->kappa && w->cx < 0.0) {
        q.dual_certificate = largest_homogeneous(w->p + w->m, w->ryz, w->rhs, tau, scaling->per_row) / -w->cx;
    }
    finish(&q);
    return q;
}

/* A'y + G'z + weight c; its largest entry. */
static double dual_residual(socp_workspace *w, const socp_problem *problem, double weight)
{
    for (size_t i = 0; i < problem->n; i++) {
        w->rx[i] = weight * problem->c[i];
    }
    matrix_multiply_transposed(&problem->A, 1.0, w->user.y, w->rx);
    matrix_multiply_transposed(&problem->G, 1.0, w->user.z, w->rx);
    return vector_norm_inf(problem->n, w->rx);
}

/* The largest entry of (A x - weight b, G x + s - weight h). */
static double primal_residual(socp_workspace *w, const socp_problem *problem, double weight)
{
    double *ra = w->ryz, *rg = w->ryz + problem->p;

    for (size_t i = 0; i < problem->p; i++) {
        ra[i] = -weight * problem->b[i];
    }
    for (size_t i = 0; i < problem->m; i++) {
        rg[i] = w->user.s[i] - weight * problem->h[i];
    }
    matrix_multiply(&problem->A, 1.0, w->user.x, ra);
    matrix_multiply(&problem->G, 1.0, w->user.x, rg);
    return vector_norm_inf(problem->p + problem->m, w->ryz);
}

quality point_judge(socp_workspace *w, const socp_problem *problem, const point *at)
{
    double value, by;
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
    q.primal = primal_residual(w, problem, 1.0) / (1.0 + w->norm_b);
    q.dual = dual_residual(w, problem, 1.0) / (1.0 + w->norm_c);
    finish(&q);
    return q;
}
