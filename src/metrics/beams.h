/* What the access points' beams are at the target, and what is summed up of them. docs/model.md (M17). */
#ifndef CFISAC_METRICS_BEAMS_H
#define CFISAC_METRICS_BEAMS_H

#include "metrics/sums.h"

/* Work space of one thread for `most` realisations at a time. */
typedef struct beams beams;

/* In the arena; NULL when out of memory. */
beams *beams_make(const sums_layout *layout, size_t most, cfi_arena *arena);

/* v_l = a_l^H F_l and w_l = across_l^H F_l of realisation i from f (N x K, user fastest); adds what the own echo's
 * bound needs to a block's sums. */
void beams_observe(beams *b, const bound_constants *constants, size_t l, size_t i, cfi_split f, double *sums);
/* After all `count` realisations of access point l: keeps them for the multistatic bound. */
void beams_keep(beams *b, size_t l, size_t count);
/* Adds realisations first .. last - 1 of those kept, of all access points, to a block's sums. */
void beams_add_products(const beams *b, size_t first, size_t last, double *sums);

#endif
