/* Where a target is looked for: a tree of squares over the area. docs/model.md (M27) */
#ifndef CFISAC_METRICS_PLACES_H
#define CFISAC_METRICS_PLACES_H

#include "metrics/likelihood.h"

#include <math.h>

typedef struct place_square {
    double middle[2], size; /* metres */
    bool leaf;
} place_square;

/* Its place in the tree; apart, since nothing else is read of most squares. */
typedef struct place_node {
    uint32_t parent; /* which stands before it; the root is its own */
    uint32_t first;  /* of its lookups, up to the first of the next square */
} place_node;

/* An access point is looked up in a square of side s at distance d from it where s <= spread d, so that its u changes
 * by less than that within the square, and where its parent's is larger. */
typedef struct places {
    size_t L;
    const double *ap;       /* 2 x L */
    double *normal;         /* 2 x L: (-sin, cos) of the arrays' orientations: u is along it */
    double low[2], high[2]; /* the area, or what holds all access points and the target */
    bool wraps;
    size_t count;         /* squares, the one about the area first */
    place_square *square; /* count */
    place_node *node;     /* count, and one behind */
    uint32_t *lookup;     /* places in the tables, access points' tables one behind the other */
} places;

/* In the arena. False when out of memory, and soon after the flag is set (stop, or NULL): a thousand access points take
 * seconds. */
bool places_make(const cfi_network *network, const likelihood_shape *shape, const likelihood_grid *grid, cfi_stop *stop,
                 cfi_arena *arena, places *p);

/* The way from a to b, to the nearest copy where the area wraps around. */
static inline void places_offset(const places *p, const double a[2], const double b[2], double way[2])
{
    for (size_t i = 0; i < 2; i++) {
        double period = p->high[i] - p->low[i], d = b[i] - a[i];

        way[i] = p->wraps ? d - period * nearbyint(d / period) : d;
    }
}

#endif
