/* Quadratic objectives: random convex programmes against their own KKT conditions and against the same programme stated
 * with an epigraph; certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp_programme.h"

/* No feasible point is better than the optimum, none of the dual beyond it. */
static void assert_weak_duality(const programme *it, const socp_solution *s)
{
    double v[MOST_F], at_x = half_square(it, it->x, v) + product(it->c, it->x, it->n);
    double dual = -product(it->b, it->y, it->p) - product(it->h, it->z, it->m) - 0.5 * product(it->v, it->v, it->f);

    assert_true(s->primal_objective <= at_x + 1e-7 * (1.0 + fabs(at_x)));
    assert_true(s->dual_objective >= dual - 1e-7 * (1.0 + fabs(dual)));
}

static void convex_programmes_satisfy_their_kkt_conditions(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        programme it = optimal_programme(seed);
        socp_builder *builder = stated(&it), *other = stated_as_epigraph(&it);
        socp_solution solution, epigraph;
        socp_workspace *workspace = solve(built(builder), &solution), *second = solve(built(other), &epigraph);

        assert_int_equal(built(builder)->f, it.f);
        assert_kkt(&it, built(builder), &solution);
        assert_weak_duality(&it, &solution);
        assert_int_equal(epigraph.status, SOCP_OPTIMAL);
        if (!(fabs(solution.primal_objective - epigraph.primal_objective) <=
              1e-7 * (1.0 + fabs(epigraph.primal_objective)))) {
            fail_msg("seed %d: %.12g, as an epigraph %.12g", (int)seed, solution.primal_objective,
                     epigraph.primal_objective);
        }
        socp_destroy(workspace);
        socp_destroy(second);
        socp_builder_destroy(builder);
        socp_builder_destroy(other);
    }
}

/* min x^2 / 2 - x; min norm(x)^2 / 2 over sum x = 1; both without cones. */
static void squares_need_no_cone(void **state)
{
    socp_builder *builder = socp_builder_create(1);
    socp_solution solution;
    socp_workspace *workspace;

    (void)state;
    socp_objective(builder, 0, -1.0);
    socp_put_square(builder, socp_add_squares(builder, 1), 0, 1.0);
    workspace = solve(built(builder), &solution);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    assert_close(solution.x[0], 1.0, 1e-8);
    assert_close(solution.primal_objective, -0.5, 1e-8);
    socp_destroy(workspace);
    socp_builder_restart(builder, 4);
    socp_add_squares(builder, 4);
    socp_add_equalities(builder, 1);
    for (size_t j = 0; j < 4; j++) {
        socp_put_square(builder, j, j, 1.0);
        socp_put_equality(builder, 0, j, 1.0);
    }
    socp_rhs_equality(builder, 0, 1.0);
    workspace = solve(built(builder), &solution);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    for (size_t j = 0; j < 4; j++) {
        assert_close(solution.x[j], 0.25, 1e-8);
    }
    assert_close(solution.y[0], -0.25, 1e-8);
    assert_close(solution.primal_objective, 0.125, 1e-8);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* -------------------------------------------------------------------------- certificates ---- */

/* Changes a row along d so that its product with d is `wanted`. */
static void turn_row(size_t n, const double *d, double wanted, double *row)
{
    double miss = (wanted - product(row, d, n)) / product(d, d, n);

    for (size_t j = 0; j < n; j++) {
        row[j] += miss * d[j];
    }
}

/* Feasible, and along d everything stays so while the objective falls: F d = 0, A d = 0, -G d inside K, c'd = -1. */
static programme unbounded_programme(uint64_t seed)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 11);
    double d[MOST_N], inside[MOST_M];
    programme it;

    draw_shape(&it, &stream);
    draw(it.n, &stream, d);
    draw_inside(&it, &stream, inside);
    draw(it.n, &stream, it.c);
    for (size_t i = 0; i < it.f; i++) {
        turn_row(it.n, d, 0.0, it.F[i]);
    }
    for (size_t i = 0; i < it.p; i++) {
        turn_row(it.n, d, 0.0, it.A[i]);
    }
    for (size_t i = 0; i < it.m; i++) {
        turn_row(it.n, d, -inside[i], it.G[i]);
    }
    turn_row(it.n, d, -1.0, it.c);
    make_feasible(&it);
    return it;
}

static void unbounded_programmes_come_with_a_ray_along_which_nothing_curves(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        programme it = unbounded_programme(seed);
        socp_builder *builder = stated(&it);
        socp_problem other = *built(builder);
        socp_solution solution;
        socp_workspace *workspace = solve(&other, &solution);
        double v[MOST_F], stretched[MOST_F * MOST_N];

        assert_dual_certificate(&other, &solution);
        half_square(&it, solution.x, v);
        assert_true(largest(v, it.f) <= 1.01e-8);
        assert_true(socp_certificate_residual(&other, &solution) <= 1.01e-8);
        for (size_t e = 0; e < other.F.start[it.n]; e++) { /* no more than that of another F */
            stretched[e] = (double)(e % 3) + 1.0 + other.F.value[e];
        }
        other.F.value = stretched;
        for (size_t i = 0; i < it.f; i++) {
            v[i] = row_times(&other.F, i, solution.x);
        }
        if (largest(v, it.f) > 1e-7) { /* it is what the residual consists of */
            assert_close(socp_certificate_residual(&other, &solution),
                         largest(v, it.f) / -product(it.c, solution.x, it.n), 1e-12);
        } else {
            assert_true(seed > 1);
        }
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
}

/* The same rays with an F that has a row along d: only the curvature keeps the objective from falling. */
static void curvature_along_the_ray_makes_an_optimum(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        programme it = unbounded_programme(seed);
        socp_builder *builder;
        socp_solution solution;
        socp_workspace *workspace;

        it.f = it.n;
        memset(it.F, 0, sizeof it.F);
        for (size_t j = 0; j < it.n; j++) {
            it.F[j][j] = 0.1;
        }
        builder = stated(&it);
        workspace = solve(built(builder), &solution);
        assert_kkt(&it, built(builder), &solution);
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
}

/* y and z prove that there is no feasible point: A'y + G'z = 0, b'y + h'z = -1. */
static programme infeasible_programme(uint64_t seed)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 12);
    programme it;

    draw_shape(&it, &stream);
    make_feasible(&it);
    draw(it.n, &stream, it.c);
    for (size_t j = 0; j < it.n; j++) {
        it.G[0][j] -= column_of(&it, j, 0.0, it.v, it.y, it.z) / it.z[0];
    }
    it.h[0] -= (product(it.b, it.y, it.p) + product(it.h, it.z, it.m) + 1.0) / it.z[0];
    return it;
}

static void infeasible_programmes_come_with_a_certificate(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        programme it = infeasible_programme(seed);
        socp_builder *builder = stated(&it);
        socp_solution solution;
        socp_workspace *workspace = solve(built(builder), &solution);

        assert_primal_certificate(built(builder), &solution);
        for (size_t j = 0; j < it.n; j++) {
            assert_true(fabs(column_of(&it, j, 0.0, it.v, solution.y, solution.z)) <= 1.01e-8);
        }
        assert_true(socp_certificate_residual(built(builder), &solution) <= 1.01e-8);
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convex_programmes_satisfy_their_kkt_conditions),
        cmocka_unit_test(squares_need_no_cone),
        cmocka_unit_test(unbounded_programmes_come_with_a_ray_along_which_nothing_curves),
        cmocka_unit_test(curvature_along_the_ray_makes_an_optimum),
        cmocka_unit_test(infeasible_programmes_come_with_a_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
