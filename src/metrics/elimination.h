/* The multistatic bound's unknown path gains: what they leave of each access point's derivative. docs/model.md (M17).
 */
#ifndef CFISAC_METRICS_ELIMINATION_H
#define CFISAC_METRICS_ELIMINATION_H

#include "metrics/sums.h"

/* Work space of one thread. */
typedef struct elimination elimination;

/* In the arena; NULL when out of memory. */
elimination *elimination_make(const sums_layout *layout, cfi_arena *arena);
/* Room for elimination_matrix. False when out of memory. */
bool elimination_prepare_matrix(elimination *e, cfi_arena *arena);

/* RSS_p (L) from sums over n realisations; not divided by n. */
void elimination_residuals(elimination *e, const double *sums, double n, double *rss);
/* After it, from the same sums: what departures say of the target's position, J11, J12, J22, over per_path of the
 * bounds' constants; turn: 2 x L, network_target_turn. Not divided by n. */
void elimination_matrix(elimination *e, const cfi_network *network, const double *turn, double J[3]);

#endif
