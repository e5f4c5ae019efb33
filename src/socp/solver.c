/* Primal-dual interior point on the homogeneous self-dual embedding, Nesterov-Todd scaling, Mehrotra's corrector.
 * docs/solver.md. All iterations run on the equilibrated problem; what is judged and returned is in the user's units.
 */
#include "socp/problem.h"
#include "socp/workspace.h"

#include <math.h>
#include <string.h>

static const double START_TARGET = 1e-12, ACCURACY = 1e-12, ENOUGH = 1e-2, ENOUGH_CERTIFICATE = 1e-4, TRUSTED = 1e-4,
                    LOOSE = 1e-2, LEAST_ERROR = 1e-13, MOST_CENTRING = 0.3, WARM_SHIFT = 1e-2, REGULARISATION = 1e-8,
                    RETRY_REGULARISATION = 1e-6;
enum { TRIES = 4 };

const char *socp_status_name(socp_status status)
{
    static const char *const names[] = {"optimal",         "inaccurate", "primal_infeasible", "dual_infeasible",
                                        "iteration_limit", "failed",     "time_limit",        "interrupted"};

    return names[status];
}

/* ------------------------------------------------------------------------ the iteration ---- */

/* x, s from the least-norm primal system, y, z from the dual one, shifted into the cone. */
static bool start_point(socp_workspace *w)
{
    size_t n = w->n, p = w->p, m = w->m;
    point *now = w->now = &w->point[w->best == &w->point[0]];
    double shift;

    cone_identity(&w->cone);
    if (!kkt_factor(&w->kkt)) {
        return false;
    }
    memset(w->target[0], 0, n * sizeof(double));
    vector_copy(p + m, w->rhs, w->target[0] + n);
    for (size_t i = 0; i < n; i++) {
        w->target[1][i] = -w->c[i];
    }
    memset(w->target[1] + n, 0, (p + m) * sizeof(double));
    if (isnan(kkt_solve_two(&w->kkt, (const double *const[]){w->target[0], w->target[1]}, START_TARGET,
                            (double *const[]){w->step, w->fixed}))) {
        return false;
    }
    vector_copy(n, w->step, now->x);
    for (size_t i = 0; i < m; i++) {
        now->s[i] = -w->step[n + p + i];
    }
    vector_copy(p + m, w->fixed + n, now->y);
    shift = cone_distance(&w->cone, now->s);
    if (m > 0 && !(shift < 0.0)) {
        cone_add_identity(&w->cone, 1.0 + shift, now->s);
    }
    shift = cone_distance(&w->cone, now->z);
    if (m > 0 && !(shift < 0.0)) {
        cone_add_identity(&w->cone, 1.0 + shift, now->z);
    }
    now->tau = now->kappa = 1.0;
    return true;
}

/* The last optimal point in the new scaling, moved inside the cone: near its boundary steps would be short. */
static void warm_point(socp_workspace *w)
{
    const socp_scaling *scaling = &w->scaling;
    size_t p = w->p, m = w->m;
    point *now = w->now = &w->point[0];

    for (size_t i = 0; i < w->n; i++) {
        now->x[i] = w->user.x[i] * scaling->per_column[i];
    }
    for (size_t i = 0; i < p + m; i++) {
        now->y[i] = w->user.y[i] * scaling->per_row[i];
    }
    for (size_t i = 0; i < m; i++) {
        now->s[i] = w->user.s[i] * scaling->row[p + i];
    }
    cone_add_identity(&w->cone, WARM_SHIFT * larger_of(1.0, vector_norm_inf(m, now->s)), now->s);
    cone_add_identity(&w->cone, WARM_SHIFT * larger_of(1.0, vector_norm_inf(m, now->z)), now->z);
    now->tau = 1.0;
    now->kappa = vector_dot(m, now->s, now->z) / cone_degree(&w->cone);
}

