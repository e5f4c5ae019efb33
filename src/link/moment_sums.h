/* Sums over simulated draws of one access point, and the moments that they say. docs/model.md (M20). */
#ifndef CFISAC_LINK_MOMENT_SUMS_H
#define CFISAC_LINK_MOMENT_SUMS_H

#include "channel/precoding.h"

/* Of each row t and vector s; where rows are those that vectors are made of (precoding_is_hermitian) those of t and s,
 * and of s and t, are one. Where their product has a mean, in mean_of, there is more of it. */
typedef struct moment_sums {
    const precoding *precoding;
    size_t rows, pairs, means;
    struct moment_pair *plan;      /* pairs: what is added up of each batch of an access point, */
    size_t planned, planned_means; /* how many of them, and from the end on how many that have means */
    bool begun;                    /* references are known */
    const size_t *mean_of;         /* pairs: which mean, or MOMENT_NO_MEAN */
    double *of_pair, *of_mean;     /* in lanes, of a pair either */
    double *reference;             /* means, real and imaginary part */
    double *of_vector;             /* classes: of norm(v_s)^2 */
    double *of_outer;              /* v_s v_s^H, over fading that is not i.i.d.; else NULL */
} moment_sums;

#define MOMENT_NO_MEAN SIZE_MAX

/* A number and its standard error. */
typedef struct simulated {
    double complex value;
    double error;
} simulated;

/* In the arena; false when out of memory. */
bool moment_sums_make(const precoding *p, cfi_arena *arena, moment_sums *sums);
/* For the access point that the precoding has begun with. */
void moment_sums_begin(moment_sums *sums);
/* Adds a batch: what precoding_simulate calls, with moment_sums as the context. */
void moment_sums_add(void *sums, const precoding *p);

/* From n draws: of vector v_s before its normalisation, E norm(v_s)^2; of the normalised vector, E abs(y_t^H v_s)^2
 * less the square of the mean; that mean, of a pair that has one; and E v_s v_s^H, N x N. All 0 where v_s is. */
double moment_mean_square(const moment_sums *sums, size_t s, double n);
simulated moment_variance(const moment_sums *sums, size_t t, size_t s, double n);
simulated moment_mean(const moment_sums *sums, size_t t, size_t s, double n);
void moment_outer(const moment_sums *sums, size_t s, double n, double complex *restrict Q);

#endif
