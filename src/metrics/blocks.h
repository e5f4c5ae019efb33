/* What one coherence block says of the target, summed over realisations. docs/model.md (M29). */
#ifndef CFISAC_METRICS_BLOCKS_H
#define CFISAC_METRICS_BLOCKS_H

#include "metrics/observer.h"

/* In every realisation the path gains are unknown anew: informations about departures, their mean over realisations.
 * L numbers each, 1 / rad^2. */
enum {
    BLOCKS_OWN, /* from the own echo */
    BLOCKS_ALL, /* from all echoes, at the own receiver; only with `multistatic` of the layout */
    BLOCKS_PER_AP
};

/* Where sums of the blocks stand behind `blocks` of the layout: L of BLOCKS_OWN, L of BLOCKS_ALL, and the coherent
 * Fisher matrix of the target's position by departures alone, J11, J12, J22. */
size_t blocks_place(const sums_layout *layout, size_t which, size_t p);
size_t blocks_matrix(const sums_layout *layout);

extern const observer BLOCKS_OBSERVER;

#endif
