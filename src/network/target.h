/* One target at a place: where it is, and where access points see it. docs/model.md (M23). */
#ifndef CFISAC_NETWORK_TARGET_H
#define CFISAC_NETWORK_TARGET_H

#include "cfisac/network.h"

/* Sets target_position_m, target_range_m, target_bearing_rad and angle_rad of the drop, and the arrays' orientations,
 * which its fading uses too. Needs the access points' positions.
 * Fails: CFI_INVALID where no drawn place is a metre from all access points, CFI_NO_MEMORY. */
cfi_status target_place(cfi_network *network, cfi_arena *arena, cfi_error *error);

#endif
