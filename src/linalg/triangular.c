/* Correlations and their lower triangular factors, in an order of operations that no size changes: row i of a factor
 * and entry i of a product are the same bits however many rows come after. BLAS gives no such promise. */
#include "cfisac/linalg.h"

#include "base/clones.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { GROUP = 4 }; /* columns that pass over a vector at once, one after another in each of its entries */

/* A pivot that is rounding of 0; what stands below it in a semidefinite matrix is then at most the root. */
static const double ROUNDING_PIVOT = 1e-10;

/* y += w[3] x_3 + w[2] x_2 + w[1] x_1 + w[0] x_0, in this order; the columns x are ld apart. */
CLONES(static, void, lower_add_group,
       (size_t n, const double *restrict x, size_t ld, const double *w, double *restrict y), (n, x, ld, w, y))
{
    const double *x1 = x + ld, *x2 = x + 2 * ld, *x3 = x + 3 * ld;
    double w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];

    for (size_t i = 0; i < n; i++) {
        y[i] = (((y[i] + w3 * x3[i]) + w2 * x2[i]) + w1 * x1[i]) + w0 * x[i];
    }
}

/* y += w x */
CLONES(static, void, lower_add_column, (size_t n, const double *restrict x, double w, double *restrict y), (n, x, w, y))
{
    for (size_t i = 0; i < n; i++) {
        y[i] += w * x[i];
    }
}

/* Column k of the factor, rows k .. n - 1, from those before it. */
static cfi_status finish_column(size_t n, double *a, size_t lda, size_t k)
{
    double *column = a + k + lda * k;
    size_t j = 0, rows = n - k;

    for (; j + GROUP <= k; j += GROUP) {
        const double *x = a + k + lda * j;
        const double w[GROUP] = {-x[0], -x[lda], -x[2 * lda], -x[3 * lda]};

        lower_add_group(rows, x, lda, w, column);
    }
    for (; j < k; j++) {
        lower_add_column(rows, a + k + lda * j, -a[k + lda * j], column);
    }
    if (column[0] > ROUNDING_PIVOT) {
        double root = sqrt(column[0]);

        column[0] = root;
        for (size_t i = 1; i < rows; i++) {
            column[i] /= root;
        }
        return CFI_OK;
    }
    for (size_t i = 0; i < rows; i++) {
        if (!(column[i] * column[i] <= ROUNDING_PIVOT)) {
            return CFI_FAILED;
        }
        column[i] = 0.0;
    }
    return CFI_OK;
}

cfi_status linalg_factor_semidefinite(size_t n, double *a, size_t lda)
{
    cfi_status status = CFI_OK;

    for (size_t k = 0; k < n && status == CFI_OK; k++) {
        status = finish_column(n, a, lda, k);
    }
    return status;
}

/* Rows and columns first .. first + width - 1 of the product, for one vector; the columns before come later. */
static void multiply_corner(const double *l, size_t ldl, size_t first, size_t width, double *x)
{
    for (size_t i = first + width; i-- > first;) {
        double sum = l[i + ldl * i] * x[i];

        for (size_t j = i; j-- > first;) {
            sum += l[i + ldl * j] * x[j];
        }
        x[i] = sum;
    }
}

void linalg_lower_times(size_t n, const double *l, size_t ldl, size_t count, double *x)
{
    for (size_t group = (n + GROUP - 1) / GROUP; group-- > 0;) {
        size_t first = group * GROUP, width = n - first < GROUP ? n - first : GROUP, below = first + width;

        for (size_t c = 0; c < count; c++) {
            double *column = x + n * c;

            if (below < n) {
                lower_add_group(n - below, l + below + ldl * first, ldl, column + first, column + below);
            }
            multiply_corner(l, ldl, first, width, column);
        }
    }
}

/* Eigenvalues, ascending, and eigenvectors in place of a; false when they are not found. */
static bool find_eigenvectors(size_t n, double *a, double *eigenvalue, double *work, size_t work_size)
{
    linalg_single_thread();
    return LAPACKE_dsyev_work(LAPACK_COL_MAJOR, 'V', 'L', (lapack_int)n, a, (lapack_int)n, eigenvalue, work,
                              (lapack_int)work_size) == 0;
}

/* A = V max(diag(eigenvalue), least) V', the lower triangle; the columns of V are scaled on the way. */
static void compose(size_t n, double *v, const double *eigenvalue, double least, double *a, size_t lda)
{
    for (size_t j = 0; j < n; j++) {
        double root = sqrt(fmax(eigenvalue[j], least));

        for (size_t i = 0; i < n; i++) {
            v[i + n * j] *= root;
        }
    }
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (blasint)n, (blasint)n, 1.0, v, (blasint)n, 0.0, a,
                (blasint)lda);
}

cfi_status linalg_raise_eigenvalues(size_t n, double *a, size_t lda, double least, cfi_arena *arena)
{
    enum { WORK = 34 }; /* doubles a row: dsyev's 3 at least, and its blocks of 32 columns */
    cfi_arena_mark mark = arena_mark(arena);
    double *v = arena_alloc(arena, n * n, sizeof *v), *eigenvalue = arena_alloc(arena, n, sizeof *eigenvalue),
           *work = arena_alloc(arena, WORK * n, sizeof *work);
    cfi_status status = v && eigenvalue && work ? CFI_OK : CFI_NO_MEMORY;

    for (size_t j = 0; j < n && status == CFI_OK; j++) {
        memcpy(v + j + n * j, a + j + lda * j, (n - j) * sizeof *v);
    }
    if (status == CFI_OK && !find_eigenvectors(n, v, eigenvalue, work, WORK * n)) {
        status = CFI_FAILED;
    }
    if (status == CFI_OK) {
        compose(n, v, eigenvalue, least, a, lda);
    }
    arena_release(arena, mark);
    return status;
}
