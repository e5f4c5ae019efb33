/* The cone solver's entrances: huge and missing numbers, wrong indices, malformed problems, wrong calls of the builder.
 * Every refusal is one line, and nothing is written outside an array (run under AddressSanitizer). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp/cone.h"
#include "socp/problem.h"
#include "socp_check.h"

/* A sanitizer's allocator ends the program at absurd sizes unless told to return NULL, as any other does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* ------------------------------------------------------------------------------- norms ---- */

static void norms_of_huge_tiny_and_missing_numbers(void **state)
{
    enum { MOST = 9 };
    static const double huge = 1e308, tiny = 1e-320;
    double a[MOST];

    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        for (size_t i = 0; i < n; i++) {
            a[i] = i % 2 ? huge : -huge;
        }
        assert_true(vector_norm_inf(n, a) == huge);
        for (size_t i = 0; i < n; i++) {
            a[i] = huge;
        }
        assert_true(vector_norm_inf(n, a) == huge);
        assert_true(n > 3 ? isinf(vector_norm(n, a)) : fabs(vector_norm(n, a) / huge - sqrt((double)n)) < 1e-14);
        for (size_t i = 0; i < n; i++) {
            a[i] = tiny;
        }
        assert_true(vector_norm_inf(n, a) == tiny);
        assert_true(fabs(vector_norm(n, a) / tiny - sqrt((double)n)) < 1e-3); /* subnormals have few digits */
        for (size_t i = 0; i < n; i++) {                                      /* one bad entry, wherever it stands */
            for (size_t j = 0; j < n; j++) {
                a[j] = 1.0;
            }
            a[i] = NAN;
            assert_true(isnan(vector_norm_inf(n, a)) && isnan(vector_norm(n, a)));
            a[i] = -INFINITY;
            assert_true(isnan(vector_norm_inf(n, a)) && isnan(vector_norm(n, a)));
        }
    }
    assert_true(vector_norm_inf(0, NULL) == 0.0 && vector_norm(0, NULL) == 0.0);
    assert_close(vector_norm(2, (const double[]){3.0, -4.0}), 5.0, 1e-15);
}

static void comparisons_keep_a_nan(void **state)
{
    (void)state;
    assert_true(larger_of(1.0, 2.0) == 2.0 && larger_of(2.0, 1.0) == 2.0);
    assert_true(smaller_of(1.0, 2.0) == 1.0 && smaller_of(2.0, 1.0) == 1.0);
    assert_true(isnan(larger_of(NAN, 1.0)) && isnan(larger_of(1.0, NAN)));
    assert_true(isnan(smaller_of(NAN, 1.0)) && isnan(smaller_of(1.0, NAN)));
}

/* The step to the boundary and the distance from the cone of vectors with one NaN, at every place. */
static void a_nan_in_a_cone_is_never_dropped(void **state)
{
    enum { M = 9 }; /* two linear rows, cones of 1 and 6 rows */
    size_t size[2] = {1, 6};
    double weight[4], v[M], lambda[M], norm[2], s[M] = {1, 1, 1, 9, 1, 1, 1, 1, 1}, d[M], e[M];
    cone_scaling cone = {
        .m = M, .linear = 2, .cones = 2, .size = size, .weight = weight, .v = v, .lambda = lambda, .norm = norm};

    (void)state;
    assert_true(cone_update(&cone, s, s));
    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < M; j++) {
            d[j] = e[j] = -1.0;
        }
        assert_true(cone_step(&cone, d, e) > 0.0 && cone_step(&cone, d, e) < INFINITY);
        assert_true(cone_distance(&cone, d) > 0.0);
        d[i] = NAN;
        assert_true(isnan(cone_step(&cone, d, e)));
        assert_true(isnan(cone_step(&cone, e, d)));
        assert_true(isnan(cone_distance(&cone, d)));
    }
}

