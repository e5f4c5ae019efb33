/* Thin wrappers of BLAS and LAPACKE. */
#include "cfisac/linalg.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>

void linalg_single_thread(void)
{
    openblas_set_num_threads(1);
}

const char *linalg_blas_core(void)
{
    return openblas_get_corename();
}

const char *linalg_blas_config(void)
{
    return openblas_get_config();
}

void linalg_gram_add(size_t m, size_t n, size_t k, const double complex *a, size_t lda, const double complex *b,
                     size_t ldb, double complex *c, size_t ldc)
{
    const double complex one = 1.0;

    cblas_zgemm(CblasColMajor, CblasConjTrans, CblasNoTrans, (blasint)m, (blasint)n, (blasint)k, &one, a, (blasint)lda,
                b, (blasint)ldb, &one, c, (blasint)ldc);
}

cfi_status linalg_cholesky(size_t n, double complex *a, size_t lda)
{
    lapack_int info = LAPACKE_zpotrf_work(LAPACK_COL_MAJOR, 'L', (lapack_int)n, a, (lapack_int)lda);

    for (size_t j = 0; info == 0 && j < n; j++) { /* LAPACK takes a NaN for a pivot, where every NaN ends up */
        info = isfinite(creal(a[j + lda * j])) ? 0 : 1;
    }
    return info == 0 ? CFI_OK : CFI_FAILED;
}

void linalg_solve_lower(size_t n, size_t columns, const double complex *l, size_t ldl, double complex *b, size_t ldb)
{
    const double complex one = 1.0;

    cblas_ztrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)n, (blasint)columns, &one, l,
                (blasint)ldl, b, (blasint)ldb);
}

/* Below this size LAPACK spends more on its calls than on the factorisation. */
enum { SMALL = 40 };

/* L L' = A column by column, L in place of the lower triangle; false when A is not positive definite. */
static bool factor_small(size_t n, double *restrict a, size_t lda)
{
    for (size_t j = 0; j < n; j++) {
        double pivot = a[j + lda * j], scale;

        if (!(pivot > 0.0) || !(pivot < INFINITY)) {
            return false;
        }
        scale = 1.0 / sqrt(pivot);
        for (size_t i = j; i < n; i++) {
            a[i + lda * j] *= scale;
        }
        for (size_t k = j + 1; k < n; k++) {
            double factor = a[k + lda * j];

            for (size_t i = k; i < n; i++) {
                a[i + lda * k] -= factor * a[i + lda * j];
            }
        }
    }
    return true;
}

static void substitute_small(size_t n, const double *restrict l, size_t ldl, double *restrict x)
{
    for (size_t j = 0; j < n; j++) {
        x[j] /= l[j + ldl * j];
        for (size_t i = j + 1; i < n; i++) {
            x[i] -= l[i + ldl * j] * x[j];
        }
    }
    for (size_t j = n; j-- > 0;) {
        for (size_t i = j + 1; i < n; i++) {
            x[j] -= l[i + ldl * j] * x[i];
        }
        x[j] /= l[j + ldl * j];
    }
}

cfi_status linalg_solve_positive(size_t n, double *a, size_t lda, double *x)
{
    if (n > SMALL) {
        lapack_int info =
            LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', (lapack_int)n, 1, a, (lapack_int)lda, x, (lapack_int)n);

        for (size_t j = 0; info == 0 && j < n; j++) {
            info = isfinite(a[j + lda * j]) ? 0 : 1;
        }
        return info == 0 ? CFI_OK : CFI_FAILED;
    }
    if (!factor_small(n, a, lda)) {
        return CFI_FAILED;
    }
    substitute_small(n, a, lda, x);
    return CFI_OK;
}
