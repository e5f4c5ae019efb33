/* Factors of correlations: the product gives the matrix back, rows know nothing of those after them, and matrices that
 * are none are told from singular ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "base/clones.h"
#include "cfisac/linalg.h"
#include "check.h"

enum { MOST = 40, LD = MOST + 3 };

/* 2^(-abs(x_i - x_j)) of random x in 0 .. 20, lower triangle; NaN above. */
static void make_correlation(size_t n, double *a)
{
    cfi_stream stream = stream_make(77, 0, CFI_DRAW_START, 0);
    double x[MOST];

    random_uniforms(&stream, n, x);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            a[i + LD * j] = i >= j ? exp2(-20.0 * fabs(x[i] - x[j])) : NAN;
        }
    }
}

static double product_entry(const double *l, size_t i, size_t j)
{
    double sum = 0.0;

    for (size_t k = 0; k <= (i < j ? i : j); k++) {
        sum += l[i + LD * k] * l[j + LD * k];
    }
    return sum;
}

static void factor_times_its_transpose_is_the_matrix(void **state)
{
    static double a[LD * MOST], l[LD * MOST];

    (void)state;
    for (size_t n = 1; n <= MOST; n++) {
        make_correlation(n, a);
        memcpy(l, a, sizeof a);
        assert_int_equal(linalg_factor_semidefinite(n, l, LD), CFI_OK);
        for (size_t j = 0; j < n; j++) {
            for (size_t i = j; i < n; i++) {
                assert_true(fabs(product_entry(l, i, j) - a[i + LD * j]) < 1e-14);
            }
        }
    }
}

/* By plain loops, in another order. */
static void product_is_the_sum_over_columns(void **state)
{
    enum { COLUMNS = 3 };
    static double l[LD * MOST];

    (void)state;
    make_correlation(MOST, l);
    for (size_t n = 1; n <= MOST; n++) {
        double x[COLUMNS * MOST], y[COLUMNS * MOST];
        cfi_stream stream = stream_make(78, 0, CFI_DRAW_START, (uint32_t)n);

        random_normals(&stream, COLUMNS * n, x);
        memcpy(y, x, sizeof x);
        linalg_lower_times(n, l, LD, COLUMNS, y);
        for (size_t c = 0; c < COLUMNS; c++) {
            for (size_t i = 0; i < n; i++) {
                double sum = 0.0;

                for (size_t j = 0; j <= i; j++) {
                    sum += l[i + LD * j] * x[j + n * c];
                }
                assert_true(fabs(sum - y[i + n * c]) < 1e-13);
            }
        }
    }
}

/* Of every size and on every path of the CPU the first rows have the same bits. */
static void rows_know_nothing_of_those_after_them(void **state)
{
    static double whole[LD * MOST], part[LD * MOST];
    double x[MOST], y[MOST], z[MOST];
    cfi_stream stream = stream_make(79, 0, CFI_DRAW_START, 0);
    simd_path chosen = simd_chosen;
    size_t paths = 0;

    (void)state;
    random_normals(&stream, MOST, x);
    make_correlation(MOST, whole);
    assert_int_equal(linalg_factor_semidefinite(MOST, whole, LD), CFI_OK);
    memcpy(y, x, sizeof x);
    linalg_lower_times(MOST, whole, LD, 1, y);
    for (simd_path path = SIMD_PLAIN; path <= simd_widest(); path++) {
        assert_true(simd_use(path));
        paths++;
        for (size_t n = 1; n < MOST; n++) {
            make_correlation(MOST, part);
            assert_int_equal(linalg_factor_semidefinite(n, part, LD), CFI_OK);
            for (size_t j = 0; j < n; j++) {
                assert_memory_equal(part + j + LD * j, whole + j + LD * j, (n - j) * sizeof(double));
            }
            memcpy(z, x, sizeof x);
            linalg_lower_times(n, part, LD, 1, z);
            assert_memory_equal(z, y, n * sizeof(double));
        }
    }
    assert_true(simd_use(chosen));
    assert_true(paths >= 1);
}

/* Two equal rows are fine; correlations 0.9, 0.9 and -0.9 of three cannot be, nor a pivot of 0 with something below. */
static void singular_is_told_from_indefinite(void **state)
{
    double twins[] = {1.0, 1.0, 0.5, 0.0, 1.0, 0.5, 0.0, 0.0, 1.0};
    double impossible[] = {1.0, 0.9, 0.9, 0.0, 1.0, -0.9, 0.0, 0.0, 1.0};
    double hollow[] = {1.0, 1.0, 0.5, 0.0, 1.0, 0.6, 0.0, 0.0, 1.0};
    double not_a_number[] = {1.0, NAN, 0.0, 1.0};

    (void)state;
    assert_int_equal(linalg_factor_semidefinite(3, twins, 3), CFI_OK);
    assert_true(twins[1] == 1.0 && twins[4] == 0.0 && twins[5] == 0.0);
    assert_close(twins[8], sqrt(0.75), 1e-15);
    assert_int_equal(linalg_factor_semidefinite(3, impossible, 3), CFI_FAILED);
    assert_int_equal(linalg_factor_semidefinite(3, hollow, 3), CFI_FAILED);
    assert_int_equal(linalg_factor_semidefinite(2, not_a_number, 2), CFI_FAILED);
}

/* [[1, 2], [2, 1]] has eigenvalues 3 and -1 along (1, 1) and (1, -1): without the second it is all 3/2. */
static void clipped_eigenvalues_by_hand(void **state)
{
    double a[] = {1.0, 2.0, 777.0, 1.0}, b[] = {1.0, 2.0, 777.0, 1.0};
    cfi_arena *arena = arena_create();

    (void)state;
    assert_int_equal(linalg_raise_eigenvalues(2, a, 2, 0.0, arena), CFI_OK);
    assert_close(a[0], 1.5, 1e-14);
    assert_close(a[1], 1.5, 1e-14);
    assert_close(a[3], 1.5, 1e-14);
    assert_int_equal(linalg_raise_eigenvalues(2, b, 2, 1.0, arena), CFI_OK); /* 3 and 1 */
    assert_close(b[0], 2.0, 1e-14);
    assert_close(b[1], 1.0, 1e-14);
    assert_close(b[3], 2.0, 1e-14);
    assert_true(a[2] == 777.0 && b[2] == 777.0);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factor_times_its_transpose_is_the_matrix),
        cmocka_unit_test(product_is_the_sum_over_columns),
        cmocka_unit_test(rows_know_nothing_of_those_after_them),
        cmocka_unit_test(singular_is_told_from_indefinite),
        cmocka_unit_test(clipped_eigenvalues_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
