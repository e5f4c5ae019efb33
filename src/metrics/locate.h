/* The most likely place of a target, from the own echoes of all access points. docs/model.md (M27) */
#ifndef CFISAC_METRICS_LOCATE_H
#define CFISAC_METRICS_LOCATE_H

#include "metrics/likelihood.h"

/* What all threads share: where one looks. A tree of squares over the area, fine enough at every place for the array
 * that is nearest in terms of its beams: an access point's likelihood is looked up once for a square in which its angle
 * hardly changes, and counts for all that is in it. */
typedef struct locate_plan locate_plan;

/* In the arena; NULL when out of memory, or stopped (places_make). The grid is that of the tables, u = -1 .. 1; both
 * are kept. */
locate_plan *locate_plan_make(const cfi_network *network, const likelihood_shape *shape, const likelihood_grid *grid,
                              cfi_stop *stop, cfi_arena *arena);
/* Doubles that locate works in. */
size_t locate_work(const locate_plan *plan);
/* Whether places that the own echoes of these access points tell apart are points: false where all of them see the
 * target along one line. lit: L, whether AP l transmits */
bool locate_can(const cfi_network *network, const bool *lit);

/* What the access points say of one realisation. */
typedef struct locate_evidence {
    const double *coefficient; /* L x shape->length */
    const double *table;       /* L x grid->stride */
} locate_evidence;

/* Where sum_l f_l is largest: the best squares of the tree, each climbed by Newton's method in two dimensions. */
void locate(const locate_plan *plan, const locate_evidence *evidence, double *work, double place_m[2]);

/* Distance of two places, to the nearest copy with wrap_around. */
double locate_distance(const locate_plan *plan, const double a_m[2], const double b_m[2]);

#endif
