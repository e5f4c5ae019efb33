/* The normal numbers behind the shadowing of a drop, correlated or not. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_SHADOWING_H
#define CFISAC_NETWORK_SHADOWING_H

#include "cfisac/network.h"

/* What pairs share. Arrays live in the arena of shadowing_prepare. */
typedef struct shadowing {
    const cfi_network *network;
    const double *factor;  /* `users`: L L' = correlation of the users, K x K, lower; else NULL */
    size_t ld;             /* doubles from column to column of the factor */
    const double *ap, *ue; /* `both`: the parts of access points (L) and of users (K); else NULL */
} shadowing;

/* Sets *out, and network->shadowing_clipped. O(K^3) for `users`, O(K^3 + L^3) for `both`, nothing else.
 * Fails: CFI_NO_MEMORY; CFI_FAILED when the eigenvalues of a correlation are not found. */
cfi_status shadowing_prepare(cfi_network *network, cfi_arena *arena, shadowing *out, cfi_error *error);

/* Standard normal numbers of all users at access points first .. end - 1, K x (end - first). Any split into ranges
 * gives the same bits, and so do the first users of more. */
void shadowing_draw(const shadowing *shared, size_t first, size_t end, double *normal);

#endif
