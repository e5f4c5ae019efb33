/* Dense products against plain loops, at every small size, and the library that is in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/linalg.h"

#include <math.h>
#include <string.h>

/* A := A + H^H F with parts apart; the numbers behind F and the columns of A from n on are anything. */
static void split_gram_add_is_the_sum_of_conjugate_products_at_every_small_size(void **state)
{
    enum { WIDTH = 20, FACTOR_ROWS = 5, SIZE = (WIDTH + 8) * (WIDTH + 8) };
    static double h[2][SIZE], f[2][SIZE], a[2][SIZE], before[2][SIZE];

    (void)state;
    for (size_t m = 1; m <= WIDTH; m++) {
        for (size_t n = 1; n <= WIDTH; n++) {
            size_t rows = (m + n) % (FACTOR_ROWS + 1), ldh = m + m % 3, ldf = n + n % 2, lda = (n + 7) / 8 * 8 + n % 3;
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
        cmocka_unit_test(the_library_in_use_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
