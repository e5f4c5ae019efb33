/* The dual of a step: its value and derivatives. docs/model.md (M19). */
#ifndef CFISAC_ALLOC_DUAL_H
#define CFISAC_ALLOC_DUAL_H

#include "alloc/structured.h"

/* Reads the coefficients about a point; s->y but for mu becomes what belongs to it. */
void dual_start(structured *s, const alloc_state *at);
/* Gradient and Hessian in (y, nu, mu) at s->y; returns D. Leaves the maximisers in s->aps. Of no use once s->stop is
 * set. */
double dual_expand(structured *s);
/* The maximisers at the multipliers of the last dual_expand, as a point. Returns the power they radiate. */
double dual_maximisers(structured *s, alloc_point *to);
/* Power radiated at the users' multipliers of the last dual_sum or dual_expand and this mu. */
void dual_sum(structured *s);
double dual_radiated(structured *s, double mu);

#endif
