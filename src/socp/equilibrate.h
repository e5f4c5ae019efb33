/* Scaling of a problem so that rows and columns have entries of order one. */
#ifndef CFISAC_SOCP_EQUILIBRATE_H
#define CFISAC_SOCP_EQUILIBRATE_H

#include "cfisac/socp.h"

/* x = column * xhat, y = row_a * yhat, z = row_g * zhat, s = shat / row_g. */
typedef struct socp_scaling {
    double *column, *row_a, *row_g; /* n, p, m */
    double *work;                   /* n + p + m */
} socp_scaling;

/* Overwrites `scaled` (same pattern, own number arrays) with the scaled numbers of `problem` and fills the factors. */
void equilibrate(const socp_problem *problem, socp_scaling *scaling, socp_problem *scaled);

#endif
