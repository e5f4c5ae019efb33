/* From the values of a scenario to its system, with all that is checked on the way. */
#ifndef SCENARIO_INTERPRET_H
#define SCENARIO_INTERPRET_H

#include "scenario/model.h"

/* Reads the item of one key as its value. CFI_INVALID, CFI_NO_MEMORY. */
cfi_status interpret_key(cfi_scenario *scenario, key_id id, cfi_error *error);
/* The sizes that fix the lengths of lists, as far as they have been read. */
cfi_sizes interpret_sizes(const cfi_scenario *scenario);
/* What is idle, and the scalars of the system, from all values. CFI_NO_MEMORY. */
cfi_status interpret_scalars(cfi_scenario *scenario, cfi_error *error);
/* After the scalars: what this version cannot do, what must hold between values, files of numbers, arrays, remarks. */
cfi_status interpret_rest(cfi_scenario *scenario, cfi_error *error);

#endif
