/* Successive convex approximation from one start. docs/model.md (M13)-(M15). */
#include "alloc/sca.h"

#include "alloc/constants.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool all_finite(const alloc_problem *problem, const alloc_point *point)
{
    return rows_finite(problem->K * problem->stride, point->w) && rows_finite(problem->stride, point->x) &&
           rows_finite(problem->stride, point->s);
}

/* Goes on in the direction of the step, doubling its length while the true objective rises: evaluations are much
 * cheaper than steps. The best point is left in the candidate; returns its objective. */
static double extrapolate(const alloc_problem *problem, const alloc_point *from, const sca_work *work)
{
    const alloc_point *best = work->candidate.point;
    alloc_point *trial = work->trial.point;

    for (int i = 0; i < 20; i++) {
        for (size_t j = 0; j < problem->K * problem->stride; j++) {
            trial->w[j] = best->w[j] + (best->w[j] - from->w[j]);
        }
        for (size_t l = 0; l < problem->L; l++) {
            trial->s[l] = fmax(best->s[l] + (best->s[l] - from->s[l]), 0.0);
        }
        if (!problem->objective->complete(problem, trial)) {
            break;
        }
        problem_evaluate(problem, trial, work->trial.values);
        if (!(work->trial.values->objective > work->candidate.values->objective) ||
            !targets_hold(problem, work->trial.values)) {
            break;
        }
        problem_copy_state(problem, &work->trial, &work->candidate);
    }
    return work->candidate.values->objective;
}

double sca_complete(const alloc_problem *problem, const alloc_state *state)
{
    double objective = all_finite(problem, state->point) && problem->objective->complete(problem, state->point)
                           ? problem_evaluate(problem, state->point, state->values)
                           : -INFINITY;

    return objective > -INFINITY && targets_hold(problem, state->values) ? objective : -INFINITY;
}

/* The step ended short of some target by what the solver left: so little of the way back to the point before, which has
 * them, that they hold. The set need not be convex, nor the way short. */
static double mend_step(const alloc_problem *problem, const alloc_point *from, const sca_work *work)
{
    const alloc_point *candidate = work->candidate.point;
    alloc_point *trial = work->trial.point;
    double share = TARGET_STEP;

    for (int i = 0; i < TARGET_TRIES && share < 1.0; i++, share *= 2.0) {
        for (size_t j = 0; j < problem->K * problem->stride; j++) {
            trial->w[j] = candidate->w[j] + share * (from->w[j] - candidate->w[j]);
        }
        for (size_t l = 0; l < problem->L; l++) {
            trial->s[l] = candidate->s[l] + share * (from->s[l] - candidate->s[l]);
        }
        if (sca_complete(problem, &work->trial) > -INFINITY) {
            problem_copy_state(problem, &work->trial, &work->candidate);
            return work->candidate.values->objective;
        }
    }
    return -INFINITY;
}

cfi_status sca_interrupted(cfi_error *error)
{
    return error_set(error, CFI_INTERRUPTED, "interrupted during the power allocation");
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

static void end_start(sca_outcome *outcome, cfi_alloc_status status, const char *reason)
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
        end_start(outcome, CFI_ALLOC_CONVERGED, "no_progress");
        return;
    }
    outcome->broke_down = solved != SOCP_INACCURATE;
    end_start(outcome, CFI_ALLOC_INACCURATE, outcome->broke_down ? "solver_failed" : "solver_inaccurate");
    describe_step(&stepper->end, outcome->failure);
}

/* One step from `at` to the candidate, prolonged where that pays. *next is its objective. */
static cfi_status step_from(alloc_stepper *stepper, const sca_work *work, const alloc_state *at, double *next,
                            socp_status *solved, cfi_error *error)
{
    const alloc_problem *problem = stepper->problem;
    const step_surrogate *surrogate = problem->objective->surrogate(problem, at->values);
    cfi_status status;

    if (stepper->options && stop_requested(stepper->options->stop)) {
        return sca_interrupted(error);
    }
    status = stepper_run(stepper, at, surrogate, &work->candidate, solved, error);
    if (status != CFI_OK) {
        return status;
    }
    *next = sca_complete(problem, &work->candidate);
    if (problem->target && !(*next > -INFINITY) && all_finite(problem, work->candidate.point)) {
        *next = mend_step(problem, at->point, work);
    }
    if (*next > at->values->objective && problem->objective->surrogate(problem, NULL)->goes_on) {
        *next = extrapolate(problem, at->point, work);
    }
    return CFI_OK;
}

cfi_status sca_run(alloc_stepper *stepper, const sca_work *work, const alloc_state *at, sca_outcome *outcome,
                   cfi_error *error)
{
    const alloc_problem *problem = stepper->problem;
    double tolerance = problem->link->system->allocation.tolerance;
    objective_gains gains = {.now = INFINITY, .tolerance = tolerance};
    unsigned quiet = 0;
    bool settled = false; /* the last step was answered, and gained next to nothing */

    while (outcome->iterations < problem->link->system->allocation.max_iterations) {
        double next = -INFINITY;
        socp_status solved;
        cfi_status status = step_from(stepper, work, at, &next, &solved, error);

        if (status != CFI_OK) {
            return status;
        }
        if (!(next > at->values->objective)) {
            finish_without_progress(stepper, solved, settled, outcome);
            break;
        }
        gains = (objective_gains){.before = gains.now,
                                  .now = next - at->values->objective,
                                  .value = at->values->objective,
                                  .tolerance = tolerance};
        problem_copy_state(problem, &work->candidate, at);
        outcome->iterations++;
        outcome->trace[outcome->trace_count++] = next;
        if (problem->objective->reached && problem->objective->reached(next)) {
            end_start(outcome, CFI_ALLOC_CONVERGED, "reached");
            break;
        }
        if (solved != SOCP_OPTIMAL && gains.now <= tolerance * gains.value) { /* what is left to gain is not known */
            finish_without_progress(stepper, solved, settled, outcome);
            break;
        }
        settled = solved == SOCP_OPTIMAL && gains.now <= 10.0 * tolerance * next;
        quiet = solved == SOCP_OPTIMAL && problem->objective->stop(&gains) ? quiet + 1 : 0;
        if (quiet == 2) {
            end_start(outcome, CFI_ALLOC_CONVERGED, "tolerance");
            break;
        }
    }
    outcome->objective = at->values->objective;
    return CFI_OK;
}
