/* linalg: the only code that includes cblas.h or lapacke.h. Column-major, sizes in size_t. */
#ifndef CFISAC_LINALG_H
#define CFISAC_LINALG_H

#include "cfisac/base.h"

#include <complex.h>

/* Makes BLAS single-threaded. Every function of this room does so when it first needs BLAS. */
void linalg_single_thread(void);
/* Has BLAS take the memory it needs for *threads callers at once, so that none of them waits for ever where there is no
 * room (OpenBLAS does). *threads becomes the number of callers that there is room for. CFI_NO_MEMORY: not for one. To
 * be called while nobody computes, before work is handed to threads. */
cfi_status linalg_prepare(size_t *threads, cfi_error *error);
/* The name of the BLAS kernel in use, e.g. "SkylakeX". */
const char *linalg_blas_core(void);
/* The BLAS library's own description, e.g. "OpenBLAS 0.3.21 ...". */
const char *linalg_blas_config(void);

/* A complex array, real and imaginary parts apart, row by row, ld doubles from row to row. */
typedef struct cfi_split {
    double *re, *im;
    size_t ld;
} cfi_split;

/* A += H^H F,  H rows x m, F rows x n, A m x n. Nothing is copied, so small sizes are fast too.
 * Needs   whole vectors: 7 doubles that can be read behind the parts of F, whatever they hold, and in A ld >= n rounded
 *         up to a multiple of 8, where columns from n on are scratch */
void linalg_split_gram_add(size_t m, size_t n, size_t rows, cfi_split h, cfi_split f, cfi_split a);

/* L L' = A for a positive semidefinite matrix whose entries are at most about 1, a correlation: L in place of the lower
 * triangle; what stands above is neither read nor written. Row i depends on the rows 0 .. i of A alone, to the last
 * bit. A pivot below 1e-10 counts as 0. CFI_FAILED when A is not semidefinite; the triangle is spoilt then. n^3 / 3
 * products. */
cfi_status linalg_factor_semidefinite(size_t n, double *a, size_t lda);
/* X <- L X for a lower triangular L of that kind, n x n, and `count` columns of n numbers one after another. Entry i
 * depends on the rows 0 .. i of L and X alone, to the last bit. */
void linalg_lower_times(size_t n, const double *l, size_t ldl, size_t count, double *x);
/* A <- V max(Lambda, least) V' of a symmetric A = V Lambda V', lower triangles: the matrix nearest to A (least = 0: in
 * the Frobenius norm the nearest semidefinite one). CFI_NO_MEMORY; CFI_FAILED when no eigenvalues are found. */
cfi_status linalg_raise_eigenvalues(size_t n, double *a, size_t lda, double least, cfi_arena *arena);

/* L L^H = A for a Hermitian positive definite A, n x n: L in place of the lower triangle; what stands above is neither
 * read nor written. The least eigenvalue must stand out of the rounding, some n^2 DBL_EPSILON times the largest entry:
 * otherwise what comes out may be anything. About n^3 / 3 complex products. */
void linalg_factor_hermitian(size_t n, double complex *a);
/* X <- L^-1 X and X <- L^-H X for such a factor and `count` columns of n numbers, one after another. */
void linalg_lower_solve(size_t n, const double complex *l, size_t count, double complex *x);
void linalg_lower_solve_adjoint(size_t n, const double complex *l, size_t count, double complex *x);

#endif
