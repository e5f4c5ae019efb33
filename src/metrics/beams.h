/* What the access points' beams are at the target, and what is summed up of them. docs/model.md (M17). */
#ifndef CFISAC_METRICS_BEAMS_H
#define CFISAC_METRICS_BEAMS_H

#include "metrics/sums.h"

/* Work space of one thread. */
typedef struct beams beams;

/* In the arena; NULL when out of memory. */
beams *beams_make(const sums_layout *layout, cfi_arena *arena);

/* v_l = a_l^H F_l and w_l = across_l^H F_l of one realisation from f (N x K, user fastest); adds what the bounds need
 * to a block's sums. */
void beams_observe(beams *b, const bound_constants *constants, size_t l, cfi_split f, double *sums);

#endif