/* min 1e308 (x1 + .. + x4) over x >= 1/10: the sum of two coefficients is infinite, the optimum 4e307 is not. */
static void coefficients_near_the_largest_double(void **state)
{
    socp_builder *builder = socp_builder_create(4);
    size_t row = socp_add_linear(builder, 4);
    socp_solution solution;
    socp_workspace *workspace;

    (void)state;
    for (size_t j = 0; j < 4; j++) {
        socp_objective(builder, j, 1e308);
        socp_put(builder, row + j, j, 1.0);
        socp_constant(builder, row + j, -0.1);
    }
    workspace = solve(built(builder), &solution);
    assert_int_equal(solution.status, SOCP_OPTIMAL);
    assert_close(solution.primal_objective / 1e307, 4.0, 1e-7);
    assert_close(solution.dual_objective / 1e307, 4.0, 1e-7);
    assert_true(solution.dual_residual <= 1e-8 && solution.primal_residual <= 1e-8);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* x in the cone norm(x1, x2) <= x0 with x0 <= -1: infeasible; a NaN or a huge entry in the certificate shows. */
static void a_damaged_certificate_is_no_certificate(void **state)
{
    socp_builder *builder = socp_builder_create(3);
    size_t row = socp_add_linear(builder, 1), cone = socp_add_cone(builder, 3);
    socp_solution solution;
    socp_workspace *workspace;
    const double exact[4] = {1.0, 1.0, 0.0, 0.0}; /* z in K, G'z = 0, h'z = -1 */
    double z[4];

    (void)state;
    socp_put(builder, row, 0, -1.0);
    socp_constant(builder, row, -1.0);
    for (size_t j = 0; j < 3; j++) {
        socp_put(builder, cone + j, j, 1.0);
    }
    workspace = solve(built(builder), &solution);
    assert_int_equal(solution.status, SOCP_PRIMAL_INFEASIBLE);
    assert_true(socp_certificate_residual(built(builder), &solution) < 1e-7);
    for (size_t i = 0; i < 4; i++) {
        memcpy(z, exact, sizeof z);
        solution.z = z;
        assert_true(socp_certificate_residual(built(builder), &solution) == 0.0);
        z[i] = NAN;
        assert_true(isnan(socp_certificate_residual(built(builder), &solution)));
    }
    memcpy(z, exact, sizeof z);
    z[2] = z[3] = 1e200; /* outside by 1.4e200; its square is no double */
    assert_close(socp_certificate_residual(built(builder), &solution) / 1e200, sqrt(2.0), 1e-12);
    socp_destroy(workspace);
    socp_builder_destroy(builder);
}

/* ------------------------------------------------------------------------- the builder ---- */

typedef enum mistake {
    NO_MISTAKE,
    OBJECTIVE_BEYOND,
    OBJECTIVE_FAR_BEYOND,
    RIGHT_HAND_SIDE_BEYOND,
    EQUALITY_ROW_BEYOND,
    EQUALITY_VARIABLE_BEYOND,
    CONSTANT_BEYOND,
    ROW_BEYOND,
    VARIABLE_BEYOND,
    LATE_LINEAR_ROWS,
    EMPTY_CONE,
    MISTAKES
} mistake;

/* min x0 with x0 >= 1, x1 = 2, abs(x0) <= 9; one mistake after the first row. */
static void build_with(socp_builder *builder, mistake which)
{
    size_t row = socp_add_linear(builder, 1), equal = socp_add_equalities(builder, 1), cone = socp_add_cone(builder, 2);

    socp_objective(builder, which == OBJECTIVE_BEYOND ? 2 : which == OBJECTIVE_FAR_BEYOND ? SIZE_MAX : 0, 1.0);
    socp_put(builder, which == ROW_BEYOND ? 3 : row, which == VARIABLE_BEYOND ? 2 : 0, 1.0);
    socp_constant(builder, which == CONSTANT_BEYOND ? 3 : row, -1.0);
    socp_put_equality(builder, which == EQUALITY_ROW_BEYOND ? 1 : equal, which == EQUALITY_VARIABLE_BEYOND ? 2 : 1,
                      1.0);
    socp_rhs_equality(builder, which == RIGHT_HAND_SIDE_BEYOND ? 1 : equal, 2.0);
    socp_constant(builder, cone, 9.0);
    socp_put(builder, cone + 1, 0, 1.0);
    if (which == LATE_LINEAR_ROWS) {
        socp_add_linear(builder, 1);
    } else if (which == EMPTY_CONE) {
        socp_add_cone(builder, 0);
    }
    if (which != NO_MISTAKE) { /* no later call has an effect, nor hides the first mistake */
        socp_objective(builder, 77, 1.0);
        assert_int_equal(socp_add_linear(builder, 5), 0);
        assert_int_equal(socp_add_equalities(builder, 5), 0);
        assert_int_equal(socp_add_cone(builder, 5), 0);
    }
}

static void the_builder_reports_the_first_mistake_and_writes_nowhere(void **state)
{
    static const char *const says[MISTAKES] = {"",
                                               "variable 2 does not exist: there are 2",
                                               "variable 18446744073709551615 does not exist: there are 2",
                                               "equality row 1 does not exist: there are 1",
                                               "equality row 1 does not exist: there are 1",
                                               "variable 2 does not exist: there are 2",
                                               "cone row 3 does not exist: there are 3",
                                               "cone row 3 does not exist: there are 3",
                                               "variable 2 does not exist: there are 2",
                                               "linear rows after a cone",
                                               "cone 1 has no rows"};
    socp_builder *builder = socp_builder_create(2);

    (void)state;
    for (int which = 0; which < MISTAKES; which++) {
        cfi_error error = {.status = CFI_OK};

        socp_builder_restart(builder, 2);
        build_with(builder, (mistake)which);
        if (which != NO_MISTAKE) {
            assert_null(socp_build(builder, &error));
            assert_int_equal(error.status, CFI_INVALID);
            assert_non_null(strstr(error.text, says[which]));
            assert_non_null(strstr(error.text, "cone problem: "));
            assert_null(strchr(error.text, '\n'));
            assert_null(socp_build(builder, NULL));
            assert_false(socp_builder_kept_pattern(builder));
            socp_builder_restart(builder, 2); /* it is forgotten */
            build_with(builder, NO_MISTAKE);
        }
        socp_solution solution;
        socp_workspace *workspace = solve(built(builder), &solution);

        assert_optimal(built(builder), &solution, 1e-8);
        assert_close(solution.x[0], 1.0, 1e-7);
        assert_close(solution.x[1], 2.0, 1e-7);
        socp_destroy(workspace);
    }
    socp_builder_destroy(builder);
}

static void without_a_builder_nothing_happens(void **state)
{
    cfi_error error = {.status = CFI_OK};

    (void)state;
    socp_objective(NULL, 0, 1.0);
    assert_int_equal(socp_add_equalities(NULL, 1), 0);
    socp_put_equality(NULL, 0, 0, 1.0);
    socp_rhs_equality(NULL, 0, 1.0);
    assert_int_equal(socp_add_linear(NULL, 1), 0);
    assert_int_equal(socp_add_cone(NULL, 1), 0);
    socp_put(NULL, 0, 0, 1.0);
    socp_constant(NULL, 0, 1.0);
    socp_builder_restart(NULL, 1);
    assert_false(socp_builder_kept_pattern(NULL));
    assert_null(socp_build(NULL, &error));
    assert_int_equal(error.status, CFI_NO_MEMORY);
    socp_builder_destroy(NULL);
}

/* What no memory can hold, and sums that wrap around. */
static void absurd_sizes_are_out_of_memory(void **state)
{
    static const size_t absurd[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / sizeof(double)};

    (void)state;
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        for (int which = 0; which < 5; which++) {
            socp_builder *builder = socp_builder_create(which == 0 ? absurd[i] : 1);
            cfi_error error = {.status = CFI_OK};

            socp_add_linear(builder, 1);
            socp_add_equalities(builder, 1);
            if (which == 1) {
                socp_add_linear(builder, absurd[i]);
            } else if (which == 2) {
                socp_add_equalities(builder, absurd[i]);
            } else if (which == 3) {
                socp_add_cone(builder, absurd[i]);
            } else if (which == 4) {
                socp_builder_restart(builder, absurd[i]);
            }
            socp_objective(builder, 0, 1.0);
            assert_null(socp_build(builder, &error));
            assert_int_equal(error.status, CFI_NO_MEMORY);
            socp_builder_destroy(builder);
        }
    }
}

