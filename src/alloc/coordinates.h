/* States of a climb (response.h): their coordinates, in which the map is nearly linear, and how far an answer goes.
 * docs/model.md (M19).
 *
 * Coordinates of u and I are logarithms; lifts, logarithms already, are their own. Coherent amplitudes, which may be 0,
 * are measured in a share of the interference that they are part of. Where some are negative, streams of users that are
 * hardly served are sent to weaken others: their u goes to something small, not to 0, and is no logarithm's worth. */
#ifndef CFISAC_ALLOC_COORDINATES_H
#define CFISAC_ALLOC_COORDINATES_H

#include "alloc/problem.h"

typedef struct coordinates {
    const alloc_problem *problem;
    double *measure; /* K: what coherent amplitudes at a user are measured in, root(I_k / mates) at the start */
    double *shift;   /* K: added to u in its logarithm, 0 where amplitudes are not damped */
} coordinates;

/* Chooses the measures at a start with that interference (K). */
void coordinates_begin(coordinates *c, const double *interference, bool damped);

/* Writes the coordinates of a state. */
void coordinates_of_state(const coordinates *c, const double *state, double *coordinate);

/* Writes an answer with coherent amplitudes that do not overshoot: what they would be weakens the streams that they are
 * made of. Goes as far as Newton's method would if each were alone; damping as in response.h. */
void coordinates_damp(const coordinates *c, const double *damping, const double *state, const double *answer,
                      double *damped);

/* Writes the state of coordinates, which are changed where there is no such state: users that are silent in `answer`
 * stay so, and interference is at least the noise, 1. */
void coordinates_to_state(const coordinates *c, double *coordinate, const double *answer, double *state);

#endif
