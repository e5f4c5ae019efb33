/* Runs the allocation method of a scenario on one drop. docs/model.md (M9)-(M15). */
#include "alloc/certify.h"
#include "alloc/globals.h"
#include "alloc/raised.h"
#include "alloc/search.h"
#include "alloc/splits.h"

#include "alloc/constants.h"
#include "base/clock.h"

#include <math.h>
#include <string.h>

const char *alloc_status_name(cfi_alloc_status status)
{
    static const char *const names[] = {"fixed",      "converged",       "optimal", "inaccurate",
                                        "infeasible", "iteration_limit", "failed"};

    return names[status];
}

static cfi_status alloc_out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the power allocation");
}

/* What an allocation is made of. */
typedef struct alloc_job {
    const cfi_link *link;
    const cfi_alloc_options *options;
    alloc_workspace *workspace;
    cfi_arena *arena;             /* for the result */
    const alloc_coupled *coupled; /* where sensing couples access points, else NULL */
    double *factor; /* L: of the heuristic split, where its powers are shares that `sca` starts at; or NULL */
} alloc_job;

static size_t trace_length(const cfi_system *system)
{
    size_t steps = system->allocation.max_iterations + 1;

    return steps > GLOBALS_MOST_RAISES ? steps : GLOBALS_MOST_RAISES;
}

/* Arrays of the result; the trace has room for every step that the method may take. */
static cfi_status allocate_allocation(alloc_job *job, cfi_allocation *out, double **trace, cfi_error *error)
{
    const cfi_link *link = job->link;
    size_t L = link->L, K = link->K;
    bool climbs = out->method == CFI_METHOD_SCA, shared = climbs && splits_are_shares(link);
    bool asked = shared && !splits_keep_shares(link); /* then there is room for a point, too */
    size_t length = climbs ? trace_length(link->system) : 1;
    cfi_arena *arena = job->arena;

    out->powers.p = arena_zeros(arena, asked ? (K + 2) * rows_apart(L) : K * L, sizeof(double));
    out->powers.s = arena_zeros(arena, L, sizeof(double));
    out->ap_power_w = arena_zeros(arena, L, sizeof(double));
    *trace = arena_alloc(arena, length, sizeof(double));
    out->objective.trace = *trace;
    job->factor = shared ? arena_alloc(job->workspace->scratch, L, sizeof(double)) : NULL;
    return out->powers.p && (job->factor || !shared) && out->powers.s && out->ap_power_w && *trace
               ? CFI_OK
               : alloc_out_of_memory(error);
}

/* What was proved, beside the value of the powers. */
static void judge_certificate(const cfi_system *system, cfi_allocation *out)
{
    cfi_certificate *certificate = &out->certificate;
    const cfi_allocation_settings *asked = &system->allocation;

    if (!(certificate->upper_bound < INFINITY)) {
        return;
    }
    certificate->gap = (certificate->upper_bound - out->objective.value) / out->objective.value;
    if (certificate->gap <= asked->certify_gap) {
        out->status = CFI_ALLOC_OPTIMAL;
        out->stop_reason = "certified";
    } else if (out->status == CFI_ALLOC_CONVERGED) {
        out->stop_reason = certificate->interrupted ? "interrupted" : "node_limit";
    }
}

/* Everything that is reported of the powers, recomputed from them. */
static cfi_status evaluate_results(const alloc_job *job, cfi_allocation *out, cfi_error *error)
{
    const alloc_objective *objective = objective_of(job->link->system->allocation.objective);
    cfi_arena_mark mark = arena_mark(job->arena);
    cfi_evaluation evaluation;
    cfi_status status = alloc_evaluate(job->link, &out->powers, job->arena, &evaluation, error);

    if (status == CFI_OK) {
        out->sum_rate_bit_s_hz = evaluation.sum_rate_bit_s_hz;
        out->objective.value = objective->measured(job->link->system, &evaluation);
        out->max_constraint_violation = evaluation.violation;
        memcpy(out->ap_power_w, evaluation.ap_power_w, job->link->L * sizeof *out->ap_power_w);
        judge_certificate(job->link->system, out);
    }
    arena_release(job->arena, mark);
    return status;
}

static void set_outcome(cfi_allocation *out, cfi_alloc_status status, const char *reason)
{
    out->status = status;
    out->stop_reason = reason;
}

