/* The resolved scenario as JSON, and its hash. */
#ifndef SCENARIO_RESOLVED_H
#define SCENARIO_RESOLVED_H

#include "scenario/model.h"

/* Makes the resolved text, the complete one and the hash. CFI_NO_MEMORY. */
cfi_status resolved_make(cfi_scenario *scenario, cfi_error *error);
/* Appends the value of one key as it stands in the complete text: without need of another file. */
void resolved_print_complete(const cfi_scenario *scenario, key_id id, size_t indent, cfi_wording *out);

#endif
