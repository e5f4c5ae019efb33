/* Dense products and factorisations against plain loops, at every small size, and what they do with matrices that have
 * no factor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 70 };

static double complex *random_matrix(uint64_t seed, size_t count)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 31);
    double *part = malloc(2 * count * sizeof *part);
    double complex *a = malloc((count + 1) * sizeof *a);

    random_normals(&stream, 2 * count, part);
    for (size_t i = 0; i < count; i++) {
        a[i] = part[2 * i] + I * part[2 * i + 1];
    }
    free(part);
    return a;
}

/* A x := A + H^H F with parts apart; the numbers behind F and the columns of A from n on are anything. */
static void split_gram_add_is_the_sum_of_conjugate_products_at_every_small_size(void **state)
{
    enum { WIDTH = 20, ROWS = 5, SIZE = (WIDTH + 8) * (WIDTH + 8) };
    static double h[2][SIZE], f[2][SIZE], a[2][SIZE], before[2][SIZE];

    (void)state;
    for (size_t m = 1; m <= WIDTH; m++) {
        for (size_t n = 1; n <= WIDTH; n++) {
            size_t rows = (m + n) % (ROWS + 1), ldh = m + m % 3, ldf = n + n % 2, lda = (n + 7) / 8 * 8 + n % 3;
            cfi_stream stream = stream_make(m, (uint32_t)n, CFI_DRAW_START, 32);

            for (size_t part = 0; part < 2; part++) {
                random_normals(&stream, SIZE, h[part]);
                random_normals(&stream, SIZE, f[part]);
                random_normals(&stream, SIZE, a[part]);
            }
            memcpy(before, a, sizeof a);
            linalg_split_gram_add(m, n, rows, (cfi_split){h[0], h[1], ldh}, (cfi_split){f[0], f[1], ldf},
                                  (cfi_split){a[0], a[1], lda});
            for (size_t i = 0; i < m * n; i++) {
                size_t k = i / n, j = i % n, at = k * lda + j;
                double complex sum = before[0][at] + I * before[1][at];

                for (size_t r = 0; r < rows; r++) {
                    double complex left = h[0][r * ldh + k] + I * h[1][r * ldh + k];

                    sum += conj(left) * (f[0][r * ldf + j] + I * f[1][r * ldf + j]);
                }
                assert_true(fabs(a[0][at] - creal(sum)) < 1e-13 && fabs(a[1][at] - cimag(sum)) < 1e-13);
            }
            assert_memory_equal(a[0] + m * lda, before[0] + m * lda, (SIZE - m * lda) * sizeof(double));
            assert_memory_equal(a[1] + m * lda, before[1] + m * lda, (SIZE - m * lda) * sizeof(double));
        }
    }
}

/* ------------------------------------------------------------------------- factorisations ---- */

/* A = B B^H + I / 10, lower triangle; the strict upper one is poisoned. */
static double complex *hermitian(uint64_t seed, size_t n, size_t ld)
{
    double complex *b = random_matrix(seed, n * n), *a = malloc((ld * n + 1) * sizeof *a);

    for (size_t i = 0; i < ld * n; i++) {
        size_t row = i % ld, column = i / ld;

        a[i] = row == column ? 0.1 : 0.0;
        for (size_t k = 0; k < n && row < n && row >= column; k++) {
            a[i] += b[row + n * k] * conj(b[column + n * k]);
        }
        a[i] = row < column ? NAN : row < n ? a[i] : 7.0;
    }
    free(b);
    return a;
}

static void cholesky_times_its_adjoint_is_the_matrix(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MOST; n += n < 8 ? 1 : 31) {
        size_t ld = n + 2;
        double complex *a = hermitian(n, n, ld), *l = malloc(ld * n * sizeof *l);

        memcpy(l, a, ld * n * sizeof *l);
        assert_int_equal(linalg_cholesky(n, l, ld), CFI_OK);
        for (size_t j = 0; j < n; j++) {
            assert_true(creal(l[j + ld * j]) > 0.0 && cimag(l[j + ld * j]) == 0.0);
            for (size_t i = j; i < n; i++) {
                double complex sum = -a[i + ld * j];

                for (size_t k = 0; k <= j; k++) {
                    sum += l[i + ld * k] * conj(l[j + ld * k]);
                }
                assert_true(cabs(sum) < 1e-14 * (double)(n * n) * 10.0);
            }
        }
        free(a);
        free(l);
    }
}