/* c'x + b'y + h'z of a stacked vector. */
static double stacked_value(const socp_workspace *w, const double *v)
{
    return vector_dot(w->n, w->c, v) + vector_dot(w->p + w->m, w->rhs, v + w->n);
}

/* Right-hand side of a Newton direction for residuals weighted by `weight` and the complementarity right-hand side
 * given as `unscaled`, W (lambda \ d). */
static void direction_target(socp_workspace *w, double weight, const double *unscaled, double *target)
{
    size_t n = w->n, p = w->p, m = w->m;

    for (size_t i = 0; i < n; i++) {
        target[i] = weight * w->rx[i];
    }
    for (size_t i = 0; i < p; i++) {
        target[n + i] = -weight * w->ryz[i];
    }
    for (size_t i = 0; i < m; i++) {
        target[n + p + i] = unscaled[i] - weight * w->ryz[p + i];
    }
}

/* A direction: step (x, y, z stacked), ds and wdz scaled (W^-1 ds, W dz), dtau, dkappa. */
typedef struct direction {
    double dtau, dkappa;
} direction;

/* Completes the solution in `step`. */
static direction complete_direction(socp_workspace *w, double weight, double rt, double kappa_rhs)
{
    const point *at = w->now;
    direction d;

    d.dtau = (weight * rt - kappa_rhs / at->tau + stacked_value(w, w->step)) / (at->kappa / at->tau - w->fixed_value);
    for (size_t i = 0; i < w->n + w->p + 2 * w->m; i++) {
        w->step[i] += d.dtau * w->fixed[i];
    }
    cone_scale(&w->cone, w->step + w->n + w->p, w->wdz);
    cone_unscale(&w->cone, w->step + w->n + w->p + w->m, w->ds);
    for (size_t i = 0; i < w->m; i++) {
        w->ds[i] = -w->product[i] - w->ds[i];
    }
    d.dkappa = -(kappa_rhs + at->kappa * d.dtau) / at->tau;
    return d;
}

static double longest_step(const socp_workspace *w, direction d)
{
    double alpha = cone_step(&w->cone, w->ds, w->wdz);

    alpha = d.dtau < 0.0 ? smaller_of(alpha, -w->now->tau / d.dtau) : alpha;
    return d.dkappa < 0.0 ? smaller_of(alpha, -w->now->kappa / d.dkappa) : alpha;
}

/* The affine step, solved together with the right-hand side (-c, b, h); *error: the largest residual. */
static direction affine_direction(socp_workspace *w, double rt, double *error)
{
    vector_copy(w->m, w->cone.lambda, w->product);
    for (size_t i = 0; i < w->n; i++) {
        w->target[0][i] = -w->c[i];
    }
    vector_copy(w->p + w->m, w->rhs, w->target[0] + w->n);
    direction_target(w, 1.0, w->now->s, w->target[1]); /* W lambda = s */
    *error = kkt_solve_two(&w->kkt, (const double *const[]){w->target[0], w->target[1]}, w->accuracy,
                           (double *const[]){w->fixed, w->step});
    w->fixed_value = stacked_value(w, w->fixed);
    return complete_direction(w, 1.0, rt, w->now->kappa * w->now->tau);
}

/* Factorises and finds the affine step. Where the factor is too poor for refinement to mend, more regularisation is
 * tried; should none be good enough, the best is taken. False, without a direction, when no factor gave one. */
static bool find_affine(socp_workspace *w, double rt, double mu, direction *d)
{
    double least = INFINITY, best = w->delta, enough = fmax(LOOSE * mu, LEAST_ERROR);

    w->kkt.delta = w->delta;
    w->refinements = w->kkt.refinements;
    for (size_t tries = 0; tries < TRIES && !stop_seen(&w->watch); tries++) {
        double error = INFINITY;

        if (kkt_factor(&w->kkt)) {
            *d = affine_direction(w, rt, &error);
        }
        if (error <= enough || (tries == TRIES - 1 && error < INFINITY && error <= least)) {
            return true;
        }
        if (error < least) {
            least = error;
            best = w->kkt.delta;
        }
        w->kkt.delta = tries + 2 < TRIES ? 100.0 * w->kkt.delta : best;
    }
    return false;
}

