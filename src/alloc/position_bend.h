/* The gradient of 1 / tr (W J^-1) = det J / t, t = ease_1 J_11 + ease_0 J_22, and what bends it: minus its Hessian is 2
 * / t times the sum of squares of the two numbers after it. Matrices are three numbers, (1, 1), (2, 2), (1, 2).
 * docs/model.md (M19) */
#ifndef CFISAC_ALLOC_POSITION_BEND_H
#define CFISAC_ALLOC_POSITION_BEND_H

#include "base/clones.h"

#include <math.h>

typedef struct position_bend {
    double by_one, by_two, one, two, lean, root, ease[2];
} position_bend;

static inline position_bend position_bend_of(const double ease[2], const double J[3], double t)
{
    double one = J[0], two = J[1], both = J[2];

    return (position_bend){.by_one = (ease[0] * two * two + ease[1] * both * both) / t / t,
                           .by_two = (ease[1] * one * one + ease[0] * both * both) / t / t,
                           .one = one,
                           .two = two,
                           .lean = both / t,
                           .root = sqrt(ease[0] * ease[1]) / t,
                           .ease = {ease[0], ease[1]}};
}

/* Of the matrix of a unit of power of AP l into three columns at l. */
INLINE void position_bend_put(const position_bend *b, const double *const matrix[3], double *const column[3], size_t l)
{
    double m0 = matrix[0][l], m1 = matrix[1][l], m2 = matrix[2][l];

    column[0][l] = b->by_one * m0 + b->by_two * m1 - 2.0 * b->lean * m2;
    column[1][l] = b->root * (b->two * m0 - b->one * m1);
    column[2][l] = m2 - b->lean * (b->ease[1] * m0 + b->ease[0] * m1);
}

#endif
