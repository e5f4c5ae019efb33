/* The files beside a journal. */
#ifndef CFISAC_SWEEP_FINISH_H
#define CFISAC_SWEEP_FINISH_H

#include "cfisac/sweep.h"
#include "sweep/journal.h"

/* scenario.json and sweep.json. */
cfi_status finish_identity(const sweep_plan *plan, const char *directory, cfi_error *error);

/* Reads the finished journal back, writes sweep.csv from it (unless `keep` and it is there), tells its remarks, and
 * returns the verdict. */
cfi_status finish_table(journal *j, const sweep_plan *plan, const char *directory, bool keep,
                        const cfi_sweep_warn *warn, cfi_error *error);

/* Removes sweep.csv: it would not belong to a journal that starts anew. */
void finish_remove_table(const char *directory);

#endif
