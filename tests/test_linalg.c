/* Dense solves: residuals from the raw matrix, on both sides of the size where LAPACK takes over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 60, LD = MOST + 3 };

/* A = B B' + I / 10 with B random, lower triangle; the upper one is poisoned. */
static void make_positive(size_t n, double *a)
{
    static double b[MOST * MOST];
    cfi_stream stream = stream_make(n, 0, CFI_DRAW_START, 0);

    random_normals(&stream, n * n, b);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double sum = i == j ? 0.1 : 0.0;

            for (size_t k = 0; k < n; k++) {
                sum += b[i + n * k] * b[j + n * k];
            }
            a[i + LD * j] = i >= j ? sum : NAN;
        }
    }
}

static void solution_of_a_positive_definite_system_satisfies_it(void **state)
{
    static double a[LD * MOST], factor[LD * MOST];

    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        double b[MOST], x[MOST], largest = 0.0;
        cfi_stream stream = stream_make(n, 1, CFI_DRAW_START, 0);

        make_positive(n, a);
        random_normals(&stream, n, b);
        memcpy(factor, a, sizeof a);
        memcpy(x, b, sizeof b);
        assert_int_equal(linalg_solve_positive(n, factor, LD, x, NULL), CFI_OK);
        for (size_t i = 0; i < n; i++) {
            largest = fmax(largest, fabs(x[i]));
        }
        for (size_t i = 0; i < n; i++) {
            double sum = -b[i];

            for (size_t j = 0; j < n; j++) {
                sum += (i >= j ? a[i + LD * j] : a[j + LD * i]) * x[j];
            }
            assert_true(fabs(sum) < 1e-14 * (double)(n * n) * (1.0 + largest));
        }
    }
}

static void matrices_that_are_not_positive_definite_are_refused(void **state)
{
    static double a[LD * MOST];

    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        double x[MOST] = {1.0};

        make_positive(n, a);
        a[n - 1 + LD * (n - 1)] = -1.0;
        assert_int_equal(linalg_solve_positive(n, a, LD, x, NULL), CFI_FAILED);
    }
}

/* Every entry of the triangle in turn on a few sizes: a NaN or an infinity never passes for a factor. */
static void matrices_with_missing_numbers_are_refused(void **state)
{
    static const size_t sizes[] = {1, 2, 39, 40, 41, MOST};
    static double whole[LD * MOST], a[LD * MOST];
    static double complex c[LD * MOST];

    (void)state;
    for (size_t s = 0; s < 2 * (sizeof sizes / sizeof *sizes); s++) {
        size_t n = sizes[s / 2];
        double bad = s % 2 ? INFINITY : NAN;

        make_positive(n, whole);
        for (size_t j = 0; j<n; j += n> 2 ? 7 : 1) {
            for (size_t i = j; i < n; i++) {
                double x[MOST] = {1.0};

                memcpy(a, whole, sizeof a);
                a[i + LD * j] = bad;
                for (size_t e = 0; e < LD * n; e++) {
                    c[e] = a[e];
                }
                assert_int_equal(linalg_solve_positive(n, a, LD, x, NULL), CFI_FAILED);
                assert_int_equal(linalg_cholesky(n, c, LD), CFI_FAILED);
            }
        }
    }
}

/* Sizes that go by blocks of columns, whole ones and a rest: x = A^-1 b with A = D + u u', D diagonal, has a formula
 * (Sherman and Morrison). */
static void large_systems_equal_their_closed_solution(void **state)
{
    static const size_t sizes[] = {1025, 1152, 1300};

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s], lda = n + 1;
        double *a = malloc((lda * n + 3 * n) * sizeof *a), *d = a + lda * n, *u = d + n, *x = u + n;
        double ub = 0.0, uu = 0.0, scale;

        assert_non_null(a);
        for (size_t i = 0; i < n; i++) {
            d[i] = 1.0 + (double)(i % 13);
            u[i] = sin((double)i);
            x[i] = cos((double)i);
            ub += u[i] * x[i] / d[i];
            uu += u[i] * u[i] / d[i];
        }
        for (size_t j = 0; j < n; j++) {
            for (size_t i = 0; i < n; i++) {
                a[i + lda * j] = i < j ? NAN : u[i] * u[j] + (i == j ? d[i] : 0.0);
            }
        }
        scale = ub / (1.0 + uu);
        assert_int_equal(linalg_solve_positive(n, a, lda, x, NULL), CFI_OK);
        for (size_t i = 0; i < n; i++) {
            assert_true(fabs(x[i] - (cos((double)i) - scale * u[i]) / d[i]) < 1e-12);
        }
        for (size_t i = 0; i < lda * n; i++) { /* identity, but for its last entry */
            a[i] = i % (lda + 1) == 0 ? 1.0 : 0.0;
        }
        a[n - 1 + lda * (n - 1)] = -1.0;
        assert_int_equal(linalg_solve_positive(n, a, lda, x, NULL), CFI_FAILED);
        free(a);
    }
}

static void a_set_stop_flag_ends_a_solution(void **state)
{
    static const size_t sizes[] = {3, 41, 1100};
    sig_atomic_t stop = 1;

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s];
        double *a = calloc((n + 1) * n, sizeof *a);

        assert_non_null(a);
        for (size_t i = 0; i < n; i++) {
            a[i + n * i] = 1.0;
        }
        assert_int_equal(linalg_solve_positive(n, a, n, a + n * n, &stop), CFI_INTERRUPTED);
        free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solution_of_a_positive_definite_system_satisfies_it),
        cmocka_unit_test(matrices_that_are_not_positive_definite_are_refused),
        cmocka_unit_test(matrices_with_missing_numbers_are_refused),
        cmocka_unit_test(large_systems_equal_their_closed_solution),
        cmocka_unit_test(a_set_stop_flag_ends_a_solution),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
