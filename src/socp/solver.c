/* Primal-dual interior point on the homogeneous self-dual embedding: attempts, the loop of an attempt, what the end is
 * called. docs/solver.md. All iterations run on the equilibrated problem; what is judged and returned is in the user's
 * units. */
#include "socp/constants.h"
#include "socp/newton.h"
#include "socp/problem.h"

#include <math.h>
#include <string.h>

/* How an attempt differs from the others. */
typedef struct attempt_kind {
    double delta;     /* regularisation */
    scale_kind scale; /* of c, and of b and h */
} attempt_kind;

/* Tried in this order until one has an answer. Less regularisation helps most often; where y or x is large, bringing it
 * to order one, which leaves little of c on the way to a certificate (orna7 with a cut). Dividing c, and b and h, by
 * their largest entry at all hides certificates where that entry has nothing to do with the contradiction (mondou2,
 * refinery), but keeps others from being false (QFORPLAN, POWELL20, HUESTIS). */
static const attempt_kind attempts[] = {
    {DELTA_FIRST, SCALE_ORDER_ONE}, {DELTA_LOWER, SCALE_BY_SIZE}, {DELTA_LOWER, SCALE_NOTHING}};
enum { ATTEMPTS = sizeof attempts / sizeof *attempts };

const char *socp_status_name(socp_status status)
{
    static const char *const names[] = {"optimal",         "inaccurate", "primal_infeasible", "dual_infeasible",
                                        "iteration_limit", "failed",     "time_limit",        "interrupted"};

    return names[status];
}

/* ----------------------------------------------------------------------------- an attempt ---- */

