/* Runs the allocation method of a scenario on one drop. docs/model.md (M9)-(M15). */
#include "alloc/sca.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double LN2 = 0.69314718055994530942;
static const double WEAK_SINR = 1e-2; /* of the strongest user's: below it a user may want to come back */
static const double ROUNDING = 1e-10; /* violation that sums in another order may show */
/* Default where pilots overlap. Over 300 wide random scenarios of up to 8 access points and 6 users 8 starts lost more
 * than 1e-3 in 3 of them, 16 in none; the cone solver's starts are dear. */
enum { STARTS_STRUCTURED = 16, STARTS_SOCP = 8 };

const char *alloc_status_name(cfi_alloc_status status)
{
    static const char *const names[] = {"fixed",      "converged",       "optimal", "inaccurate",
                                        "infeasible", "iteration_limit", "failed"};

    return names[status];
}

static cfi_status out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the power allocation");
}

/* ------------------------------------------------------------------------- several starts ---- */

/* Everything the search over starts needs. */
typedef struct search {
    alloc_problem problem;
    alloc_stepper stepper;
    sca_work work;
    alloc_point *heuristic, *point, *best;
    sca_outcome outcome, best_outcome;
    double worst;  /* objective of the worst start that ended as well as the best one */
    size_t broken; /* starts that broke down */
} search;

