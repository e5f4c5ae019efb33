/* How global problems end where solvers give no answer: never as infeasible. docs/model.md (M30) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "global_drops.h"

/* What answers of solvers are made into: calls first .. last - 1 have no answer, or say that there are no powers. */
static size_t calls, first_call, last_call;
static bool says_none;

/* The one that the linker renamed (--wrap). */
cfi_status __real_globals_find(globals_drop *asked, const globals_ask *ask, globals_answer *answer, cfi_error *error);

cfi_status __wrap_globals_find(globals_drop *asked, const globals_ask *ask, globals_answer *answer, cfi_error *error);
cfi_status __wrap_globals_find(globals_drop *asked, const globals_ask *ask, globals_answer *answer, cfi_error *error)
{
    size_t call = calls++;

    if (call >= first_call && call < last_call) {
        answer->end = says_none ? GLOBALS_NONE : GLOBALS_FAILED;
        answer->factor = answer->bound = NAN;
        answer->why = says_none ? NULL : "the cone solver gives no answer";
        return CFI_OK;
    }
    return __real_globals_find(asked, ask, answer, error);
}

static cfi_allocation run_with(global_drop *g, size_t first, size_t last, bool none)
{
    calls = 0;
    first_call = first;
    last_call = last;
    says_none = none;
    return run(g->c->d);
}

/* The first question has no answer: the powers with which targets were judged meet all that is asked. */
static void powers_that_meet_targets_are_kept(void **state)
{
    const cfi_objective objectives[] = {CFI_MIN_POWER, CFI_MIN_CRLB, CFI_MIN_POSITION_ERROR};
    size_t kept = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 3], 0.5);
        cfi_allocation allocation = run_with(g, 0, 1, seed % 2 == 0);

        assert_int_not_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
        if (allocation.status == CFI_ALLOC_INACCURATE) {
            assert_true(raw_global_violation(g, &allocation.powers) < 1e-9);
            assert_non_null(allocation.failure);
            kept++;
        }
        free_global_drop(g);
    }
    assert_in_range(kept, 8, 12);
}

/* No question has an answer, or the solver says of all that there are no powers: nothing is proved. */
static void no_answers_prove_nothing(void **state)
{
    const cfi_objective objectives[] = {CFI_MAX_MIN_RATE, CFI_MIN_POWER, CFI_MIN_CRLB, CFI_MIN_POSITION_ERROR};

    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        global_drop *g = make_global_drop(seed, objectives[seed % 4], seed % 3 == 0 ? 0.0 : 0.5);
        cfi_allocation allocation = run_with(g, 0, SIZE_MAX, seed / 4 % 2 == 0);

        assert_int_equal(allocation.status, CFI_ALLOC_FAILED);
        assert_string_equal(allocation.stop_reason, "no feasible point found");
        assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_NONE);
        assert_non_null(allocation.failure);
        assert_true(isnan(allocation.objective.dual_value));
        free_global_drop(g);
    }
}

/* A search for the common rate goes on past questions without an answer. */
static void common_rates_are_found_past_questions_without_answers(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        global_drop *g = make_global_drop(seed, CFI_MAX_MIN_RATE, 0.0);
        cfi_allocation whole = run_with(g, SIZE_MAX, SIZE_MAX, false), part;

        part = run_with(g, 1, 2, seed % 2 == 0);
        assert_int_equal(whole.status, CFI_ALLOC_OPTIMAL);
        assert_true(part.status == CFI_ALLOC_OPTIMAL || part.status == CFI_ALLOC_INACCURATE);
        if (part.status == CFI_ALLOC_OPTIMAL) {
            assert_close(part.objective.value / whole.objective.value, 1.0, 1e-6);
        }
        free_global_drop(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_that_meet_targets_are_kept),
        cmocka_unit_test(no_answers_prove_nothing),
        cmocka_unit_test(common_rates_are_found_past_questions_without_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