static void a_matrix_of_size_0_has_a_factor_and_a_solution(void **state)
{
    double complex c = 5.0;
    double a = -1.0, x = 3.0;

    (void)state;
    assert_int_equal(linalg_cholesky(0, &c, 1), CFI_OK);
    assert_int_equal(linalg_solve_positive(0, &a, 1, &x, NULL), CFI_OK);
    assert_true(c == 5.0 && a == -1.0 && x == 3.0);
}

/* What spoils a positive definite matrix at its last row: an indefinite, a singular, an infinite one, no number. */
static const double SPOILS[] = {-1.0, 0.0, -INFINITY, NAN};

static void cholesky_refuses_what_is_not_positive_definite(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MOST; n += n < 4 ? 1 : 33) {
        for (size_t s = 0; s < 4; s++) {
            double complex *a = hermitian(n, n, n);

            for (size_t j = 0; j < n && SPOILS[s] == 0.0; j++) {
                a[n - 1 + n * j] = 0.0; /* a row of zeros: exactly singular */
            }
            a[n * n - 1] = SPOILS[s];
            if (linalg_cholesky(n, a, n) != CFI_FAILED) {
                fail_msg("size %zu with %g was factored", n, SPOILS[s]);
            }
            free(a);
        }
    }
}

/* On both sides of the size from which LAPACK solves, with the spoilt entry first and last. */
static void solve_positive_refuses_what_is_not_positive_definite(void **state)
{
    static double a[MOST * MOST];

    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        for (size_t s = 0; s < 8; s++) {
            double x[MOST] = {1.0};
            size_t spoilt = s < 4 ? 0 : n - 1;

            for (size_t i = 0; i < n * n; i++) {
                a[i] = i % n == i / n ? 2.0 : 0.01;
            }
            for (size_t j = 0; j < n && SPOILS[s % 4] == 0.0; j++) {
                a[spoilt + n * j] = a[j + n * spoilt] = 0.0;
            }
            a[spoilt + n * spoilt] = SPOILS[s % 4];
            if (linalg_solve_positive(n, a, n, x, NULL) != CFI_FAILED) {
                fail_msg("size %zu with %g at %zu was solved", n, SPOILS[s % 4], spoilt);
            }
        }
    }
}

/* An infinite pivot would divide everything else away and leave a solution that looks like one. */
static void an_infinite_pivot_is_refused(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        double complex *h = hermitian(n, n, n);
        static double a[MOST * MOST];
        double x[MOST] = {1.0};

        for (size_t i = 0; i < n * n; i++) {
            a[i] = i % n == i / n ? 2.0 : 0.01;
        }
        a[0] = INFINITY;
        assert_int_equal(linalg_solve_positive(n, a, n, x, NULL), CFI_FAILED);
        h[0] = INFINITY;
        assert_int_equal(linalg_cholesky(n, h, n), CFI_FAILED);
        free(h);
    }
}

static void the_library_in_use_is_named(void **state)
{
    (void)state;
    linalg_single_thread();
    assert_true(strlen(linalg_blas_core()) > 0);
    assert_non_null(strstr(linalg_blas_config(), "OpenBLAS"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split_gram_add_is_the_sum_of_conjugate_products_at_every_small_size),
        cmocka_unit_test(cholesky_times_its_adjoint_is_the_matrix),
        cmocka_unit_test(a_matrix_of_size_0_has_a_factor_and_a_solution),
        cmocka_unit_test(cholesky_refuses_what_is_not_positive_definite),
        cmocka_unit_test(solve_positive_refuses_what_is_not_positive_definite),
        cmocka_unit_test(an_infinite_pivot_is_refused),
        cmocka_unit_test(the_library_in_use_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
