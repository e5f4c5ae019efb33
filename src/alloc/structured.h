/* One SCA step by its dual: K + P + 1 multipliers (P: ordered pairs of users that share a pilot, 0 without coherent
 * terms), and access points that no longer depend on each other. docs/model.md (M19). */
#ifndef CFISAC_ALLOC_STRUCTURED_H
#define CFISAC_ALLOC_STRUCTURED_H

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

/* stop: polled within steps, or NULL. */
cfi_status structured_init(structured *s, const alloc_problem *problem, cfi_stop *stop, cfi_arena *arena,
                           cfi_error *error);

/* Maximises the product surrogate about `at` over the feasible set. to->point is feasible; *gap bounds how far its
 * surrogate lies below the optimum, relative to it: a dual value less a primal one. to->values are those of to->point
 * if it is complete (see problem_complete), else their objective is NaN. False when no such point was found or the stop
 * flag is set; then to->point is that of `at`. Needs interference that does not depend on the stream, and sensing that
 * is not linearised. O((K + P)^2 L) an iteration, no allocation. */
bool structured_step(structured *s, const alloc_state *at, const alloc_state *to, double *gap);

#endif