static cfi_status search_init(search *s, const cfi_link *link, const cfi_powers *heuristic,
                              const cfi_alloc_options *options, cfi_arena *arena, cfi_error *error)
{
    size_t length = link->system->allocation.max_iterations + 1;
    cfi_status status = problem_build(link, arena, &s->problem, error);

    if (status == CFI_OK) {
        status = stepper_init(&s->stepper, &s->problem, options, arena, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    s->work.candidate = problem_point(&s->problem, arena);
    s->work.trial = problem_point(&s->problem, arena);
    s->work.kept = arena_alloc(arena, 2 * link->K, sizeof(double));
    s->heuristic = problem_point(&s->problem, arena);
    s->point = problem_point(&s->problem, arena);
    s->best = problem_point(&s->problem, arena);
    s->outcome.trace = arena_alloc(arena, length, sizeof(double));
    s->best_outcome.trace = arena_alloc(arena, length, sizeof(double));
    if (!s->work.candidate || !s->work.trial || !s->work.kept || !s->heuristic || !s->point || !s->best ||
        !s->outcome.trace || !s->best_outcome.trace) {
        return out_of_memory(error);
    }
    problem_from_powers(&s->problem, heuristic, s->heuristic);
    return CFI_OK;
}

/* Gives user k, silent or nearly so, amplitudes along g_kl / price_l, where price_l = C_l theta_l is read off
 * the other users' stationarity; only worth it where the test of docs/model.md (M13) says so. The best length goes to
 * s->point. Returns its objective; `value`, that of s->best, when none is better. */
static double revive_user(search *s, size_t k, double value)
{
    const alloc_problem *problem = &s->problem;
    size_t K = problem->K, L = problem->L;
    alloc_point *direction = s->work.candidate, *trial = s->work.trial;
    double benefit = 0.0, best = value;

    problem_evaluate(problem, s->best);
    for (size_t l = 0; l < L; l++) {
        const double *w = s->best->w + K * l, *signal = problem->signal + K * l;
        double x = 0.0, slope = 0.0, price;

        for (size_t j = 0; j < K; j++) {
            double u = problem->u[j], noise = problem->interference[j];

            slope += signal[j] * w[j] * u / (noise + u * u);
            x += w[j] * w[j];
        }
        price = slope / x; /* stationarity of the active users: slope = price x */
        if (!(price > 0.0)) {
            return value;
        }
        benefit += signal[k] * signal[k] / price;
        direction->w[k + K * l] = signal[k] / price;
    }
    if (!(benefit > problem->interference[k])) {
        return value;
    }
    for (double scale = 1.0; scale > 1e-12; scale *= 0.5) {
        double next;

        problem_copy(problem, s->best, trial);
        for (size_t l = 0; l < L; l++) {
            trial->w[k + K * l] = scale * direction->w[k + K * l];
        }
        if (!problem_complete(problem, trial)) {
            continue;
        }
        next = problem_evaluate(problem, trial);
        if (next > best) {
            best = next;
            problem_copy(problem, trial, s->point);
        }
    }
    return best;
}

/* Appends a later run's trace to the best one's, as far as there is room; it ends at the result in any case. */
static void append_trace(const search *s, sca_outcome *outcome, const sca_outcome *more)
{
    size_t room = s->problem.link->system->allocation.max_iterations + 1;

    for (size_t i = 1; i < more->trace_count && outcome->trace_count < room; i++) {
        outcome->trace[outcome->trace_count++] = more->trace[i];
    }
    outcome->trace[outcome->trace_count - 1] = more->objective;
    outcome->iterations = outcome->trace_count - 1;
    outcome->status = more->status;
    outcome->stop_reason = more->stop_reason;
    outcome->broke_down = more->broke_down;
    memcpy(outcome->failure, more->failure, sizeof outcome->failure);
    outcome->objective = more->objective;
}

/* Says what the later run was for; it goes on with the step numbers of the last start. */
static void name_revival(sca_outcome *outcome, size_t k)
{
    char cause[SCA_FAILURE_LENGTH];

    memcpy(cause, outcome->failure, sizeof cause);
    if (*cause) {
        snprintf(outcome->failure, sizeof outcome->failure, "bringing back user %zu: %.270s", k, cause);
    }
}

/* With orthogonal pilots a user that lost all its power never comes back by itself, and one that lost most of it only
 * over hundreds of steps: a stationary point of the surrogate, but perhaps not of the problem. */
static cfi_status revive_weak_users(search *s, cfi_error *error)
{
    const alloc_problem *problem = &s->problem;
    double small = problem->link->system->allocation.tolerance;

    for (size_t k = 0; k < problem->K; k++) {
        double value = s->best_outcome.objective, strongest = 0.0;
        cfi_status status;

        problem_evaluate(problem, s->best);
        for (size_t j = 0; j < problem->K; j++) {
            strongest = fmax(strongest, problem_sinr(problem, j));
        }
        if (problem_sinr(problem, k) > WEAK_SINR * strongest || revive_user(s, k, value) <= value * (1.0 + small)) {
            continue;
        }
        status = sca_run(&s->stepper, &s->work, s->point, &s->outcome, error);
        if (status != CFI_OK) {
            return status;
        }
        if (s->outcome.objective > value) {
            problem_copy(problem, s->point, s->best);
            name_revival(&s->outcome, k);
            append_trace(s, &s->best_outcome, &s->outcome);
        }
    }
    return CFI_OK;
}

/* Starts are compared by their objective only where they ended equally well: one that broke down is no stationary
 * point, and whatever it reached never beats one that did not. */
static int how_well(const sca_outcome *outcome)
{
    if (outcome->status == CFI_ALLOC_FAILED) {
        return 0;
    }
    return outcome->broke_down ? 1 : 2;
}

/* True when the best start so far was clearly beaten. */
static bool keep_best(search *s, bool first)
{
    sca_outcome spare = s->best_outcome;
    alloc_point *point = s->best;
    int rank = how_well(&s->outcome), best_rank = first ? -1 : how_well(&s->best_outcome);
    double objective = s->outcome.objective, best = first ? -INFINITY : s->best_outcome.objective;

    s->broken += s->outcome.broke_down;
    if (rank >= best_rank) {
        s->worst = rank > best_rank ? objective : fmin(s->worst, objective);
    }
    if (rank > best_rank || (rank == best_rank && objective > best)) {
        s->best_outcome = s->outcome;
        s->outcome = spare;
        s->best = s->point;
        s->point = point;
    }
    return rank > best_rank || (rank == best_rank && objective > best * (1.0 + 1e-6));
}

static cfi_status run_starts(search *s, size_t starts, size_t *tried, cfi_error *error)
{
    bool first = true;
    size_t turn = 0;

    *tried = 0;
    for (size_t start = 0; start < starts; start++) {
        cfi_status status;

        if (!start_make(&s->problem, start, &turn, s->heuristic, s->best, s->point)) {
            continue;
        }
        s->stepper.start = start;
        s->stepper.step = 0;
        status = sca_run(&s->stepper, &s->work, s->point, &s->outcome, error);
        if (status != CFI_OK) {
            return status;
        }
        if (keep_best(s, first)) {
            turn = 0;
        }
        first = false;
        ++*tried;
    }
    return s->problem.link->pilots_overlap || first || s->best_outcome.broke_down ? CFI_OK
                                                                                  : revive_weak_users(s, error);
}

/* ------------------------------------------------------------------------------- results ---- */

/* Arrays of the result; the trace has room for every step that the method may take. */
static cfi_status allocate_results(const cfi_link *link, cfi_arena *arena, cfi_allocation *out, double **trace,
                                   cfi_error *error)
{
    size_t K = link->K, L = link->L;
    size_t length = out->method == CFI_METHOD_SCA ? link->system->allocation.max_iterations + 1 : 1;

    out->powers.p = arena_zeros(arena, K * L, sizeof(double));
    out->powers.s = arena_zeros(arena, L, sizeof(double));
    out->ap_power_w = arena_zeros(arena, L, sizeof(double));
    *trace = arena_alloc(arena, length, sizeof(double));
    out->trace_bit_s_hz = *trace;
    return out->powers.p && out->powers.s && out->ap_power_w && *trace ? CFI_OK : out_of_memory(error);
}

/* Everything that is reported of the powers, recomputed from them. */
static cfi_status evaluate_results(const cfi_link *link, cfi_arena *arena, cfi_allocation *out, cfi_error *error)
{
    const cfi_system *system = link->system;
    cfi_arena_mark mark = arena_mark(arena);
    double *sinr = arena_alloc(arena, link->K, sizeof *sinr);
    cfi_status status;

    if (!sinr) {
        return out_of_memory(error);
    }
    status = metrics_sinr(link, &out->powers, system->rate_model, arena, sinr, error);
    if (status == CFI_OK) {
        out->sum_rate_bit_s_hz = metrics_rates(system, sinr, NULL);
        for (size_t l = 0; l < link->L; l++) {
            out->ap_power_w[l] = metrics_comm_power(link->K, &out->powers, l) + out->powers.s[l];
        }
        status = alloc_constraint_violation(link, &out->powers, arena, &out->max_constraint_violation, error);
    }
    arena_release(arena, mark);
    return status;
}

static void set_outcome(cfi_allocation *out, cfi_alloc_status status, const char *reason)
{
    out->status = status;
    out->stop_reason = reason;
}

static void keep_outcome(const search *s, cfi_allocation *out, double *trace)
{
    const sca_outcome *outcome = &s->best_outcome;
    double scale = s->problem.link->system->frame.prelog / LN2;

    set_outcome(out, outcome->status, outcome->stop_reason);
    out->iterations = outcome->iterations;
    out->broken_starts = s->broken;
    out->spread_bit_s_hz = scale * fmax(outcome->objective - s->worst, 0.0);
    out->trace_count = outcome->trace_count;
    for (size_t i = 0; i < outcome->trace_count; i++) {
        trace[i] = scale * outcome->trace[i];
    }
    problem_to_powers(&s->problem, s->best, &out->powers);
    out->solver = s->stepper.structured ? "structured" : "socp";
    if (s->stepper.structured) {
        out->largest_step_gap = s->stepper.largest_gap;
        out->fallback_steps = s->stepper.fallback_steps;
    }
}

/* Keeps what broke down, if anything did, beside the results. */
static cfi_status keep_failure(const char *text, cfi_arena *arena, cfi_allocation *out, cfi_error *error)
{
    out->failure = *text ? arena_print(arena, "%s", text) : NULL;
    return *text && !out->failure ? out_of_memory(error) : CFI_OK;
}

/* At the very edge of feasibility rounding may leave no start; the heuristic split, in out->powers, is as good as it
 * gets there, if it holds the constraints. */
static cfi_status keep_heuristic(const cfi_link *link, cfi_arena *arena, cfi_allocation *out, cfi_error *error)
{
    double violation;
    cfi_status status = alloc_constraint_violation(link, &out->powers, arena, &violation, error);

    set_outcome(out, violation <= ROUNDING ? CFI_ALLOC_INACCURATE : CFI_ALLOC_FAILED, "no_feasible_start");
    out->failure = arena_print(arena,
                               "no start could be made feasible: the thresholds are %.2g relative from the edge of "
                               "feasibility, the heuristic split violates a constraint by %.2g",
                               1.0 - out->least_threshold_factor, violation);
    return status == CFI_OK && !out->failure ? out_of_memory(error) : status;
}

/* out->powers holds the heuristic split on entry, the allocation on return. */
static cfi_status run_sca(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena, cfi_allocation *out,
                          double *trace, cfi_error *error)
{
    size_t starts = link->system->allocation.starts;
    cfi_arena *scratch = arena_scratch(arena);
    cfi_arena_mark mark = scratch ? arena_mark(scratch) : (cfi_arena_mark){.chunk = 0};
    search s = {.worst = 0.0};
    cfi_status status = scratch ? search_init(&s, link, &out->powers, options, scratch, error) : out_of_memory(error);

    if (starts == 0) {
        starts = !link->pilots_overlap ? 1 : s.stepper.structured ? STARTS_STRUCTURED : STARTS_SOCP;
    }
    out->starts_asked = starts;
    if (status == CFI_OK) {
        status = run_starts(&s, starts, &out->starts, error);
    }
    if (status == CFI_OK && out->starts == 0) {
        status = keep_heuristic(link, arena, out, error);
    } else if (status == CFI_OK) {
        keep_outcome(&s, out, trace);
        status = keep_failure(s.best_outcome.failure, arena, out, error);
    }
    if (scratch) {
        arena_release(scratch, mark);
    }
    return status;
}

static cfi_status run_method(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena,
                             cfi_allocation *out, cfi_error *error)
{
    double *trace;
    cfi_status status = allocate_results(link, arena, out, &trace, error);

    if (status != CFI_OK) {
        return status;
    }
    if (out->method == CFI_METHOD_NONE || out->method == CFI_METHOD_EQUAL) {
        set_outcome(out, CFI_ALLOC_FIXED, "fixed_split");
        alloc_equal(link, &out->powers);
    } else {
        set_outcome(out, CFI_ALLOC_FIXED, "heuristic_split");
        status = alloc_heuristic(link, arena, &out->powers, error);
    }
    if (status == CFI_INFEASIBLE) {
        set_outcome(out, CFI_ALLOC_INFEASIBLE, "infeasible");
        error_set(error, CFI_OK, "%s", "");
        out->because = alloc_explain_infeasible(link);
        return CFI_OK;
    }
    if (status == CFI_OK && out->method == CFI_METHOD_SCA) {
        status = run_sca(link, options, arena, out, trace, error);
    }
    if (status == CFI_OK) {
        status = evaluate_results(link, arena, out, error);
    }
    if (status == CFI_OK && out->trace_count == 0) { /* nothing was iterated */
        trace[0] = out->sum_rate_bit_s_hz;
        out->trace_count = 1;
    }
    return status;
}

cfi_status alloc_run(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena, cfi_allocation *out,
                     cfi_error *error)
{
    double start = clock_seconds();
    cfi_error own = {.text = ""};
    cfi_status status;

    error = error ? error : &own; /* rooms below report through it */
    *out = (cfi_allocation){.method = link->system->allocation.method, .largest_step_gap = NAN};
    out->least_threshold_factor = alloc_least_threshold_factor(link);
    status = run_method(link, options, arena, out, error);
    out->solve_seconds = clock_seconds() - start;
    return status;
}
