/* Why a solution may be called optimal: stop_reason, and rows that are judged by what they are made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp/workspace.h"
#include "socp_programme.h"

static bool stopped_by(const socp_solution *solution, const char *reason)
{
    return strcmp(solution->stop_reason, reason) == 0;
}

/* ---------------------------------------------------------------------------------- reasons ---- */

/* min x0 / big + x2 over x0 >= big, x2 >= 0 and one row of terms as large as `big` that sum to 0.1. */
static programme large_terms(double big, cfi_stream *stream)
{
    programme it = {.n = 3, .p = 1, .m = 2, .linear = 2, .b = {0.1}, .h = {-1.0}, .c = {1.0 / big, 0.0, 1.0}};

    it.A[0][0] = 1.0;
    it.A[0][1] = -2.0 - uniform(stream);
    it.A[0][2] = -uniform(stream);
    it.G[0][0] = -1.0 / big;
    it.G[1][2] = -1.0;
    return it;
}

/* One unit in the last place of 10^10 is 10^-6, more than the accepted 10^-8 of a right-hand side of order one. */
static void rounding_of_large_terms_is_told(void **state)
{
    size_t rounding = 0, exact = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 30);
        programme it = large_terms(pow(10.0, 9.0 + 0.02 * (double)seed), &stream);
        socp_builder *builder = stated(&it);
        socp_solution solution;
        socp_workspace *workspace = solve(built(builder), &solution);
        double terms = magnitudes(it.A[0], solution.x, 3), r = fabs(product(it.A[0], solution.x, 3) - 0.1);
        double whole = solution.primal_residual; /* of the row, which is large, or of the others, which are exact */

        assert_true(solution.status == SOCP_OPTIMAL || (solution.status == SOCP_INACCURATE && whole > 1e-8));
        assert_true(solution.status == SOCP_INACCURATE || whole <= 1e-6);
        assert_true(fabs(r / 2.0 - whole) <= 1e-9 + 4.0 * 0x1p-53 * terms); /* other sums round otherwise */
        if (stopped_by(&solution, "rounding")) {
            assert_true(whole > 1e-8 && 2.0 * whole <= 64.0 * 0x1p-53 * terms);
            assert_true(primal_residual(&it, &solution).rows <= 1e-8);
            rounding++;
        } else if (solution.status == SOCP_OPTIMAL && !stopped_by(&solution, "small_rows")) { /* that of x0 */
            assert_true(whole <= 1e-8);
            exact++;
        }
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
    assert_true(rounding > 20 && exact > 20 && rounding + exact > 80);
}

/* min x0 + x2 over x >= 0, x0 + x1 = big, x0 - x1 + x2 = 0.1: beside all the large ones the row x2 >= 0, with x2 = 0 at
 * the optimum, is small. */
static programme large_sum(double big)
{
    programme it = {.n = 3, .p = 2, .m = 3, .linear = 3, .b = {big, 0.1}, .c = {1.0, 0.0, 1.0}};
    const double rows[2][3] = {{1.0, 1.0, 0.0}, {1.0, -1.0, 1.0}};

    for (size_t j = 0; j < 3; j++) {
        it.A[0][j] = rows[0][j];
        it.A[1][j] = rows[1][j];
        it.G[j][j] = -1.0;
    }
    return it;
}

