/* The cone solver: optimality recomputed from raw data, certificates, statuses, the builder and the CBF writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/socp.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

static double uniform(cfi_stream *stream)
{
    double u;

    random_uniforms(stream, 1, &u);
    return u;
}

static double normal(cfi_stream *stream)
{
    double value;

    random_normals(stream, 1, &value);
    return value;
}

static const socp_problem *built(socp_builder *builder)
{
    cfi_error error = {.text = ""};
    const socp_problem *problem = socp_build(builder, &error);

    if (!problem) {
        fail_msg("%s", error.text);
    }
    return problem;
}

/* Solves once; the workspace is returned for the arrays of the solution to live. */
static socp_workspace *solve(const socp_problem *problem, socp_solution *solution)
{
    cfi_error error = {.text = ""};
    socp_workspace *workspace = socp_create(problem, NULL, &error);

    if (!workspace || socp_solve(workspace, problem, solution, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return workspace;
}

/* -------------------------------------------------------------- checks from raw data ---- */

static double entry(const socp_matrix *matrix, size_t row, size_t col)
{
    for (size_t i = matrix->start[col]; i < matrix->start[col + 1]; i++) {
        if (matrix->row[i] == row) {
            return matrix->value[i];
        }
    }
    return 0.0;
}

/* max(0, distance outside K) */
static double outside(const socp_problem *problem, const double *v)
{
    double worst = 0.0;
    size_t row = problem->linear;

    for (size_t i = 0; i < problem->linear; i++) {
        worst = fmax(worst, -v[i]);
    }
    for (size_t i = 0; i < problem->cones; i++) {
        double tail = 0.0;

        for (size_t j = 1; j < problem->cone_size[i]; j++) {
            tail += v[row + j] * v[row + j];
        }
        worst = fmax(worst, sqrt(tail) - v[row]);
        row += problem->cone_size[i];
    }
    return worst;
}

static double product(const double *a, const double *b, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Row i of A x or G x, by entries. */
static double row_times(const socp_matrix *matrix, size_t row, const double *x)
{
    double sum = 0.0;

    for (size_t j = 0; j < matrix->cols; j++) {
        sum += entry(matrix, row, j) * x[j];
    }
    return sum;
}

static double column_times(const socp_matrix *matrix, size_t col, const double *y)
{
    double sum = 0.0;

    for (size_t i = matrix->start[col]; i < matrix->start[col + 1]; i++) {
        sum += matrix->value[i] * y[matrix->row[i]];
    }
    return sum;
}

static double largest(const double *v, size_t count)
{
    double worst = 0.0;

    for (size_t i = 0; i < count; i++) {
        worst = fmax(worst, fabs(v[i]));
    }
    return worst;
}

static void assert_optimal(const socp_problem *p, const socp_solution *s, double tolerance)
{
    double scale = 1.0 + fmax(largest(p->b, p->p), largest(p->h, p->m)), scale_c = 1.0 + largest(p->c, p->n);
    double primal = product(p->c, s->x, p->n), dual = -product(p->b, s->y, p->p) - product(p->h, s->z, p->m);

    if (s->status != SOCP_OPTIMAL) {
        fail_msg("%s after %zu iterations (%g %g %g)", socp_status_name(s->status), s->iterations, s->primal_residual,
                 s->dual_residual, s->gap);
    }
    for (size_t i = 0; i < p->p; i++) {
        assert_true(fabs(row_times(&p->A, i, s->x) - p->b[i]) <= tolerance * scale);
    }
    for (size_t i = 0; i < p->m; i++) {
        assert_true(fabs(row_times(&p->G, i, s->x) + s->s[i] - p->h[i]) <= tolerance * scale);
    }
    for (size_t j = 0; j < p->n; j++) {
        double sum = p->c[j] + column_times(&p->G, j, s->z) + (p->p ? column_times(&p->A, j, s->y) : 0.0);

        assert_true(fabs(sum) <= tolerance * scale_c);
    }
    assert_true(outside(p, s->s) <= 0.0 && outside(p, s->z) <= 0.0);
    assert_true(fabs(primal - dual) <= tolerance * (1.0 + fabs(primal)));
    assert_close(s->primal_objective + 1.0, primal + 1.0, 1e-12);
}

/* A'y + G'z = 0, z in K, b'y + h'z = -1 */
static void assert_primal_certificate(const socp_problem *p, const socp_solution *s)
{
    assert_int_equal(s->status, SOCP_PRIMAL_INFEASIBLE);
    for (size_t j = 0; j < p->n; j++) {
        double sum = column_times(&p->G, j, s->z) + (p->p ? column_times(&p->A, j, s->y) : 0.0);

        assert_true(fabs(sum) <= 1e-7);
    }
    assert_true(outside(p, s->z) <= 0.0);
    assert_close(product(p->b, s->y, p->p) + product(p->h, s->z, p->m), -1.0, 1e-9);
}

/* A x = 0, G x + s = 0, s in K, c'x = -1 */
static void assert_dual_certificate(const socp_problem *p, const socp_solution *s)
{
    assert_int_equal(s->status, SOCP_DUAL_INFEASIBLE);
    for (size_t i = 0; i < p->p; i++) {
        assert_true(fabs(row_times(&p->A, i, s->x)) <= 1e-7);
    }
    for (size_t i = 0; i < p->m; i++) {
        assert_true(fabs(row_times(&p->G, i, s->x) + s->s[i]) <= 1e-7);
    }
    assert_true(outside(p, s->s) <= 0.0);
    assert_close(product(p->c, s->x, p->n), -1.0, 1e-9);
}

/* ------------------------------------------------------------------ random problems ---- */

typedef enum { FEASIBLE, PRIMAL_INFEASIBLE, DUAL_INFEASIBLE } kind;

/* A point of K: interior, on the boundary, or zero; `other` gets a complementary one. */
static void complementary(cfi_stream *stream, size_t size, double *s, double *z)
{
    double tail = 0.0, pick = uniform(stream), t = 0.2 + uniform(stream), u = 0.2 + uniform(stream);

    for (size_t i = 1; i < size; i++) {
        s[i] = normal(stream);
        tail += s[i] * s[i];
    }
    tail = sqrt(tail);
    s[0] = t;
    z[0] = u;
    for (size_t i = 1; i < size; i++) { /* both on the boundary, opposite */
        z[i] = -u * s[i] / tail;
        s[i] *= t / tail;
    }
    if (pick < 0.33 || size == 1) {
        double *zero = pick < 0.165 || (size == 1 && pick < 0.5) ? s : z, *inside = zero == s ? z : s;

        memset(zero, 0, size * sizeof *zero);
        inside[0] = 2.0 * (t + u);
    }
}

/* A random problem of a known kind, with planted solution or certificate; 20 % of the rows are badly scaled. */
static socp_builder *random_problem(uint64_t seed, kind what)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, (uint32_t)what);
    size_t n = 2 + (size_t)(uniform(&stream) * 12), p = (size_t)(uniform(&stream) * (double)n / 2), row = 0;
    size_t linear = 1 + (size_t)(uniform(&stream) * 8), cones = (size_t)(uniform(&stream) * 5), m;
    size_t size[8], first[8];
    socp_builder *builder = socp_builder_create(n);
    double s[128], z[128], x[32], y[32], c[32] = {0};

    linear += n; /* enough rows to have an interior */
    m = socp_add_linear(builder, linear) + linear;
    for (size_t i = 0; i < linear; i++) {
        complementary(&stream, 1, s + i, z + i);
    }
    for (size_t i = 0; i < cones; i++) {
        size[i] = 1 + (size_t)(uniform(&stream) * 7);
        first[i] = socp_add_cone(builder, size[i]);
        complementary(&stream, size[i], s + first[i], z + first[i]);
        m += size[i];
    }
    socp_add_equalities(builder, p);
    for (size_t j = 0; j < n; j++) {
        x[j] = normal(&stream);
    }
    for (size_t i = 0; i < p + m; i++) {
        bool equality = i < p;
        double value = 0.0, dual = equality ? (y[i] = normal(&stream)) : z[i - p];
        double scale =
            uniform(&stream) < 0.2 && (equality || i - p < linear) ? pow(10.0, 6.0 * uniform(&stream) - 3.0) : 1.0;

        row = equality ? i : i - p;
        for (size_t j = 0; j < n; j++) {
            double g = uniform(&stream) < 0.5 ? normal(&stream) * scale : 0.0;

            if (what == DUAL_INFEASIBLE && j == n - 1) {
                g = 0.0; /* set below so that a recession direction exists */
            }
            if (equality) {
                socp_put_equality(builder, row, j, g);
            } else {
                socp_put(builder, row, j, -g);
            }
            value += g * x[j];
            c[j] -= g * dual; /* c = -A'y - G'z */
        }
        if (equality) {
            socp_rhs_equality(builder, row, value);
        } else {
            socp_constant(builder, row, value + s[row]);
        }
    }
    for (size_t j = 0; j < n; j++) {
        socp_objective(builder, j, what == DUAL_INFEASIBLE && j == n - 1 ? -1.0 : c[j]);
    }
    return builder;
}

static void solution_satisfies_kkt_recomputed_from_raw_data(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 600; seed++) {
        socp_builder *builder = random_problem(seed, FEASIBLE);
        const socp_problem *problem = built(builder);
        socp_solution solution;
        socp_workspace *workspace = solve(problem, &solution);

        assert_optimal(problem, &solution, 1e-8);
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
}

static void unbounded_problems_come_with_a_certificate(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) { /* the last variable is free and its cost is negative */
        socp_builder *builder = random_problem(seed, DUAL_INFEASIBLE);
        const socp_problem *problem = built(builder);
        socp_solution solution;
        socp_workspace *workspace = solve(problem, &solution);

        assert_dual_certificate(problem, &solution);
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
}

/* A feasible problem with two more rows that contradict: a'x >= beta + 1, a'x <= beta. */
static void infeasible_problems_come_with_a_certificate(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 77);
        size_t n = 2 + (size_t)(uniform(&stream) * 10), row;
        socp_builder *builder = socp_builder_create(n);
        const socp_problem *problem;
        socp_solution solution;
        socp_workspace *workspace;

        row = socp_add_linear(builder, n + 2);
        for (size_t j = 0; j < n; j++) {
            double a = normal(&stream);

            socp_objective(builder, j, normal(&stream));
            socp_put(builder, row, j, a);
            socp_put(builder, row + 1, j, -a);
            socp_put(builder, row + 2 + j, j, 1.0);
        }
        socp_constant(builder, row, -1.0);
        row = socp_add_cone(builder, n + 1); /* norm(x) <= 10 */
        socp_constant(builder, row, 10.0);
        for (size_t j = 0; j < n; j++) {
            socp_put(builder, row + 1 + j, j, 1.0);
        }
        problem = built(builder);
        workspace = solve(problem, &solution);
        assert_primal_certificate(problem, &solution);
        socp_destroy(workspace);
        socp_builder_destroy(builder);
    }
}

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
static void degenerate_problems_are_solved(void **state)
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

