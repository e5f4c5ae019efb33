/* scenario.json and sweep.json beside a journal: which sweep it is, and which builds made its lines. */
#ifndef CFISAC_SWEEP_IDENTITY_H
#define CFISAC_SWEEP_IDENTITY_H

#include "sweep/builds.h"
#include "sweep/plan.h"

/* scenario.json, then sweep.json with the builds of the lines. */
cfi_status identity_write(const sweep_plan *plan, const build_list *builds, const char *directory, cfi_error *error);

/* What DIR/sweep.json says. *there: whether it is one; a file that is missing or foreign is no error. CFI_NO_MEMORY. */
cfi_status identity_read(const sweep_kind *kind, const char *directory, cfi_known_identity *identity, bool *there,
                         cfi_error *error);

#endif
