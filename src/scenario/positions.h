/* Explicit positions. */
#ifndef SCENARIO_POSITIONS_H
#define SCENARIO_POSITIONS_H

#include "scenario/model.h"

/* CFI_INVALID: an access point and a user stand at the same place. Remarks on pairs closer than the least distance. */
cfi_status check_positions(cfi_scenario *scenario, cfi_error *error);

#endif
