/* Scaling of a problem so that rows and columns have entries of order one. */
#ifndef CFISAC_SOCP_EQUILIBRATE_H
#define CFISAC_SOCP_EQUILIBRATE_H

#include "socp/cone.h"
#include "socp/sparse.h"

/* x = column * xhat, (y, z) = row * (yhat, zhat), s = shat / row. All are powers of two: scaling rounds nothing. */
typedef struct socp_scaling {
    double *column, *row;           /* n, p + m */
    double *per_column, *per_row;   /* their inverses */
    int *exponent, *power, *larger; /* work: nonzeros, n + p + m, n + p + m */
} socp_scaling;

/* Scales the matrix in place (p rows of equalities over those of the cone) and fills the factors. */
void equilibrate(sparse *matrix, const cone_scaling *cone, socp_scaling *scaling);

#endif
