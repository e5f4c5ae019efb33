/* What a number of realisations can estimate: conditions read off the powers. docs/model.md (M17). */
#ifndef CFISAC_METRICS_ESTIMABLE_H
#define CFISAC_METRICS_ESTIMABLE_H

#include "cfisac/metrics.h"

/* tr(S_p S_p), S_p the K x K covariance over streams of AP p's communication signal towards the target, of trace 1, or
 * 1, the most, where fading is not i.i.d.: one over the number of observations that a realisation is worth. 0 where AP
 * p serves nobody. */
double estimable_overlap(const cfi_network *network, const cfi_powers *powers, size_t p);

/* Whether `realizations` are enough. */
bool estimable_from(double realizations, double needed);

/* The order s with which the probability that AP p's own-echo information in one realisation lies below t vanishes,
 * t^s, as t goes to 0; infinite where the information is bounded below. The realisation's bound then has a finite mean
 * for s > 1 and a finite variance for s > 2. 0 where there never is information. */
double estimable_block_order(const cfi_network *network, const cfi_powers *powers, size_t p);

#endif
