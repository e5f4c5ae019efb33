/* Where the arrays of one drop point. docs/model.md (M22). */
#ifndef CFISAC_NETWORK_ORIENTATION_H
#define CFISAC_NETWORK_ORIENTATION_H

#include "cfisac/network.h"

/* Sets network->fading.orientation_rad: given, towards the centre of the area, or drawn from a stream of its own for
 * each access point. Needs the access points' positions. Again: nothing. False when out of memory. */
bool orientation_set(cfi_network *network, cfi_arena *arena);

#endif
