/* The cone solver where its linear algebra fails: the calls of kkt_factor and kkt_solve are the test's own (linked with
 * --wrap), and fail when told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp/kkt.h"
#include "socp_check.h"

/* What the wrappers do from when on, and what they saw. */
static struct {
    size_t bad_factors;  /* the first ones, which fail */
    size_t good_factors; /* factorisations before all others fail */
    size_t nan_from;     /* pairs of solutions before the next one's residual is a NaN */
    size_t factors, pairs, singles_after_failure;
} plan;

bool __real_kkt_factor(kkt *system);
bool __wrap_kkt_factor(kkt *system);
double __real_kkt_solve(kkt *system, const double *rhs, double target, double *solution);
double __wrap_kkt_solve(kkt *system, const double *rhs, double target, double *solution);
void __real_kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                          double error[2]);
void __wrap_kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                          double error[2]);

bool __wrap_kkt_factor(kkt *system)
{
    return __real_kkt_factor(system) && plan.factors++ < plan.good_factors && plan.factors > plan.bad_factors;
}

double __wrap_kkt_solve(kkt *system, const double *rhs, double target, double *solution)
{
    plan.singles_after_failure += plan.factors > plan.good_factors || plan.pairs > plan.nan_from;
    return __real_kkt_solve(system, rhs, target, solution);
}

void __wrap_kkt_solve_two(kkt *system, const double *const rhs[2], const double target[2], double *const solution[2],
                          double error[2])
{
    __real_kkt_solve_two(system, rhs, target, solution, error);
    if (plan.pairs++ >= plan.nan_from) {
        error[plan.pairs % 2] = NAN;
    }
}

/* min -x - y over norm(x, y) <= 1: -sqrt(2). */
static socp_builder *disc(void)
{
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_cone(builder, 3);

    socp_constant(builder, row, 1.0);
    for (size_t j = 0; j < 2; j++) {
        socp_objective(builder, j, -1.0);
        socp_put(builder, row + 1 + j, j, 1.0);
    }
    return builder;
}

static socp_status status_with(size_t good_factors, size_t nan_from, size_t *iterations)
{
    socp_builder *builder = disc();
    socp_solution solution;
    socp_workspace *workspace;

    memset(&plan, 0, sizeof plan);
    plan.good_factors = good_factors;
    plan.nan_from = nan_from;
    workspace = solve(built(builder), &solution);
    for (size_t j = 0; j < 2; j++) { /* a number, or none, but never what happened to be in memory */
        assert_true(solution.status != SOCP_FAILED || isnan(solution.x[j]) || fabs(solution.x[j]) < 1e3);
    }
    *iterations = solution.iterations;
    socp_destroy(workspace);
    socp_builder_destroy(builder);
    return solution.status;
}

static void an_undisturbed_solve_is_optimal(void **state)
{
    size_t iterations;

    (void)state;
    assert_int_equal(status_with(SIZE_MAX, SIZE_MAX, &iterations), SOCP_OPTIMAL);
    assert_true(iterations > 3 && plan.factors > 3 && plan.pairs > 3);
    assert_int_equal(plan.singles_after_failure, 0);
}

/* What breaks down after so many good factors, or solutions, ends the solve there. */
static void assert_breakdown(size_t good_factors, size_t good_solutions)
{
    size_t iterations;

    assert_int_equal(status_with(good_factors, good_solutions, &iterations), SOCP_FAILED);
    assert_int_equal(plan.singles_after_failure, 0);
    assert_true(iterations < 4);
}

/* The start needs one factor, every iteration another: a direction is used only when there is one. */
static void without_a_factor_no_direction_is_used(void **state)
{
    (void)state;
    for (size_t good = 0; good < 4; good++) {
        assert_breakdown(good, SIZE_MAX);
    }
}

static void a_solution_that_is_no_number_is_a_breakdown(void **state)
{
    (void)state;
    for (size_t good = 0; good < 4; good++) {
        assert_breakdown(SIZE_MAX, good);
    }
}

/* min -sum of w x over norm(x) <= 1, w = 1 for the first `wide` of WIDE variables. */
enum { WIDE = 40 };
static const socp_problem *ball(socp_builder *builder, size_t wide)
{
    size_t row;

    socp_builder_restart(builder, WIDE);
    row = socp_add_cone(builder, WIDE + 1);
    socp_constant(builder, row, 1.0);
    for (size_t j = 0; j < WIDE; j++) {
        socp_objective(builder, j, j < wide ? -1.0 : 0.0);
        socp_put(builder, row + 1 + j, j, 1.0);
    }
    return built(builder);
}

/* The first attempt has no start point, and so leaves nothing that the second could be scaled by. */
static void a_start_without_a_factor_leaves_no_mark_of_an_earlier_solve(void **state)
{
    socp_builder *builder = socp_builder_create(WIDE);
    socp_workspace *fresh, *used;
    socp_solution first, second;

    (void)state;
    memset(&plan, 0, sizeof plan);
    plan.good_factors = plan.nan_from = SIZE_MAX;
    used = solve(ball(builder, WIDE), &second);
    socp_forget(used);
    plan.factors = 0;
    plan.bad_factors = 6; /* as many as are tried */
    assert_int_equal(socp_solve(used, ball(builder, 1), &second, NULL), CFI_OK);
    plan.factors = 0;
    fresh = solve(ball(builder, 1), &first);
    assert_int_equal(first.status, SOCP_OPTIMAL);
    assert_int_equal(first.attempts, 2);
    assert_int_equal(second.attempts, 2);
    assert_memory_equal(first.x, second.x, WIDE * sizeof *first.x);
    assert_memory_equal(first.z, second.z, (WIDE + 1) * sizeof *first.z);
    socp_destroy(used);
    socp_destroy(fresh);
    socp_builder_destroy(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_undisturbed_solve_is_optimal),
        cmocka_unit_test(without_a_factor_no_direction_is_used),
        cmocka_unit_test(a_solution_that_is_no_number_is_a_breakdown),
        cmocka_unit_test(a_start_without_a_factor_leaves_no_mark_of_an_earlier_solve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
