/* Starting points of the allocation. */
#ifndef CFISAC_ALLOC_STARTS_H
#define CFISAC_ALLOC_STARTS_H

#include "alloc/contest.h"
#include "alloc/problem.h"

/* The heuristic split: powers in watts; or, with factors (L), those that they make of shares (splits_heuristic). Where
 * these are not kept there, powers->p is room for the numbers of a point. */
typedef struct start_split {
    const cfi_powers *powers;
    const double *factor; /* or NULL */
    bool asked;           /* shares are not kept */
} start_split;

/* What starts are made from. */
typedef struct start_source {
    const alloc_problem *problem;
    start_split heuristic;
    double *room;          /* problem_share_room: scratch; where the split asks for shares */
    alloc_state incumbent; /* the best so far, with its values; read from start 3 on */
    contest *users;        /* in order; has scratch; from start 1 on */
    double *key;           /* K: scratch, as the users */
    size_t turn;           /* exchanges tried; the caller resets it when the incumbent improves */
} start_source;

/* Start number `start` of the allocation:
 *   0             the heuristic split itself
 *   1             the strongest user of each pilot
 *   2, 6, 10 ..   random amplitudes, from the stream (seed, drop, start)
 *   others        the incumbent with one user exchanged: an active one silenced, or a silent one in the place of its
 *                 weakest rival. When all are tried: random subsets of users and random amplitudes.
 * False when the start cannot be made feasible. */
bool start_make(start_source *source, size_t start, alloc_point *point);

#endif
