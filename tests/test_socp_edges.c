/* The cone solver on problems solved by hand, and on the edges of what a problem can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp_check.h"

/* ------------------------------------------------------------------- known optima ---- */

/* min sum_i norm(x - a_i): the Fermat point of an equilateral triangle with unit side is at distance 1/sqrt(3). */
static void fermat_point_of_an_equilateral_triangle(void **state)
{
    (void)state;
    const double corner[3][2] = {{0.0, 0.0}, {1.0, 0.0}, {0.5, 0.86602540378443864676}};
    socp_builder *builder = socp_builder_create(5);
    socp_solution solution;
    socp_workspace *workspace;

    for (size_t i = 0; i < 3; i++) {
        size_t row = socp_add_cone(builder, 3);

        socp_objective(builder, 2 + i, 1.0);
        socp_put(builder, row, 2 + i, 1.0);
        for (size_t j = 0; j < 2; j++) {
            socp_put(builder, row + 1 + j, j, 1.0);
            socp_constant(builder, row + 1 + j, -corner[i][j]);
        }
    }
    workspace = solve(built(builder), &solution);
    assert_optimal(built(builder), &solution, 1e-8);
    assert_close(solution.primal_objective, sqrt(3.0), 1e-9);
    assert_close(solution.x[1], sqrt(3.0) / 6.0, 1e-6);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* min c'x over norm(x) <= r has the value -r norm(c). */
static void linear_form_over_a_ball(void **state)
{
    (void)state;
    for (size_t n = 1; n < 40; n += 3) {
        socp_builder *builder = socp_builder_create(n);
        size_t row = socp_add_cone(builder, n + 1);
        double square = 0.0;
        socp_solution solution;
        socp_workspace *workspace;

        socp_constant(builder, row, 2.5);
        for (size_t j = 0; j < n; j++) {
            double c = (double)(j % 5) - 1.7;

            socp_objective(builder, j, c);
            socp_put(builder, row + 1 + j, j, 1.0);
            square += c * c;
        }
        workspace = solve(built(builder), &solution);
        assert_int_equal(solution.status, SOCP_OPTIMAL);
        assert_close(solution.primal_objective, -2.5 * sqrt(square), 1e-8);
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
}

/* A linear programme by hand: max 3 x + 5 y, x <= 4, 2 y <= 12, 3 x + 2 y <= 18, x, y >= 0 has the value 36 at (2, 6).
 */
static void linear_programme_by_hand(void **state)
{
    (void)state;
    const double rows[5][3] = {{-1, 0, 4}, {0, -2, 12}, {-3, -2, 18}, {1, 0, 0}, {0, 1, 0}};
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 5);
    socp_solution solution;
    socp_workspace *workspace;

    socp_objective(builder, 0, -3.0);
    socp_objective(builder, 1, -5.0);
    for (size_t i = 0; i < 5; i++) {
        socp_put(builder, row + i, 0, rows[i][0]);
        socp_put(builder, row + i, 1, rows[i][1]);
        socp_constant(builder, row + i, rows[i][2]);
    }
    workspace = solve(built(builder), &solution);
    assert_optimal(built(builder), &solution, 1e-8);
    assert_close(solution.primal_objective, -36.0, 1e-8);
    assert_close(solution.x[0], 2.0, 1e-7);
    assert_close(solution.x[1], 6.0, 1e-7);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* Redundant equality rows, a fixed variable, a zero column and a zero row. */
static void redundant_rows_and_fixed_variables(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(4);
    size_t row = socp_add_linear(builder, 5);
    socp_solution solution;
    socp_workspace *workspace;

    socp_objective(builder, 0, 1.0);
    socp_objective(builder, 1, 2.0);
    for (size_t j = 0; j < 3; j++) {
        socp_put(builder, row + j, j, 1.0);
    }
    socp_constant(builder, row + 3, 1.0); /* 0 x + 1 >= 0 */
    socp_put(builder, row + 4, 2, -1.0);  /* x2 = 0: fixed by two inequalities */
    socp_add_equalities(builder, 3);
    for (size_t i = 0; i < 3; i++) { /* x0 + x1 + x2 = 1, three times, once doubled */
        double scale = i == 2 ? 2.0 : 1.0;

        for (size_t j = 0; j < 3; j++) {
            socp_put_equality(builder, i, j, scale);
        }
        socp_rhs_equality(builder, i, scale);
    }
    workspace = solve(built(builder), &solution);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    assert_close(solution.primal_objective, 1.0, 1e-7);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

static void cones_of_size_one_and_two_are_half_lines_and_wedges(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    size_t one = socp_add_cone(builder, 1), two = socp_add_cone(builder, 2);
    socp_solution solution;
    socp_workspace *workspace;

    socp_objective(builder, 0, 1.0);
    socp_objective(builder, 1, 1.0);
    socp_put(builder, one, 0, 1.0); /* x0 >= 3 */
    socp_constant(builder, one, -3.0);
    socp_put(builder, two, 1, 1.0); /* x1 >= abs(x0 - 1) */
    socp_put(builder, two + 1, 0, 1.0);
    socp_constant(builder, two + 1, -1.0);
    workspace = solve(built(builder), &solution);
    assert_optimal(built(builder), &solution, 1e-8);
    assert_close(solution.primal_objective, 5.0, 1e-8);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

static void equalities_alone_are_solved(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    socp_solution solution;
    socp_workspace *workspace;

    socp_add_equalities(builder, 2);
    socp_put_equality(builder, 0, 0, 2.0);
    socp_put_equality(builder, 1, 0, 1.0);
    socp_put_equality(builder, 1, 1, 4.0);
    socp_rhs_equality(builder, 0, 6.0);
    socp_rhs_equality(builder, 1, 11.0);
    socp_objective(builder, 1, 1.0);
    workspace = solve(built(builder), &solution);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    assert_close(solution.x[0], 3.0, 1e-8);
    assert_close(solution.x[1], 2.0, 1e-8);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* ------------------------------------------------------------------------------ edges ---- */

/* Nothing but an objective: optimal when it is zero, unbounded when it is not. */
static void no_constraints_at_all(void **state)
{
    (void)state;
    for (size_t n = 1; n < 4; n++) {
        for (int zero = 0; zero < 2; zero++) {
            socp_builder *builder = socp_builder_create(n);
            socp_solution solution;
            socp_workspace *workspace;

            socp_objective(builder, n - 1, zero ? 0.0 : -3.0);
            workspace = solve(built(builder), &solution);
            if (zero) {
                assert_optimal(built(builder), &solution, 1e-8);
            } else {
                assert_dual_certificate(built(builder), &solution);
            }
            socp_destroy(workspace);
            socp_builder_destroy(builder);
        }
    }
}

static void contradicting_equalities_are_infeasible(void **state)
{
    (void)state;
    for (size_t n = 1; n < 5; n++) { /* sum x = 1 and sum x = 2, or 0 x = 1 */
        for (int empty = 0; empty < 2; empty++) {
            socp_builder *builder = socp_builder_create(n);
            socp_solution solution;
            socp_workspace *workspace;

            socp_add_equalities(builder, 2);
            for (size_t j = 0; j < n; j++) {
                socp_put_equality(builder, 0, j, 1.0);
                socp_put_equality(builder, 1, j, empty ? 0.0 : 1.0);
            }
            socp_rhs_equality(builder, 0, 1.0);
            socp_rhs_equality(builder, 1, 2.0);
            workspace = solve(built(builder), &solution);
            assert_primal_certificate(built(builder), &solution);
            socp_destroy(workspace);
            socp_builder_destroy(builder);
        }
    }
}

/* A cone whose rows are all constant, inside or outside; zero rows. */
static void constant_rows_decide_feasibility(void **state)
{
    (void)state;
    for (size_t size = 1; size < 6; size++) {
        for (int inside = 0; inside < 2; inside++) {
            socp_builder *builder = socp_builder_create(1);
            size_t row = socp_add_linear(builder, 1), cone = socp_add_cone(builder, size);
            socp_solution solution;
            socp_workspace *workspace;

            socp_objective(builder, 0, 1.0);
            socp_put(builder, row, 0, 1.0);
            socp_constant(builder, row, -2.0);
            socp_constant(builder, cone, inside ? 3.0 : size == 1 ? -1.0 : 0.5);
            for (size_t j = 1; j < size; j++) {
                socp_constant(builder, cone + j, 1.0);
            }
            workspace = solve(built(builder), &solution);
            if (inside) {
                assert_optimal(built(builder), &solution, 1e-8);
                assert_close(solution.x[0], 2.0, 1e-7);
            } else {
                assert_primal_certificate(built(builder), &solution);
            }
            socp_destroy(workspace);
            socp_builder_destroy(builder);
        }
    }
}

/* ------------------------------------------------------------------------------ units ---- */

typedef enum { SOLVABLE, CONTRADICTORY, UNBOUNDED } state_kind;

/* min -x0 - 2 x1 with x >= 0 and x0 + 3 x1 <= 1 (or -1: contradictory; x0 - 3 x1 <= 1: unbounded), norm(x) <= 5 too
 * when there is a cone; x in units of 1 / u, rows times v, the objective times w. */
static socp_builder *in_units(state_kind kind, bool cone, double u, double v, double w)
{
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 3);

    for (size_t j = 0; j < 2; j++) {
        double coefficient = j == 0 ? -1.0 : kind == UNBOUNDED ? 3.0 : -3.0;

        socp_objective(builder, j, -(1.0 + (double)j) * u * w);
        socp_put(builder, row, j, coefficient * u * v);
        socp_put(builder, row + 1 + j, j, 1.0);
    }
    socp_constant(builder, row, kind == CONTRADICTORY ? -v : v);
    if (cone && kind != UNBOUNDED) {
        row = socp_add_cone(builder, 3);
        socp_constant(builder, row, 5.0 * v);
        socp_put(builder, row + 1, 0, u * v);
        socp_put(builder, row + 2, 1, u * v);
    }
    return builder;
}

/* The answer is the same in all units, or there is none: never another one. */
static void assert_answer_in_units(state_kind kind, bool cone, const double unit[3], bool needed)
{
    static const socp_status right[] = {SOCP_OPTIMAL, SOCP_PRIMAL_INFEASIBLE, SOCP_DUAL_INFEASIBLE};
    double u = unit[0], w = unit[2];
    socp_builder *builder = in_units(kind, cone, u, unit[1], w);
    socp_solution solution;
    socp_workspace *workspace = solve(built(builder), &solution);

    if (solution.status == right[kind] && kind == SOLVABLE) {
        assert_close(solution.primal_objective, -w, 1e-7); /* at x0 = 1 / u */
        assert_close(solution.x[0], 1.0 / u, 1e-6);
    } else if (solution.status != right[kind] &&
               (needed || solution.status == SOCP_OPTIMAL || solution.status == SOCP_PRIMAL_INFEASIBLE ||
                solution.status == SOCP_DUAL_INFEASIBLE)) {
        fail_msg("problem %d in units %g %g %g: %s", (int)kind, u, unit[1], w, socp_status_name(solution.status));
    }
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

static void units_do_not_change_the_answer(void **state)
{
    static const double unit[] = {1e-12, 1e-9, 1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e4, 1e6, 1e9, 1e12};
    enum { UNITS = sizeof unit / sizeof *unit };

    (void)state;
    for (size_t i = 0; i < UNITS * UNITS * UNITS; i++) {
        double of[3] = {unit[i % UNITS], unit[i / UNITS % UNITS], unit[i / UNITS / UNITS]};
        double largest = 1.0;

        for (size_t k = 0; k < 3; k++) {
            largest = fmax(largest, fmax(of[k], 1.0 / of[k]));
        }
        for (int kind = SOLVABLE; kind <= UNBOUNDED;
             kind++) { /* certificates are normalised to 1 in the user's units */
            double needed = kind == SOLVABLE ? 1.1e12 : 1.1e2;

            assert_answer_in_units((state_kind)kind, false, of, largest < needed);
            assert_answer_in_units((state_kind)kind, true, of, largest < needed);
        }
    }
}

/* A bounded problem whose coefficients are path gains: a ray along which they change by 1e-10 is none. */
static void small_coefficients_are_no_certificate(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 3);
    socp_solution solution;
    socp_workspace *workspace;

    for (size_t j = 0; j < 2; j++) {
        socp_objective(builder, j, -1.0 - (double)j);
        socp_put(builder, row, j, -1e-10 * (1.0 + 2.0 * (double)j));
        socp_put(builder, row + 1 + j, j, 1.0);
    }
    socp_constant(builder, row, 1.0);
    workspace = solve(built(builder), &solution);
    assert_optimal(built(builder), &solution, 1e-8);
    assert_close(solution.primal_objective, -1e10, 1e-7);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fermat_point_of_an_equilateral_triangle),
        cmocka_unit_test(linear_form_over_a_ball),
        cmocka_unit_test(linear_programme_by_hand),
        cmocka_unit_test(redundant_rows_and_fixed_variables),
        cmocka_unit_test(cones_of_size_one_and_two_are_half_lines_and_wedges),
        cmocka_unit_test(equalities_alone_are_solved),
        cmocka_unit_test(no_constraints_at_all),
        cmocka_unit_test(contradicting_equalities_are_infeasible),
        cmocka_unit_test(constant_rows_decide_feasibility),
        cmocka_unit_test(units_do_not_change_the_answer),
        cmocka_unit_test(small_coefficients_are_no_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
