/* The paper's approximation of the sensing constraint as cones of a step's problem. docs/model.md (M15). */
#ifndef CFISAC_ALLOC_STEP_CRLB_H
#define CFISAC_ALLOC_STEP_CRLB_H

#include "alloc/step_rows.h"

/* The most power that a step leaves AP l under (M15): B p^2 <= 2 v and v^2 <= p r with r at most the larger of its
 * coefficients over p's times p, which is where p <= 2 sqrt(that) / B comes from. */
double step_crlb_most_power(const alloc_problem *problem, const alloc_point *at, size_t l);

/* (24), (25) of the paper, for the access points whose threshold counts; nothing where the constraint is exact. */
void step_crlb_add_cones(const step_model *model);

#endif
