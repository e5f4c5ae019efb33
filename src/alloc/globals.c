/* Objectives whose problem is convex, solved globally. docs/model.md (M30) */
#include "alloc/globals.h"

#include "alloc/constants.h"
#include "alloc/level.h"

#include <math.h>
#include <string.h>

/* Relative: powers that exceed the budget by more are no matter of rounding. */
static const double NEAR_EDGE = 1e-5;

static bool has_targets(const globals_job *job)
{
    for (size_t k = 0; k < job->drop.problem->K; k++) {
        if (job->target[k] > 0.0) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------------------- goals ---- */

cfi_status goal_of_rates(globals_job *job, cfi_error *error)
{
    size_t K = job->drop.problem->K;
    double *weight = arena_alloc(job->drop.arena, K, sizeof *weight);
    globals_goal goal = {.least = job->target, .weight = weight, .held = information_asked(job->system)};
    globals_raised raised = {.trace = job->trace};
    cfi_status status;

    if (!weight) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", K);
    }
    for (size_t k = 0; k < K; k++) {
        weight[k] = objective_weight(job->system, k);
    }
    status = globals_raise(&job->drop, &goal, &job->answer, &raised, error);
    job->end = raised.end;
    job->dual_value = raised.bound;
    job->count = raised.count;
    return status;
}

/* Least powers beyond the budget: at the very edge of what rates it allows, where rounding of a rate is many times as
 * much of power, those of the largest rates meet the targets to rounding. */
static cfi_status fit_budget(globals_job *job, double budget_w, cfi_error *error)
{
    globals_raised raised = {.trace = NULL};
    cfi_status status = CFI_OK;

    job->end = GLOBALS_NONE;
    if (job->answer.factor < 1.0 + NEAR_EDGE && has_targets(job)) {
        status = globals_feasible(&job->drop, &job->answer, &raised, error);
        if (status == CFI_OK && raised.end == GLOBALS_FOUND && raised.common >= 1.0 - FEASIBLE_ROUNDING) {
            job->end = GLOBALS_FOUND;
            job->dual_value = fmin(job->dual_value, budget_w);
        }
    }
    return status;
}

/* The answer where nothing is asked that takes any. */
static void take_no_powers(globals_job *job)
{
    const alloc_problem *problem = job->drop.problem;
    alloc_point *point = job->answer.point;

    memset(point->w, 0, problem->K * problem->stride * sizeof *point->w);
    memset(point->x, 0, problem->stride * sizeof *point->x);
    memset(point->s, 0, problem->stride * sizeof *point->s);
    job->end = GLOBALS_FOUND;
    job->dual_value = 0.0;
}

cfi_status goal_of_power(globals_job *job, cfi_error *error)
{
    globals_ask ask = {.sensing = {.held = information_asked(job->system), .budget = POWER_RAISED, .reach = 1.0},
                       .target = job->target};
    const alloc_information *information = &job->drop.coupled.information;
    double budget_w = coupled_budget(&job->drop.coupled, &ask.sensing) * job->drop.coupled.unit_w;
    cfi_status status;

    if (!has_targets(job) && information_rows(information) == 0 && !information->position) {
        take_no_powers(job);
        return CFI_OK;
    }
    status = globals_find(&job->drop, &ask, &job->answer, error);
    job->end = job->answer.end;
    job->dual_value = job->answer.bound * budget_w;
    if (status == CFI_OK && job->end == GLOBALS_FOUND && job->answer.factor > 1.0 + FEASIBLE_ROUNDING) {
        status = fit_budget(job, budget_w, error);
    }
    return status;
}

cfi_status goal_of_information(globals_job *job, cfi_error *error)
{
    const alloc_objective *objective = objective_of(job->system->allocation.objective);
    globals_ask ask = {
        .sensing = {.held = information_asked(job->system) & ~objective->raises, .raised = objective->raises},
        .target = job->target};
    bool limited = (information_asked(job->system) & objective->raises) != 0;
    cfi_status status = globals_find(&job->drop, &ask, &job->answer, error);

    job->end = job->answer.end;
    job->dual_value = objective->reported(job->system, job->answer.bound);
    if (limited && job->end == GLOBALS_FOUND && job->answer.factor < 1.0 - FEASIBLE_ROUNDING) {
        job->end = GLOBALS_NONE; /* the threshold on the position is one on the least error */
    }
    return status;
}

/* ----------------------------------------------------------------------------- outcomes ---- */

static void set_end(cfi_allocation *out, cfi_alloc_status status, const char *reason, const char *failure)
{
    out->status = status;
    out->stop_reason = reason;
    out->failure = failure;
}

/* Value and bound of a point that has been found. */
static cfi_status judge_goal(const globals_job *job, cfi_allocation *out, cfi_error *error)
{
    const alloc_objective *objective = objective_of(job->system->allocation.objective);
    cfi_evaluation evaluation;
    double value, gap;
    cfi_status status;

    problem_to_powers(job->drop.problem, job->answer.point, &out->powers);
    status = alloc_evaluate(job->drop.link, &out->powers, job->drop.arena, &evaluation, error);
    if (status != CFI_OK) {
        return status;
    }
    value = objective->measured(job->system, &evaluation);
    out->objective.dual_value = job->dual_value;
    gap = objective->larger_is_better ? job->dual_value - value : value - job->dual_value;
    if (evaluation.violation > FEASIBLE_ROUNDING) {
        set_end(out, CFI_ALLOC_FAILED, "solver_failed", "the solution of the cone problem is not feasible");
    } else if (gap <= PROVED_GAP * fabs(value)) {
        set_end(out, CFI_ALLOC_OPTIMAL, "tolerance", NULL);
    } else {
        set_end(out, CFI_ALLOC_INACCURATE, "solver_failed", "the multipliers of the cone problem prove less than 1e-6");
    }
    return CFI_OK;
}

/* No optimum, but powers that do what is asked are better than none: those with which targets were judged. */
static cfi_status keep_feasible(const globals_job *job, cfi_allocation *out, cfi_error *error)
{
    cfi_evaluation evaluation;
    cfi_status status;

    set_end(out, CFI_ALLOC_FAILED, "no feasible point found",
            job->answer.why ? job->answer.why
                            : "no powers were found that meet what is asked, nor a proof that none do");
    if (job->answer.end != GLOBALS_FOUND) {
        return CFI_OK;
    }
    problem_to_powers(job->drop.problem, job->answer.point, &out->powers);
    status = alloc_evaluate(job->drop.link, &out->powers, job->drop.arena, &evaluation, error);
    if (status == CFI_OK && evaluation.violation <= FEASIBLE_ROUNDING) {
        set_end(out, CFI_ALLOC_INACCURATE, "solver_failed",
                "the cone problem has no answer; the powers are those of the largest rates over their targets");
    }
    return status;
}

/* Where the goal has found no point that does what is asked. */
static cfi_status judge_nothing(globals_job *job, cfi_allocation *out, cfi_error *error)
{
    bool proved = false;
    cfi_status status = CFI_OK;

    if (has_targets(job)) {
        status = globals_explain(job, &proved, &out->because, error);
    }
    if (status == CFI_OK && proved) {
        set_end(out, CFI_ALLOC_INFEASIBLE, "infeasible", NULL);
        return CFI_OK;
    }
    return status == CFI_OK ? keep_feasible(job, out, error) : status;
}

bool globals_is_dark(const cfi_link *link, cfi_arena *arena, cfi_infeasibility *because)
{
    cfi_arena_mark mark = arena_mark(arena);
    unsigned kinds = objective_of(link->system->allocation.objective)->raises;
    cfi_error ignored = {.text = ""};
    alloc_coupled coupled;
    bool dark = kinds != 0 && coupled_describe(link, kinds, NULL, arena, &coupled, &ignored) == CFI_OK &&
                coupled_finds_darkness(&coupled.information, because);

    arena_release(arena, mark);
    if (!dark) {
        *because = (cfi_infeasibility){.constraint = CFI_CONSTRAINT_NONE};
    }
    return dark;
}

static bool make_job(globals_job *job, cfi_arena *arena, double *trace)
{
    const double *rate = job->system->allocation.rate_target_bit_s_hz;

    job->trace = trace;
    job->dual_value = NAN;
    job->target = arena_zeros(arena, job->drop.problem->K, sizeof *job->target);
    for (size_t k = 0; job->target && rate && k < job->drop.problem->K; k++) {
        job->target[k] = rates_sinr(job->system, rate[k]);
    }
    return job->target && globals_room(&job->drop, &job->answer);
}

static cfi_status reach_goal(globals_job *job, cfi_allocation *out, cfi_error *error)
{
    cfi_status status = objective_of(job->system->allocation.objective)->goal(job, error);

    if (status != CFI_OK) {
        return status;
    }
    status = job->end == GLOBALS_FOUND ? judge_goal(job, out, error) : judge_nothing(job, out, error);
    if (out->status == CFI_ALLOC_FAILED || out->status == CFI_ALLOC_INFEASIBLE) {
        size_t K = job->drop.problem->K, L = job->drop.problem->L;

        memset(out->powers.p, 0, K * L * sizeof(double));
        memset(out->powers.s, 0, L * sizeof(double));
        job->count = 0;
    }
    out->iterations = job->answer.iterations;
    out->objective.trace_count = job->count;
    return status;
}

/* "structured" was asked for: by the small dual, or by prices alone. */
static cfi_status check_structured(const globals_job *job, cfi_error *error)
{
    const alloc_problem *problem = job->drop.problem;

    if (job->system->allocation.solver != CFI_SOLVER_STRUCTURED || job->drop.structured ||
        (job->system->allocation.objective == CFI_MAX_MIN_RATE && level_applies(problem))) {
        return CFI_OK;
    }
    return error_set(
        error, CFI_INVALID,
        "allocation.solver: \"structured\" takes convex problems with orthogonal pilots, interference that "
        "does not depend on the stream, echo gains of rank one for angle thresholds, and targets that are "
        "not in line (allowed here: \"auto\", \"socp\")");
}

cfi_status globals_run(const cfi_link *link, const cfi_alloc_options *options, alloc_workspace *workspace,
                       cfi_allocation *out, double *trace, cfi_error *error)
{
    const cfi_system *system = link->system;
    cfi_arena *arena = workspace->scratch;
    globals_job job = {.system = system};
    alloc_problem problem;
    cfi_status status = problem_build_beside(link, workspace->coupled, arena, &problem, error);

    if (status == CFI_OK) {
        status = globals_make(&problem, information_asked(system) | objective_of(system->allocation.objective)->raises,
                              options, arena, &job.drop, error);
    }
    if (status == CFI_OK) {
        status = check_structured(&job, error);
    }
    if (status == CFI_OK && !make_job(&job, arena, trace)) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the power allocation");
    }
    out->starts = out->starts_asked = 1;
    if (status == CFI_OK) {
        status = reach_goal(&job, out, error);
    }
    out->solver = job.drop.structured || job.drop.priced ? "structured" : "socp";
    out->fallback_steps = job.drop.fallbacks;
    globals_close(&job.drop);
    return status;
}

cfi_status globals_judge_targets(const alloc_problem *problem, const cfi_alloc_options *options, cfi_arena *arena,
                                 alloc_point *point, globals_verdict *out, cfi_error *error)
{
    globals_job job = {.system = problem->link->system};
    cfi_status status = globals_make(problem, information_asked(job.system), options, arena, &job.drop, error);

    *out = (globals_verdict){.proved = false};
    if (status == CFI_OK && !make_job(&job, arena, NULL)) {
        status = error_set(error, CFI_NO_MEMORY, "out of memory for the power allocation");
    }
    if (status == CFI_OK) {
        status = globals_explain(&job, &out->proved, &out->because, error);
    }
    if (status == CFI_OK && !out->proved && job.answer.end == GLOBALS_FOUND) {
        problem_copy(problem, job.answer.point, point);
        out->found = problem_complete(problem, point); /* that of another question need not keep the budget */
    }
    globals_close(&job.drop);
    return status;
}
