/* One SCA step by its dual: K + P + 1 multipliers (P: ordered pairs of users that share a pilot, 0 without coherent
 * terms), and access points that no longer depend on each other. docs/model.md (M19). */
#ifndef CFISAC_ALLOC_STRUCTURED_H
#define CFISAC_ALLOC_STRUCTURED_H

#include "alloc/dual.h"

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