/* A certificate that holds when recomputed from the raw problem. */
static socp_status certificate(socp_workspace *w, const socp_problem *problem, quality *q)
{
    double tolerance = w->settings.accepted_tolerance;

    if (!(w->now->tau < w->now->kappa) ||
        (!(q->primal_certificate <= tolerance) && !(q->dual_certificate <= tolerance))) {
        return SOCP_FAILED;
    }
    *q = point_judge(w, problem, w->now);
    point_judge_certificates(w, problem, w->now, q);
    if (q->primal_certificate <= tolerance) {
        return SOCP_PRIMAL_INFEASIBLE;
    }
    if (q->dual_certificate <= tolerance) {
        return SOCP_DUAL_INFEASIBLE;
    }
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

/* The quality of w->now, whose residuals are formed: estimated, and where that is good enough for an end judged from
 * the raw problem, row by row. Where single rows are not good enough, linear systems are solved to the last digit from
 * now on. */
static quality assess(socp_workspace *w, const socp_problem *problem)
{
    quality q = point_estimate(w);

    if (q.merit <= w->settings.accepted_tolerance) {
        q = point_judge(w, problem, w->now);
        w->sharp = w->sharp || (q.whole <= w->settings.tolerance && q.merit > w->settings.tolerance);
    }
    return q;
}

/* Whether an attempt has stood still for long enough. */
static bool stands_still(const socp_workspace *w, const quality *best, size_t worse)
{
    return worse >= (best->whole <= w->settings.accepted_tolerance ? PATIENCE : PATIENCE_POOR);
}

/* Iterates from the start point until nothing gets better; a point better than *best becomes w->best. */
static socp_status run(socp_workspace *w, const socp_problem *problem, bool warm, quality *best, size_t *iterations)
{
    double least = INFINITY; /* merit of this attempt's best point */
    size_t worse = 0;

    *iterations = 0;
    w->sharp = false;
    kkt_sharpen(&w->kkt, false);
    w->firm_error = 0.0;
    if (warm) {
        newton_warm_start(w);
    } else if (!newton_start(w)) {
        return gave_up(w);
    }
    for (;; ++*iterations) {
        double rt = form_residuals(w);
        quality q = assess(w, problem);
        socp_status status = certificate(w, problem, &q);

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
        if (best->judged && best->merit <= w->settings.tolerance) {
            w->stop_reason = "tolerance";
            return SOCP_FAILED;
        }
        if (stop_seen(&w->watch)) {
            return gave_up(w);
        }
        if (stands_still(w, best, worse)) {
            w->stop_reason = "no_progress";
            return SOCP_FAILED;
        }
        if (*iterations == w->settings.max_iterations) {
            w->stop_reason = "iteration_limit";
            return SOCP_ITERATION_LIMIT;
        }
        if (q.judged) {
            form_residuals(w); /* the judgement worked in their place */
        }
        if (!newton_iterate(w, rt)) {
            return gave_up(w);
        }
    }
}

static bool was_stopped(socp_status status)
{
    return status == SOCP_TIME_LIMIT || status == SOCP_INTERRUPTED;
}

static bool is_certificate(socp_status status)
{
    return status == SOCP_PRIMAL_INFEASIBLE || status == SOCP_DUAL_INFEASIBLE;
}

/* Whether the best point may be called optimal; w->stop_reason then says why its accuracy is enough. */
static bool is_optimal(socp_workspace *w, const quality *best)
{
    double accepted = w->settings.accepted_tolerance, most = fmax(best->whole, best->rows);

    if (most <= accepted) {
        w->stop_reason = strcmp(w->stop_reason, "breakdown") == 0 ? "no_progress" : w->stop_reason;
        return true;
    }
    if (most <= ROUNDED_TOLERANCE && best->beyond_rounding <= accepted) {
        w->stop_reason = "rounding";
        return true;
    }
    if (most <= ROUNDED_TOLERANCE && best->whole <= accepted) {
        w->stop_reason = "small_rows";
        return true;
    }
    return false;
}

static socp_status classify(socp_workspace *w, const quality *best, socp_status how)
{
    if (is_certificate(how)) {
        return how;
    }
    if (isfinite(best->merit) && is_optimal(w, best)) {
        return SOCP_OPTIMAL;
    }
    return fmax(best->whole, best->rows) <= w->settings.reduced_tolerance && isfinite(best->merit) && !was_stopped(how)
               ? SOCP_INACCURATE
               : how;
}

/* One attempt; the best point of all attempts is judged from the raw problem. */
static socp_status attempt(socp_workspace *w, const socp_problem *problem, bool warm, quality *best,
                           socp_solution *solution)
{
    size_t iterations;
    socp_status status = run(w, problem, warm, best, &iterations);

    if (w->best && !best->judged && !is_certificate(status)) {
        *best = point_judge(w, problem, w->best);
    }
    solution->iterations += iterations;
    return classify(w, best, status);
}

static bool is_answer(socp_status status)
{
    return status == SOCP_OPTIMAL || is_certificate(status);
}

/* The attempts until one has an answer or the watch has seen its flag or its deadline. */
static socp_status try_attempts(socp_workspace *w, const socp_problem *problem, quality *best, socp_solution *solution)
{
    socp_status status = SOCP_FAILED;

    w->delta = attempts[0].delta;
    if (w->settings.warm_start && w->solved && w->m > 0) {
        status = attempt(w, problem, true, best, solution);
    }
    for (size_t i = 0; i < ATTEMPTS && !is_answer(status) && !w->watch.seen; i++) {
        w->delta = attempts[i].delta;
        workspace_normalise(w, attempts[i].scale);
        status = attempt(w, problem, false, best, solution);
        solution->attempts = i + 1;
    }
    return status;
}

/* ---------------------------------------------------------------------------- the solution ---- */

/* The user's point of a certificate: b'y + h'z = -1, or c'x = -1. */
static void unscale_certificate(socp_workspace *w, const socp_problem *problem, socp_status status)
{
    double by;

    point_unscale(w, w->best, 1.0);
    by = status == SOCP_PRIMAL_INFEASIBLE
             ? -vector_dot(problem->p, problem->b, w->user.y + w->f) - vector_dot(problem->m, problem->h, w->user.z)
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
    solution->y = w->user.y + w->f;
    solution->z = w->user.z;
    solution->s = w->user.s;
    solution->primal_objective = q->primal_objective;
    solution->dual_objective = q->dual_objective;
    solution->primal_residual = q->primal;
    solution->dual_residual = q->dual;
    solution->gap = q->gap;
}

cfi_status socp_solve(socp_workspace *w, const socp_problem *problem, socp_solution *solution, cfi_error *error)
{
    double start = clock_seconds();
    quality best = {.merit = INFINITY, .whole = INFINITY};
    socp_status status;

    if (workspace_load(w, problem, error) != CFI_OK) {
        return CFI_INVALID;
    }
    *solution = (socp_solution){.attempts = 1, .setup_seconds = w->setup_seconds};
    watch_begin(&w->watch, start, w->settings.time_limit_seconds);
    status = try_attempts(w, problem, &best, solution);
    fill_solution(w, problem, status, &best, solution);
    w->solved = status == SOCP_OPTIMAL && !w->watch.seen; /* no later solve depends on when this one was stopped */
    solution->solve_seconds = clock_seconds() - start;
    return CFI_OK;
}
