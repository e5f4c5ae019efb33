/* The dual of a step: its value and derivatives. docs/model.md (M19). */
#ifndef CFISAC_ALLOC_DUAL_H
#define CFISAC_ALLOC_DUAL_H

#include "alloc/structured.h"

/* The maximiser of one access point. */
typedef struct ap_optimum {
    double rho, q, value;
    double h, C;
    double flat, bent; /* curvature: flat (D^2 - p p') + bent z z', see add_curvature */
} ap_optimum;

/* Reads the coefficients about the point of the last problem_evaluate; s->y but for mu becomes what belongs to it. */
void dual_start(structured *s, const alloc_point *at);
/* v (in s->v) and the maximiser of access point l at multipliers y. */
ap_optimum dual_visit(const structured *s, size_t l, const double *y);
/* Gradient and Hessian in (y, nu, mu) at s->y; returns D. */
double dual_expand(structured *s);

#endif
