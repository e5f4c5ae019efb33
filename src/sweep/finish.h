/* The files beside a journal. */
#ifndef CFISAC_SWEEP_FINISH_H
#define CFISAC_SWEEP_FINISH_H

#include "cfisac/sweep.h"
#include "sweep/builds.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

/* scenario.json, then sweep.json with the builds of the lines. */
cfi_status finish_identity(const sweep_plan *plan, const build_list *builds, const char *directory, cfi_error *error);

/* What DIR/sweep.json says. *there: whether it is one; a file that is missing or foreign is no error. CFI_NO_MEMORY. */
cfi_status finish_read_identity(const char *directory, cfi_known_identity *identity, bool *there, cfi_error *error);

/* Reads the finished journal back, writes sweep.csv from it (unless `keep` and it is there), tells its remarks, and
 * returns the verdict. */
cfi_status finish_table(const journal *j, const sweep_plan *plan, bool keep, const cfi_sweep_warn *warn,
                        cfi_error *error);

/* Removes sweep.csv: it would not belong to a journal that changes. */
void finish_remove_table(const char *directory);

#endif