/* --------------------------------------------------------------- workspace and errors ---- */

static void arrays_of_absent_rows_may_be_null(void **state)
{
    double c[] = {1.0}, h[] = {0.0, 3.0, 4.0}, minus_one[] = {-1.0};
    size_t start[] = {0, 1}, row[] = {0}, size[] = {3};
    socp_problem problem = {.n = 1, .m = 3, .c = c, .h = h, .cones = 1, .cone_size = size};
    socp_solution solution;
    socp_workspace *workspace;

    (void)state;
    problem.G = (socp_matrix){.rows = 3, .cols = 1, .start = start, .row = row, .value = minus_one};
    workspace = solve(&problem, &solution);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    assert_close(solution.primal_objective, 5.0, 1e-8);
    socp_destroy(workspace);
}

static void a_workspace_solves_again_with_new_numbers(void **state)
{
    (void)state;
    socp_builder *builder = random_problem(5, FEASIBLE);
    const socp_problem *problem = built(builder);
    socp_solution first, again, fresh;
    socp_workspace *reused = solve(problem, &first), *other;

    for (size_t j = 0; j < problem->n; j++) {
        problem->c[j] *= 1.5;
    }
    problem->h[0] += 0.25;
    assert_int_equal(socp_solve(reused, problem, &again, NULL), CFI_OK);
    other = solve(problem, &fresh);
    assert_optimal(problem, &again, 1e-8);
    assert_int_equal(again.iterations, fresh.iterations);
    assert_memory_equal(again.x, fresh.x, problem->n * sizeof(double));
    socp_destroy(reused);
    socp_destroy(other);
    socp_builder_destroy(builder);
}

