/* The cone solver on families of problems, against closed forms and other methods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp_check.h"

/* Solves, checks optimality from raw data, and returns the optimum; x (may be NULL) gets the first `count` variables.
 */
static double optimum_of(socp_builder *builder, double *x, size_t count)
{
    const socp_problem *problem = built(builder);
    socp_solution solution;
    socp_workspace *workspace = solve(problem, &solution);

    assert_optimal(problem, &solution, 1e-8);
    if (x) {
        memcpy(x, solution.x, count * sizeof *x);
    }
    socp_destroy(workspace);
    socp_builder_destroy(builder);
    return solution.primal_objective;
}

/* ------------------------------------------------------------- against other methods ---- */

/* The least cost over all orders of 0 .. n - 1 from `k` on. */
static double best_order(const double cost[6][6], size_t n, size_t k, size_t *order)
{
    double best = INFINITY;

    if (k == n) {
        return 0.0;
    }
    for (size_t i = k; i < n; i++) {
        size_t keep = order[k];

        order[k] = order[i];
        order[i] = keep;
        best = fmin(best, cost[k][order[k]] + best_order(cost, n, k + 1, order));
        order[i] = order[k];
        order[k] = keep;
    }
    return best;
}

/* The assignment problem as a linear programme, against all 720 orders; one of its equalities is redundant. */
static void assignment_is_the_best_of_all_orders(void **state)
{
    enum { N = 6 };

    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 11);
        socp_builder *builder = socp_builder_create(N * N);
        size_t order[N] = {0, 1, 2, 3, 4, 5}, row = socp_add_linear(builder, N * N);
        double cost[N][N];

        socp_add_equalities(builder, 2 * N);
        for (size_t i = 0; i < N; i++) {
            socp_rhs_equality(builder, i, 1.0);
            socp_rhs_equality(builder, N + i, 1.0);
            for (size_t j = 0; j < N; j++) {
                cost[i][j] = uniform(&stream);
                socp_objective(builder, N * i + j, cost[i][j]);
                socp_put(builder, row + N * i + j, N * i + j, 1.0);
                socp_put_equality(builder, i, N * i + j, 1.0);
                socp_put_equality(builder, N + j, N * i + j, 1.0);
            }
        }
        assert_close(optimum_of(builder, NULL, 0), best_order(cost, N, 0, order), 1e-7);
    }
}

enum { DATA = 12, FEATURES = 8 };

typedef struct regression {
    double a[DATA][FEATURES], b[DATA];
} regression;

static regression draw_regression(uint64_t seed)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 12);
    regression r;

    for (size_t i = 0; i < DATA; i++) {
        r.b[i] = normal(&stream);
        for (size_t j = 0; j < FEATURES; j++) {
            r.a[i][j] = normal(&stream);
        }
    }
    return r;
}

/* Half the squared norm of A x - b plus lambda norm_1(x), by coordinate descent. */
static double lasso_by_descent(const regression *r, double lambda)
{
    double x[FEATURES] = {0}, residual[DATA], value = 0.0;

    for (size_t i = 0; i < DATA; i++) {
        residual[i] = -r->b[i];
    }
    for (size_t sweep = 0; sweep < 3000; sweep++) {
        for (size_t j = 0; j < FEATURES; j++) {
            double slope = 0.0, square = 0.0, next;

            for (size_t i = 0; i < DATA; i++) {
                slope += r->a[i][j] * residual[i];
                square += r->a[i][j] * r->a[i][j];
            }
            next = x[j] - slope / square;
            next = next > lambda / square    ? next - lambda / square
                   : next < -lambda / square ? next + lambda / square
                                             : 0.0;
            for (size_t i = 0; i < DATA; i++) {
                residual[i] += r->a[i][j] * (next - x[j]);
            }
            x[j] = next;
        }
    }
    for (size_t j = 0; j < FEATURES; j++) {
        value += lambda * fabs(x[j]);
    }
    return value + 0.5 * product(residual, residual, DATA);
}

/* Variables x, their bounds u, t: t + sum lambda u with abs(x) <= u and 2 t >= norm(A x - b)^2. */
static void lasso_agrees_with_coordinate_descent(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        regression r = draw_regression(seed);
        double lambda = 0.3 + 0.3 * (double)seed;
        socp_builder *builder = socp_builder_create(2 * FEATURES + 1);
        size_t row = socp_add_linear(builder, 2 * FEATURES), t = 2 * FEATURES, cone;

        socp_objective(builder, t, 1.0);
        for (size_t j = 0; j < FEATURES; j++) {
            socp_objective(builder, FEATURES + j, lambda);
            for (size_t side = 0; side < 2; side++) {
                socp_put(builder, row + 2 * j + side, FEATURES + j, 1.0);
                socp_put(builder, row + 2 * j + side, j, side ? 1.0 : -1.0);
            }
        }
        cone = socp_add_cone(builder, DATA + 2);
        for (size_t side = 0; side < 2; side++) {
            socp_put(builder, cone + side, t, 1.0);
            socp_constant(builder, cone + side, side ? -0.5 : 0.5);
        }
        for (size_t i = 0; i < DATA; i++) {
            socp_constant(builder, cone + 2 + i, -r.b[i]);
            for (size_t j = 0; j < FEATURES; j++) {
                socp_put(builder, cone + 2 + i, j, r.a[i][j]);
            }
        }
        assert_close(optimum_of(builder, NULL, 0), lasso_by_descent(&r, lambda), 1e-7);
    }
}

