/* What the loops over lanes of sums over draws are given. docs/model.md (M20).
 *
 * What is left of a product that hardly varies about its mean would be lost in the rounding of its square: where there
 * is a mean, x, y and q are those of the product less its value in the first realisation, the reference.
 * Of a product x + j y = y_t^H v_s: q its square, b = norm(v_s)^2, and a = norm(v_t)^2 where it is a product of vector
 * t with row s, too. */
#ifndef CFISAC_LINK_MOMENT_LANES_H
#define CFISAC_LINK_MOMENT_LANES_H

#include "channel/precoding_lanes.h"

enum { SUM_Q, SUM_QQ, SUM_QB, SUM_QA, PAIR_SUMS };
enum { SUM_X, SUM_Y, SUM_XX, SUM_XY, SUM_YY, SUM_XB, SUM_YB, SUM_XA, SUM_YA, SUM_QX, SUM_QY, MEAN_SUMS };
enum { SUM_B, SUM_BB, VECTOR_SUMS };

/* Lanes of a pair, of a mean, of a vector, and of the parts of a complex number. */
enum {
    PAIR_LANES = PRECODING_LANES * PAIR_SUMS,
    MEAN_LANES = PRECODING_LANES * (PAIR_SUMS + MEAN_SUMS),
    VECTOR_LANES = PRECODING_LANES * VECTOR_SUMS,
    COMPLEX_LANES = 2 * PRECODING_LANES
};

/* Pairs of one vector that are worked out at once: two and their sums are what 16 registers hold. */
enum { MOST_TILED = 2 };

/* Of a batch, a row and a vector. */
typedef struct moment_pair {
    const double *y_re, *y_im, *v_re, *v_im, *b, *a; /* a: NULL where there is none */
    double *sums;                                    /* of the pair, and with a mean MEAN_SUMS behind them */
    double *reference;                               /* with a mean, else NULL: what is taken off x and y */
} moment_pair;

/* Of a batch, a vector. */
typedef struct moment_vector {
    size_t N, lanes;
    const double *re, *im;
    double *outer;
} moment_vector;

#endif
