/* Signals that have directions: what their second moments say of a target. docs/model.md (M21) */
#ifndef CFISAC_LINK_DIRECTIONS_H
#define CFISAC_LINK_DIRECTIONS_H

#include "cfisac/link.h"

/* Fills link->directions, and clears the linear forms, which do not hold there. simulated: K x L, kept, of precoders
 * whose moments are simulated; NULL: maximum ratio, whose E v_kl v_kl^H is (m_kl m_kl^H + B_kl) / n_kl. O(K L N^3),
 * shared among network->threads. Fails: CFI_NO_MEMORY. */
cfi_status directions_make(const cfi_network *network, const cfi_aim *simulated, cfi_arena *arena, cfi_link *link,
                           cfi_error *error);

#endif
