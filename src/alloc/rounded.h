/* Numbers of a problem, rounded so that units do not matter. docs/model.md (M9) */
#ifndef CFISAC_ALLOC_ROUNDED_H
#define CFISAC_ALLOC_ROUNDED_H

#include <math.h>

/* To 36 bits. Normalised numbers computed in other units differ in the last of 53 bits, which an interior point
 * amplifies to the square root of its tolerance; rounded, they are the same, and so is every step. */
static inline double problem_rounded(double value)
{
    double big = 0x1.00008p17 * value; /* (2^17 + 1) value */

    return big - (big - value);
}

/* At most the value, for what constraints must not overstate. */
static inline double problem_rounded_down(double value)
{
    return isfinite(value) ? problem_rounded(value * (1.0 - 0x1p-36)) : value;
}

#endif
