/* BLAS on one thread, with the memory it needs, and its name. */
#include "cfisac/linalg.h"

#include <cblas.h>
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
