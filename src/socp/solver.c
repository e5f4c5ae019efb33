/* Primal-dual interior point on the homogeneous self-dual embedding, Nesterov-Todd scaling, Mehrotra's corrector.
 * docs/solver.md. All iterations run on the equilibrated problem; what is judged and returned is in the user's units.
 */
#include "socp/equilibrate.h"
#include "socp/kkt.h"
#include "socp/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One point of the embedding. */
typedef struct point {
    double *x, *y, *z, *s; /* n, p, m, m */
    double tau, kappa;
} point;

/* Quality of a point in the user's units. */
typedef struct quality {
    double primal_objective, dual_objective, primal, dual, gap;
    double merit;                                /* the largest of the three residuals */
    double primal_certificate, dual_certificate; /* residuals of the infeasibility certificates; infinite: none */
} quality;

struct socp_workspace {
    socp_settings settings;
    socp_problem pattern; /* own copy of sizes and index arrays */
    socp_problem scaled;  /* shares the index arrays; own numbers */
    socp_scaling scaling;
    cone_scaling cone;
    kkt kkt;
    point now, best, user;              /* user: unscaled, what the solution points to */
    double *rx, *ry, *rz;               /* residuals of the embedding */
    double *rhs, *fixed, *step;         /* n + p + m each; fixed: solution for the right-hand side (-c, b, h) */
    double *ds, *wdz, *product, *spare; /* m each */
    double *residual;                   /* n + p + m, user's units */
    double setup_seconds;
    void *memory[4];
};

static double now_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

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

/* ---------------------------------------------------------------------------- set-up ---- */

static double *carve(double **memory, size_t count)
{
    double *part = *memory;

    *memory += count;
    return part;
}

static void carve_point(double **memory, const socp_problem *problem, point *at)
{
    at->x = carve(memory, problem->n);
    at->y = carve(memory, problem->p);
    at->z = carve(memory, problem->m);
    at->s = carve(memory, problem->m);
}

static void carve_all(socp_workspace *w, double *memory, const socp_problem *problem)
{
    size_t n = problem->n, p = problem->p, m = problem->m, all = n + p + m;

    w->scaled.A.value = carve(&memory, matrix_nonzeros(&problem->A));
    w->scaled.G.value = carve(&memory, matrix_nonzeros(&problem->G));
    w->scaled.c = carve(&memory, n);
    w->scaled.b = carve(&memory, p);
    w->scaled.h = carve(&memory, m);
    w->scaling.column = carve(&memory, n);
    w->scaling.row_a = carve(&memory, p);
    w->scaling.row_g = carve(&memory, m);
    w->scaling.work = carve(&memory, all);
    w->cone.weight = carve(&memory, problem->linear + problem->cones);
    w->cone.v = carve(&memory, m);
    w->cone.lambda = carve(&memory, m);
    carve_point(&memory, problem, &w->now);
    carve_point(&memory, problem, &w->best);
    carve_point(&memory, problem, &w->user);
    w->rx = carve(&memory, n);
    w->ry = carve(&memory, p);
    w->rz = carve(&memory, m);
    w->rhs = carve(&memory, all);
    w->fixed = carve(&memory, all);
    w->step = carve(&memory, all);
    w->ds = carve(&memory, m);
    w->wdz = carve(&memory, m);
    w->product = carve(&memory, m);
    w->spare = carve(&memory, m);
    w->residual = carve(&memory, all);
}

static size_t *copy_indices(size_t **memory, const size_t *from, size_t count)
{
    size_t *to = *memory;

    if (count > 0) {
        memcpy(to, from, count * sizeof *to);
    }
    *memory += count;
    return to;
}

static void copy_pattern(socp_matrix *to, const socp_matrix *from, size_t **memory)
{
    *to = (socp_matrix){.rows = from->rows, .cols = from->cols};
    if (from->start) {
        to->start = copy_indices(memory, from->start, from->cols + 1);
        to->row = copy_indices(memory, from->row, matrix_nonzeros(from));
    }
}

