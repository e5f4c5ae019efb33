/* Sensing by signals that have directions as cones of a step's problem. docs/model.md (M21). */
#ifndef CFISAC_ALLOC_STEP_DIRECTED_H
#define CFISAC_ALLOC_STEP_DIRECTED_H

#include "alloc/step_rows.h"

/* Whether what is asked of AP l is a cone in the powers of this step. A threshold: it counts, and the active users'
 * signals at the point of expansion sense well enough; else its row is that of the best mix, which the completion goes
 * back to. Where information is raised: it serves some active user. */
bool step_directed_has_cone(const step_model *model, size_t l);
void step_directed_add_cones(const step_model *model);
/* Where information is raised: of access points whose beam alone senses in this step. */
void step_directed_add_rows(const step_model *model);

#endif
