/* Primal-dual interior point on the homogeneous self-dual embedding, Nesterov-Todd scaling, Mehrotra's corrector.
 * docs/solver.md. All iterations run on the equilibrated problem; what is judged and returned is in the user's units.
 */
#include "socp/problem.h"
#include "socp/workspace.h"

#include <math.h>
#include <string.h>

const char *socp_status_name(socp_status status)
{
    static const char *const names[] = {"optimal",         "inaccurate",      "primal_infeasible",
                                        "dual_infeasible", "iteration_limit", "failed"};

    return names[status];
}

socp_settings socp_default_settings(void)
{
    return (socp_settings){.max_iterations = 100,
                           .tolerance = 1e-9,
                           .accepted_tolerance = 1e-8,
                           .reduced_tolerance = 1e-5,
                           .max_refinements = 5};
}

/* ------------------------------------------------------------------------ the iteration ---- */

/* x, s from the least-norm primal system, y, z from the dual one, shifted into the cone. */
static bool start_point(socp_workspace *w)
{
    const socp_problem *problem = &w->scaled;
    size_t n = problem->n, p = problem->p, m = problem->m;
    double shift;

    cone_identity(&w->cone);
    if (!kkt_factor(&w->kkt, &w->cone)) {
        return false;
    }
    memset(w->rhs, 0, n * sizeof(double));
    vector_copy(p, problem->b, w->rhs + n);
    vector_copy(m, problem->h, w->rhs + n + p);
    kkt_solve(&w->kkt, w->rhs, w->step);
    vector_copy(n, w->step, w->now.x);
    for (size_t i = 0; i < m; i++) {
        w->now.s[i] = -w->step[n + p + i];
    }
    for (size_t i = 0; i < n; i++) {
        w->rhs[i] = -problem->c[i];
    }
    memset(w->rhs + n, 0, (p + m) * sizeof(double));
    kkt_solve(&w->kkt, w->rhs, w->step);
    vector_copy(p, w->step + n, w->now.y);
    vector_copy(m, w->step + n + p, w->now.z);
    shift = cone_distance(&w->cone, w->now.s);
    if (m > 0 && !(shift < 0.0)) {
        cone_add_identity(&w->cone, 1.0 + shift, w->now.s);
    }
    shift = cone_distance(&w->cone, w->now.z);
    if (m > 0 && !(shift < 0.0)) {
        cone_add_identity(&w->cone, 1.0 + shift, w->now.z);
    }
    w->now.tau = w->now.kappa = 1.0;
    return true;
}

/* rx = -A'y - G'z - c tau, ry = A x - b tau, rz = s + G x - h tau; returns rt = kappa + c'x + b'y + h'z. */
static double form_residuals(socp_workspace *w)
{
    const socp_problem *problem = &w->scaled;
    const point *at = &w->now;

    for (size_t i = 0; i < problem->n; i++) {
        w->rx[i] = -problem->c[i] * at->tau;
    }
    matrix_multiply_transposed(&problem->A, -1.0, at->y, w->rx);
    matrix_multiply_transposed(&problem->G, -1.0, at->z, w->rx);
    for (size_t i = 0; i < problem->p; i++) {
        w->ry[i] = -problem->b[i] * at->tau;
    }
    matrix_multiply(&problem->A, 1.0, at->x, w->ry);
    for (size_t i = 0; i < problem->m; i++) {
        w->rz[i] = at->s[i] - problem->h[i] * at->tau;
    }
    matrix_multiply(&problem->G, 1.0, at->x, w->rz);
    return at->kappa + vector_dot(problem->n, problem->c, at->x) + vector_dot(problem->p, problem->b, at->y) +
           vector_dot(problem->m, problem->h, at->z);
}

/* c'x + b'y + h'z of a stacked vector. */
static double stacked_value(const socp_workspace *w, const double *v)
{
    const socp_problem *problem = &w->scaled;

    return vector_dot(problem->n, problem->c, v) + vector_dot(problem->p, problem->b, v + problem->n) +
           vector_dot(problem->m, problem->h, v + problem->n + problem->p);
}

/* A direction: step (x, y, z stacked), ds and wdz scaled (W^-1 ds, W dz), dtau, dkappa. */
typedef struct direction {
    double dtau, dkappa;
} direction;

/* Newton direction for residuals weighted by `weight` and the complementarity right-hand side given as lambda \ d in
 * `product` (scaled) and `kappa_rhs`. */