static void another_pattern_is_refused(void **state)
{
    (void)state;
    socp_builder *one = random_problem(5, FEASIBLE), *two = random_problem(6, FEASIBLE);
    socp_solution solution;
    cfi_error error;
    socp_workspace *workspace = solve(built(one), &solution);

    assert_int_equal(socp_solve(workspace, built(two), &solution, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "pattern"));
    socp_destroy(workspace);
    socp_builder_destroy(one);
    socp_builder_destroy(two);
}

static void assert_refused(const socp_problem *problem, const char *what)
{
    cfi_error error = {.text = ""};

    assert_null(socp_create(problem, NULL, &error));
    assert_int_equal(error.status, CFI_INVALID);
    if (!strstr(error.text, what)) {
        fail_msg("'%s' does not name '%s'", error.text, what);
    }
}

static void malformed_problems_are_refused_by_name(void **state)
{
    (void)state;
    socp_builder *builder = random_problem(5, FEASIBLE);
    socp_problem good = *built(builder), bad = good;
    size_t zero = 0;
    double keep;

    bad.n = 0;
    assert_refused(&bad, "no variables");
    bad = good;
    bad.m++;
    assert_refused(&bad, "rows in cones");
    bad = good;
    bad.linear = good.m;
    bad.cones = 1;
    bad.cone_size = &zero;
    assert_refused(&bad, "empty");
    keep = good.h[1];
    good.h[1] = NAN;
    assert_refused(&good, "h[1]");
    good.h[1] = keep;
    keep = good.G.value[2];
    good.G.value[2] = INFINITY;
    assert_refused(&good, "of G");
    good.G.value[2] = keep;
    zero = good.G.row[1];
    good.G.row[1] = good.G.row[0];
    assert_refused(&good, "ascend");
    good.G.row[1] = zero;
    socp_builder_destroy(builder);
}

