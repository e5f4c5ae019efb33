/* Points that give every user its rate target. docs/model.md (M32) */
#ifndef CFISAC_ALLOC_LANDING_H
#define CFISAC_ALLOC_LANDING_H

#include "alloc/problem.h"

/* Scratch for landing_meet. */
typedef struct landing {
    const alloc_problem *problem;
    double *cross;  /* K x K: interference of user k from stream j, at [j + K k] */
    double *factor; /* K x K: of a linear system in them */
    double *share;  /* K: by which powers of streams are multiplied */
    double *least;  /* K: SINRs asked for */
    double *rest;   /* K: interference that streams have no part in */
    double *x;      /* a row: communication powers */
} landing;

/* Arrays from the arena, none where the problem has no targets; CFI_NO_MEMORY. */
cfi_status landing_init(landing *t, const alloc_problem *problem, cfi_arena *arena, cfi_error *error);

/* Gives users what they miss at a complete and evaluated point, by multiplying the powers of streams, with as little
 * loss of the others as that takes: who has more than its target gives the same share of its SINR. Users whose lift (K;
 * NULL: none is) is positive get their target and no more, which is the others'. The point stays complete and is
 * evaluated anew. False, and the point spoilt, where streams of such directions cannot meet the targets within budget
 * and limits. O(K^2 L + K^3). */
bool landing_meet(landing *t, const alloc_state *state, const double *lift);

#endif
