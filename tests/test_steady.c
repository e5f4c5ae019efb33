/* Solving again with new numbers allocates nothing. The program is linked so that every allocation of the project's own
 * code is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/step.h"
#include "allocations.h"
#include "check.h"
#include "memory_requests.h"

#include <stdlib.h>
#include <string.h>

/* min t, norm(x - a) <= t, x >= b: entries out of order, one of them in two parts. */
static const socp_problem *fill(socp_builder *builder, size_t n, double shift)
{
    size_t row = socp_add_linear(builder, n), cone = socp_add_cone(builder, n + 1);
    cfi_error error = {.text = ""};
    const socp_problem *problem;

    socp_objective(builder, n, 1.0);
    for (size_t i = n; i-- > 0;) {
        socp_put(builder, cone + 1 + i, i, 0.25);
        socp_put(builder, row + i, i, 1.0);
        socp_put(builder, cone + 1 + i, i, 0.75);
        socp_constant(builder, row + i, -shift * (double)i);
        socp_constant(builder, cone + 1 + i, 1.0);
    }
    socp_put(builder, cone, n, 1.0);
    problem = socp_build(builder, &error);
    if (!problem) {
        fail_msg("%s", error.text);
    }
    return problem;
}

static void a_refilled_problem_is_the_one_built_anew(void **state)
{
    (void)state;
    socp_builder *used = socp_builder_create(6), *fresh = socp_builder_create(6);
    const socp_problem *again, *expected = fill(fresh, 5, 0.5);
    size_t before;

    fill(used, 5, 2.0);
    assert_false(socp_builder_kept_pattern(used));
    before = requests;
    socp_builder_restart(used, 6);
    again = fill(used, 5, 0.5);
    assert_int_equal(requests, before);
    assert_true(socp_builder_kept_pattern(used));
    assert_memory_equal(again->G.start, expected->G.start, 7 * sizeof(size_t));
    assert_memory_equal(again->G.row, expected->G.row, again->G.start[6] * sizeof(size_t));
    assert_memory_equal(again->G.value, expected->G.value, again->G.start[6] * sizeof(double));
    assert_memory_equal(again->h, expected->h, again->m * sizeof(double));
    assert_memory_equal(again->c, expected->c, again->n * sizeof(double));
    socp_builder_destroy(used);
    socp_builder_destroy(fresh);
}

static void another_shape_after_a_restart_is_built_right(void **state)
{
    (void)state;
    socp_builder *used = socp_builder_create(6), *fresh = socp_builder_create(4);
    const socp_problem *again, *expected = fill(fresh, 3, 1.0);

    fill(used, 5, 2.0);
    socp_builder_restart(used, 6); /* given up half-way */
    socp_put(used, socp_add_linear(used, 5), 3, 7.0);
    socp_builder_restart(used, 4);
    again = fill(used, 3, 1.0);
    assert_false(socp_builder_kept_pattern(used));
    assert_int_equal(again->m, expected->m);
    assert_memory_equal(again->G.start, expected->G.start, 5 * sizeof(size_t));
    assert_memory_equal(again->G.row, expected->G.row, again->G.start[4] * sizeof(size_t));
    assert_memory_equal(again->G.value, expected->G.value, again->G.start[4] * sizeof(double));
    socp_builder_restart(used, 4); /* the same rows, other entries */
    socp_put(used, socp_add_linear(used, 3), 0, 1.0);
    socp_add_cone(used, 4);
    assert_non_null(socp_build(used, NULL));
    assert_false(socp_builder_kept_pattern(used));
    socp_builder_restart(used, 4);
    assert_non_null(socp_build(used, NULL)); /* nothing at all */
    assert_false(socp_builder_kept_pattern(used));
    socp_builder_destroy(used);
    socp_builder_destroy(fresh);
}

static void solving_again_allocates_nothing(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(31);
    const socp_problem *problem = fill(builder, 30, 2.0);
    socp_workspace *workspace = socp_create(problem, NULL, NULL);
    socp_solution solution;
    size_t before = requests;

    assert_true(before > 0);
    for (int i = 0; i < 5; i++) {
        socp_builder_restart(builder, 31);
        problem = fill(builder, 30, 0.5 * i);
        assert_int_equal(socp_solve(workspace, problem, &solution, NULL), CFI_OK);
        assert_int_equal(solution.status, SOCP_OPTIMAL);
    }
    assert_int_equal(requests, before);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* The same optimum, whatever the start: numbers that changed little, much, and so that nothing is feasible. */
static void a_warm_start_changes_iterations_but_not_the_answer(void **state)
{
    (void)state;
    socp_settings settings = socp_default_settings();
    socp_builder *builder = socp_builder_create(31);
    const socp_problem *problem = fill(builder, 30, 0.5);
    const double shifts[] = {0.5, 0.501, 0.499, 20.0, 0.5, -3.0};
    size_t cold = 0, warm = 0;
    socp_solution first, second;
    socp_workspace *plain = socp_create(problem, NULL, NULL), *eager;

    settings.warm_start = true;
    eager = socp_create(problem, &settings, NULL);
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        socp_builder_restart(builder, 31);
        problem = fill(builder, 30, shifts[i]);
        assert_int_equal(socp_solve(plain, problem, &first, NULL), CFI_OK);
        assert_int_equal(socp_solve(eager, problem, &second, NULL), CFI_OK);
        assert_int_equal(second.status, SOCP_OPTIMAL);
        assert_true(fabs(first.primal_objective - second.primal_objective) <=
                    1e-8 * (1.0 + fabs(first.primal_objective)));
        cold += i == 1 || i == 2 ? first.iterations : 0;
        warm += i == 1 || i == 2 ? second.iterations : 0;
    }
    assert_true(warm < cold);
    problem->c[30] = -1.0; /* now unbounded */
    assert_int_equal(socp_solve(eager, problem, &second, NULL), CFI_OK);
    assert_int_equal(second.status, SOCP_DUAL_INFEASIBLE);
    problem->c[30] = 1.0;
    assert_int_equal(socp_solve(eager, problem, &second, NULL), CFI_OK);
    assert_int_equal(second.status, SOCP_OPTIMAL);
    socp_destroy(plain);
    socp_destroy(eager);
    socp_builder_destroy(builder);
}

