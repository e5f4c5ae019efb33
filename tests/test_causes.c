/* What breaks down is told by its cause, and costs no more than it must. The program is linked so that the cone solver,
 * the starts, the violation, the rates and the Monte Carlo can be made to fail at will. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/search.h"
#include "allocations.h"
#include "cfisac/trial.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------ the faults ---- */

enum { MOST_STARTS = 8, NEVER = 1000 };

/* What goes wrong; everything zero but the steps: nothing does. */
static struct {
    size_t start, step;             /* of the problem that is solved next, as the export tells */
    size_t failing_at[MOST_STARTS]; /* the first step of each start that the cone solver fails */
    cfi_status solver;              /* what socp_solve returns instead of failing */
    bool no_start, violated, no_rate, no_monte_carlo;
} fault;

static void no_faults(void)
{
    memset(&fault, 0, sizeof fault);
    for (size_t i = 0; i < MOST_STARTS; i++) {
        fault.failing_at[i] = NEVER;
    }
}

cfi_status __real_socp_solve(socp_workspace *, const socp_problem *, socp_solution *, cfi_error *);
cfi_status __wrap_socp_solve(socp_workspace *, const socp_problem *, socp_solution *, cfi_error *);
bool __real_start_make(start_source *, size_t, alloc_point *);
bool __wrap_start_make(start_source *, size_t, alloc_point *);
cfi_status __real_alloc_evaluate(const cfi_link *, const cfi_powers *, cfi_arena *, cfi_evaluation *, cfi_error *);
cfi_status __wrap_alloc_evaluate(const cfi_link *, const cfi_powers *, cfi_arena *, cfi_evaluation *, cfi_error *);
double __real_metrics_rates(const cfi_system *, const double *, double *);
double __wrap_metrics_rates(const cfi_system *, const double *, double *);
cfi_status __real_metrics_monte_carlo(const cfi_network *, const cfi_powers *, size_t, cfi_stop *, cfi_arena *,
                                      cfi_monte_carlo *, cfi_error *);
cfi_status __wrap_metrics_monte_carlo(const cfi_network *, const cfi_powers *, size_t, cfi_stop *, cfi_arena *,
                                      cfi_monte_carlo *, cfi_error *);

/* A breakdown as socp.h describes it: every number is NaN. */
cfi_status __wrap_socp_solve(socp_workspace *workspace, const socp_problem *problem, socp_solution *solution,
                             cfi_error *error)
{
    static double nothing[4096];
    cfi_status status = __real_socp_solve(workspace, problem, solution, error);

    if (fault.start >= MOST_STARTS || fault.step < fault.failing_at[fault.start]) {
        return status;
    }
    if (fault.solver != CFI_OK) {
        return error_set(error, fault.solver, "cone problem: h[7] is not finite");
    }
    assert_true(problem->n <= sizeof nothing / sizeof *nothing);
    for (size_t i = 0; i < problem->n; i++) {
        nothing[i] = NAN;
    }
    solution->status = SOCP_FAILED;
    solution->iterations = 17;
    solution->x = nothing;
    solution->primal_residual = solution->dual_residual = solution->gap = -NAN;
    return status;
}

bool __wrap_start_make(start_source *source, size_t start, alloc_point *point)
{
    return !fault.no_start && __real_start_make(source, start, point);
}

cfi_status __wrap_alloc_evaluate(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, cfi_evaluation *out,
                                 cfi_error *error)
{
    cfi_status status = __real_alloc_evaluate(link, powers, arena, out, error);

    out->violation = fault.violated ? 0.25 : out->violation;
    return status;
}

double __wrap_metrics_rates(const cfi_system *system, const double *sinr, double *rate)
{
    double sum = __real_metrics_rates(system, sinr, rate);

    if (fault.no_rate && rate) {
        rate[1] = INFINITY;
    }
    return sum;
}

cfi_status __wrap_metrics_monte_carlo(const cfi_network *network, const cfi_powers *powers, size_t threads,
                                      cfi_stop *stop, cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error)
{
    return fault.no_monte_carlo ? error_set(error, CFI_FAILED, "no channel was finite")
                                : __real_metrics_monte_carlo(network, powers, threads, stop, arena, out, error);
}

/* ------------------------------------------------------------------------------- the drops ---- */

static cfi_status note_step(void *context, const cfi_exported *exported, cfi_error *error)
{
    (void)context, (void)error;
    fault.start = exported->start;
    fault.step = exported->step;
    return CFI_OK;
}

