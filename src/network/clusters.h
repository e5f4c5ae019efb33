/* Which access points serve which users in one drop. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_CLUSTERS_H
#define CFISAC_NETWORK_CLUSTERS_H

#include "cfisac/network.h"

/* Each user's access point of the largest gain, the lowest index of equals, and that gain; K each. O(K L). */
void clusters_strongest_aps(const cfi_network *network, double *gain, size_t *ap);

/* Sets network->served, from gains and pilots. O(K L). Fails: CFI_NO_MEMORY. */
cfi_status clusters_form(cfi_network *network, cfi_arena *arena, cfi_error *error);

#endif
