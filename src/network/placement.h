/* Positions of one drop. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_PLACEMENT_H
#define CFISAC_NETWORK_PLACEMENT_H

#include "cfisac/network.h"

/* Sets network->ap_position_m and ue_position_m, drawn where the system does not give them. Fails: CFI_INVALID when no
 * layout leaves room, CFI_NO_MEMORY. */
cfi_status placement_draw(cfi_network *network, cfi_arena *arena, cfi_error *error);

#endif
