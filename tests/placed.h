/* Drops whose target has a place. Include after <cmocka.h>. */
#ifndef TESTS_PLACED_H
#define TESTS_PLACED_H

#include "drops.h"

/* A drop with access points, orientations and a target by hand. */
typedef struct placed {
    drop *drop;
    double *ap, *orientation, *range, *bearing, target[2];
} placed;

/* Bearings, ranges and angles of the target from the access points, folded to the front. */
static inline void sight(placed *p)
{
    size_t L = p->drop->network.L;

    for (size_t l = 0; l < L; l++) {
        double dx = p->target[0] - p->ap[2 * l], dy = p->target[1] - p->ap[2 * l + 1], angle;

        p->range[l] = hypot(dx, dy);
        p->bearing[l] = atan2(dy, dx);
        angle = remainder(p->bearing[l] - p->orientation[l], 2.0 * M_PI);
        p->drop->made.angle[l] = fabs(angle) > M_PI_2 ? copysign(M_PI, angle) - angle : angle;
    }
}

/* Access points at ap (2 x L), pointing to `orientation` (L); both are copied. Gains and powers are those of make_drop.
 */
static inline placed place_drop(made_system made, const double *ap, const double *orientation, const double target[2])
{
    size_t L = made.system.L;
    placed p = {.drop = make_drop(made), .target = {target[0], target[1]}};
    double *memory = arena_alloc(p.drop->arena, 5 * L, sizeof *memory);

    p.ap = memory;
    p.orientation = memory + 2 * L;
    p.range = memory + 3 * L;
    p.bearing = memory + 4 * L;
    memcpy(p.ap, ap, 2 * L * sizeof *ap);
    memcpy(p.orientation, orientation, L * sizeof *orientation);
    sight(&p);
    p.drop->network.ap_position_m = p.ap;
    p.drop->network.target_range_m = p.range;
    p.drop->network.target_bearing_rad = p.bearing;
    p.drop->network.fading.orientation_rad = p.orientation;
    remake_link(p.drop);
    return p;
}

/* The target's place is part of *p, which must not move while the drop is used. */
static inline drop *placed_target(placed *p)
{
    p->drop->network.target_position_m = p->target;
    return p->drop;
}

#endif
