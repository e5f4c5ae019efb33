/* What this version can do. */
#ifndef SCENARIO_AVAILABLE_H
#define SCENARIO_AVAILABLE_H

#include "scenario/model.h"

/* Values whose code does not exist yet: CFI_UNAVAILABLE. */
cfi_status check_available(const cfi_scenario *scenario, cfi_error *error);
/* What the structured solver does not cover where it is asked for: CFI_UNAVAILABLE. The arrays are filled. */
cfi_status check_solver(const cfi_scenario *scenario, cfi_error *error);

#endif
