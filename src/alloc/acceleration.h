/* Anderson's acceleration of the steps of the successive convex approximation, which are short where sensing couples
 * access points, users share pilots or a corner is followed: hundreds are then usual without it. docs/model.md (M15)
 *
 * The map takes the point of a step to what the step makes of it; its unknowns are the amplitudes of users and of
 * sensing. */
#ifndef CFISAC_ALLOC_ACCELERATION_H
#define CFISAC_ALLOC_ACCELERATION_H

#include "alloc/anderson.h"
#include "alloc/problem.h"

typedef struct acceleration {
    anderson steps;
    double *from, *to; /* rows: coordinates of where the last step began, and of the accelerated point after it */
} acceleration;

/* For points of that size. Memory from the arena, O(K L); CFI_NO_MEMORY. */
cfi_status acceleration_init(acceleration *a, const alloc_problem *problem, cfi_arena *arena, cfi_error *error);

/* Learns that the step leads from one point to the other, and finds the accelerated point. */
void acceleration_learn(acceleration *a, const alloc_problem *problem, const alloc_point *from, const alloc_point *to);

/* Forgets the steps of another start. */
void acceleration_forget(acceleration *a);

/* Writes the point at `share` of the way from the last step's end to the accelerated point; neither complete nor
 * evaluated. No amplitude falls to 0 on that way. */
void acceleration_point(const acceleration *a, const alloc_problem *problem, double share, alloc_point *point);

#endif
