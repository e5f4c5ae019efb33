/* How the channels of a drop fade. docs/model.md (M22). */
#ifndef CFISAC_NETWORK_FADING_H
#define CFISAC_NETWORK_FADING_H

#include "cfisac/network.h"

/* Sets network->fading from positions and states of the drop; nothing where fading is i.i.d. Rayleigh. Every
 * orientation has a stream of its own, and what is made of a pair depends on that pair alone. Needs positions.
 * Fails: CFI_NO_MEMORY. */
cfi_status fading_draw(cfi_network *network, cfi_arena *arena, cfi_error *error);

#endif
