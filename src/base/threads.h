/* OpenMP where the compiler has it; else one thread does everything. */
#ifndef CFISAC_BASE_THREADS_H
#define CFISAC_BASE_THREADS_H

#ifdef _OPENMP
#include <omp.h>
#else

static inline int omp_get_thread_num(void)
{
    return 0;
}

static inline int omp_get_num_procs(void)
{
    return 1;
}

#endif

#endif
