/* Thin wrappers of BLAS and LAPACKE. */
#include "cfisac/linalg.h"

#include <cblas.h>
#include <lapacke.h>

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

    return info == 0 ? CFI_OK : CFI_FAILED;
}

void linalg_solve_lower(size_t n, size_t columns, const double complex *l, size_t ldl, double complex *b, size_t ldb)
{
    const double complex one = 1.0;

    cblas_ztrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)n, (blasint)columns, &one, l,
                (blasint)ldl, b, (blasint)ldb);
}

cfi_status linalg_solve_positive(size_t n, double *a, size_t lda, double *x)
{
    lapack_int info = LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', (lapack_int)n, 1, a, (lapack_int)lda, x, (lapack_int)n);

    return info == 0 ? CFI_OK : CFI_FAILED;
}

void linalg_gram_rows(size_t n, size_t k, double scale, const double *a, size_t lda, double keep, double *c, size_t ldc)
{
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (blasint)n, (blasint)k, scale, a, (blasint)lda, keep, c,
                (blasint)ldc);
}
