/* What a sweep needs in memory. */
#ifndef CFISAC_SWEEP_MEMORY_H
#define CFISAC_SWEEP_MEMORY_H

#include "sweep/plan.h"

/* CFI_INVALID when this process cannot have what a sweep (or shard) of this plan needs at its end, besides its trials;
 * `merging`: with the places of all lines. It is refused before anything is written; the text says what it would need
 * and what is allowed. */
cfi_status memory_check(const sweep_plan *plan, bool merging, cfi_error *error);

#endif
