/* Ways in the plane, by the nearest copy where the area wraps around. docs/model.md (M1). */
#ifndef CFISAC_NETWORK_OFFSET_H
#define CFISAC_NETWORK_OFFSET_H

#include "cfisac/network.h"

#include <math.h>

/* How far it is from one copy of the area to the next, along axis 0 or 1; infinite where it does not wrap around. */
static inline double offset_period(const cfi_geometry *geometry, int axis)
{
    return geometry->wrap_around ? geometry->area_m[axis] : INFINITY;
}

/* The shortest of d, d - period and d + period: of the nine copies the nearest one is nearest along both axes. An
 * infinite period leaves d as it is, to the last bit. */
static inline double offset_nearest(double d, double period)
{
    double there = fabs(d), around = fabs(period - there);

    return around < there ? d - copysign(period, d) : d;
}

/* Distance in the plane of two points [x, y]. */
static inline double offset_distance(const cfi_geometry *geometry, const double *a, const double *b)
{
    return hypot(offset_nearest(a[0] - b[0], offset_period(geometry, 0)),
                 offset_nearest(a[1] - b[1], offset_period(geometry, 1)));
}

#endif
