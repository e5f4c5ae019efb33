/* Draws of channels with lines of sight and correlation, and their estimates. docs/model.md (M3), (M22). */
#ifndef CFISAC_CHANNEL_DRAW_CORRELATED_H
#define CFISAC_CHANNEL_DRAW_CORRELATED_H

#include "channel/statistics.h"

/* Work space of one thread. */
typedef struct correlated_scratch correlated_scratch;

/* In the arena, about 100 N K doubles and 2 N^2 complex ones; NULL when out of memory. */
correlated_scratch *correlated_scratch_make(const cfi_network *network, cfi_arena *arena);

/* channel_draw where fading is not i.i.d. */
void correlated_draw(const cfi_network *network, size_t l, const cfi_channel_range *range, correlated_scratch *scratch,
                     const cfi_estimated_channels *out);

#endif
