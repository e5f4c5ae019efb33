/* The multistatic bound's unknown path gains: what they leave of each access point's derivative. docs/model.md (M17).
 */
#ifndef CFISAC_METRICS_ELIMINATION_H
#define CFISAC_METRICS_ELIMINATION_H

#include "metrics/sums.h"

/* Work space of one thread. */
typedef struct elimination elimination;

/* In the arena; NULL when out of memory. */
elimination *elimination_make(const sums_layout *layout, cfi_arena *arena);

/* RSS_p (L) from sums over n realisations; not divided by n. */
void elimination_residuals(elimination *e, const double *sums, double n, double *rss);

#endif
