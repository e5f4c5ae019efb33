/* What a sweep needs in memory. */
#ifndef CFISAC_SWEEP_MEMORY_H
#define CFISAC_SWEEP_MEMORY_H

#include "sweep/plan.h"

/* Bytes that a sweep (or shard) of this plan needs besides its trials, all at its end; `merging`: with the places of
 * all lines. */
double memory_needed(const sweep_plan *plan, bool merging);

/* CFI_INVALID when this process cannot have that much: a sweep is refused before anything is written. The text says
 * what it would need and what is allowed. */
cfi_status memory_check(const sweep_plan *plan, bool merging, cfi_error *error);

#endif