/* Mehrotra: the affine step tells how far to centre and what the second-order term is. */
static direction combined_direction(socp_workspace *w, direction d, double rt, double mu)
{
    bool mended = w->kkt.refinements > w->refinements; /* else this factor needs no check */
    double affine = smaller_of(longest_step(w, d), 1.0), kappa_rhs;
    double sigma = fmin(fmax((1.0 - affine) * (1.0 - affine), 1e-6), MOST_CENTRING);

    cone_product(&w->cone, w->ds, w->wdz, w->spare);
    cone_product(&w->cone, w->cone.lambda, w->cone.lambda, w->product);
    for (size_t i = 0; i < w->m; i++) {
        w->product[i] += w->spare[i];
    }
    cone_add_identity(&w->cone, -sigma * mu, w->product);
    cone_divide(&w->cone, w->product, w->product);
    cone_scale(&w->cone, w->product, w->spare);
    direction_target(w, 1.0 - sigma, w->spare, w->target[1]);
    kkt_solve(&w->kkt, w->target[1], mended ? w->accuracy : INFINITY, w->step);
    kappa_rhs = w->now->kappa * w->now->tau + d.dkappa * d.dtau - sigma * mu;
    return complete_direction(w, 1.0 - sigma, rt, kappa_rhs);
}

/* ds = -W product - g, W product still in `spare`. The point after the step goes to one of the three that is neither
 * this one nor the best. */
static void take_step(socp_workspace *w, direction d, double alpha)
{
    size_t n = w->n, p = w->p, m = w->m;
    const point *from = w->now;
    point *to = w->point;

    while (to == w->now || to == w->best) {
        to++;
    }
    for (size_t i = 0; i < n; i++) {
        to->x[i] = from->x[i] + alpha * w->step[i];
    }
    for (size_t i = 0; i < p + m; i++) {
        to->y[i] = from->y[i] + alpha * w->step[n + i];
    }
    for (size_t i = 0; i < m; i++) {
        to->s[i] = from->s[i] - alpha * (w->spare[i] + w->step[n + p + m + i]);
    }
    to->tau = from->tau + alpha * d.dtau;
    to->kappa = from->kappa + alpha * d.dkappa;
    w->now = to;
}

/* One iteration from w->now with its residuals formed (rt: of the last row); false on a breakdown. */
static bool iterate(socp_workspace *w, double rt)
{
    double mu, alpha;
    direction d = {.dtau = 0.0};

    if (!cone_update(&w->cone, w->now->s, w->now->z)) {
        return false;
    }
    mu = (vector_dot(w->m, w->cone.lambda, w->cone.lambda) + w->now->kappa * w->now->tau) /
         (cone_degree(&w->cone) + 1.0);
    w->accuracy = mu > TRUSTED && !(w->now->tau < w->now->kappa)
                      ? INFINITY
                      : fmax(ACCURACY, (w->now->tau < w->now->kappa ? ENOUGH_CERTIFICATE : ENOUGH) * mu);
    if (!find_affine(w, rt, mu, &d)) {
        return false;
    }
    d = combined_direction(w, d, rt, mu);
    alpha = smaller_of(0.99 * longest_step(w, d), 1.0);
    if (!(alpha > 1e-8) || !isfinite(d.dtau) || !isfinite(d.dkappa)) {
        return false;
    }
    take_step(w, d, alpha);
    return isfinite(w->now->tau) && w->now->tau > 0.0 && w->now->kappa > 0.0;
}

/* --------------------------------------------------------------------------- the solve ---- */

