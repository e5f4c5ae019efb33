/* The position error bound of a target from what is known about angles. docs/model.md (M25). */
#ifndef CFISAC_METRICS_POSITION_H
#define CFISAC_METRICS_POSITION_H

#include <stddef.h>

/* The Fisher matrix of a position as a sum of squares, J = sum_i g_i g_i'. */
typedef struct position_sum {
    size_t count;
    double *row; /* 2 x as many as there is room for */
} position_sum;

/* J += information e e', e in rad / m. */
void position_add(position_sum *sum, double information, const double e[2]);
/* J += [a, b; b, c], semidefinite but for rounding. */
void position_add_matrix(position_sum *sum, double a, double b, double c);

/* sqrt(tr J^-1), m; infinite where all squares point along one line, as far as numbers can tell. */
double position_error_bound(const position_sum *sum);

#endif