/* Best minus worst start, in the objective's unit; nothing of points that have not the targets. */
static double spread_of_starts(const alloc_search *s)
{
    const cfi_system *system = s->problem.link->system;
    const alloc_objective *objective = s->problem.objective;
    double best = s->best_outcome.objective, worst = s->worst;

    if (s->best_outcome.short_of_targets) {
        return 0.0;
    }
    return objective->proportional ? objective->reported(system, fmax(best - worst, 0.0))
                                   : fabs(objective->reported(system, best) - objective->reported(system, worst));
}

static void keep_outcome(const alloc_search *s, cfi_allocation *out, double *trace)
{
    const cfi_system *system = s->problem.link->system;
    const sca_outcome *outcome = &s->best_outcome;
    const alloc_objective *objective = s->problem.objective;

    set_outcome(out, outcome->status, outcome->stop_reason);
    out->iterations = outcome->iterations;
    out->broken_starts = s->broken;
    out->objective.spread = spread_of_starts(s);
    if (s->bound.factor < INFINITY) {
        out->objective.dual_value = objective->reported(system, s->bound.factor);
    }
    out->objective.trace_count = outcome->trace_count;
    for (size_t i = 0; i < outcome->trace_count; i++) {
        trace[i] = objective->reported(system, outcome->trace[i]);
    }
    search_to_powers(s, &out->powers);
    out->solver = s->ascent.structured ? "structured" : "socp";
    if (s->ascent.structured) {
        out->largest_step_gap = s->ascent.largest_gap;
        out->fallback_steps = s->ascent.fallback_steps;
    }
}

/* Keeps what broke down, if anything did, beside the results. */
static cfi_status keep_failure(const char *text, cfi_arena *arena, cfi_allocation *out, cfi_error *error)
{
    out->failure = *text ? arena_print(arena, "%s", text) : NULL;
    return *text && !out->failure ? alloc_out_of_memory(error) : CFI_OK;
}

/* At the very edge of feasibility rounding may leave no start; the heuristic split is as good as it gets there, if it
 * holds the constraints. */
static cfi_status keep_heuristic(const alloc_job *job, cfi_allocation *out, cfi_error *error)
{
    cfi_evaluation split;
    cfi_status status;

    if (job->factor) {
        splits_make_powers(job->link, job->factor, &out->powers);
    }
    status = alloc_evaluate(job->link, &out->powers, job->arena, &split, error);
    if (status != CFI_OK) {
        return status;
    }
    set_outcome(out, split.violation <= FEASIBLE_ROUNDING ? CFI_ALLOC_INACCURATE : CFI_ALLOC_FAILED,
                "no_feasible_start");
    out->failure = arena_print(job->arena,
                               "no start could be made feasible: the thresholds are %.2g relative from the edge of "
                               "feasibility, the heuristic split violates a constraint by %.2g",
                               1.0 - out->least_threshold_factor, split.violation);
    return out->failure ? CFI_OK : alloc_out_of_memory(error);
}

static void clear_powers(const cfi_link *link, cfi_powers *powers)
{
    memset(powers->p, 0, link->K * link->L * sizeof *powers->p);
    memset(powers->s, 0, link->L * sizeof *powers->s);
}

/* No start met the rate targets: where the problem is convex that is proved, or there is a point that does, which is
 * one more start. Elsewhere a problem that asks for less may prove it, or make another start. */
static cfi_status judge_targets(const alloc_job *job, alloc_search *s, cfi_allocation *out, cfi_error *error)
{
    cfi_arena *scratch = job->workspace->scratch;
    cfi_arena_mark mark = arena_mark(scratch);
    globals_verdict verdict;
    cfi_status status = (globals_can_judge(job->link) ? globals_judge_targets : globals_judge_without)(
        &s->problem, job->options, scratch, s->at.point, &verdict, error);

    arena_release(scratch, mark);
    if (status == CFI_OK && verdict.proved) {
        set_outcome(out, CFI_ALLOC_INFEASIBLE, "infeasible");
        out->because = verdict.because;
    } else if (status == CFI_OK && verdict.found) {
        status = search_run_from(s, error);
    }
    return status;
}

/* Feasible powers are there, and a certificate of them is asked for and can be had. */
static bool may_be_certified(const alloc_search *s)
{
    const cfi_link *link = s->problem.link;

    return s->tried > 0 && !s->best_outcome.short_of_targets && link->system->allocation.certify &&
           certify_applies(link);
}

