/* The sweep that a journal was begun with, where it is another one that this one goes on with (scenario_continue). */
#ifndef CFISAC_SWEEP_OLDER_H
#define CFISAC_SWEEP_OLDER_H

#include "sweep/journal.h"
#include "sweep/plan.h"

typedef struct older_sweep {
    bool asked;
    cfi_scenario *scenario; /* or NULL: there is none */
    char hash[CFI_SWEEP_HASH_LENGTH];
    size_t *point; /* of this sweep, for each of its points */
} older_sweep;

/* Reads DIR/scenario.json; where it cannot be read, no line can be its. CFI_INVALID: this sweep does not go on with it.
 * CFI_NO_MEMORY. older_free in every case. */
cfi_status older_read(const journal *j, const sweep_plan *plan, older_sweep *older, cfi_error *error);
void older_free(older_sweep *older);

/* The point of this sweep that a line of the older one is; false when it is no line of it. */
bool older_point(const older_sweep *older, const char *hash, size_t line_point, size_t *point);

#endif
