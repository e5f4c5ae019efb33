/* Successive convex approximation from one start. docs/model.md (M13)-(M15). */
#include "alloc/sca.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Below this SINR of the best user the product surrogate, 1 plus something tiny, loses its digits; the fractional one
 * is as tight there. */
static const double LOW_SINR = 1e-3;

static bool all_finite(const alloc_problem *problem, const alloc_point *point)
{
    for (size_t i = 0; i < problem->K * problem->L; i++) {
        if (!isfinite(point->w[i])) {
            return false;
        }
    }
    for (size_t l = 0; l < problem->L; l++) {
        if (!isfinite(point->q[l])) {
            return false;
        }
    }
    return true;
}

static cfi_surrogate choose_surrogate(const alloc_problem *problem)
{
    double best = 0.0;

    for (size_t k = 0; k < problem->K; k++) {
        best = fmax(best, problem_sinr(problem, k));
    }
    return best < LOW_SINR ? CFI_SURROGATE_FRACTIONAL : problem->link->system->allocation.surrogate;
}

/* Goes on in the direction of the step, doubling its length while the true objective rises: evaluations are much
 * cheaper than steps. The best point is left in `candidate`, and is the last one evaluated; returns its objective. */
static double extrapolate(const alloc_problem *problem, const alloc_point *from, const sca_work *work, double value)
{
    alloc_point *best = work->candidate, *trial = work->trial;

    for (int i = 0; i < 20; i++) {
        double next;

        for (size_t j = 0; j < problem->K * problem->L; j++) {
            trial->w[j] = best->w[j] + (best->w[j] - from->w[j]);
        }
        for (size_t l = 0; l < problem->L; l++) {
            trial->q[l] = fmax(best->q[l] + (best->q[l] - from->q[l]), 0.0);
        }
        if (!problem_complete(problem, trial)) {
            break;
        }
        memcpy(work->kept, problem->u, 2 * problem->K * sizeof *work->kept);
        next = problem_evaluate(problem, trial);
        if (!(next > value)) {
            memcpy(problem->u, work->kept, 2 * problem->K * sizeof *work->kept);
            break;
        }
        value = next;
        problem_copy(problem, trial, best);
    }
    return value;
}

/* What is left to gain when gains shrink geometrically from `before` to `now`, six times over, since they often shrink
 * ever more slowly: of 2,900 random scenarios 2 then stop more than 1e-6 below their limit, none more than 1.5e-6 (26
 * and 2e-6 with twice). */
static double expected_gain(double before, double now)
{
    double ratio = before > 0.0 ? fmin(now / before, 0.999) : 0.5;

    return 6.0 * now * fmax(1.0, ratio / (1.0 - ratio));
}

/* The objective of a step's result, completed; -INFINITY where that fails. */
static double complete(const alloc_stepper *stepper, alloc_point *point)
{
    const alloc_problem *problem = stepper->problem;

    if (!isnan(stepper->objective)) { /* it is complete, and the last point evaluated */
        return stepper->objective;
    }
    return all_finite(problem, point) && problem_complete(problem, point) ? problem_evaluate(problem, point)
                                                                          : -INFINITY;
}

/* What the cone solver said of the last step. */
static void describe_step(const step_end *end, char text[SCA_FAILURE_LENGTH])
{
    int used =
        snprintf(text, SCA_FAILURE_LENGTH, "the cone solver stopped at step %zu of start %zu (", end->step, end->start);
    char *rest = text + used;
    size_t room = SCA_FAILURE_LENGTH - (size_t)used;

    if (*end->refusal) {
        snprintf(rest, room, "refused: %s)", end->refusal);
    } else if (isfinite(end->primal_residual) && isfinite(end->dual_residual) && isfinite(end->gap)) {
        snprintf(rest, room, "%s after %zu iterations: relative primal residual %.1e, dual %.1e, gap %.1e)",
                 socp_status_name(end->status), end->iterations, end->primal_residual, end->dual_residual, end->gap);
    } else {
        snprintf(rest, room, "%s after %zu iterations: no finite point)", socp_status_name(end->status),
                 end->iterations);
    }
}

