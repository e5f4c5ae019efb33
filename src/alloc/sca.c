/* Successive convex approximation from one start. docs/model.md (M13)-(M15). */
#include "alloc/sca.h"

#include "alloc/constants.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The steps of one start. */
typedef struct sca_job {
    alloc_stepper *stepper;
    const sca_work *work;
    const alloc_state *at; /* the best point so far */
    bool accelerates;      /* late in the start */
    size_t shaken;         /* steps in a row from points beside the best one */
    step_end unanswered;   /* how the solver ended the one before them */
    bool led_back;         /* it and they, all of them, to the objective that they began at */
} sca_job;

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

/* The trial becomes the accelerated point at `share` of the way from the step's; true where it is better than the
 * candidate. */
static bool try_accelerated(sca_job *job, double share)
{
    const alloc_problem *problem = job->stepper->problem;
    const alloc_state *trial = &job->work->trial;

    acceleration_point(&job->work->late->acceleration, problem, share, trial->point);
    if (!all_finite(problem, trial->point) || !problem->objective->complete(problem, trial->point)) {
        return false;
    }
    problem_evaluate(problem, trial->point, trial->values);
    return (targets_hold(problem, trial->values) || landing_meet(job->work->landing, trial, NULL)) &&
           trial->values->objective > job->work->candidate.values->objective;
}

/* The accelerated point takes the candidate's place where it is better, or one on the way there. */
static double accelerate(sca_job *job)
{
    double share = 1.0;

    for (int i = 0; i <= STEP_RETREATS; i++, share *= STEP_RETREAT) {
        if (try_accelerated(job, share)) {
            problem_copy_state(job->stepper->problem, &job->work->trial, &job->work->candidate);
            break;
        }
    }
    return job->work->candidate.values->objective;
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

/* A problem that the solver does not answer may have an answer a little beside. */
static const alloc_state *step_beside(const sca_job *job)
{
    const alloc_problem *problem = job->stepper->problem;
    const alloc_state *beside = &job->work->late->beside;
    double by = SHAKEN_BY[job->shaken - 1];

    problem_copy_state(problem, job->at, beside);
    for (size_t k = 0; k < problem->K; k++) {
        for (size_t l = 0; l < problem->L; l++) {
            beside->point->w[problem_at(problem, k, l)] *= (k + l) % 2 == 0 ? 1.0 + by : 1.0 - by;
        }
    }
    if (!problem->objective->complete(problem, beside->point)) {
        return job->at;
    }
    problem_evaluate(problem, beside->point, beside->values);
    return beside;
}

/* One step from the best point, or from beside it, to the candidate, prolonged where that pays. *next is its objective.
 */
static cfi_status step_from(sca_job *job, double *next, socp_status *solved, cfi_error *error)
{
    const alloc_problem *problem = job->stepper->problem;
    const alloc_state *candidate = &job->work->candidate, *from = job->shaken > 0 ? step_beside(job) : job->at;
    const step_surrogate *surrogate = problem->objective->surrogate(problem, from->values);
    cfi_status status;

    if (job->stepper->options && stop_requested(job->stepper->options->stop)) {
        return sca_interrupted(error);
    }
    status = stepper_run(job->stepper, from, surrogate, candidate, solved, error);
    if (status != CFI_OK) {
        return status;
    }
    *next = sca_complete(problem, candidate);
    if (problem->target && !(*next > -INFINITY) && all_finite(problem, candidate->point)) {
        *next = mend_step(problem, job->at->point, job->work);
    }
    if (!(*next > job->at->values->objective)) {
        return CFI_OK;
    }
    if (job->accelerates) {
        acceleration_learn(&job->work->late->acceleration, problem, from->point, candidate->point);
    }
    if (problem->objective->surrogate(problem, NULL)->goes_on) {
        *next = extrapolate(problem, job->at->point, job->work);
    }
    if (job->accelerates) {
        *next = accelerate(job);
    }
    return CFI_OK;
}

/* Makes what the first steps of a start do not need. */
static cfi_status prepare(sca_job *job, size_t steps, cfi_error *error)
{
    const alloc_problem *problem = job->stepper->problem;
    bool fast = steps >= STEPS_PLAIN && problem->objective->surrogate(problem, NULL)->goes_on;
    sca_late *late = job->work->late;
    cfi_status status = CFI_OK;

    if (fast && !late->acceleration.from) {
        status = acceleration_init(&late->acceleration, problem, job->stepper->scratch, error);
    }
    if (fast && status == CFI_OK && !job->accelerates) {
        acceleration_forget(&late->acceleration);
        job->accelerates = true;
    }
    if (status == CFI_OK && job->shaken > 0 && !late->beside.point &&
        !problem_state(problem, job->stepper->scratch, &late->beside)) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for an allocation step");
    }
    return status;
}

