/* Echo paths of one drop. docs/model.md (M1), (M7). */
#ifndef CFISAC_NETWORK_PATHS_H
#define CFISAC_NETWORK_PATHS_H

#include "cfisac/network.h"

/* Sets network->path and network->equal_paths. Fails: CFI_NO_MEMORY. */
cfi_status paths_draw(cfi_network *network, cfi_arena *arena, cfi_error *error);

#endif
