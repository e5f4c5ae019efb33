/* Who uses which pilot in one drop. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_PILOTS_H
#define CFISAC_NETWORK_PILOTS_H

#include "cfisac/network.h"

/* Sets pilot, pilot_first, pilot_next and pilots_overlap, from the gains. Fails: CFI_NO_MEMORY. */
cfi_status pilots_assign(cfi_network *network, cfi_arena *arena, cfi_error *error);

#endif