/* A certificate that holds when recomputed from the raw problem. */
static socp_status certificate(socp_workspace *w, const socp_problem *problem, quality *q)
{
    double tolerance = w->settings.accepted_tolerance;

    if (!(w->now->tau < w->now->kappa) ||
        (!(q->primal_certificate <= tolerance) && !(q->dual_certificate <= tolerance))) {
        return SOCP_FAILED;
    }
    *q = point_judge(w, problem, w->now);
    if (q->primal_certificate <= tolerance) {
        return SOCP_PRIMAL_INFEASIBLE;
    }
    if (q->dual_certificate <= tolerance) {
        return SOCP_DUAL_INFEASIBLE;
    }
    form_residuals(w); /* the judgement worked in their place */
    return SOCP_FAILED;
}

/* An attempt that ended without a point good enough: by itself, or because it was stopped. */
static socp_status gave_up(socp_workspace *w)
{
    if (!w->watch.seen) {
        w->stop_reason = "breakdown";
        return SOCP_FAILED;
    }
    w->stop_reason = w->watch.late ? "time_limit" : "interrupted";
    return w->watch.late ? SOCP_TIME_LIMIT : SOCP_INTERRUPTED;
}

/* Iterates from the start point until nothing gets better; a point better than *best becomes w->best. */
static socp_status run(socp_workspace *w, const socp_problem *problem, bool warm, quality *best, size_t *iterations)
{
    double least = INFINITY; /* merit of this attempt's best point */
    size_t worse = 0;

    *iterations = 0;
    if (warm) {
        warm_point(w);
    } else if (!start_point(w)) {
        return gave_up(w);
    }
    for (;; ++*iterations) {
        double rt;
        quality q;
        socp_status status;

        rt = form_residuals(w);
        q = point_estimate(w);
        status = certificate(w, problem, &q);

        if (status != SOCP_FAILED) {
            *best = q;
            w->best = w->now;
            w->stop_reason = "certificate";
            return status;
        }
        if (q.merit < best->merit) {
            *best = q;
            w->best = w->now;
        }
        worse = q.merit < least || !(least < w->settings.reduced_tolerance) ? 0 : worse + 1;
        least = fmin(least, q.merit);
        if (!(best->merit <= w->settings.tolerance) && stop_seen(&w->watch)) {
            return gave_up(w);
        }
        if (best->merit <= w->settings.tolerance || worse >= 4) {
            w->stop_reason = best->merit <= w->settings.tolerance ? "tolerance" : "no_progress";
            return SOCP_FAILED;
        }
        if (*iterations == w->settings.max_iterations) {
            w->stop_reason = "iteration_limit";
            return SOCP_ITERATION_LIMIT;
        }
        if (!iterate(w, rt)) {
            return gave_up(w);
        }
    }
}

static bool was_stopped(socp_status status)
{
    return status == SOCP_TIME_LIMIT || status == SOCP_INTERRUPTED;
}

static socp_status classify(const socp_workspace *w, const quality *best, socp_status how)
{
    if (how == SOCP_PRIMAL_INFEASIBLE || how == SOCP_DUAL_INFEASIBLE) {
        return how;
    }
    if (best->merit <= w->settings.accepted_tolerance) {
        return SOCP_OPTIMAL;
    }
    return best->merit <= w->settings.reduced_tolerance && !was_stopped(how) ? SOCP_INACCURATE : how;
}

/* The user's point of a certificate: b'y + h'z = -1, or c'x = -1. */
static void unscale_certificate(socp_workspace *w, const socp_problem *problem, socp_status status)
{
    double by;

    point_unscale(w, w->best, 1.0);
    by = status == SOCP_PRIMAL_INFEASIBLE
             ? -vector_dot(problem->p, problem->b, w->user.y) - vector_dot(problem->m, problem->h, w->user.z)
             : -vector_dot(problem->n, problem->c, w->user.x);
    point_unscale(w, w->best, by);
}