static direction solve_direction(socp_workspace *w, double weight, double rt, double kappa_rhs)
{
    size_t n = w->scaled.n, p = w->scaled.p, m = w->scaled.m;
    const point *at = &w->now;
    direction d;

    for (size_t i = 0; i < n; i++) {
        w->rhs[i] = weight * w->rx[i];
    }
    for (size_t i = 0; i < p; i++) {
        w->rhs[n + i] = -weight * w->ry[i];
    }
    cone_scale(&w->cone, w->product, w->spare);
    for (size_t i = 0; i < m; i++) {
        w->rhs[n + p + i] = w->spare[i] - weight * w->rz[i];
    }
    kkt_solve(&w->kkt, w->rhs, w->step);
    d.dtau = (weight * rt - kappa_rhs / at->tau + stacked_value(w, w->step)) /
             (at->kappa / at->tau - stacked_value(w, w->fixed));
    for (size_t i = 0; i < n + p + m; i++) {
        w->step[i] += d.dtau * w->fixed[i];
    }
    cone_scale(&w->cone, w->step + n + p, w->wdz);
    for (size_t i = 0; i < m; i++) {
        w->ds[i] = -w->product[i] - w->wdz[i];
    }
    d.dkappa = -(kappa_rhs + at->kappa * d.dtau) / at->tau;
    return d;
}

static double longest_step(const socp_workspace *w, direction d)
{
    double alpha = fmin(cone_step(&w->cone, w->ds), cone_step(&w->cone, w->wdz));

    alpha = d.dtau < 0.0 ? fmin(alpha, -w->now.tau / d.dtau) : alpha;
    return d.dkappa < 0.0 ? fmin(alpha, -w->now.kappa / d.dkappa) : alpha;
}

/* Mehrotra: the affine step tells how far to centre and what the second-order term is. */
static direction combined_direction(socp_workspace *w, double rt, double mu)
{
    size_t m = w->scaled.m;
    double affine, sigma, kappa_tau = w->now.kappa * w->now.tau;
    direction d;

    vector_copy(m, w->cone.lambda, w->product);
    d = solve_direction(w, 1.0, rt, kappa_tau);
    affine = fmin(longest_step(w, d), 1.0);
    sigma = fmin(fmax((1.0 - affine) * (1.0 - affine) * (1.0 - affine), 1e-6), 1.0);
    cone_product(&w->cone, w->ds, w->wdz, w->spare);
    cone_product(&w->cone, w->cone.lambda, w->cone.lambda, w->product);
    for (size_t i = 0; i < m; i++) {
        w->product[i] += w->spare[i];
    }
    cone_add_identity(&w->cone, -sigma * mu, w->product);
    cone_divide(&w->cone, w->product, w->product);
    return solve_direction(w, 1.0 - sigma, rt, kappa_tau + d.dkappa * d.dtau - sigma * mu);
}

static void take_step(socp_workspace *w, direction d, double alpha)
{
    size_t n = w->scaled.n, p = w->scaled.p, m = w->scaled.m;
    point *at = &w->now;

    cone_scale(&w->cone, w->ds, w->spare);
    for (size_t i = 0; i < n; i++) {
        at->x[i] += alpha * w->step[i];
    }
    for (size_t i = 0; i < p; i++) {
        at->y[i] += alpha * w->step[n + i];
    }
    for (size_t i = 0; i < m; i++) {
        at->z[i] += alpha * w->step[n + p + i];
        at->s[i] += alpha * w->spare[i];
    }
    at->tau += alpha * d.dtau;
    at->kappa += alpha * d.dkappa;
}

/* One iteration; false on a breakdown (the point is then not to be used). */
static bool iterate(socp_workspace *w)
{
    size_t n = w->scaled.n, p = w->scaled.p, m = w->scaled.m;
    double rt, mu, alpha;
    direction d;

    if (!cone_update(&w->cone, w->now.s, w->now.z) || !kkt_factor(&w->kkt, &w->cone)) {
        return false;
    }
    rt = form_residuals(w);
    mu = (vector_dot(m, w->cone.lambda, w->cone.lambda) + w->now.kappa * w->now.tau) / (cone_degree(&w->cone) + 1.0);
    for (size_t i = 0; i < n; i++) {
        w->rhs[i] = -w->scaled.c[i];
    }
    vector_copy(p, w->scaled.b, w->rhs + n);
    vector_copy(m, w->scaled.h, w->rhs + n + p);
    kkt_solve(&w->kkt, w->rhs, w->fixed);
    d = combined_direction(w, rt, mu);
    alpha = fmin(0.99 * longest_step(w, d), 1.0);
    if (!(alpha > 1e-8) || !isfinite(d.dtau) || !isfinite(d.dkappa)) {
        return false;
    }
    take_step(w, d, alpha);
    return isfinite(w->now.tau) && w->now.tau > 0.0 && w->now.kappa > 0.0;
}

/* --------------------------------------------------------------------------- the solve ---- */