/* out->powers holds the heuristic split on entry, as far as starts need it (start_split), the allocation on return. */
static cfi_status run_sca(const alloc_job *job, cfi_allocation *out, double *trace, cfi_error *error)
{
    start_split heuristic = {
        .powers = &out->powers, .factor = job->factor, .asked = job->factor && !splits_keep_shares(job->link)};
    alloc_search s;
    cfi_status status = search_init(&s, job->link, &heuristic, job->options, job->workspace, error);

    if (status == CFI_OK) {
        status = search_run(&s, error);
    }
    if (status == CFI_OK && s.tried > 0 && s.best_outcome.short_of_targets) {
        status = judge_targets(job, &s, out, error);
    }
    if (status == CFI_OK && out->status != CFI_ALLOC_INFEASIBLE && may_be_certified(&s)) {
        status = certify_search(&s, job->options, job->workspace, out, error);
    }
    out->starts_asked = s.asked;
    out->starts = s.tried;
    if (status != CFI_OK) {
        return status;
    }
    if (out->status == CFI_ALLOC_INFEASIBLE) {
        clear_powers(job->link, &out->powers);
        return CFI_OK;
    }
    if (s.tried == 0) {
        return keep_heuristic(job, out, error);
    }
    keep_outcome(&s, out, trace);
    return keep_failure(s.best_outcome.failure, job->arena, out, error);
}

/* Without rate targets access points whose signals have directions answer one by one, unless cone problems are what is
 * asked for. */
static cfi_status raise_directed(const alloc_job *job, cfi_allocation *out, double *trace, cfi_error *error)
{
    bool by_cones = job->link->system->allocation.solver == CFI_SOLVER_SOCP ||
                    (job->options && job->options->export_problem) || system_asks_rates(job->link->system);
    cfi_status status = by_cones ? run_sca(job, out, trace, error) : CFI_OK;

    if (status != CFI_OK || out->status == CFI_ALLOC_INFEASIBLE || out->status == CFI_ALLOC_FAILED) {
        return status;
    }
    return raised_directed(job->link, by_cones, job->arena, out, error);
}

/* Globally where the problem is convex, else by successive convex approximation. */
static cfi_status maximise(const alloc_job *job, cfi_allocation *out, double *trace, cfi_error *error)
{
    const cfi_link *link = job->link;
    const alloc_objective *objective = objective_of(link->system->allocation.objective);

    if (objective->goal && globals_apply(link)) {
        return globals_run(link, job->options, job->workspace, out, trace, error);
    }
    if (sensing_raises_directed(link)) {
        return raise_directed(job, out, trace, error);
    }
    return run_sca(job, out, trace, error);
}

/* The powers of a method that iterates nothing, or those that `sca` starts at. */
static cfi_status make_powers(const alloc_job *job, cfi_allocation *out, cfi_error *error)
{
    switch (out->method) {
    case CFI_METHOD_NONE:
    case CFI_METHOD_EQUAL:
        set_outcome(out, CFI_ALLOC_FIXED, "fixed_split");
        alloc_equal(job->link, &out->powers);
        return CFI_OK;
    case CFI_METHOD_FRACTIONAL:
        set_outcome(out, CFI_ALLOC_FIXED, "fractional_split");
        alloc_fractional(job->link, &out->powers);
        return CFI_OK;
    case CFI_METHOD_GIVEN:
        set_outcome(out, CFI_ALLOC_FIXED, "given_powers");
        return alloc_given(job->link, &out->powers, error);
    default:
        set_outcome(out, CFI_ALLOC_FIXED, "heuristic_split");
        return job->coupled ? splits_beside(job->link, job->coupled, job->workspace->scratch, &out->powers, error)
                            : splits_heuristic(job->link, out->least_threshold_factor, job->arena, &out->powers,
                                               job->factor, error);
    }
}

/* What makes the drop infeasible. */
static cfi_status explain_outcome(const alloc_job *job, cfi_allocation *out, cfi_error *error)
{
    if (job->coupled) {
        return coupled_explain(job->link, job->coupled, job->workspace->scratch, &out->because, error);
    }
    out->because = alloc_explain_infeasible(job->link);
    return CFI_OK;
}

