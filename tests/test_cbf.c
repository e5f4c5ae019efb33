/* Conic Benchmark Format: the writer, the reader, and one after the other. The reader's refusals:
 * cli/test_solve_refusals.sh, locales: test_locale.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp_check.h"
#include "socp_planted.h"

/* Written to memory; free the text. */
static char *written(const socp_problem *problem, const char *comment)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(stream);
    assert_int_equal(socp_write_cbf(problem, comment, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

static socp_cbf *read_back(const char *text)
{
    cfi_error error = {.text = ""};
    FILE *stream = fmemopen((void *)text, strlen(text), "r");
    socp_cbf *cbf = socp_read_cbf(stream, "text", &error);

    fclose(stream);
    if (!cbf) {
        fail_msg("%s", error.text);
    }
    return cbf;
}

static void text_of_a_small_problem(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 1), cone;
    char *text;

    socp_objective(builder, 1, -0.1);
    socp_put(builder, row, 0, 1.0);
    socp_constant(builder, row, 1.0 / 3.0);
    cone = socp_add_cone(builder, 2);
    socp_put(builder, cone, 1, -2.0);
    socp_put(builder, cone + 1, 0, 1e-7);
    socp_add_equalities(builder, 1);
    socp_put_equality(builder, 0, 0, 3.0);
    socp_rhs_equality(builder, 0, 5.0);
    text = written(built(builder), "two lines\nof comment");
    assert_string_equal(text, "# two lines\n# of comment\nVER\n1\n\nOBJSENSE\nMIN\n\nVAR\n2 1\nF 2\n\n"
                              "CON\n4 3\nL= 1\nL+ 1\nQ 2\n\nOBJACOORD\n1\n1 -0.10000000000000001\n\n"
                              "ACOORD\n4\n0 0 3\n1 0 1\n3 0 9.9999999999999995e-08\n2 1 -2\n\n"
                              "BCOORD\n2\n0 -5\n1 0.33333333333333331\n");
    free(text);
    socp_builder_destroy(builder);
}

/* min -x1 + ((2 x0)^2 + x1^2) / 2 over x0 >= 3: x = (3, 1), t = 18.5. */
static void text_of_a_quadratic_problem(void **state)
{
    (void)state;
    socp_builder *builder = socp_builder_create(2);
    size_t row = socp_add_linear(builder, 1), square = socp_add_squares(builder, 2);
    double x[3], multiplier[5], wanted[5] = {12.0, 1.0, 18.5, -6.0, -1.0};
    socp_solution solution;
    socp_workspace *workspace;
    socp_cbf *cbf;
    char *text;

    socp_objective(builder, 1, -1.0);
    socp_put(builder, row, 0, 1.0);
    socp_constant(builder, row, -3.0);
    socp_put_square(builder, square, 0, 2.0);
    socp_put_square(builder, square + 1, 1, 1.0);
    text = written(built(builder), NULL);
    assert_string_equal(text, "VER\n1\n\nOBJSENSE\nMIN\n\nVAR\n3 1\nF 3\n\nCON\n5 2\nL+ 1\nQR 4\n\n"
                              "OBJACOORD\n2\n1 -1\n2 1\n\nACOORD\n4\n0 0 1\n3 0 2\n4 1 1\n1 2 1\n\n"
                              "BCOORD\n2\n0 -3\n2 1\n");
    cbf = read_back(text);
    workspace = solve(socp_cbf_problem(cbf), &solution);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    assert_close(socp_cbf_objective(cbf, solution.primal_objective), 17.5, 1e-7);
    assert_true(socp_cbf_point(cbf, &solution, x));
    assert_close(x[0], 3.0, 1e-7);
    assert_close(x[1], 1.0, 1e-7);
    assert_close(x[2], 18.5, 1e-7);
    socp_cbf_multipliers(cbf, &solution, multiplier);
    for (size_t i = 0; i < 5; i++) {
        assert_close(multiplier[i], wanted[i], 1e-6);
    }
    socp_destroy(workspace);
    socp_cbf_destroy(cbf);
    free(text);
    socp_builder_destroy(builder);
}

static void a_full_disk_is_an_output_error(void **state)
{
    (void)state;
    planted *it = planted_make(8, PLANTED_OPTIMAL);
    FILE *full = fopen("/dev/full", "w");

    if (full) {
        assert_int_equal(socp_write_cbf(it->problem, NULL, full, NULL), CFI_OUTPUT);
        fclose(full);
    }
    planted_free(it);
}

/* ---------------------------------------------------------------------------- round trip ---- */

/* The first columns of b are those of a, and the others empty. */
static void assert_same_matrix(const socp_matrix *a, const socp_matrix *b)
{
    if (!a->start) {
        assert_true(!b->start || b->start[b->cols] == 0);
        return;
    }
    assert_int_equal(a->rows, b->rows);
    assert_memory_equal(a->start, b->start, (a->cols + 1) * sizeof *a->start);
    assert_int_equal(b->start[b->cols], a->start[a->cols]);
    assert_memory_equal(a->row, b->row, a->start[a->cols] * sizeof *a->row);
    assert_memory_equal(a->value, b->value, a->start[a->cols] * sizeof *a->value);
}

/* All of a is in b, which may have more variables. */
static void assert_same_problem(const socp_problem *a, const socp_problem *b)
{
    assert_true(a->p == b->p && a->m == b->m && a->linear == b->linear && a->cones == b->cones && a->f == b->f);
    assert_true(a->cones == 0 || memcmp(a->cone_size, b->cone_size, a->cones * sizeof *a->cone_size) == 0);
    assert_same_matrix(&a->A, &b->A);
    assert_same_matrix(&a->G, &b->G);
    assert_same_matrix(&a->F, &b->F);
    assert_memory_equal(a->c, b->c, a->n * sizeof *a->c);
    for (size_t k = a->n; k < b->n; k++) {
        assert_true(b->c[k] == 0.0);
    }
    for (size_t k = 0; k < a->p; k++) { /* a zero may lose its sign */
        assert_true(a->b[k] == b->b[k]);
    }
    for (size_t k = 0; k < a->m; k++) {
        assert_true(a->h[k] == b->h[k]);
    }
}

static void what_is_written_is_read_back_bit_for_bit(void **state)
{
    (void)state;
    for (int i = 0; i < 40 * PLANTED_KINDS; i++) {
        planted *it = planted_make((uint64_t)i, (planted_kind)(i % PLANTED_KINDS));
        char *text = written(it->problem, "round trip"), *again;
        socp_cbf *cbf = read_back(text);

        assert_int_equal(socp_cbf_problem(cbf)->n, it->problem->n);
        assert_same_problem(it->problem, socp_cbf_problem(cbf));
        assert_false(socp_cbf_maximises(cbf));
        assert_int_equal(socp_cbf_constraints(cbf), it->problem->p + it->problem->m);
        again = written(socp_cbf_problem(cbf), "round trip");
        assert_string_equal(text, again);
        free(text);
        free(again);
        socp_cbf_destroy(cbf);
        planted_free(it);
    }
}

/* F is the G of the problem: its numbers have all sizes, and some columns and rows are empty. The price and the width
 * of the epigraph are 1, so not a bit of F changes. */
static void squares_are_written_as_an_epigraph_and_read_back_bit_for_bit(void **state)
{
    (void)state;
    for (int i = 0; i < 40 * PLANTED_KINDS; i++) {
        planted *it = planted_make((uint64_t)i, (planted_kind)(i % PLANTED_KINDS));
        socp_problem problem = *it->problem;
        socp_cbf *cbf;
        char *text;

        problem.f = problem.m;
        problem.F = problem.G;
        text = written(&problem, NULL);
        cbf = read_back(text);
        assert_int_equal(socp_cbf_problem(cbf)->n, problem.n + 1);
        assert_same_problem(&problem, socp_cbf_problem(cbf));
        assert_int_equal(socp_cbf_constraints(cbf), problem.p + problem.m + problem.f + 2);
        free(text);
        socp_cbf_destroy(cbf);
        planted_free(it);
    }
}

/* Doubles that are hard to read: the last digit, the smallest, halves between two doubles, many digits. */
static void every_double_is_read_as_strtod_reads_it(void **state)
{
    static const char *const hard[] = {"0.1",
                                       "1e23",
                                       "9007199254740993",
                                       "999999999999999e22",
                                       "123456789012345e-22",
                                       "1234567890123456e22",
                                       "2.2250738585072011e-308",
                                       "4.9406564584124654e-324",
                                       "1e-400",
                                       "1.7976931348623157e308",
                                       "-000000000000000000000000000001.5",
                                       "0.000000000000000000000000000000000000000000000000000000000001",
                                       "100000000000000000000000000000000000000000000000000000000000000000000000000",
                                       ".5",
                                       "5.",
                                       "+5.e-0",
                                       "3E+0005",
                                       "-0",
                                       "0.30000000000000004",
                                       "7.4505805969238281e-09"};
    cfi_stream stream = stream_make(4, 0, CFI_DRAW_START, 1);

    (void)state;
    for (size_t i = 0; i < 5000 + sizeof hard / sizeof *hard; i++) {
        char number[128], text[256];
        socp_cbf *cbf;

        if (i < sizeof hard / sizeof *hard) {
            snprintf(number, sizeof number, "%s", hard[i]);
        } else {
            snprintf(number, sizeof number, "%.*e", (int)(20.0 * uniform(&stream)),
                     normal(&stream) * pow(10.0, 60.0 * uniform(&stream) - 30.0));
        }
        snprintf(text, sizeof text, "VER\n1\nOBJSENSE\nMIN\nVAR\n1 1\nF 1\nOBJACOORD\n1\n0 %s\n", number);
        cbf = read_back(text);
        if (socp_cbf_problem(cbf)->c[0] != strtod(number, NULL)) {
            fail_msg("%s is read as %.17g", number, socp_cbf_problem(cbf)->c[0]);
        }
        socp_cbf_destroy(cbf);
    }
}

/* -------------------------------------------------------------------- the file's terms ---- */

/* Every cone on rows and on variables, both senses: the multipliers prove the optimum from the file's data alone. */
static void multipliers_prove_the_optimum_in_the_files_terms(void **state)
{
    static const char form[] =
        "VER\n3\nOBJSENSE\n%s\nVAR\n5 3\nL+ 1\nQR 3\nF 1\n"
        "CON\n9 6\nQR 3\nL- 1\nF 1\nL= 1\nL+ 1\nQ 2\nOBJACOORD\n3\n0 %s\n1 %s\n4 %s\nOBJBCOORD\n10\n"
        "ACOORD\n10\n0 0 1\n1 1 1\n2 4 1\n3 4 1\n4 4 1\n5 2 1\n5 3 -1\n6 2 1\n7 4 2\n8 3 1\n"
        "BCOORD\n5\n2 1\n3 -4\n4 9\n6 -1\n7 5\n";
    /* rows: (x0, x1, x4 + 1) in QR; x4 <= 4; x2 = x3; x2 >= 1; (2 x4 + 5, x3) in Q; x0 >= 0; (x1, x2, x3) in QR */
    static const double b[9] = {0, 0, 1, -4, 9, 0, -1, 5, 0};

    (void)state;
    for (int max = 0; max < 2; max++) {
        double sign = max ? -1.0 : 1.0, c[5] = {sign * 2.0, sign, 0.0, 0.0, sign * -0.5}, u[9], w[5], by = 0.0;
        char text[1024];
        socp_cbf *cbf;
        socp_solution solution;
        socp_workspace *workspace;

        snprintf(text, sizeof text, form, max ? "MAX" : "MIN", max ? "-2" : "2", max ? "-1" : "1",
                 max ? "0.5" : "-0.5");
        cbf = read_back(text);
        workspace = solve(socp_cbf_problem(cbf), &solution);
        assert_int_equal(solution.status, SOCP_OPTIMAL);
        assert_int_equal(socp_cbf_constraints(cbf), 9);
        socp_cbf_multipliers(cbf, &solution, u);
        for (size_t i = 0; i < 9; i++) {
            by += b[i] * u[i];
        }
        for (size_t j = 0; j < 5; j++) {
            w[j] = sign * c[j];
        }
        w[0] -= u[0];
        w[1] -= u[1];
        w[2] -= u[5] + u[6];
        w[3] += u[5] - u[8];
        w[4] -= u[2] + u[3] + 2.0 * u[7];
        assert_true(2.0 * u[0] * u[1] >= u[2] * u[2] - 1e-8 && u[0] >= 0.0 && u[1] >= 0.0);
        assert_true(u[3] <= 0.0 && u[4] == 0.0 && u[6] >= 0.0 && u[7] >= fabs(u[8]) - 1e-12);
        assert_true(w[0] >= -1e-8 && 2.0 * w[1] * w[2] >= w[3] * w[3] - 1e-7 && w[1] >= -1e-8 && w[2] >= -1e-8);
        assert_true(fabs(w[4]) <= 1e-8);
        assert_close(socp_cbf_objective(cbf, solution.dual_objective), 10.0 - sign * by, 1e-9);
        assert_close(socp_cbf_objective(cbf, solution.primal_objective), 10.0 - sign * by, 1e-7);
        socp_destroy(workspace);
        socp_cbf_destroy(cbf);
    }
}

static void an_unreadable_stream_is_an_error(void **state)
{
    (void)state;
    FILE *directory = fopen("/", "r");
    cfi_error error;

    assert_non_null(directory);
    assert_null(socp_read_cbf(directory, "root", &error));
    assert_int_equal(error.status, CFI_INVALID);
    assert_non_null(strstr(error.text, "root: cannot be read"));
    fclose(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_a_small_problem),
        cmocka_unit_test(text_of_a_quadratic_problem),
        cmocka_unit_test(a_full_disk_is_an_output_error),
        cmocka_unit_test(what_is_written_is_read_back_bit_for_bit),
        cmocka_unit_test(squares_are_written_as_an_epigraph_and_read_back_bit_for_bit),
        cmocka_unit_test(every_double_is_read_as_strtod_reads_it),
        cmocka_unit_test(multipliers_prove_the_optimum_in_the_files_terms),
        cmocka_unit_test(an_unreadable_stream_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
