/* Quadratic objectives: a workspace and a builder that are used again, mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp_programme.h"

/* Other numbers, the same pattern: what a new builder and a new workspace give, to the last bit. */
static void squares_are_refilled_and_solved_again(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        programme it = optimal_programme(seed);
        socp_builder *builder = stated(&it), *fresh;
        socp_solution first, again, wanted;
        socp_workspace *workspace = solve(built(builder), &first), *other;

        for (size_t i = 0; i < it.f * MOST_N; i++) {
            it.F[i / MOST_N][i % MOST_N] *= 1.0 + 0.125 * (double)(i % 4);
        }
        socp_builder_restart(builder, it.n);
        put_squares(&it, builder);
        put_rows(&it, builder);
        assert_non_null(socp_build(builder, NULL));
        assert_true(socp_builder_kept_pattern(builder));
        fresh = stated(&it);
        assert_memory_equal(built(builder)->F.value, built(fresh)->F.value,
                            built(fresh)->F.start[it.n] * sizeof(double));
        assert_int_equal(socp_solve(workspace, built(builder), &again, NULL), CFI_OK);
        assert_kkt(&it, built(builder), &again);
        other = solve(built(fresh), &wanted);
        assert_memory_equal(again.x, wanted.x, it.n * sizeof(double));
        socp_builder_restart(builder, it.n); /* a row of F more */
        put_squares(&it, builder);
        socp_add_squares(builder, 1);
        put_rows(&it, builder);
        assert_int_equal(built(builder)->f, it.f + 1);
        assert_false(socp_builder_kept_pattern(builder));
        assert_int_equal(socp_solve(workspace, built(builder), &again, NULL), CFI_INVALID);
        socp_destroy(workspace);
        socp_destroy(other);
        socp_builder_destroy(builder);
        socp_builder_destroy(fresh);
    }
}

/* From the last optimum to that of slightly other numbers. */
static void a_warm_start_knows_the_squares(void **state)
{
    size_t cold = 0, warm = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        programme it = optimal_programme(seed);
        socp_builder *builder = stated(&it);
        socp_problem problem = *built(builder);
        socp_settings settings = socp_default_settings();
        socp_solution solution;
        socp_workspace *workspace;

        settings.warm_start = true;
        workspace = socp_create(&problem, &settings, NULL);
        assert_non_null(workspace);
        assert_int_equal(socp_solve(workspace, &problem, &solution, NULL), CFI_OK);
        cold += solution.iterations;
        for (size_t j = 0; j < it.n; j++) {
            it.c[j] *= 1.0 + 1e-4;
            problem.c[j] = it.c[j];
        }
        assert_int_equal(socp_solve(workspace, &problem, &solution, NULL), CFI_OK);
        assert_kkt(&it, &problem, &solution);
        warm += solution.iterations;
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
    assert_true(warm != cold && 4 * warm < 5 * cold); /* no warm attempt is in vain, to be followed by a cold one */
}

static void assert_mistake(socp_builder *builder, const char *what)
{
    cfi_error error = {.text = ""};

    assert_null(socp_build(builder, &error));
    assert_int_equal(error.status, CFI_INVALID);
    if (!strstr(error.text, what)) {
        fail_msg("'%s' does not say '%s'", error.text, what);
    }
    socp_builder_restart(builder, 2);
}

static void mistakes_with_squares_are_named(void **state)
{
    socp_builder *builder = socp_builder_create(2);

    (void)state;
    socp_put_square(builder, 0, 0, 1.0);
    assert_mistake(builder, "square 0 does not exist: there are 0 so far");
    assert_int_equal(socp_add_squares(builder, 2), 0);
    assert_int_equal(socp_add_squares(builder, 1), 2);
    socp_put_square(builder, 3, 0, 1.0);
    assert_mistake(builder, "square 3 does not exist: there are 3 so far");
    socp_add_squares(builder, 1);
    socp_put_square(builder, 0, 2, 1.0);
    assert_mistake(builder, "variable 2 does not exist: there are 2 so far");
    socp_add_squares(builder, 1); /* after a restart nothing is left of them */
    socp_put_square(builder, 0, 1, 1.5);
    socp_put_square(builder, 0, 1, 0.5);
    assert_int_equal(built(builder)->f, 1);
    assert_true(built(builder)->F.start[1] == 0 && built(builder)->F.start[2] == 1);
    assert_true(built(builder)->F.value[0] == 2.0);
    socp_builder_destroy(builder);
}

static void assert_refused(const socp_problem *problem, const char *what)
{
    cfi_error error = {.text = ""};

    assert_null(socp_create(problem, NULL, &error));
    assert_int_equal(error.status, CFI_INVALID);
    if (!strstr(error.text, what)) {
        fail_msg("'%s' does not say '%s'", error.text, what);
    }
}

static void malformed_squares_are_refused_by_name(void **state)
{
    programme it = optimal_programme(3);
    socp_builder *builder = stated(&it);
    socp_problem good = *built(builder), bad = good;
    double value[MOST_F * MOST_N];
    socp_solution solution;
    socp_workspace *workspace = solve(&good, &solution);
    cfi_error error = {.text = ""};

    (void)state;
    bad.f++;
    assert_refused(&bad, "matrix F is not");
    bad = good;
    bad.F.start = NULL;
    assert_refused(&bad, "matrix F is not");
    bad = good;
    memcpy(value, good.F.value, good.F.start[it.n] * sizeof *value);
    value[0] = NAN;
    bad.F.value = value;
    assert_refused(&bad, "of F is not finite");
    assert_int_equal(socp_solve(workspace, &bad, &solution, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "of F is not finite"));
    bad.F.value = NULL;
    assert_refused(&bad, "missing");
    bad = good;
    bad.f = 0;
    bad.F = (socp_matrix){.start = NULL};
    assert_int_equal(socp_solve(workspace, &bad, &solution, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "pattern"));
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squares_are_refilled_and_solved_again),
        cmocka_unit_test(a_warm_start_knows_the_squares),
        cmocka_unit_test(mistakes_with_squares_are_named),
        cmocka_unit_test(malformed_squares_are_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
