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

/* OpenBLAS looks for pivots <= 0 only: one that is NaN or infinite passes, and so does what it spoils. `stride` doubles
 * lead from one diagonal entry of the factor to the next. */
static bool has_finite_pivots(size_t n, const double *diagonal, size_t stride)
{
    for (size_t i = 0; i < n; i++) {
        if (!(diagonal[i * stride] > 0.0) || !(diagonal[i * stride] < INFINITY)) {
            return false;
        }
    }
    return true;
}

cfi_status linalg_cholesky(size_t n, double complex *a, size_t lda)
{
    lapack_int info;

    linalg_single_thread();
    info = LAPACKE_zpotrf_work(LAPACK_COL_MAJOR, 'L', (lapack_int)n, a, (lapack_int)lda);
    return info == 0 && has_finite_pivots(n, (const double *)a, 2 * (lda + 1)) ? CFI_OK : CFI_FAILED;
}

/* Up to SMALL LAPACK spends more on its calls than on the factorisation; above LARGE, where one takes a tenth of a
 * second, it goes by columns of BLOCK, so that a stop flag can be polled between. */
enum { SMALL = 40, LARGE = 1024, BLOCK = 128 };

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

/* The columns `begin` .. begin + width - 1 of L, already updated by those before. */
static bool factor_block(size_t n, double *a, size_t lda, size_t begin, size_t width)
{
    double *corner = a + begin + lda * begin;
    size_t below = n - begin - width;

    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', (lapack_int)width, corner, (lapack_int)lda) != 0) {
        return false;
    }
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (blasint)below, (blasint)width, 1.0,
                corner, (blasint)lda, corner + width, (blasint)lda);
    return true;
}

/* A -= L L' of these columns, on and below the diagonal block of the columns from `to` on, `width` of them. */
static void update_block(size_t n, double *a, size_t lda, const double *l, size_t depth, size_t to, size_t width)
{
    const double *row = l + to;
    double *corner = a + to + lda * to;

    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (blasint)width, (blasint)depth, -1.0, row, (blasint)lda, 1.0,
                corner, (blasint)lda);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, (blasint)(n - to - width), (blasint)width, (blasint)depth,
                -1.0, row + width, (blasint)lda, row, (blasint)lda, 1.0, corner + width, (blasint)lda);
}

static size_t block_at(size_t n, size_t begin)
{
    return n - begin < BLOCK ? n - begin : BLOCK;
}

static cfi_status factor_large(size_t n, double *a, size_t lda, cfi_stop *stop)
{
    for (size_t begin = 0; begin < n; begin += BLOCK) {
        size_t width = block_at(n, begin);

        if (!factor_block(n, a, lda, begin, width)) {
            return CFI_FAILED;
        }
        for (size_t to = begin + width; to < n; to += BLOCK) {
            if (stop_requested(stop)) {
                return CFI_INTERRUPTED;
            }
            update_block(n, a, lda, a + lda * begin, width, to, block_at(n, to));
        }
    }
    return CFI_OK;
}

static cfi_status solve_large(size_t n, double *a, size_t lda, double *x, cfi_stop *stop)
{
    cfi_status status = factor_large(n, a, lda, stop);

    if (status == CFI_OK) {
        cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, (blasint)n, a, (blasint)lda, x, 1);
        cblas_dtrsv(CblasColMajor, CblasLower, CblasTrans, CblasNonUnit, (blasint)n, a, (blasint)lda, x, 1);
    }
    return status;
}

cfi_status linalg_solve_positive(size_t n, double *a, size_t lda, double *x, cfi_stop *stop)
{
    cfi_status status = CFI_OK;

    if (stop_requested(stop)) {
        return CFI_INTERRUPTED;
    }
    if (n <= SMALL) {
        if (!factor_small(n, a, lda)) {
            return CFI_FAILED;
        }
        substitute_small(n, a, lda, x);
        return CFI_OK;
    }
    linalg_single_thread();
    if (n > LARGE) {
        status = solve_large(n, a, lda, x, stop);
    } else if (LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'L', (lapack_int)n, 1, a, (lapack_int)lda, x, (lapack_int)n) != 0) {
        status = CFI_FAILED;
    }
    return status == CFI_OK && !has_finite_pivots(n, a, lda + 1) ? CFI_FAILED : status;
}