static void set_nan(size_t count, double *value)
{
    for (size_t i = 0; i < count; i++) {
        value[i] = NAN;
    }
}

/* Nothing finite was seen: no number of an earlier solve may pass for this one's. */
static quality forget_point(socp_workspace *w)
{
    set_nan(w->n, w->user.x);
    set_nan(w->p + w->m, w->user.y);
    set_nan(w->m, w->user.s);
    return (quality){.primal_objective = NAN, .dual_objective = NAN, .primal = NAN, .dual = NAN, .gap = NAN};
}

static void fill_solution(socp_workspace *w, const socp_problem *problem, socp_status status, const quality *q,
                          socp_solution *solution)
{
    quality nothing;

    if (status == SOCP_PRIMAL_INFEASIBLE || status == SOCP_DUAL_INFEASIBLE) {
        unscale_certificate(w, problem, status);
    } else if (w->best && isfinite(q->merit)) {
        point_unscale(w, w->best, w->best->tau);
    } else {
        nothing = forget_point(w);
        q = &nothing;
    }
    solution->status = status;
    solution->stop_reason = w->stop_reason;
    solution->x = w->user.x;
    solution->y = w->user.y;
    solution->z = w->user.z;
    solution->s = w->user.s;
    solution->primal_objective = q->primal_objective;
    solution->dual_objective = q->dual_objective;
    solution->primal_residual = q->primal;
    solution->dual_residual = q->dual;
    solution->gap = q->gap;
}

/* One attempt; the best point of all attempts is judged from the raw problem. */
static socp_status attempt(socp_workspace *w, const socp_problem *problem, bool warm, quality *best,
                           socp_solution *solution)
{
    size_t iterations;
    socp_status status = run(w, problem, warm, best, &iterations);

    if (w->best && status != SOCP_PRIMAL_INFEASIBLE && status != SOCP_DUAL_INFEASIBLE) {
        *best = point_judge(w, problem, w->best);
    }
    solution->iterations += iterations;
    return classify(w, best, status);
}

static bool is_answer(socp_status status)
{
    return status == SOCP_OPTIMAL || status == SOCP_PRIMAL_INFEASIBLE || status == SOCP_DUAL_INFEASIBLE;
}

/* The attempts, up to three, until one has an answer or the watch has seen its flag or its deadline. */
static socp_status solve(socp_workspace *w, const socp_problem *problem, quality *best, socp_solution *solution)
{
    socp_status status = SOCP_FAILED;

    if (w->settings.warm_start && w->solved && w->m > 0) {
        status = attempt(w, problem, true, best, solution);
    }
    if (!is_answer(status) && !w->watch.seen) {
        status = attempt(w, problem, false, best, solution);
    }
    if ((status == SOCP_FAILED || status == SOCP_INACCURATE) && !w->watch.seen) { /* once more, regularised otherwise */
        w->delta = w->kkt.delta = RETRY_REGULARISATION;
        status = attempt(w, problem, false, best, solution);
        solution->retried = true;
    }
    return status;
}

cfi_status socp_solve(socp_workspace *w, const socp_problem *problem, socp_solution *solution, cfi_error *error)
{
    double start = watch_seconds();
    quality best = {.merit = INFINITY};
    socp_status status;

    if (workspace_load(w, problem, error) != CFI_OK) {
        return CFI_INVALID;
    }
    *solution = (socp_solution){.setup_seconds = w->setup_seconds};
    w->best = NULL;
    watch_begin(&w->watch, start, w->settings.time_limit_seconds);
    w->delta = w->kkt.delta = REGULARISATION;
    status = solve(w, problem, &best, solution);
    fill_solution(w, problem, status, &best, solution);
    w->solved = status == SOCP_OPTIMAL && !w->watch.seen; /* no later solve depends on when this one was stopped */
    solution->solve_seconds = watch_seconds() - start;
    return CFI_OK;
}