static cfi_allocation allocate(drop *d)
{
    cfi_alloc_options options = {.export_problem = note_step};
    cfi_allocation allocation;
    cfi_error error = {.text = ""};

    if (alloc_run(&d->link, &options, d->arena, &allocation, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return allocation;
}

/* Two users, orthogonal pilots, binding thresholds: a handful of steps. */
static drop *plain_drop(void)
{
    drop *d = make_drop(make_system(11, 6, 3, 4, 4));

    set_tightness(d, 0.5);
    return d;
}

/* -------------------------------------------------------------------------- the allocation ---- */

static void a_step_that_fails_after_good_ones_keeps_the_best_point(void **state)
{
    (void)state;
    drop *d = plain_drop();
    cfi_allocation whole, broken;

    no_faults();
    whole = allocate(d);
    assert_int_equal(whole.status, CFI_ALLOC_CONVERGED);
    assert_true(whole.iterations > 3 && !whole.failure);
    fault.failing_at[0] = 2;
    broken = allocate(d);
    assert_int_equal(broken.status, CFI_ALLOC_INACCURATE);
    assert_string_equal(broken.stop_reason, "solver_failed");
    assert_string_equal(broken.failure,
                        "the cone solver stopped at step 2 of start 0 (failed after 17 iterations: no finite point)");
    assert_int_equal(broken.iterations, 2);
    assert_int_equal(broken.broken_starts, 1);
    assert_memory_equal(broken.objective.trace, whole.objective.trace, 3 * sizeof(double)); /* start, two good steps */
    assert_close(sum_rate_from_formula(d, &broken.powers), whole.objective.trace[2], 1e-9);
    assert_true(violation_from_formula(d, &broken.powers) < 1e-9);
    free_drop(d);
}

/* The start is a feasible point too. */
static void a_first_step_that_fails_leaves_the_heuristic_split(void **state)
{
    (void)state;
    drop *d = plain_drop();
    cfi_allocation broken;

    no_faults();
    fault.failing_at[0] = 0;
    broken = allocate(d);
    assert_int_equal(broken.status, CFI_ALLOC_INACCURATE);
    assert_string_equal(broken.stop_reason, "solver_failed");
    assert_int_equal(broken.iterations, 0);
    assert_int_equal(alloc_heuristic(&d->link, d->arena, &d->powers, NULL), CFI_OK);
    assert_true(broken.sum_rate_bit_s_hz >= sum_rate_from_formula(d, &d->powers) * (1.0 - 1e-9));
    assert_true(violation_from_formula(d, &broken.powers) < 1e-9);
    free_drop(d);
}

/* The better start breaks down, above what the others converge to: it must not win, nor spoil their status. */
static void a_failed_start_never_beats_a_converged_one(void **state)
{
    (void)state;
    enum { BETTER = 1 }; /* the start that finds the better maximum */
    size_t step = 0;
    drop *d = constructed_exception(BETTER);
    cfi_allocation without, with, reached;

    no_faults();
    without = allocate(d);
    assert_int_equal(without.status, CFI_ALLOC_CONVERGED);
    d->made.system.allocation.starts = BETTER + 1;
    do { /* where all others fail at once, the broken start shows how far it came */
        no_faults();
        fault.failing_at[0] = 0;
        fault.failing_at[BETTER] = ++step;
        reached = allocate(d);
        assert_int_equal(reached.status, CFI_ALLOC_INACCURATE);
        assert_int_equal(reached.broken_starts, 2);
    } while (reached.sum_rate_bit_s_hz <= without.sum_rate_bit_s_hz * 1.01);
    no_faults();
    fault.failing_at[BETTER] = step;
    with = allocate(d);
    assert_int_equal(with.status, CFI_ALLOC_CONVERGED);
    assert_int_equal(with.broken_starts, 1);
    assert_null(with.failure);
    assert_true(with.sum_rate_bit_s_hz == without.sum_rate_bit_s_hz);
    assert_true(with.objective.spread == without.objective.spread);
    free_drop(d);
}

/* A broken start that is first gives way to a converged one, and leaves no trace of the failure. */
static void a_converged_start_replaces_a_failed_one(void **state)
{
    (void)state;
    drop *d = constructed_exception(2);
    cfi_allocation allocation;

    no_faults();
    fault.failing_at[0] = 1;
    allocation = allocate(d);
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_int_equal(allocation.broken_starts, 1);
    assert_null(allocation.failure);
    free_drop(d);
}

/* Start 1 serves one user alone; the others are brought back afterwards. A step that fails then leaves the better
 * point, and says what it was for. */
static void a_failed_revival_keeps_the_better_point(void **state)
{
    (void)state;
    drop *d = plain_drop();
    size_t revivals = 0;

    d->made.system.allocation.starts = 2;
    for (size_t step = 0; step < 40; step++) {
        cfi_allocation allocation;

        no_faults();
        fault.failing_at[0] = 0;
        fault.failing_at[1] = step;
        allocation = allocate(d);
        if (!allocation.failure || strncmp(allocation.failure, "bringing back user", 18) != 0) {
            continue;
        }
        assert_int_equal(allocation.status, CFI_ALLOC_INACCURATE);
        assert_string_equal(allocation.stop_reason, "solver_failed");
        assert_int_equal(allocation.broken_starts, 1); /* start 0 */
        assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
        check_trace(&allocation); /* rises, and ends at the powers that are kept */
        revivals++;
    }
    assert_true(revivals > 0);
    free_drop(d);
}

/* A refused problem is a failed step, and the solver kept by the arena is none the worse for it. */
static void a_refused_problem_is_told_and_forgotten(void **state)
{
    (void)state;
    drop *d = plain_drop();
    cfi_allocation whole, broken, again;

    no_faults();
    whole = allocate(d);
    fault.failing_at[0] = 1;
    fault.solver = CFI_INVALID;
    broken = allocate(d);
    assert_int_equal(broken.status, CFI_ALLOC_INACCURATE);
    assert_string_equal(broken.failure, "the cone solver stopped at step 1 of start 0 (refused: cone problem: h[7] is "
                                        "not finite)");
    no_faults();
    again = allocate(d);
    assert_null(again.failure);
    assert_true(again.sum_rate_bit_s_hz == whole.sum_rate_bit_s_hz);
    free_drop(d);
}

static void out_of_memory_in_the_solver_ends_the_allocation(void **state)
{
    (void)state;
    drop *d = plain_drop();
    cfi_alloc_options options = {.export_problem = note_step};
    cfi_allocation allocation;
    cfi_error error = {.text = ""};

    no_faults();
    fault.failing_at[0] = 1;
    fault.solver = CFI_NO_MEMORY;
    assert_int_equal(alloc_run(&d->link, &options, d->arena, &allocation, &error), CFI_NO_MEMORY);
    assert_string_equal(error.text, "cone problem: h[7] is not finite"); /* the solver's own words */
    free_drop(d);
}

static void without_a_start_the_heuristic_split_stands_if_it_is_feasible(void **state)
{
    (void)state;
    drop *d = plain_drop();
    cfi_allocation allocation;

    no_faults();
    fault.no_start = true;
    allocation = allocate(d);
    assert_int_equal(allocation.status, CFI_ALLOC_INACCURATE);
    assert_string_equal(allocation.stop_reason, "no_feasible_start");
    assert_non_null(strstr(allocation.failure, "no start could be made feasible"));
    assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
    assert_int_equal(allocation.objective.trace_count, 1);
    assert_true(allocation.objective.trace[0] == allocation.sum_rate_bit_s_hz);
    fault.violated = true;
    allocation = allocate(d);
    assert_int_equal(allocation.status, CFI_ALLOC_FAILED);
    assert_non_null(strstr(allocation.failure, "violates a constraint by 0.25"));
    free_drop(d);
}

/* ------------------------------------------------------------------------------- the trial ---- */

static cfi_record try(made_system *made, cfi_arena *arena)
{
    cfi_trial_options options = {.threads = 1, .alloc = {.export_problem = note_step}};
    cfi_error error = {.text = ""};
    cfi_record record;

    made->system.monte_carlo.realizations = 5;
    if (trial_run(&made->system, 0, &options, arena, &record, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return record;
}

static void a_record_says_what_broke_down(void **state)
{
    (void)state;
    made_system made = make_system(12, 5, 3, 4, 4);
    cfi_arena *arena = arena_create();
    cfi_record record;

    no_faults();
    record = try(&made, arena);
    assert_int_equal(record.status, CFI_DROP_OK);
    assert_null(record.failure);

    fault.failing_at[0] = 1; /* a feasible point is left: the drop has a result, and says what it lacks */
    record = try(&made, arena);
    assert_int_equal(record.status, CFI_DROP_OK);
    assert_true(record.has_monte_carlo && record.closed_form.sum_rate_exact_bit_s_hz > 0.0);
    assert_string_equal(record.failure, "the power allocation: the cone solver stopped at step 1 of start 0 (failed "
                                        "after 17 iterations: no finite point)");

    no_faults();
    fault.no_start = fault.violated = true;
    record = try(&made, arena);
    assert_int_equal(record.status, CFI_DROP_FAILED);
    assert_non_null(strstr(record.failure, "the power allocation: no start could be made feasible: "));

    no_faults();
    fault.no_monte_carlo = true;
    record = try(&made, arena);
    assert_int_equal(record.status, CFI_DROP_FAILED);
    assert_string_equal(record.failure, "the Monte Carlo estimate: no channel was finite");

    no_faults();
    fault.no_rate = true;
    record = try(&made, arena);
    assert_int_equal(record.status, CFI_DROP_FAILED);
    assert_string_equal(record.failure, "the closed form: the exact rate of user 1 is not finite");
    arena_destroy(arena);
    free_system(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_that_fails_after_good_ones_keeps_the_best_point),
        cmocka_unit_test(a_first_step_that_fails_leaves_the_heuristic_split),
        cmocka_unit_test(a_failed_start_never_beats_a_converged_one),
        cmocka_unit_test(a_converged_start_replaces_a_failed_one),
        cmocka_unit_test(a_failed_revival_keeps_the_better_point),
        cmocka_unit_test(a_refused_problem_is_told_and_forgotten),
        cmocka_unit_test(out_of_memory_in_the_solver_ends_the_allocation),
        cmocka_unit_test(without_a_start_the_heuristic_split_stands_if_it_is_feasible),
        cmocka_unit_test(a_record_says_what_broke_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
