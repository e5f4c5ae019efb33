/* The end of a sweep: its journal read back, and sweep.csv made of it. */
#ifndef CFISAC_SWEEP_FINISH_H
#define CFISAC_SWEEP_FINISH_H

#include "cfisac/sweep.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

/* Reads the finished journal back, whose items ended as `status` says (a cfi_drop_status each), a point at a time;
 * writes sweep.csv on the way (unless `keep` and it is there, or this is a shard), tells how the items ended and the
 * remarks, and returns the verdict. */
cfi_status finish_table(const journal *j, const sweep_plan *plan, const uint8_t *status, bool keep,
                        const cfi_sweep_warn *warn, cfi_error *error);

/* Whether all tables of a kind are there. */
bool finish_has_tables(const sweep_kind *kind, const char *directory);

#endif