static bool allocate(socp_workspace *w, const socp_problem *problem)
{
    size_t nonzeros = matrix_nonzeros(&problem->A) + matrix_nonzeros(&problem->G);
    size_t all = problem->n + problem->p + problem->m;
    double *numbers = calloc(nonzeros + 16 * all + 16 * problem->m + problem->cones + 16, sizeof *numbers);
    size_t *indices = calloc(nonzeros + 2 * (problem->n + 1) + problem->cones + 16, sizeof *indices);

    w->memory[0] = numbers;
    w->memory[1] = indices;
    if (!numbers || !indices) {
        return false;
    }
    w->pattern = *problem;
    copy_pattern(&w->pattern.A, &problem->A, &indices);
    copy_pattern(&w->pattern.G, &problem->G, &indices);
    w->pattern.cone_size = copy_indices(&indices, problem->cone_size, problem->cones);
    w->pattern.c = w->pattern.b = w->pattern.h = NULL;
    w->scaled = w->pattern;
    carve_all(w, numbers, problem);
    w->cone.m = problem->m;
    w->cone.linear = problem->linear;
    w->cone.cones = problem->cones;
    w->cone.size = w->pattern.cone_size;
    return kkt_analyse(&w->kkt, &w->pattern);
}

socp_workspace *socp_create(const socp_problem *problem, const socp_settings *settings, cfi_error *error)
{
    double start = now_seconds();
    socp_workspace *workspace;

    if (problem_check(problem, error) != CFI_OK) {
        return NULL;
    }
    workspace = calloc(1, sizeof *workspace);
    if (!workspace || !allocate(workspace, problem)) {
        socp_destroy(workspace);
        error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem of %zu variables", problem->n);
        return NULL;
    }
    workspace->settings = settings ? *settings : socp_default_settings();
    workspace->kkt.max_refinements = workspace->settings.max_refinements;
    workspace->setup_seconds = now_seconds() - start;
    return workspace;
}

void socp_destroy(socp_workspace *workspace)
{
    if (workspace) {
        kkt_free(&workspace->kkt);
        free(workspace->memory[0]);
        free(workspace->memory[1]);
        free(workspace);
    }
}

/* --------------------------------------------------------------- judging in user's units ---- */

static void copy_point(const socp_problem *problem, const point *from, point *to)
{
    vector_copy(problem->n, from->x, to->x);
    vector_copy(problem->p, from->y, to->y);
    vector_copy(problem->m, from->z, to->z);
    vector_copy(problem->m, from->s, to->s);
    to->tau = from->tau;
    to->kappa = from->kappa;
}

/* user = the point `from`, unscaled and divided by `by`. */
static void unscale(socp_workspace *w, const point *from, double by)
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

/* Leaves the user's point divided by tau. */
static quality judge(socp_workspace *w, const socp_problem *problem, const point *at)
{
    double value, by, norm_b = fmax(vector_norm_inf(problem->p, problem->b), vector_norm_inf(problem->m, problem->h));
    double norm_c = vector_norm_inf(problem->n, problem->c);
    quality q = {.primal_certificate = INFINITY, .dual_certificate = INFINITY};

    unscale(w, at, 1.0);
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
    unscale(w, at, at->tau);
    q.primal = primal_residual(w, problem, 1.0) / (1.0 + norm_b);
    q.dual = dual_residual(w, problem, 1.0) / (1.0 + norm_c);
    q.gap = fabs(q.primal_objective - q.dual_objective) / (1.0 + fabs(q.primal_objective));
    q.merit = fmax(q.primal, fmax(q.dual, q.gap));
    q.merit = isfinite(q.primal) && isfinite(q.dual) && isfinite(q.gap) ? q.merit : INFINITY;
    return q;
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

/* Iterates from the start point; a point better than *best goes to w->best. */
static socp_status run(socp_workspace *w, const socp_problem *problem, quality *best, size_t *iterations)
{
    size_t worse = 0;

    *iterations = 0;
    if (!start_point(w)) {
        return SOCP_FAILED;
    }
    for (;; ++*iterations) {
        quality q = judge(w, problem, &w->now);
        socp_status status = certificate(w, &q, &w->now);

        if (status != SOCP_FAILED) {
            *best = q;
            copy_point(problem, &w->now, &w->best);
            return status;
        }
        if (q.merit < best->merit) {
            *best = q;
            copy_point(problem, &w->now, &w->best);
            worse = 0;
        } else if (isfinite(best->merit) && best->merit < w->settings.reduced_tolerance) {
            worse++;
        }
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

    unscale(w, &w->best, 1.0);
    by = status == SOCP_PRIMAL_INFEASIBLE
             ? -vector_dot(problem->p, problem->b, w->user.y) - vector_dot(problem->m, problem->h, w->user.z)
             : -vector_dot(problem->n, problem->c, w->user.x);
    unscale(w, &w->best, by);
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
        unscale(w, &w->best, w->best.tau);
    }
}

cfi_status socp_solve(socp_workspace *w, const socp_problem *problem, socp_solution *solution, cfi_error *error)
{
    static const double regularisation[] = {1e-8, 1e-6};
    double start = now_seconds();
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
    solution->solve_seconds = now_seconds() - start;
    return CFI_OK;
}
