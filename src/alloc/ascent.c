/* One start of the search. docs/model.md (M13), (M19). */
#include "alloc/ascent.h"

#include "alloc/constants.h"

#include <math.h>
#include <stdio.h>

/* Whether the answers of the access points are what maximises the objective, linearised: it has slopes, information is
 * linear, and the steps of the cone solver that take over end where the answers do. */
static bool has_response(const alloc_problem *problem)
{
    const alloc_objective *objective = problem->objective;

    return objective->slopes && objective->surrogate(problem, NULL)->has_response && !problem->sensing.directed &&
           (!problem->coupled || response_couples(problem)) &&
           problem->link->system->allocation.crlb_constraint == CFI_CRLB_EXACT;
}

/* `auto` takes the response where it applies, unless the cone problems are what the caller wants to see. */
static bool takes_response(const alloc_problem *problem, const cfi_alloc_options *options)
{
    const cfi_system *system = problem->link->system;

    if (system->allocation.solver != CFI_SOLVER_AUTO) {
        return system->allocation.solver == CFI_SOLVER_STRUCTURED;
    }
    return has_response(problem) && !(options && options->export_problem);
}

/* Steps are cone problems, and cone problems of so many powers and coherent terms are solved in seconds. */
static bool cones_fit(const alloc_problem *problem)
{
    return (problem->K + problem->mate_start[problem->K]) * problem->L <= CONES_MOST_POWERS;
}

cfi_status ascent_init(alloc_ascent *ascent, const alloc_problem *problem, const cfi_alloc_options *options,
                       alloc_workspace *workspace, cfi_error *error)
{
    cfi_arena *scratch = workspace->scratch;
    cfi_status status;

    *ascent = (alloc_ascent){.structured = takes_response(problem, options)};
    if (ascent->structured && !has_response(problem)) {
        if (problem->coupled && !response_couples(problem)) {
            return error_set(error, CFI_INVALID,
                             "allocation.solver: \"structured\" takes constraints that couple access points with "
                             "orthogonal pilots, interference that does not depend on the stream and, for angle "
                             "thresholds, echo gains of rank one (allowed here: \"auto\", \"socp\")");
        }
        return error_set(error, CFI_INVALID,
                         "allocation.solver: \"structured\" needs allocation.surrogate \"product\" and "
                         "allocation.crlb_constraint \"exact\" (allowed here: \"auto\", \"socp\")");
    }
    ascent->work.landing = &ascent->climb.landing;
    ascent->work.late = &ascent->late;
    status = targets_search(problem, scratch, &ascent->search, error);
    if (status == CFI_OK) {
        status = stepper_init(&ascent->stepper, problem, options, workspace, error);
    }
    if (status == CFI_OK && !(problem_state(problem, scratch, &ascent->work.candidate) &&
                              problem_state(problem, scratch, &ascent->work.trial))) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the power allocation");
    }
    if (status == CFI_OK && ascent->structured) {
        status = climb_init(&ascent->climb, problem, options ? options->stop : NULL, scratch, error);
        ascent->climb.patience = !cones_fit(problem) ? SIZE_MAX : problem->damped ? STALLED_DAMPED : STALLED;
    } else if (status == CFI_OK) { /* users that are brought back land, too */
        status = landing_init(&ascent->climb.landing, problem, scratch, error);
    }
    return status;
}

/* The outcome of a start before its first step, which has the objective `value`. */
static void begin_start(const alloc_stepper *stepper, double value, sca_outcome *outcome)
{
    outcome->status = CFI_ALLOC_ITERATION_LIMIT;
    outcome->stop_reason = "max_iterations";
    outcome->unfinished = false;
    outcome->race = RACE_ON;
    outcome->start = stepper->start;
    outcome->iterations = 0;
    outcome->objective = value;
    outcome->trace[0] = value;
    outcome->trace_count = 1;
    outcome->broke_down = !isfinite(value);
    outcome->short_of_targets = false;
    *outcome->failure = '\0';
    if (outcome->broke_down) { /* powers or gains beyond the range of a double */
        outcome->status = CFI_ALLOC_FAILED;
        outcome->stop_reason = "not_finite";
        snprintf(outcome->failure, sizeof outcome->failure, "the objective at start %zu is not finite", stepper->start);
    }
}

/* The response got no further, and the problem is too large for the cone solver. */
static void end_stuck(size_t start, sca_outcome *outcome)
{
    outcome->status = CFI_ALLOC_INACCURATE;
    outcome->stop_reason = "no_progress";
    snprintf(outcome->failure, sizeof outcome->failure,
             "the response of the access points found nothing better after %zu evaluations of start %zu, and no "
             "certificate; the problem is too large for the cone solver",
             outcome->iterations, start);
}

/* A start that misses rate targets becomes one that meets them, by other powers of the same streams, if there are any.
 */
static void meet_targets(alloc_ascent *ascent, const alloc_state *at)
{
    const alloc_problem *problem = ascent->stepper.problem;
    const alloc_state *candidate = &ascent->work.candidate;

    if (!ascent->structured || targets_hold(problem, at->values)) {
        return;
    }
    problem_copy_state(problem, at, candidate);
    if (landing_meet(&ascent->climb.landing, candidate, NULL)) {
        problem_copy_state(problem, candidate, at);
    }
}