/* What exceeds 10^-8 does so relative to a small row alone, and the reason is told. */
static void small_rows_are_told(void **state)
{
    size_t small = 0, all = 0;

    (void)state;
    for (size_t i = 0; i <= 100; i++) {
        programme it = large_sum(pow(10.0, 4.0 + 0.08 * (double)i));
        socp_builder *builder = stated(&it);
        socp_solution solution;
        socp_workspace *workspace = solve(built(builder), &solution);
        double doubt = 8.0 * 0x1p-53 * largest(solution.x, 3), most = solution.primal_residual;
        measured is = primal_residual(&it, &solution);

        assert_int_equal(solution.status, SOCP_OPTIMAL);
        assert_true(is.whole <= 1e-8 && most <= 1e-6);
        assert_true(fabs(fmax(is.whole, is.rows) - most) <= 1e-6 * most + doubt);
        if (stopped_by(&solution, "small_rows")) {
            assert_true(most > 1e-8);
            small++;
        } else if (!stopped_by(&solution, "rounding")) {
            assert_true(most <= 1e-8);
            all++;
        }
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
    assert_true(small > 5 && all > 5);
}

/* A tolerance that nothing meets: the best point is good enough, and no reason says more than that. */
static void no_progress_is_told(void **state)
{
    size_t still = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        programme it = optimal_programme(seed);
        socp_builder *builder = stated(&it);
        socp_settings settings = socp_default_settings();
        socp_solution solution;
        socp_workspace *workspace;

        settings.tolerance = 1e-30;
        workspace = socp_create(built(builder), &settings, NULL);
        assert_non_null(workspace);
        assert_int_equal(socp_solve(workspace, built(builder), &solution, NULL), CFI_OK);
        assert_kkt(&it, built(builder), &solution);
        assert_int_equal(solution.attempts, 1);
        assert_false(stopped_by(&solution, "tolerance") || stopped_by(&solution, "iteration_limit"));
        still += stopped_by(&solution, "no_progress");
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
    assert_true(still > 30);
}

/* ---------------------------------------------------------------------------------- by rows ---- */

enum { BIG_ROWS = 6 };
static const double BIG = 1e12;

/* min x0 + 2 x1 over x0 >= 1, x1 <= 10^12, x0 <= 2, x0 + x1 >= 3 and (4, x0, 0) in Q: x = (2, 1). */
static socp_builder *beside_a_large_bound(void)
{
    static const double a[BIG_ROWS][2] = {{1, 0}, {0, -1}, {-1, 0}, {1, 1}}, constant[] = {-1, BIG, 2, -3};
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 4), cone;

    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 2; j++) {
            socp_put(builder, row + i, j, a[i][j]);
        }
        socp_constant(builder, row + i, constant[i]);
    }
    cone = socp_add_cone(builder, 3);
    socp_constant(builder, cone, 4.0);
    socp_put(builder, cone + 1, 0, 1.0);
    socp_objective(builder, 0, 1.0);
    socp_objective(builder, 1, 2.0);
    return builder;
}

/* The judgement of a point in the user's units, which becomes one of the workspace. */
static quality judged(socp_workspace *w, const socp_problem *problem, const double x[2], const double s[7],
                      const double z[7])
{
    const socp_scaling *scaling = &w->scaling;
    point *at = &w->point[0];

    for (size_t j = 0; j < 2; j++) {
        at->x[j] = x[j] * scaling->rhs / scaling->column[j];
    }
    for (size_t i = 0; i < 7; i++) {
        at->s[i] = s[i] * scaling->rhs / scaling->per_row[i];
        at->z[i] = z[i] * scaling->cost / scaling->row[i];
    }
    at->tau = 1.0;
    at->kappa = 0.0;
    return point_judge(w, problem, at);
}

