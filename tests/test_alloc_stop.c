/* A stop flag that is set in the middle of the power allocation: by the export of a cone problem, or by an answer of
 * the access points, which is called through the test (linked with --wrap). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/constants.h"
#include "alloc/response.h"
#include "allocations.h"

#include <string.h>

static sig_atomic_t stop;
static size_t calls, stop_before;

bool __real_response_answer(response *r, const double *state, double *answer, response_value *value);
bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value);

bool __wrap_response_answer(response *r, const double *state, double *answer, response_value *value)
{
    stop = stop || calls == stop_before;
    calls++;
    return __real_response_answer(r, state, answer, value);
}

static cfi_status set_at_step(void *context, const cfi_exported *exported, cfi_error *error)
{
    (void)context, (void)exported, (void)error;
    stop = stop || calls == stop_before;
    calls++;
    return CFI_OK;
}

static void watch_for(size_t call)
{
    stop = 0;
    calls = 0;
    stop_before = call;
}

/* Four users on two pilots, with coherent terms. */
static drop *reused_pilots(cfi_solver solver)
{
    made_system made = make_system(9, 6, 4, 4, 4);

    reuse_pilots(&made, 2);
    made.system.allocation.solver = solver;
    made.system.allocation.starts = 2;
    made.system.allocation.max_iterations = 30;
    return make_drop(made);
}

/* Stops at each call in turn, then runs undisturbed in the same arena: the bytes of the first run. */
static void stop_everywhere(cfi_solver solver, cfi_export export_problem, size_t least_calls)
{
    drop *d = reused_pilots(solver);
    cfi_alloc_options options = {.stop = &stop, .export_problem = export_problem};
    size_t total, all = d->made.system.K * d->made.system.L;
    cfi_allocation whole, again;

    watch_for(SIZE_MAX);
    assert_int_equal(alloc_run(&d->link, &options, d->arena, &whole, NULL), CFI_OK);
    total = calls;
    assert_true(total >= least_calls);
    for (size_t call = 0; call < total; call += 1 + total / 40) {
        cfi_arena_mark mark = arena_mark(d->arena);
        cfi_error error = {.status = CFI_OK};

        watch_for(call);
        assert_int_equal(alloc_run(&d->link, &options, d->arena, &again, &error), CFI_INTERRUPTED);
        assert_int_equal(error.status, CFI_INTERRUPTED);
        assert_true(calls <= call + RETREATS + 1);
        watch_for(SIZE_MAX);
        assert_int_equal(alloc_run(&d->link, &options, d->arena, &again, NULL), CFI_OK);
        assert_int_equal(calls, total);
        assert_memory_equal(again.powers.p, whole.powers.p, all * sizeof(double));
        assert_memory_equal(again.powers.s, whole.powers.s, d->made.system.L * sizeof(double));
        arena_release(d->arena, mark);
    }
    free_drop(d);
}

static void the_cone_solver_ends_in_its_step(void **state)
{
    (void)state;
    stop_everywhere(CFI_SOLVER_SOCP, set_at_step, 8);
}

static void the_response_ends_at_its_answer(void **state)
{
    (void)state;
    stop_everywhere(CFI_SOLVER_STRUCTURED, NULL, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cone_solver_ends_in_its_step),
        cmocka_unit_test(the_response_ends_at_its_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
