/* What one coherence block says of departures in the mean, in closed form or by simulation. docs/model.md (M29). */
#ifndef CFISAC_METRICS_BLOCK_MEANS_H
#define CFISAC_METRICS_BLOCK_MEANS_H

#include "cfisac/metrics.h"

typedef struct block_means {
    double *own, *all;  /* L each, 1 / rad^2: from the own echo; from all echoes, at the own receiver */
    double position[3]; /* from all echoes, coherently: J11, J12, J22 of the target's position, 1 / m^2 */
} block_means;

/* From precoding.realizations draws that no Monte Carlo makes; the own echo's in closed form where there is one. In the
 * arena. Fails: CFI_NO_MEMORY, CFI_INTERRUPTED (network->stop). */
cfi_status block_means_make(const cfi_network *network, const cfi_powers *powers, cfi_arena *arena, block_means *out,
                            cfi_error *error);

/* E sum_k p_k abs(v_k)^2 / norm(v)^2 over sum_k p_k: the share of the departures' information that an unknown gain of
 * one block takes. v has K independent entries, circular normal with variances p_k about the mean sqrt(s / K). Powers
 * >= 0, not all 0. O(K), some hundred times. */
double block_share(size_t K, const double *p, double s);

#endif
