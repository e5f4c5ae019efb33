/* The concave surrogate at a point as a second-order cone problem. docs/model.md (M13)-(M15). */
#ifndef CFISAC_ALLOC_STEP_MODEL_H
#define CFISAC_ALLOC_STEP_MODEL_H

#include "alloc/step_rows.h"

/* Lays the variables out and fills model->builder, made here when it is NULL and emptied first when it is not; the
 * caller destroys it. `list` has room for 2 K indices. NULL and an error text when out of memory. */
const socp_problem *step_model_build(step_model *model, size_t *list, cfi_error *error);

/* The powers of a solution; inactive users stay silent. */
void step_model_read(const step_model *model, const double *solution, alloc_point *to);

#endif