/* ------------------------------------------------------------------ malformed problems ---- */

/* To create, to solve, to write. */
static void assert_refused(const socp_problem *bad, const socp_problem *good, const char *why)
{
    cfi_error error = {.status = CFI_OK};
    socp_solution solution;
    socp_workspace *workspace = socp_create(good, NULL, &error);
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    assert_non_null(workspace);
    assert_null(socp_create(bad, NULL, &error));
    assert_int_equal(error.status, CFI_INVALID);
    assert_non_null(strstr(error.text, why));
    error.status = CFI_OK;
    assert_int_equal(socp_solve(workspace, bad, &solution, &error), CFI_INVALID);
    assert_int_equal(error.status, CFI_INVALID);
    assert_int_equal(socp_write_cbf(bad, NULL, stream, &error), CFI_INVALID);
    fclose(stream);
    assert_int_equal(length, 0);
    free(text);
    socp_destroy(workspace);
}

static void lose_array(socp_problem *problem, int which)
{
    double **const numbers[] = {&problem->c, &problem->b, &problem->h, &problem->A.value, &problem->G.value};
    size_t **const indices[] = {&problem->A.row, &problem->G.row, &problem->cone_size};

    if (which < 5) {
        *numbers[which] = NULL;
    } else {
        *indices[which - 5] = NULL;
    }
}

static void missing_arrays_and_wrapping_sizes_are_refused(void **state)
{
    socp_builder *builder = socp_builder_create(2);
    const socp_problem *good;
    socp_problem bad;
    size_t wrapping[2];

    (void)state;
    build_with(builder, NO_MISTAKE);
    good = built(builder);
    assert_refused(NULL, good, "missing");
    for (int which = 0; which < 8; which++) {
        bad = *good;
        lose_array(&bad, which);
        assert_refused(&bad, good, "missing");
    }
    bad = *good; /* m = 3, one linear row; the sizes add up to 2 when they wrap */
    bad.cones = 2;
    bad.cone_size = wrapping;
    wrapping[0] = SIZE_MAX;
    wrapping[1] = 3;
    assert_refused(&bad, good, "cone 0 ends beyond m = 3");
    bad = *good;
    bad.linear = SIZE_MAX;
    assert_refused(&bad, good, "linear rows");
    socp_builder_destroy(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms_of_huge_tiny_and_missing_numbers),
        cmocka_unit_test(comparisons_keep_a_nan),
        cmocka_unit_test(a_nan_in_a_cone_is_never_dropped),
        cmocka_unit_test(coefficients_near_the_largest_double),
        cmocka_unit_test(a_damaged_certificate_is_no_certificate),
        cmocka_unit_test(the_builder_reports_the_first_mistake_and_writes_nowhere),
        cmocka_unit_test(without_a_builder_nothing_happens),
        cmocka_unit_test(absurd_sizes_are_out_of_memory),
        cmocka_unit_test(missing_arrays_and_wrapping_sizes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