static void builder_refuses_entries_outside_the_matrix(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    cfi_error error;
    size_t row = socp_add_linear(builder, 1);

    socp_put(builder, row, 2, 1.0);
    assert_null(socp_build(builder, &error));
    assert_int_equal(error.status, CFI_INVALID);
    socp_builder_destroy(builder);
    builder = socp_builder_create(1);
    socp_add_cone(builder, 2);
    socp_add_linear(builder, 1);
    assert_null(socp_build(builder, &error));
    socp_builder_destroy(builder);
}

static void builder_adds_duplicates_and_sorts(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    const socp_problem *problem;
    size_t row = socp_add_linear(builder, 3);

    socp_put(builder, row + 2, 1, 1.0);
    socp_put(builder, row, 1, 2.0);
    socp_put(builder, row + 2, 1, 0.5);
    socp_put(builder, row + 1, 0, 4.0);
    problem = built(builder);
    assert_int_equal(problem->G.start[1], 1);
    assert_int_equal(problem->G.start[2], 3);
    assert_int_equal(problem->G.row[1], 0);
    assert_true(problem->G.value[0] == -4.0 && problem->G.value[1] == -2.0 && problem->G.value[2] == -1.5);
    socp_builder_destroy(builder);
}

static void iteration_limit_is_its_own_status(void **state)
{
    (void)state;
    socp_builder *builder = random_problem(7, FEASIBLE);
    socp_settings settings = socp_default_settings();
    socp_solution solution;
    socp_workspace *workspace;

    settings.max_iterations = 2;
    workspace = socp_create(built(builder), &settings, NULL);
    assert_int_equal(socp_solve(workspace, built(builder), &solution, NULL), CFI_OK);
    assert_int_equal(solution.status, SOCP_ITERATION_LIMIT);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* ------------------------------------------------------------------------------- CBF ---- */

static void cbf_text_of_a_small_problem(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 1), cone;
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    socp_objective(builder, 1, -0.1);
    socp_put(builder, row, 0, 1.0);
    socp_constant(builder, row, 1.0 / 3.0);
    cone = socp_add_cone(builder, 2);
    socp_put(builder, cone, 1, -2.0);
    socp_put(builder, cone + 1, 0, 1e-7);
    socp_add_equalities(builder, 1);
    socp_put_equality(builder, 0, 0, 3.0);
    socp_rhs_equality(builder, 0, 5.0);
    assert_int_equal(socp_write_cbf(built(builder), "two lines\nof comment", stream, NULL), CFI_OK);
    fclose(stream);
    assert_string_equal(text, "# two lines\n# of comment\nVER\n1\n\nOBJSENSE\nMIN\n\nVAR\n2 1\nF 2\n\n"
                              "CON\n4 3\nL= 1\nL+ 1\nQ 2\n\nOBJACOORD\n1\n1 -0.10000000000000001\n\n"
                              "ACOORD\n4\n0 0 3\n1 0 1\n3 0 9.9999999999999995e-08\n2 1 -2\n\n"
                              "BCOORD\n2\n0 -5\n1 0.33333333333333331\n");
    free(text);
    socp_builder_destroy(builder);
}

