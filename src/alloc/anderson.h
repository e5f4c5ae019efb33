/* Anderson's acceleration of a fixed-point iteration z <- g(z), for maps of any kind.
 *
 * With f(z) = g(z) - z and the last m pairs kept as differences DF, DG, the next point is
 *     z' = g - DG c,   c = argmin norm(f - DF c)
 * (D. G. Anderson, J. ACM 12, 1965; type II in Fang and Saad, Numer. Linear Algebra Appl. 16, 2009). The least squares
 * are solved by normal equations: a column that adds nothing to those before it, to rounding, is left out.
 *
 * Cost O(n m) a point, no allocation after anderson_init. */
#ifndef CFISAC_ALLOC_ANDERSON_H
#define CFISAC_ALLOC_ANDERSON_H

#include "cfisac/base.h"

/* The most differences that are kept. */
enum { ANDERSON_MOST = 7 };

typedef struct anderson {
    size_t n, stride;                          /* numbers of a point; of a row, which are 0 beyond n */
    size_t depth;                              /* the most differences kept, up to ANDERSON_MOST */
    size_t count, next;                        /* those kept; where the next one goes */
    bool started;                              /* last_f and last_g are of a point */
    double *f, *last_f, *last_g, *last_z;      /* a row each; f times weights */
    double *weight;                            /* a row: what a number counts in least squares; 1, or the caller's */
    double *difference_f, *difference_g;       /* `depth` rows */
    double gram[ANDERSON_MOST][ANDERSON_MOST]; /* DF' DF */
    double last_follower, difference_follower[ANDERSON_MOST];
} anderson;

/* For n numbers and `depth` differences, 1 .. ANDERSON_MOST. Memory from the arena; CFI_NO_MEMORY. */
cfi_status anderson_init(anderson *a, size_t n, size_t depth, cfi_arena *arena, cfi_error *error);

/* Forgets what it has seen: the next point is followed by the plain step. */
void anderson_forget(anderson *a);

/* Learns that the map takes z to g; rows, 0 beyond n. The follower is another number that belongs to z, of which the
 * map makes nothing. */
void anderson_learn(anderson *a, const double *restrict z, const double *restrict g, double follower);

/* norm(f)^2 of the last point, weighed. */
double anderson_residual(const anderson *a);

/* The accelerated point after the last one learnt, a row, 0 beyond n; that is its g as long as nothing else is known.
 * *follower: that number there, extrapolated alike. Returns how many times as long as the plain step g - z the step
 * from z to it is: 1 without acceleration, much more where the map converges slowly. */
double anderson_next(const anderson *a, double *restrict z, double *restrict follower);

#endif
