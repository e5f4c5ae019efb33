/* What this version can do. */
#ifndef SCENARIO_AVAILABLE_H
#define SCENARIO_AVAILABLE_H

#include "scenario/model.h"

/* Values whose code does not exist yet: CFI_UNAVAILABLE. */
cfi_status check_available(const cfi_scenario *scenario, cfi_error *error);
/* What the allocation's solvers do not cover, constraints included: CFI_UNAVAILABLE. The arrays are filled. */
cfi_status check_solver(const cfi_scenario *scenario, cfi_error *error);

/* Whether there are thresholds and fading is correlated or has lines of sight: information is then no linear form of
 * powers. */
bool sensing_has_directions(const cfi_system *system);
/* Whether such information is what the allocation raises. */
bool objective_has_directions(const cfi_system *system);

#endif
