/* How an allocation ends: what a step that gained nothing means by how its solver ended, what a split reports, and
 * where the signal is far below the noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/sca.h"
#include "allocations.h"
#include "check.h"

/* Steps that go nowhere, by the linker: the point stays, and the solver ends as told. */
static bool stands_still;
static double share = 1.0; /* of the way to the step's result that is gone */
static socp_status solver_ends;
cfi_status __real_stepper_run(alloc_stepper *stepper, const alloc_state *at, const step_surrogate *surrogate,
                              const alloc_state *to, socp_status *solved, cfi_error *error);
cfi_status __wrap_stepper_run(alloc_stepper *stepper, const alloc_state *at, const step_surrogate *surrogate,
                              const alloc_state *to, socp_status *solved, cfi_error *error);

static cfi_status go_a_share(alloc_stepper *stepper, const alloc_state *at, const step_surrogate *surrogate,
                             const alloc_state *to, socp_status *solved, cfi_error *error)
{
    const alloc_problem *problem = stepper->problem;
    cfi_status status = __real_stepper_run(stepper, at, surrogate, to, solved, error);

    for (size_t i = 0; i < problem->K * problem->stride; i++) {
        to->point->w[i] = at->point->w[i] + share * (to->point->w[i] - at->point->w[i]);
    }
    for (size_t l = 0; l < problem->L; l++) {
        to->point->s[l] = at->point->s[l] + share * (to->point->s[l] - at->point->s[l]);
    }
    *solved = solver_ends;
    return status;
}

cfi_status __wrap_stepper_run(alloc_stepper *stepper, const alloc_state *at, const step_surrogate *surrogate,
                              const alloc_state *to, socp_status *solved, cfi_error *error)
{
    if (!stands_still && share == 1.0) {
        return __real_stepper_run(stepper, at, surrogate, to, solved, error);
    }
    if (!stands_still) {
        return go_a_share(stepper, at, surrogate, to, solved, error);
    }
    problem_copy(stepper->problem, at->point, to->point);
    *solved = solver_ends;
    return CFI_OK;
}

static void a_step_without_gain_is_convergence_only_when_the_solver_found_its_optimum(void **state)
{
    drop *d = make_drop(make_system(21, 4, 2, 4, 4));
    cfi_allocation allocation;

    (void)state;
    set_tightness(d, 0.5);
    d->made.system.allocation.starts = 1;
    stands_still = true;
    solver_ends = SOCP_OPTIMAL;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_string_equal(allocation.stop_reason, "no_progress");
    assert_int_equal(allocation.iterations, 0);
    assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
    solver_ends = SOCP_INACCURATE;
    allocation = run(d);
    assert_int_equal(allocation.status, CFI_ALLOC_INACCURATE);
    assert_string_equal(allocation.stop_reason, "solver_inaccurate");
    solver_ends = SOCP_FAILED;
    allocation = run(d);
    assert_int_not_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_string_equal(allocation.stop_reason, "solver_failed");
    stands_still = false;
    free_drop(d);
}

/* A solver that gives up early gains little; that is no convergence. */
static void small_gains_are_convergence_only_when_the_solver_found_its_optimum(void **state)
{
    const socp_status ends[] = {SOCP_OPTIMAL, SOCP_INACCURATE, SOCP_FAILED};
    const cfi_alloc_status expected[] = {CFI_ALLOC_CONVERGED, CFI_ALLOC_INACCURATE, CFI_ALLOC_INACCURATE};
    const char *const reason[] = {"tolerance", "solver_inaccurate", "solver_failed"};
    drop *d = make_drop(make_system(21, 4, 2, 4, 4));

    (void)state;
    set_tightness(d, 0.5);
    d->made.system.allocation.starts = 1;
    d->made.system.allocation.surrogate = CFI_SURROGATE_FRACTIONAL; /* its steps are not lengthened */
    share = 1e-9;
    for (size_t i = 0; i < 3; i++) {
        cfi_allocation allocation;

        solver_ends = ends[i];
        allocation = run(d);
        assert_int_equal(allocation.status, expected[i]);
        assert_string_equal(allocation.stop_reason, reason[i]);
        assert_true(allocation.iterations > 0);
        assert_true(violation_from_formula(d, &allocation.powers) < 1e-9);
    }
    share = 1.0;
    free_drop(d);
}

static void a_split_reports_its_own_rate_as_its_trace(void **state)
{
    const cfi_method method[] = {CFI_METHOD_NONE, CFI_METHOD_EQUAL, CFI_METHOD_HEURISTIC};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        drop *d = make_drop(make_system(22, 4, 2, 4, 4));
        cfi_allocation allocation;

        d->made.system.allocation.method = method[i];
        allocation = run(d);
        assert_int_equal(allocation.status, CFI_ALLOC_FIXED);
        assert_string_equal(allocation.stop_reason, i < 2 ? "fixed_split" : "heuristic_split");
        assert_int_equal(allocation.objective.trace_count, 1);
        assert_true(allocation.objective.trace[0] == allocation.sum_rate_bit_s_hz);
        assert_close(sum_rate_from_formula(d, &allocation.powers), allocation.sum_rate_bit_s_hz, 1e-12);
        assert_null(allocation.solver);
        free_drop(d);
    }
}

/* The product surrogate is 1 plus something tiny there: the other one is taken, and a search with it to the end finds
 * nothing better. */
static void signals_far_below_the_noise_are_allocated_as_well_as_any(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        made_system made = make_system(seed, 5, 3, 4, 4);
        double product;
        drop *d;

        made.system.power.budget_w = 1e-7 * made.system.power.comm_noise_w;
        d = make_drop(made);
        set_tightness(d, 0.3);
        assert_int_equal(run(d).status, CFI_ALLOC_CONVERGED);
        product = run(d).sum_rate_bit_s_hz;
        d->made.system.allocation.surrogate = CFI_SURROGATE_FRACTIONAL;
        d->made.system.allocation.max_iterations = 2000;
        d->made.system.allocation.tolerance = 1e-9;
        assert_close(product, run(d).sum_rate_bit_s_hz, 2e-6);
        free_drop(d);
    }
}

/* With orthogonal pilots a user that loses its power in the first steps never comes back by itself: in this scenario
 * that costs a thousandth, which a search from many starts would find. The cone solver's steps go on from the result
 * with a little power for the user; the response does that on its way. */
static void a_user_that_lost_its_power_comes_back_where_that_pays(void **state)
{
    drop *d = random_drop(2579, 10.0, 6.0);

    (void)state;
    assert_false(d->network.pilots_overlap);
    for (cfi_solver solver = CFI_SOLVER_SOCP; solver <= CFI_SOLVER_STRUCTURED; solver++) {
        cfi_allocation one, many;

        d->made.system.allocation.solver = solver;
        d->made.system.allocation.starts = 1;
        one = run(d);
        d->made.system.allocation.starts = 30;
        many = run(d);
        assert_close(one.sum_rate_bit_s_hz, many.sum_rate_bit_s_hz, 1e-5);
        check_trace(&one);
        assert_int_equal(one.iterations, one.objective.trace_count - 1);
    }
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_without_gain_is_convergence_only_when_the_solver_found_its_optimum),
        cmocka_unit_test(small_gains_are_convergence_only_when_the_solver_found_its_optimum),
        cmocka_unit_test(a_split_reports_its_own_rate_as_its_trace),
        cmocka_unit_test(a_user_that_lost_its_power_comes_back_where_that_pays),
        cmocka_unit_test(signals_far_below_the_noise_are_allocated_as_well_as_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
