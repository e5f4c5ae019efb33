/* Ordinary scenarios: none may end failed or inaccurate, by whichever solver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ordinary.h"

/* The allocation by a solver, judged; fails with the scenario and the cause. */
static cfi_allocation allocate(ordinary *o, cfi_solver solver)
{
    cfi_allocation allocation;
    const char *fault;

    o->drop->made.system.solver = solver;
    allocation = run(o->drop);
    fault = ordinary_fault(o->drop, &allocation);
    if (fault) {
        fail_msg("%s by %s: %s\n%s", fault, solver == CFI_SOLVER_SOCP ? "socp" : "auto",
                 allocation.failure ? allocation.failure : "", o->text);
    }
    return allocation;
}

static void three_hundred_random_scenarios_are_allocated_by_both_solvers(void **state)
{
    size_t feasible = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        ordinary o;

        ordinary_make(&o, seed, 10, 6);
        allocate(&o, CFI_SOLVER_AUTO);
        feasible += allocate(&o, CFI_SOLVER_SOCP).status != CFI_ALLOC_INFEASIBLE;
        ordinary_free(&o);
    }
    assert_in_range(feasible, 240, 299); /* most, and not all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_hundred_random_scenarios_are_allocated_by_both_solvers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