static void cbf_to_a_full_disk_is_an_output_error(void **state)
{
    (void)state;
    socp_builder *builder = random_problem(8, FEASIBLE);
    FILE *full = fopen("/dev/full", "w");

    if (!full) {
        socp_builder_destroy(builder);
        skip();
    }
    assert_int_equal(socp_write_cbf(built(builder), NULL, full, NULL), CFI_OUTPUT);
    fclose(full);
    socp_builder_destroy(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solution_satisfies_kkt_recomputed_from_raw_data),
        cmocka_unit_test(unbounded_problems_come_with_a_certificate),
        cmocka_unit_test(infeasible_problems_come_with_a_certificate),
        cmocka_unit_test(fermat_point_of_an_equilateral_triangle),
        cmocka_unit_test(linear_form_over_a_ball),
        cmocka_unit_test(linear_programme_by_hand),
        cmocka_unit_test(degenerate_problems_are_solved),
        cmocka_unit_test(cones_of_size_one_and_two_are_half_lines_and_wedges),
        cmocka_unit_test(equalities_alone_are_solved),
        cmocka_unit_test(arrays_of_absent_rows_may_be_null),
        cmocka_unit_test(a_workspace_solves_again_with_new_numbers),
        cmocka_unit_test(another_pattern_is_refused),
        cmocka_unit_test(malformed_problems_are_refused_by_name),
        cmocka_unit_test(builder_refuses_entries_outside_the_matrix),
        cmocka_unit_test(builder_adds_duplicates_and_sorts),
        cmocka_unit_test(iteration_limit_is_its_own_status),
        cmocka_unit_test(cbf_text_of_a_small_problem),
        cmocka_unit_test(cbf_to_a_full_disk_is_an_output_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