static socp_status certificate(const socp_workspace *w, const quality *q, const point *at)
{
    double tolerance = w->settings.accepted_tolerance;

    if (at->tau < at->kappa) {
        if (q->primal_certificate <= tolerance) {
            return SOCP_PRIMAL_INFEASIBLE;
        }
        if (q->dual_certificate <= tolerance) {
            return SOCP_DUAL_INFEASIBLE;
        }
    }
    return SOCP_FAILED;
}

/* Iterates from the start point until nothing gets better; a point better than *best goes to w->best. */
static socp_status run(socp_workspace *w, const socp_problem *problem, quality *best, size_t *iterations)
{
    double least = INFINITY; /* merit of this attempt's best point */
    size_t worse = 0;

    *iterations = 0;
    if (!start_point(w)) {
        return SOCP_FAILED;
    }
    for (;; ++*iterations) {
        quality q = point_judge(w, problem, &w->now);
        socp_status status = certificate(w, &q, &w->now);

        if (status != SOCP_FAILED) {
            *best = q;
            point_copy(problem, &w->now, &w->best);
            return status;
        }
        if (q.merit < best->merit) {
            *best = q;
            point_copy(problem, &w->now, &w->best);
        }
        worse = q.merit < least || !(least < w->settings.reduced_tolerance) ? 0 : worse + 1;
        least = fmin(least, q.merit);
        if (best->merit <= w->settings.tolerance || worse >= 4) {
            break;
        }
        if (*iterations == w->settings.max_iterations) {
            return SOCP_ITERATION_LIMIT;
        }
        if (!iterate(w)) {
            break;
        }
    }
    return SOCP_FAILED;
}

static socp_status classify(const socp_workspace *w, const quality *best, socp_status how)
{
    if (how == SOCP_PRIMAL_INFEASIBLE || how == SOCP_DUAL_INFEASIBLE) {
        return how;
    }
    if (best->merit <= w->settings.accepted_tolerance) {
        return SOCP_OPTIMAL;
    }
    return best->merit <= w->settings.reduced_tolerance ? SOCP_INACCURATE : how;
}

/* The user's point of a certificate: b'y + h'z = -1, or c'x = -1. */
static void unscale_certificate(socp_workspace *w, const socp_problem *problem, socp_status status)
{
    double by;

    point_unscale(w, &w->best, 1.0);
    by = status == SOCP_PRIMAL_INFEASIBLE
             ? -vector_dot(problem->p, problem->b, w->user.y) - vector_dot(problem->m, problem->h, w->user.z)
             : -vector_dot(problem->n, problem->c, w->user.x);
    point_unscale(w, &w->best, by);
}

static void fill_solution(socp_workspace *w, const socp_problem *problem, socp_status status, const quality *q,
                          socp_solution *solution)
{
    solution->status = status;
    solution->x = w->user.x;
    solution->y = w->user.y;
    solution->z = w->user.z;
    solution->s = w->user.s;
    solution->primal_objective = q->primal_objective;
    solution->dual_objective = q->dual_objective;
    solution->primal_residual = q->primal;
    solution->dual_residual = q->dual;
    solution->gap = q->gap;
    if (status == SOCP_PRIMAL_INFEASIBLE || status == SOCP_DUAL_INFEASIBLE) {
        unscale_certificate(w, problem, status);
    } else if (isfinite(q->merit)) {
        point_unscale(w, &w->best, w->best.tau);
    }
}

cfi_status socp_solve(socp_workspace *w, const socp_problem *problem, socp_solution *solution, cfi_error *error)
{
    static const double regularisation[] = {1e-8, 1e-6};
    double start = workspace_seconds();
    socp_status status = SOCP_FAILED;
    quality best = {.merit = INFINITY};

    if (problem_check(problem, error) != CFI_OK) {
        return CFI_INVALID;
    }
    if (!problem_same_pattern(&w->pattern, problem)) {
        return error_set(error, CFI_INVALID, "cone problem: its pattern is not the one the workspace was made for");
    }
    *solution = (socp_solution){.setup_seconds = w->setup_seconds};
    equilibrate(problem, &w->scaling, &w->scaled);
    kkt_set_data(&w->kkt, &w->scaled);
    for (size_t attempt = 0; attempt < 2; attempt++) { /* one retry with other regularisation */
        size_t iterations;

        w->kkt.delta = regularisation[attempt];
        status = classify(w, &best, run(w, problem, &best, &iterations));
        solution->iterations += iterations;
        solution->retried = attempt > 0;
        if (status != SOCP_FAILED && status != SOCP_INACCURATE) {
            break;
        }
    }
    fill_solution(w, problem, status, &best, solution);
    solution->solve_seconds = workspace_seconds() - start;
    return CFI_OK;
}
