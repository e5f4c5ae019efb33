/* The jackknife of n numbers, each an estimate without one realisation. */
#ifndef TESTS_JACKKNIFE_H
#define TESTS_JACKKNIFE_H

#include <math.h>
#include <stddef.h>

/* What the bias is taken off. */
static inline double jackknife_corrected(size_t n, double whole, const double *without)
{
    double mean = 0.0;

    for (size_t i = 0; i < n; i++) {
        mean += without[i] / (double)n;
    }
    return (double)n * whole - ((double)n - 1.0) * mean;
}

/* Its standard error. */
static inline double jackknife_error(size_t n, const double *without)
{
    double mean = 0.0, sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        mean += without[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        sum += (without[i] - mean) * (without[i] - mean);
    }
    return sqrt(sum * ((double)n - 1.0) / (double)n);
}

#endif