static void finish(sca_outcome *outcome, cfi_alloc_status status, const char *reason)
{
    outcome->status = status;
    outcome->stop_reason = reason;
}

/* The step did not raise the objective, or hardly and without an answer of its solver. At a stationary point that is
 * convergence; a solver that gave up is not. */
static void finish_without_progress(const alloc_stepper *stepper, socp_status solved, bool stationary,
                                    sca_outcome *outcome)
{
    if (solved == SOCP_OPTIMAL || stationary) {
        finish(outcome, CFI_ALLOC_CONVERGED, "no_progress");
        return;
    }
    outcome->broke_down = solved != SOCP_INACCURATE;
    finish(outcome, CFI_ALLOC_INACCURATE, outcome->broke_down ? "solver_failed" : "solver_inaccurate");
    describe_step(&stepper->end, outcome->failure);
}

/* The outcome of a start before its first step, which has the objective `value`. */
static void begin(const alloc_stepper *stepper, double value, sca_outcome *outcome)
{
    outcome->iterations = 0;
    outcome->objective = value;
    outcome->trace[0] = value;
    outcome->trace_count = 1;
    outcome->broke_down = !isfinite(value);
    *outcome->failure = '\0';
    finish(outcome, CFI_ALLOC_ITERATION_LIMIT, "max_iterations");
    if (outcome->broke_down) { /* powers or gains beyond the range of a double */
        finish(outcome, CFI_ALLOC_FAILED, "not_finite");
        snprintf(outcome->failure, sizeof outcome->failure, "the sum rate at start %zu is not finite", stepper->start);
    }
}

cfi_status sca_run(alloc_stepper *stepper, const sca_work *work, alloc_point *point, sca_outcome *outcome,
                   cfi_error *error)
{
    const alloc_problem *problem = stepper->problem;
    const cfi_system *system = problem->link->system;
    double value = problem_evaluate(problem, point), gain = INFINITY;
    unsigned quiet = 0;
    bool settled = false; /* the last step was answered, and gained next to nothing */

    begin(stepper, value, outcome);
    while (!outcome->broke_down && outcome->iterations < system->allocation.max_iterations) {
        double next, before = gain, small = system->allocation.tolerance * value;
        cfi_surrogate surrogate;
        socp_status solved;
        cfi_status status;

        if (stepper->options && stop_requested(stepper->options->stop)) {
            return error_set(error, CFI_INTERRUPTED, "interrupted during the power allocation");
        }
        surrogate = choose_surrogate(problem);
        status = stepper_run(stepper, point, surrogate, work->candidate, &solved, error);
        if (status != CFI_OK) {
            return status;
        }
        next = complete(stepper, work->candidate);
        if (next > value && system->allocation.surrogate == CFI_SURROGATE_PRODUCT) {
            next = extrapolate(problem, point, work, next);
        }
        if (!(next > value)) {
            finish_without_progress(stepper, solved, settled, outcome);
            break;
        }
        gain = next - value;
        value = next;
        problem_copy(problem, work->candidate, point);
        outcome->iterations++;
        outcome->trace[outcome->trace_count++] = value;
        if (solved != SOCP_OPTIMAL && gain <= small) { /* what is left to gain is not known */
            finish_without_progress(stepper, solved, settled, outcome);
            break;
        }
        settled = solved == SOCP_OPTIMAL && gain <= 10.0 * system->allocation.tolerance * value;
        quiet =
            solved == SOCP_OPTIMAL && (expected_gain(before, gain) <= small || gain <= 1e-3 * small) ? quiet + 1 : 0;
        if (quiet == 2) {
            finish(outcome, CFI_ALLOC_CONVERGED, "tolerance");
            break;
        }
    }
    outcome->objective = value;
    return CFI_OK;
}
