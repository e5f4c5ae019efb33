/* Scaling of a problem so that rows and columns have entries of order one. */
#ifndef CFISAC_SOCP_EQUILIBRATE_H
#define CFISAC_SOCP_EQUILIBRATE_H

#include "socp/cone.h"
#include "socp/sparse.h"

/* x = column * xhat / rhs, s = shat / row / rhs, (y, z) = row * (yhat, zhat) / cost. All are powers of two: scaling
 * rounds nothing. 1 / (cost rhs) is the unit of the objective in the scaled problem. */
typedef struct socp_scaling {
    double cost, rhs;               /* what c, and b and h, were multiplied by besides */
    double normal_cost, normal_rhs; /* what brings them to order one, multiplied by that or not */
    double *column, *row;           /* n, p + m */
    double *per_column, *per_row;   /* their inverses */
    int *exponent, *power, *larger; /* work: nonzeros, n + p + m, n + p + m */
} socp_scaling;

/* Scales the matrix in place (the rows of the cone are its last ones) and fills the factors. The first `fixed` rows
 * keep theirs, 1. */
void equilibrate(sparse *matrix, size_t fixed, const cone_scaling *cone, socp_scaling *scaling);

#endif
