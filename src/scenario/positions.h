/* Explicit positions. */
#ifndef SCENARIO_POSITIONS_H
#define SCENARIO_POSITIONS_H

#include "scenario/model.h"

/* CFI_INVALID: an access point and a user stand at the same place. Remarks on pairs closer than the least distance. */
cfi_status check_positions(cfi_scenario *scenario, cfi_error *error);
/* Distance in the plane of two points [x, y], to the nearest copy where the area wraps around. */
double positions_distance(const cfi_geometry *geometry, const double *a, const double *b);

#endif
