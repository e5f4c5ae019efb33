/* What objectives that raise information share. docs/model.md (M32) */
#ifndef CFISAC_ALLOC_RAISED_H
#define CFISAC_ALLOC_RAISED_H

#include "alloc/problem.h"

/* The least of all that is asked of the goal's information, over what is asked. */
double raised_value(const alloc_problem *problem, const alloc_point *point);
/* Its step. */
const step_surrogate *raised_surrogate(const alloc_problem *problem, const alloc_values *at);

#endif