/* Both surrogates of orthogonal pilots, and overlapping pilots: the second step and later ones. */
static void steps_of_an_allocation_after_the_first_allocate_nothing(void **state)
{
    (void)state;
    for (int variant = 0; variant < 3; variant++) {
        made_system made = make_system(40, 8, 4, 4, 4);
        drop *d;
        alloc_problem problem;
        alloc_stepper stepper;
        alloc_state at, to;
        alloc_workspace *workspace = alloc_workspace_create();
        size_t before = 0;
        cfi_error error = {.text = ""};

        if (variant == 2) {
            reuse_pilots(&made, 2);
        }
        d = make_drop(made);
        set_tightness(d, 1e-2);
        assert_int_equal(problem_build(&d->link, d->arena, &problem, &error), CFI_OK);
        assert_true(problem_state(&problem, d->arena, &at) && problem_state(&problem, d->arena, &to));
        for (size_t i = 0; i < problem.K * problem.L; i++) {
            at.point->w[i] = 1e-3;
        }
        assert_true(problem_complete(&problem, at.point));
        assert_int_equal(stepper_init(&stepper, &problem, NULL, workspace, &error), CFI_OK);
        for (int step = 0; step < 4; step++) {
            socp_status solved;
            const step_surrogate *surrogate = variant == 1 ? &sum_rate_fractional : &sum_rate_product;

            problem_evaluate(&problem, at.point, at.values);
            assert_int_equal(stepper_run(&stepper, &at, surrogate, &to, &solved, &error), CFI_OK);
            assert_int_equal(solved, SOCP_OPTIMAL);
            assert_true(step == 0 || requests == before);
            before = requests;
            problem_copy(&problem, to.point, at.point);
            assert_true(problem_complete(&problem, at.point));
        }
        alloc_workspace_destroy(workspace);
        free_drop(d);
    }
}

/* The allocation of a drop in a used workspace: the set-up of the drop before it serves again, nothing is allocated,
 * and no bit of the result depends on it. By the cone solver and by the response, pilots shared or not. */
static void next_drop_of_a_size_needs_no_set_up_and_remembers_nothing(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        bool structured = variant >= 2;
        made_system made[2] = {make_system(50, 8, 4, 4, 4), make_system(51, 8, 4, 4, 4)};
        drop *d[2];
        cfi_allocation alone, after;
        cfi_arena *used = arena_create();
        cfi_alloc_options fresh = {.workspace = NULL}, options = {.workspace = alloc_workspace_create()};
        size_t before;

        for (size_t i = 0; i < 2; i++) {
            if (variant % 2 == 1) {
                reuse_pilots(&made[i], 2);
            }
            made[i].system.allocation.solver = structured ? CFI_SOLVER_STRUCTURED : CFI_SOLVER_SOCP;
            /* another start may silence users: another pattern for the cone solver */
            made[i].system.allocation.starts = structured && variant % 2 == 1 ? 8 : 1;
            d[i] = make_drop(made[i]);
            set_tightness(d[i], 0.5);
        }
        assert_int_equal(alloc_run(&d[1]->link, &fresh, d[1]->arena, &alone, NULL), CFI_OK);
        assert_int_equal(alloc_run(&d[0]->link, &options, used, &after, NULL), CFI_OK);
        before = requests;
        assert_int_equal(alloc_run(&d[1]->link, &options, used, &after, NULL), CFI_OK);
        assert_int_equal(requests, before);
        assert_string_equal(after.solver, structured ? "structured" : "socp");
        assert_int_equal(after.fallback_steps, 0);
        assert_int_equal(after.iterations, alone.iterations);
        assert_memory_equal(after.powers.p, alone.powers.p, 32 * sizeof(double));
        assert_memory_equal(after.powers.s, alone.powers.s, d[1]->made.system.L * sizeof(double));
        assert_memory_equal(after.objective.trace, alone.objective.trace, alone.objective.trace_count * sizeof(double));
        assert_true(structured ? after.largest_step_gap == alone.largest_step_gap : isnan(after.largest_step_gap));
        alloc_workspace_destroy(options.workspace);
        arena_destroy(used);
        free_drop(d[0]);
        free_drop(d[1]);
    }
}

static void a_workspace_that_is_refused_memory_is_null(void **state)
{
    (void)state;
    for (size_t skip = 0; skip < 2; skip++) { /* itself, its arena */
        refuse_requests(skip, 1);
        assert_null(alloc_workspace_create());
    }
    refuse_requests(0, 0);
    alloc_workspace_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refilled_problem_is_the_one_built_anew),
        cmocka_unit_test(another_shape_after_a_restart_is_built_right),
        cmocka_unit_test(solving_again_allocates_nothing),
        cmocka_unit_test(a_warm_start_changes_iterations_but_not_the_answer),
        cmocka_unit_test(steps_of_an_allocation_after_the_first_allocate_nothing),
        cmocka_unit_test(next_drop_of_a_size_needs_no_set_up_and_remembers_nothing),
        cmocka_unit_test(a_workspace_that_is_refused_memory_is_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