/* Equations that hold for s or z outside K are no solution: s and z are judged, and returned, as moved into K. */
static void a_point_outside_the_cone_has_residuals(void **state)
{
    const double x[2] = {2.5, 0.5}, best[2] = {2.0, 1.0};
    const double past[7] = {1.5, BIG - 0.5, -0.5, 0.0, 4.0, 2.5, 0.0}, s[7] = {1.0, BIG - 1.0, 0.0, 0.0, 4.0, 2.0, 0.0};
    const double z[7] = {0, 0, 1, 2, 0, 0, 0}, negative[7] = {-0.5, 0, 0.5, 2, 0, 0, 0};
    socp_builder *builder = beside_a_large_bound();
    socp_solution solution;
    socp_workspace *workspace = solve(built(builder), &solution);
    quality q = judged(workspace, built(builder), x, past, z);

    (void)state;
    assert_close(q.rows, 0.5 / 5.5, 1e-12); /* 2 - x0 = -0.5: terms 2 + 2.5, entries 1 */
    assert_true(q.dual == 0.0 && workspace->user.s[2] == 0.0);
    q = judged(workspace, built(builder), best, s, negative);
    assert_close(q.dual, 0.5 / 3.0, 1e-12); /* x0: 1 - z0 + z2 - z3 with z0 = 0; the largest cost is 2 */
    assert_true(q.primal == 0.0 && workspace->user.z[0] == 0.0);
    q = judged(workspace, built(builder), best, s, z);
    assert_true(q.primal == 0.0 && q.dual == 0.0 && q.gap == 0.0);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* 0.001 is missing in a row of its own size; relative to 10^12 that is nothing. */
static void a_large_number_elsewhere_hides_no_violated_row(void **state)
{
    const double x[2] = {2.0, 1.0}, z[7] = {0, 0, 1, 2, 0, 0, 0};
    double s[7] = {1.0, BIG - 1.0, 0.0, 0.0, 4.0, 2.0, 0.0};
    socp_builder *builder = beside_a_large_bound();
    socp_solution solution;
    socp_workspace *workspace = solve(built(builder), &solution);
    quality q = judged(workspace, built(builder), x, s, z);

    (void)state;
    assert_true(q.primal == 0.0 && q.dual == 0.0 && q.gap == 0.0 && q.rows == 0.0 && q.beyond_rounding <= 0.0);
    s[3] = 0.001; /* 3 x0 + x1 - 3 = 0: terms 3 + 2 + 1 + 0.001, entries 2 */
    q = judged(workspace, built(builder), x, s, z);
    assert_close(q.rows, 0.001 / 8.001, 1e-12);
    assert_close(q.primal, 0.001 / 8.001, 1e-12);
    assert_true(q.whole <= 1.1e-15);
    assert_true(q.merit >= 1e-6); /* not an optimum, whatever the weight of rows */
    assert_true(q.beyond_rounding > 1e-5);
    s[3] = 0.0;
    s[6] = 0.003; /* the rows of a cone share the largest size: 4 + 4 + min(1, 10^12) */
    q = judged(workspace, built(builder), x, s, z);
    assert_close(q.rows, 0.003 / 9.0, 1e-12);
    s[6] = 0.0;
    s[1] = BIG - 2.0; /* and 1 of 10^12 is little there */
    q = judged(workspace, built(builder), x, s, z);
    assert_close(q.rows, 1.0 / (2.0 * BIG), 1e-6);
    assert_true(q.primal <= 1.1e-12);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* The same of the dual: a column of order one beside a cost of 10^12. */
static void a_large_cost_elsewhere_hides_no_violated_column(void **state)
{
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 7);
    const double x[2] = {1.0, 2.0}, s[7] = {0.0};
    double z[7] = {BIG, 3.0, 0.0};
    socp_solution solution;
    socp_workspace *workspace;
    quality q;

    (void)state;
    socp_objective(builder, 0, BIG);
    socp_objective(builder, 1, 3.0);
    for (size_t j = 0; j < 2; j++) {
        socp_put(builder, row + j, j, 1.0);
        socp_constant(builder, row + j, -1.0 - (double)j);
    }
    workspace = solve(built(builder), &solution);
    q = judged(workspace, built(builder), x, s, z);
    assert_true(q.primal == 0.0 && q.dual == 0.0 && q.rows == 0.0);
    z[1] = 2.999; /* terms 3 + 2.999, entry 1 */
    q = judged(workspace, built(builder), x, s, z);
    assert_close(q.dual, 0.001 / 6.999, 1e-9);
    assert_true(q.whole <= 1e-14);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* However early a solve ends: what it calls optimal is, and what it calls inaccurate nearly. */
static void a_large_bound_makes_no_false_optimum(void **state)
{
    size_t optimal = 0, limited = 0;

    (void)state;
    for (size_t most = 1; most <= 40; most++) {
        socp_builder *builder = beside_a_large_bound();
        socp_settings settings = socp_default_settings();
        socp_solution solution;
        socp_workspace *workspace;

        settings.max_iterations = most;
        workspace = socp_create(built(builder), &settings, NULL);
        assert_non_null(workspace);
        assert_int_equal(socp_solve(workspace, built(builder), &solution, NULL), CFI_OK);
        if (solution.status == SOCP_OPTIMAL || solution.status == SOCP_INACCURATE) {
            double tolerance = solution.status == SOCP_OPTIMAL ? 1e-5 : 1e-1;

            assert_close(solution.x[0], 2.0, tolerance);
            assert_close(solution.x[1], 1.0, tolerance);
            assert_true(solution.x[0] + solution.x[1] >= 3.0 - tolerance);
        }
        optimal += solution.status == SOCP_OPTIMAL;
        limited += solution.status == SOCP_ITERATION_LIMIT;
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
    assert_true(optimal > 0 && limited > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounding_of_large_terms_is_told),
        cmocka_unit_test(small_rows_are_told),
        cmocka_unit_test(no_progress_is_told),
        cmocka_unit_test(a_point_outside_the_cone_has_residuals),
        cmocka_unit_test(a_large_number_elsewhere_hides_no_violated_row),
        cmocka_unit_test(a_large_cost_elsewhere_hides_no_violated_column),
        cmocka_unit_test(a_large_bound_makes_no_false_optimum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
