/* The dual of a step: its value and derivatives. docs/model.md (M19). */
#ifndef CFISAC_ALLOC_DUAL_H
#define CFISAC_ALLOC_DUAL_H

#include "alloc/lanes.h"
#include "alloc/problem.h"

/* Scratch of the steps of one problem, and the budget's multiplier from step to step. */
typedef struct structured {
    const alloc_problem *problem;
    size_t K, pairs, n;      /* multipliers of users, of pairs, and all with the budget's, which comes last */
    size_t rows;             /* n, made even: rows of the Hessian's parts, leading dimension of the Hessian */
    size_t *owner;           /* pairs: user k of pair (k, j); j is problem->mate[] */
    size_t *incoming;        /* pairs: those with mate j at incoming[mate_start[j] .. mate_start[j + 1]) */
    lanes aps;               /* the access points, in vectors */
    double *r;               /* K: u0 / I0 */
    double *slope, *square;  /* K: 2 r_k, r_k^2 */
    double *gain, *weight;   /* K: those times lambda_k */
    double *y, *gradient;    /* n each: 1 - lambda_k, then nu of the pairs, then mu */
    double *diagonal, *step; /* K, n */
    double *origin;          /* n */
    double *hessian;         /* rows x rows, lower triangle */
    double mu_curvature;     /* what d2/dmu2 would be if no access point were at a kink or a limit */
    double mu;               /* of the last step; negative: none yet */
    cfi_stop *stop;          /* or NULL */
} structured;

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
