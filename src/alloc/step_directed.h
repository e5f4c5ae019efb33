/* Sensing by signals that have directions as cones of a step's problem. docs/model.md (M21). */
#ifndef CFISAC_ALLOC_STEP_DIRECTED_H
#define CFISAC_ALLOC_STEP_DIRECTED_H

#include "alloc/step_rows.h"

/* Whether the threshold of AP l is a cone in the powers of this step: it counts, and the active users' signals at the
 * point of expansion sense well enough. Else its row is that of the best mix, which the completion goes back to. */
bool step_directed_has_cone(const step_model *model, size_t l);
void step_directed_add_cones(const step_model *model);

#endif