cfi_status ascent_finish(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error)
{
    size_t before = outcome->iterations;
    cfi_status status;

    outcome->unfinished = false;
    ascent->stepper.start = outcome->start;
    status = sca_run(&ascent->stepper, &ascent->work, at, outcome, error);
    ascent->fallback_steps += outcome->iterations - before;
    ascent->largest_gap = fmax(ascent->largest_gap, climb_gap(&ascent->climb, at));
    return status;
}

/* No point was found that has the targets: the nearest stays. That proves nothing. */
static void end_short(size_t start, sca_outcome *outcome)
{
    outcome->status = CFI_ALLOC_FAILED;
    outcome->stop_reason = "no feasible point found";
    outcome->short_of_targets = true;
    outcome->broke_down = false;
    snprintf(outcome->failure, sizeof outcome->failure,
             "no start met the rate targets; at the nearest point, of start %zu, some SINR is %.2g relative below what "
             "its target needs, which proves nothing",
             start, 1.0 - outcome->objective);
    outcome->trace_count = 0;
}

/* Goes towards the targets until all are met: by the steps of a problem of its own, which raises the least quotient of
 * SINR and target. */
static cfi_status reach_targets(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error)
{
    alloc_stepper stepper = ascent->stepper;
    cfi_status status;

    stepper.problem = &ascent->search;
    begin_start(&stepper, problem_evaluate(&ascent->search, at->point, at->values), outcome);
    status = outcome->broke_down ? CFI_OK : sca_run(&stepper, &ascent->work, at, outcome, error);
    ascent->stepper.step = stepper.step;
    if (status == CFI_OK && !ascent->search.objective->reached(outcome->objective)) {
        end_short(stepper.start, outcome);
    }
    return status;
}

/* Makes the point one from which the objective's steps may begin; outcome->short_of_targets where that cannot be. */
static cfi_status enter(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error)
{
    const alloc_problem *problem = ascent->stepper.problem;
    cfi_status status = CFI_OK;

    outcome->short_of_targets = false;
    problem_evaluate(problem, at->point, at->values);
    if (!targets_hold(problem, at->values)) {
        status = reach_targets(ascent, at, outcome, error);
    }
    if (status == CFI_OK && !outcome->short_of_targets && !problem->objective->complete(problem, at->point)) {
        outcome->objective = targets_ratio(problem, at->values);
        end_short(ascent->stepper.start, outcome);
    }
    return status;
}

/* The response found no point that has the targets: the cone solver's steps may, and the response goes on from there.
 */
static cfi_status enter_by_cones(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, double *gap,
                                 cfi_error *error)
{
    const alloc_problem *problem = ascent->stepper.problem;
    cfi_status status = CFI_OK;

    outcome->short_of_targets = !cones_fit(problem);
    if (!outcome->short_of_targets) {
        status = enter(ascent, at, outcome, error);
        if (status != CFI_OK || outcome->short_of_targets) {
            return status;
        }
        begin_start(&ascent->stepper, problem_evaluate(problem, at->point, at->values), outcome);
        status = climb_run(&ascent->climb, &ascent->work, at, outcome, gap, error);
    }
    if (status == CFI_OK && !ascent->climb.met) {
        outcome->objective = targets_ratio(problem, at->values);
        end_short(ascent->stepper.start, outcome);
    }
    return status;
}

/* The response, and the cone solver where that did not converge: later, and only if no other start is better, where
 * the climb is damped, which keeps more starts from an end. */
static cfi_status run_structured(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error)
{
    const alloc_problem *problem = ascent->stepper.problem;
    double gap;
    cfi_status status = climb_run(&ascent->climb, &ascent->work, at, outcome, &gap, error);

    if (status == CFI_OK && outcome->race != RACE_ON) {
        return CFI_OK;
    }
    if (status == CFI_OK && !ascent->climb.met) {
        status = enter_by_cones(ascent, at, outcome, &gap, error);
        if (status == CFI_OK && outcome->short_of_targets) {
            return CFI_OK;
        }
    }
    if (status == CFI_OK && outcome->status == CFI_ALLOC_ITERATION_LIMIT && cones_fit(problem)) {
        outcome->unfinished = problem->damped;
        return outcome->unfinished ? CFI_OK : ascent_finish(ascent, at, outcome, error);
    }
    if (status == CFI_OK && outcome->status == CFI_ALLOC_ITERATION_LIMIT &&
        outcome->iterations < problem->link->system->allocation.max_iterations) {
        end_stuck(ascent->stepper.start, outcome);
    }
    if (status == CFI_OK) {
        ascent->largest_gap = fmax(ascent->largest_gap, gap);
    }
    return status;
}

/* Where there are targets, or power is the objective: from a point that misses targets to one that has them, if there
 * is any. */
static cfi_status enter_targets(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error)
{
    meet_targets(ascent, at);
    outcome->short_of_targets = false;
    return ascent->structured ? CFI_OK : enter(ascent, at, outcome, error);
}

cfi_status ascent_run(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error)
{
    const alloc_problem *problem = ascent->stepper.problem;

    problem_evaluate(problem, at->point, at->values);
    if (problem->probe) { /* another point may be what the start begins at */
        cfi_status status = enter_targets(ascent, at, outcome, error);

        if (status != CFI_OK || outcome->short_of_targets) {
            return status;
        }
        problem_evaluate(problem, at->point, at->values);
    }
    begin_start(&ascent->stepper, at->values->objective, outcome);
    if (outcome->broke_down) {
        return CFI_OK;
    }
    return ascent->structured ? run_structured(ascent, at, outcome, error)
                              : sca_run(&ascent->stepper, &ascent->work, at, outcome, error);
}
