/* Sums over simulated draws of one access point, and the moments that they say. docs/model.md (M20). */
#ifndef CFISAC_LINK_MOMENT_SUMS_H
#define CFISAC_LINK_MOMENT_SUMS_H

#include "channel/precoding.h"

/* Of each row t and vector s, at t + rows s. Where their product has a mean, in mean_of, there is more of it. */
typedef struct moment_sums {
    size_t rows, classes, means;
    const size_t *mean_of; /* rows x classes: which mean, or MOMENT_NO_MEAN */
    const double complex *a, *d;
    double *of_pair, *of_mean, *of_beam; /* in lanes */
} moment_sums;

#define MOMENT_NO_MEAN SIZE_MAX

/* A number and its standard error. */
typedef struct simulated {
    double complex value;
    double error;
} simulated;

/* A vector about the target: E abs(a^H v)^2, E abs(d^H v)^2 and E (d^H v) (a^H v)^*. */
typedef struct simulated_beam {
    double lit, turned;
    double complex mixed;
} simulated_beam;

/* In the arena; false when out of memory. */
bool moment_sums_make(const precoding *p, cfi_arena *arena, moment_sums *sums);
/* Starts anew, with vectors a and d (N numbers) that beams are observed by, or NULL. */
void moment_sums_start(moment_sums *sums, const double complex *a, const double complex *d);
/* Adds a batch: what precoding_simulate calls, with moment_sums as the context. */
void moment_sums_add(void *sums, const precoding *p);

/* From n draws: of vector v_s before its normalisation, E norm(v_s)^2; of the normalised vector, E abs(y_t^H v_s)^2
 * less the square of the mean; that mean, of a pair that has one; and what it is about the target. */
double moment_mean_square(const moment_sums *sums, size_t s, double n);
simulated moment_variance(const moment_sums *sums, size_t t, size_t s, double n);
simulated moment_mean(const moment_sums *sums, size_t t, size_t s, double n);
simulated_beam moment_beam(const moment_sums *sums, size_t s, double n);

#endif