/* norm(A x - b) + rho norm(x): its gradient vanishes. A value within 4e-9 of the optimum leaves a gradient of
 * sqrt(2 * 4e-9 * curvature), and the curvature is below 20. */
static void robust_least_squares_is_stationary(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        regression r = draw_regression(100 + seed);
        double rho = 0.05 + 0.1 * (double)seed, x[FEATURES], residual[DATA], value;
        socp_builder *builder = socp_builder_create(FEATURES + 2);
        size_t fit = socp_add_cone(builder, DATA + 1), size = socp_add_cone(builder, FEATURES + 1);

        socp_objective(builder, FEATURES, 1.0);
        socp_objective(builder, FEATURES + 1, rho);
        socp_put(builder, fit, FEATURES, 1.0);
        socp_put(builder, size, FEATURES + 1, 1.0);
        for (size_t i = 0; i < DATA; i++) {
            socp_constant(builder, fit + 1 + i, -r.b[i]);
            for (size_t j = 0; j < FEATURES; j++) {
                socp_put(builder, fit + 1 + i, j, r.a[i][j]);
            }
        }
        for (size_t j = 0; j < FEATURES; j++) {
            socp_put(builder, size + 1 + j, j, 1.0);
        }
        value = optimum_of(builder, x, FEATURES);
        for (size_t i = 0; i < DATA; i++) {
            residual[i] = product(r.a[i], x, FEATURES) - r.b[i];
        }
        double fit_norm = sqrt(product(residual, residual, DATA)), x_norm = sqrt(product(x, x, FEATURES));
        for (size_t j = 0; j < FEATURES; j++) {
            double slope = rho * x[j] / x_norm;

            for (size_t i = 0; i < DATA; i++) {
                slope += r.a[i][j] * residual[i] / fit_norm;
            }
            assert_true(fabs(slope) < 4e-4);
        }
        assert_close(value, fit_norm + rho * x_norm, 1e-8);
    }
}

enum { ASSETS = 10 };

/* A lower triangular factor of a covariance. */
static void draw_risk(uint64_t seed, double l[ASSETS][ASSETS])
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 13);

    for (size_t i = 0; i < ASSETS; i++) {
        for (size_t j = 0; j < ASSETS; j++) {
            l[i][j] = j > i ? 0.0 : i == j ? 0.5 + uniform(&stream) : 0.4 * normal(&stream);
        }
    }
}

/* min norm(L x), 1'x = 1, and x >= 0 when only_long */
static double least_risk(const double l[ASSETS][ASSETS], bool only_long, double *x)
{
    socp_builder *builder = socp_builder_create(ASSETS + 1);
    size_t bounds = only_long ? socp_add_linear(builder, ASSETS) : 0, cone = socp_add_cone(builder, ASSETS + 1);

    socp_objective(builder, ASSETS, 1.0);
    socp_put(builder, cone, ASSETS, 1.0);
    socp_add_equalities(builder, 1);
    socp_rhs_equality(builder, 0, 1.0);
    for (size_t i = 0; i < ASSETS; i++) {
        socp_put_equality(builder, 0, i, 1.0);
        for (size_t j = 0; j <= i; j++) {
            socp_put(builder, cone + 1 + i, j, l[i][j]);
        }
        if (only_long) {
            socp_put(builder, bounds + i, i, 1.0);
        }
    }
    return optimum_of(builder, x, ASSETS);
}

/* The least risk is (1' (L'L)^-1 1)^(-1/2) = 1 / norm(w) with L'w = 1, by substitution. */
static void least_risk_has_its_closed_form(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        double l[ASSETS][ASSETS], w[ASSETS];

        draw_risk(seed, l);
        for (size_t i = ASSETS; i-- > 0;) {
            w[i] = 1.0;
            for (size_t k = i + 1; k < ASSETS; k++) {
                w[i] -= l[k][i] * w[k];
            }
            w[i] /= l[i][i];
        }
        assert_close(least_risk(l, false, NULL), 1.0 / sqrt(product(w, w, ASSETS)), 1e-8);
    }
}

