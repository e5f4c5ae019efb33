/* What benches measure by. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdlib.h>
#include <time.h>

/* CLOCK_PROCESS_CPUTIME_ID where others may use the machine, CLOCK_MONOTONIC where two programs take turns. */
static inline double bench_seconds(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static inline int bench_compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Sorts the values. */
static inline double bench_median(double *value, size_t count)
{
    qsort(value, count, sizeof *value, bench_compare);
    return value[count / 2];
}

#endif
