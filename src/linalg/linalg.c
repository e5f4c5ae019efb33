/* Thin wrappers of BLAS and LAPACKE. */
#include "cfisac/linalg.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <pthread.h>
#include <sys/mman.h>

/* What OpenBLAS maps for each thread that computes, and tries for ever where it cannot; and what is left to the thread
 * for its stack (8 MB) and its results. */
static const size_t BUFFER_BYTES = (size_t)128 << 20, LEFT_BYTES = (size_t)32 << 20;

/* OpenBLAS's own store of buffers, which it keeps; absent in another BLAS. */
extern void *blas_memory_alloc(int position) __attribute__((weak));
extern void blas_memory_free(void *buffer) __attribute__((weak));

static void set_single_thread(void)
{
    openblas_set_num_threads(1);
}

void linalg_single_thread(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, set_single_thread);
}

static bool has_address_space(size_t bytes)
{
    void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return room != MAP_FAILED && munmap(room, bytes) == 0;
}

cfi_status linalg_prepare(size_t *threads, cfi_error *error)
{
    enum { MOST = 1024 };
    void *buffer[MOST];
    size_t count = 0, wanted = *threads < MOST ? *threads : MOST;

    linalg_single_thread();
    if (!blas_memory_alloc || !blas_memory_free) {
        return CFI_OK;
    }
    while (count < wanted && has_address_space(BUFFER_BYTES + (count + 1) * LEFT_BYTES) &&
           (buffer[count] = blas_memory_alloc(0))) {
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        blas_memory_free(buffer[i]);
    }
    if (count == 0) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the buffers of BLAS, %zu MB of addresses",
                         (BUFFER_BYTES + LEFT_BYTES) >> 20);
    }
    *threads = count;
    return CFI_OK;
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

    linalg_single_thread();
    cblas_zgemm(CblasColMajor, CblasConjTrans, CblasNoTrans, (blasint)m, (blasint)n, (blasint)k, &one, a, (blasint)lda,
                b, (blasint)ldb, &one, c, (blasint)ldc);
}

cfi_status linalg_cholesky(size_t n, double complex *a, size_t lda)
{
    lapack_int info;

    linalg_single_thread();
    info = LAPACKE_zpotrf_work(LAPACK_COL_MAJOR, 'L', (lapack_int)n, a, (lapack_int)lda);
    return info == 0 ? CFI_OK : CFI_FAILED;
}

void linalg_solve_lower(size_t n, size_t columns, const double complex *l, size_t ldl, double complex *b, size_t ldb)
{
    const double complex one = 1.0;

    linalg_single_thread();
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
        lapack_int info;

        linalg_single_thread();
        info = LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', (lapack_int)n, 1, a, (lapack_int)lda, x, (lapack_int)n);
        return info == 0 ? CFI_OK : CFI_FAILED;
    }
    if (!factor_small(n, a, lda)) {
        return CFI_FAILED;
    }
    substitute_small(n, a, lda, x);
    return CFI_OK;
}
