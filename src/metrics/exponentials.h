/* Tails of sums of exponential variables, to relative accuracy however small they are. docs/model.md (M26). */
#ifndef CFISAC_METRICS_EXPONENTIALS_H
#define CFISAC_METRICS_EXPONENTIALS_H

#include <stddef.h>

/* S = sum_i scale_i abs(z_i + sqrt(offset_i))^2 with independent z_i, circular normal of variance 1: exponential
 * numbers of those means where there are no offsets (NULL). A scale of 0 adds nothing; one at least is above 0. */
typedef struct exponential_sum {
    size_t count;
    const double *scale, *offset; /* count each, >= 0 */
    double *work;                 /* 2 x count, for whoever asks */
} exponential_sum;

/* P(S > t) and P(S < t), which is 1 less the other; the smaller one has a relative error of some 1e-12, with offsets
 * beyond 1e5 up to 1e-9, and is 0 below the smallest number. */
typedef struct tails {
    double above, below;
} tails;

/* t > 0. O(count) a node of a contour, some hundred nodes. */
tails exponentials_tails(const exponential_sum *sum, double t);

/* The t with P(S > t) = above, strictly between 0 and 1. */
double exponentials_quantile(const exponential_sum *sum, double above);

/* Logarithms of both tails at t, for those who look for a t or an offset. */
tails exponentials_log_tails(const exponential_sum *sum, double t);

#endif