/* A step: the objective that it led to, how much more that is, relative, and how the solver ended. */
typedef struct step_result {
    double next, gain;
    socp_status solved;
} step_result;

/* How the steps of a start are judged. */
typedef struct sca_judge {
    objective_gains gains;
    unsigned quiet;
    bool settled; /* the last step was answered, and gained next to nothing */
} sca_judge;

/* The step did not raise the objective, or hardly. At a stationary point that is convergence, and so it is where the
 * solver answered the step's problem. Without an answer steps from beside the point are tried before the start ends:
 * where all of them lead back to the same objective, nothing is left to gain about it. True: it ends. */
static bool end_without_progress(sca_job *job, bool answered, const step_result *step, const sca_judge *judge,
                                 sca_outcome *outcome)
{
    if (job->shaken == 0) {
        job->unanswered = job->stepper->end;
        job->unanswered.status = step->solved;
        job->led_back = true;
    }
    job->led_back = job->led_back && fabs(step->gain) <= LED_BACK * judge->gains.tolerance &&
                    !*job->stepper->end.refusal; /* which leaves the point where it is */
    if (answered || judge->settled || (job->led_back && job->shaken == STEPS_BESIDE)) {
        end_start(outcome, CFI_ALLOC_CONVERGED, "no_progress");
        return true;
    }
    if (job->shaken++ < STEPS_BESIDE) {
        return false;
    }
    outcome->broke_down = job->unanswered.status != SOCP_INACCURATE;
    end_start(outcome, CFI_ALLOC_INACCURATE, outcome->broke_down ? "solver_failed" : "solver_inaccurate");
    describe_step(&job->unanswered, outcome->failure);
    return true;
}

static void accept_step(const sca_job *job, double next, sca_judge *judge, sca_outcome *outcome)
{
    double now = job->at->values->objective;

    judge->gains = (objective_gains){
        .before = judge->gains.now, .now = next - now, .value = now, .tolerance = judge->gains.tolerance};
    problem_copy_state(job->stepper->problem, &job->work->candidate, job->at);
    outcome->iterations++;
    outcome->trace[outcome->trace_count++] = next;
}

/* What follows from a step that led to `next`; true: the start has ended. A step from beside the point tells of it what
 * leads back there. */
static bool judge_step(sca_job *job, const step_result *step, sca_judge *judge, sca_outcome *outcome)
{
    const alloc_objective *objective = job->stepper->problem->objective;
    double tolerance = judge->gains.tolerance;
    bool answered = step->solved == SOCP_OPTIMAL;

    if (!(step->next > job->at->values->objective)) {
        answered = answered && (job->shaken == 0 || step->gain >= -tolerance);
        return end_without_progress(job, answered, step, judge, outcome);
    }
    accept_step(job, step->next, judge, outcome);
    if (objective->reached && objective->reached(step->next)) {
        end_start(outcome, CFI_ALLOC_CONVERGED, "reached");
        return true;
    }
    if (!answered && step->gain <= tolerance) { /* what is left to gain is not known */
        return end_without_progress(job, false, step, judge, outcome);
    }
    job->shaken = 0;
    judge->settled = answered && judge->gains.now <= 10.0 * tolerance * step->next;
    judge->quiet = answered && objective->stop(&judge->gains) ? judge->quiet + 1 : 0;
    if (judge->quiet == 2) {
        end_start(outcome, CFI_ALLOC_CONVERGED, "tolerance");
    }
    return judge->quiet == 2;
}

cfi_status sca_run(alloc_stepper *stepper, const sca_work *work, const alloc_state *at, sca_outcome *outcome,
                   cfi_error *error)
{
    const cfi_allocation_settings *asked = &stepper->problem->link->system->allocation;
    sca_job job = {.stepper = stepper, .work = work, .at = at};
    sca_judge judge = {.gains = {.now = INFINITY, .tolerance = asked->tolerance}};
    size_t begun = outcome->iterations;
    bool ended = false;
    cfi_status status = CFI_OK;

    while (status == CFI_OK && !ended && outcome->iterations < asked->max_iterations) {
        step_result step = {.next = -INFINITY};

        status = prepare(&job, outcome->iterations - begun, error);
        if (status == CFI_OK) {
            status = step_from(&job, &step.next, &step.solved, error);
        }
        step.gain = step.next / at->values->objective - 1.0;
        ended = status == CFI_OK && judge_step(&job, &step, &judge, outcome);
    }
    if (status == CFI_OK) {
        outcome->objective = at->values->objective;
    }
    return status;
}
