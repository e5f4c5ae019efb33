/* Separable programs: their optimum. docs/model.md (M19) */
#ifndef CFISAC_ALLOC_SEPARABLE_SOLVE_H
#define CFISAC_ALLOC_SEPARABLE_SOLVE_H

#include "alloc/separable.h"

/* False where no optimum was found, as where there is no point inside all constraints. */
bool separable_solve(separable *p);

#endif
