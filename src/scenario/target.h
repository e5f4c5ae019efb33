/* What must hold of a target at a place. docs/scenario.md */
#ifndef SCENARIO_TARGET_H
#define SCENARIO_TARGET_H

#include "scenario/model.h"

/* CFI_INVALID: keys of sensing that do not go together with sensing.geometry, or with each other. */
cfi_status check_target(const cfi_scenario *scenario, cfi_error *error);
/* CFI_INVALID: a given target stands at a given access point. The arrays are filled. */
cfi_status check_target_position(const cfi_scenario *scenario, cfi_error *error);

#endif