static cfi_status run_method(alloc_job *job, cfi_allocation *out, cfi_error *error)
{
    double *trace;
    cfi_status status = allocate_allocation(job, out, &trace, error);

    if (status != CFI_OK) {
        return status;
    }
    if (out->method == CFI_METHOD_SCA && (targets_are_beyond(job->link, &out->because) ||
                                          globals_is_dark(job->link, job->workspace->scratch, &out->because) ||
                                          raised_is_dark(job->link, &out->because))) {
        set_outcome(out, CFI_ALLOC_INFEASIBLE, "infeasible");
        return CFI_OK;
    }
    status = make_powers(job, out, error);
    if (status == CFI_INFEASIBLE) {
        set_outcome(out, CFI_ALLOC_INFEASIBLE, "infeasible");
        error_set(error, CFI_OK, "%s", "");
        return explain_outcome(job, out, error);
    }
    if (status == CFI_OK && out->method == CFI_METHOD_SCA) {
        status = maximise(job, out, trace, error);
    }
    if (status == CFI_OK) {
        status = evaluate_results(job, out, error);
    }
    if (status == CFI_OK && out->objective.trace_count == 0) { /* nothing was iterated */
        trace[0] = out->objective.value;
        out->objective.trace_count = 1;
    }
    return status;
}

/* The same where sensing couples access points. Powers that are made without regard to it need not know. */
static cfi_status find_edge(alloc_job *job, cfi_arena *scratch, alloc_coupled *coupled, cfi_allocation *out,
                            cfi_error *error)
{
    bool constrains = out->method == CFI_METHOD_HEURISTIC || out->method == CFI_METHOD_SCA;
    cfi_stop *stop = job->options ? job->options->stop : NULL;
    cfi_status status = coupled_make(job->link, stop, scratch, coupled, error);

    if (status == CFI_OK) {
        out->least_threshold_factor = 1.0 / coupled->margin;
        job->coupled = job->workspace->coupled = coupled;
    } else if (!constrains && (status == CFI_INVALID || status == CFI_FAILED)) {
        status = error_set(error, CFI_OK, "%s", "");
    }
    return status;
}

/* How far from the edge of feasibility the drop is. */
static cfi_status run_at_edge(alloc_job *job, cfi_allocation *out, cfi_error *error)
{
    cfi_arena *scratch = job->workspace->scratch;
    cfi_arena_mark mark = arena_mark(scratch);
    alloc_coupled coupled;
    cfi_status status = CFI_OK;

    if (system_couples_sensing(job->link->system)) {
        status = find_edge(job, scratch, &coupled, out, error);
    } else {
        out->least_threshold_factor = alloc_least_threshold_factor(job->link);
    }
    if (status == CFI_OK) {
        status = run_method(job, out, error);
    }
    job->coupled = job->workspace->coupled = NULL;
    arena_release(scratch, mark);
    return status;
}

/* The caller's workspace, or one for this call alone. */
static cfi_status run_in_workspace(alloc_job *job, cfi_allocation *out, cfi_error *error)
{
    alloc_workspace *own = job->workspace ? NULL : alloc_workspace_create();
    cfi_status status = CFI_NO_MEMORY;

    job->workspace = job->workspace ? job->workspace : own;
    status = job->workspace ? run_at_edge(job, out, error) : alloc_out_of_memory(error);
    alloc_workspace_destroy(own);
    return status;
}

/* What no method can do anything with. */
static cfi_status check_link(const cfi_link *link, cfi_error *error)
{
    const alloc_objective *objective = objective_of(link->system->allocation.objective);

    if (!objective) {
        return error_set(error, CFI_INVALID, "allocation.objective: not available in this version");
    }
    return sensing_check(link, error);
}

cfi_status alloc_measure(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, double *value,
                         cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    cfi_evaluation evaluation;
    cfi_status status = check_link(link, error);

    if (status == CFI_OK) {
        status = alloc_evaluate(link, powers, arena, &evaluation, error);
    }
    if (status == CFI_OK) {
        *value = objective_of(link->system->allocation.objective)->measured(link->system, &evaluation);
    }
    arena_release(arena, mark);
    return status;
}

cfi_status alloc_run(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena, cfi_allocation *out,
                     cfi_error *error)
{
    const alloc_objective *objective = objective_of(link->system->allocation.objective);
    alloc_job job = {
        .link = link, .options = options, .workspace = options ? options->workspace : NULL, .arena = arena};
    double start = clock_seconds();
    cfi_error own = {.text = ""};
    cfi_status status;

    error = error ? error : &own; /* what fails below tells why here, also where the caller does not ask */
    *out = (cfi_allocation){.method = link->system->allocation.method, .largest_step_gap = NAN};
    out->certificate = (cfi_certificate){.asked = link->system->allocation.certify, .upper_bound = NAN, .gap = NAN};
    status = check_link(link, error);
    if (status == CFI_OK) {
        out->objective = (cfi_objective_result){.name = objective->name, .unit = objective->unit, .dual_value = NAN};
        status = run_in_workspace(&job, out, error);
    }
    out->solve_seconds = clock_seconds() - start;
    return status;
}