/* Without short sales the assets that are held have the same marginal risk, and none has less. */
static void without_short_sales_marginal_risks_are_equal(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        double l[ASSETS][ASSETS], x[ASSETS], slope[ASSETS] = {0}, level;

        draw_risk(seed, l);
        assert_true(least_risk(l, true, x) >= least_risk(l, false, NULL) * (1.0 - 1e-8));
        for (size_t i = 0; i < ASSETS; i++) {
            double y = product(l[i], x, i + 1);

            for (size_t j = 0; j <= i; j++) {
                slope[j] += l[i][j] * y;
            }
        }
        level = product(slope, x, ASSETS);
        for (size_t j = 0; j < ASSETS; j++) {
            assert_true(slope[j] >= level - 4e-4 && (x[j] < 1e-3 || slope[j] <= level + 4e-4));
        }
    }
}

/* sum_i norm(x - a_i) in three dimensions, against Weiszfeld's iteration. */
static void fermat_weber_agrees_with_weiszfeld(void **state)
{
    enum { POINTS = 9, DIMENSIONS = 3 };

    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 14);
        double a[POINTS][DIMENSIONS], x[DIMENSIONS] = {0.1, 0.2, 0.3}, value = 0.0;
        socp_builder *builder = socp_builder_create(DIMENSIONS + POINTS);

        for (size_t i = 0; i < POINTS; i++) {
            size_t cone = socp_add_cone(builder, DIMENSIONS + 1);

            socp_objective(builder, DIMENSIONS + i, 1.0);
            socp_put(builder, cone, DIMENSIONS + i, 1.0);
            for (size_t d = 0; d < DIMENSIONS; d++) {
                a[i][d] = normal(&stream);
                socp_put(builder, cone + 1 + d, d, 1.0);
                socp_constant(builder, cone + 1 + d, -a[i][d]);
            }
        }
        for (size_t step = 0; step < 20000; step++) {
            double next[DIMENSIONS] = {0}, weights = 0.0;

            value = 0.0;
            for (size_t i = 0; i < POINTS; i++) {
                double away[DIMENSIONS] = {x[0] - a[i][0], x[1] - a[i][1], x[2] - a[i][2]};
                double norm = sqrt(product(away, away, DIMENSIONS));

                value += norm;
                weights += 1.0 / norm;
                for (size_t d = 0; d < DIMENSIONS; d++) {
                    next[d] += a[i][d] / norm;
                }
            }
            for (size_t d = 0; d < DIMENSIONS; d++) {
                x[d] = next[d] / weights;
            }
        }
        assert_close(optimum_of(builder, NULL, 0), value, 1e-8);
    }
}

/* A line of N half-wavelength elements: the lowest sidelobes beyond the phase `edge` are Dolph and Chebyshev's,
 * 1 / T_{N-1}(1 / cos(edge / 2)), attained where T_{N-1} is +-1: with those phases in the grid the cones give it too.
 */
static void beam_pattern_of_a_line_is_dolph_chebyshevs(void **state)
{
    const double pi = 3.14159265358979323846;

    (void)state;
    for (size_t elements = 4; elements <= 24; elements += 5) {
        double edge = 2.5 * pi / (double)elements, top = 1.0 / cos(edge / 2.0);
        double level = 1.0 / cosh((double)(elements - 1) * acosh(top));
        socp_builder *builder = socp_builder_create(2 * elements + 1); /* real parts, imaginary parts, t */

        socp_objective(builder, 2 * elements, 1.0);
        socp_add_equalities(builder, 2); /* the response at phase 0 is 1 */
        socp_rhs_equality(builder, 0, 1.0);
        for (size_t i = 0; i < elements; i++) {
            socp_put_equality(builder, 0, i, 1.0);
            socp_put_equality(builder, 1, elements + i, 1.0);
        }
        for (size_t k = 0; k < 4 * elements; k++) {
            double extreme = acos(cos((double)k * pi / (double)(elements - 1)) / top) * 2.0;
            double phase =
                k < elements ? extreme
                             : edge + (2.0 * pi - 2.0 * edge) * (double)(k - elements) / (3.0 * (double)elements - 1.0);
            size_t cone = socp_add_cone(builder, 3);

            socp_put(builder, cone, 2 * elements, 1.0);
            for (size_t i = 0; i < elements; i++) {
                double turn = phase * (double)i;

                socp_put(builder, cone + 1, i, cos(turn));
                socp_put(builder, cone + 1, elements + i, -sin(turn));
                socp_put(builder, cone + 2, i, sin(turn));
                socp_put(builder, cone + 2, elements + i, cos(turn));
            }
        }
        assert_close(optimum_of(builder, NULL, 0), level, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assignment_is_the_best_of_all_orders),
        cmocka_unit_test(lasso_agrees_with_coordinate_descent),
        cmocka_unit_test(robust_least_squares_is_stationary),
        cmocka_unit_test(least_risk_has_its_closed_form),
        cmocka_unit_test(without_short_sales_marginal_risks_are_equal),
        cmocka_unit_test(fermat_weber_agrees_with_weiszfeld),
        cmocka_unit_test(beam_pattern_of_a_line_is_dolph_chebyshevs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
