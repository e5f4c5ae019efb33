/* The small dual: what follows from an iterate. docs/model.md (M31) */
#ifndef CFISAC_ALLOC_DUAL_VALUES_H
#define CFISAC_ALLOC_DUAL_VALUES_H

#include "alloc/dual.h"

/* Pairs of what couples, in their order. */
enum { DUAL_BUDGET, DUAL_LIGHT, DUAL_POSITION, DUAL_COUPLED };

/* How far the iterate is from the optimum. */
typedef struct dual_remains {
    double product;       /* of all pairs, in sum: the gap */
    double primal, worth; /* largest residual of a constraint, relative; what all residuals are worth, over theta */
    double objective;
    size_t pairs;
} dual_remains;

/* h, push, x and give. */
void dual_answer_users(dual_program *p);
/* rest_price and rest_sense become the prices that the multipliers add up to. */
void dual_price(dual_program *p);
/* Everything that follows from the iterate. */
dual_remains dual_look(dual_program *p);
/* 1 / tr (W J^-1), and what it is det J over. */
double dual_position_value(const dual_program *p, const double J[3], double *trace);
/* What a row, or a column that is a constraint, has at x, s, theta and f. */
double dual_row_value(const dual_program *p, const dual_row *row, size_t l);
double dual_column_value(dual_program *p, size_t c);

#endif
