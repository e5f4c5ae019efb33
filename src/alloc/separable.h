/* Separable concave programs that few constraints couple, by an interior-point method: what all access points answer
 * together. docs/model.md (M19)
 *
 *   maximise   sum_l 2 worth_l root(x_l) - cost_x_l x_l - cost_s_l s_l    over x, s >= 0 and a number f,
 *   budget     sum_l counted_l x_l + s_l <= budget
 *   rows       row.x_l x_l + row.s_l s_l + row.constant >= 0 at each l, by each of up to three rows
 *   lit        a_l f + b_l x_l >= 1 at each l,   f <= sum_l weight_x_l x_l + weight_s_l s_l
 *   position   tr J^-1 <= 1,   J = sum_l matrix_x_l x_l + matrix_s_l s_l
 *
 * A symmetric matrix is its trace J0, the difference J1 of its diagonal entries and J2, twice the entry beside them:
 * the last constraint is  J0 - (J1^2 + J2^2) / J0 >= 4,  whose left side is concave.
 *
 * Newton's steps on the perturbed first-order conditions, predicted and corrected, take O(L) each: two unknowns an
 * access point are eliminated, and a system of at most six numbers is left. Deterministic; allocates nothing. */
#ifndef CFISAC_ALLOC_SEPARABLE_H
#define CFISAC_ALLOC_SEPARABLE_H

#include "cfisac/base.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    SEPARABLE_ROWS = 3,    /* at most, an access point */
    SEPARABLE_COLUMNS = 5, /* budget, lit, position and what bends it (2) */
    SEPARABLE_UNKNOWNS = 6 /* those and f */
};

/* A constraint an access point, with the iterate's slacks and prices and their steps; L numbers each. */
typedef struct separable_row {
    const double *x, *s;
    double constant;
    double *slack, *price, *slack_step, *price_step;
    double *rest, *stiff; /* the slack beyond the constraint's value; price / slack */
} separable_row;

typedef struct separable {
    size_t L;
    double budget;
    const double *counted; /* 1, or 0 where x_l is nothing: it has no part in rows, lit or matrices then */
    size_t rows;
    separable_row row[SEPARABLE_ROWS];
    bool lit, position;
    const double *a, *b, *weight_x, *weight_s;
    const double *matrix_x[3], *matrix_s[3];
    double ease[2];
    /* of the program at hand */
    const double *worth, *cost_x, *cost_s;
    /* the iterate, L each: powers, the prices of x >= 0 and s >= 0, and their steps */
    double *x, *s, *price_x, *price_s, *step_x, *step_s, *price_x_step, *price_s_step;
    separable_row light; /* x: b */
    double f, f_step;
    /* columns: budget, lit, position and the two that bend it, those that there are */
    size_t columns, lit_at, position_at;
    double slack[SEPARABLE_COLUMNS], price[SEPARABLE_COLUMNS];
    double slack_step[SEPARABLE_COLUMNS], price_step[SEPARABLE_COLUMNS];
    double residual[SEPARABLE_COLUMNS], J[3];
    double *column_x[SEPARABLE_COLUMNS], *column_s[SEPARABLE_COLUMNS]; /* L each: gradients */
    double *base_x, *base_s;                                           /* L: minus the dual residuals */
    double *curve_x, *curve_s, *per_determinant, *alone; /* L: of the blocks of two; alone: the determinant without
                                                            light over that with it */
    double matrix[SEPARABLE_UNKNOWNS][SEPARABLE_UNKNOWNS];
    size_t order[SEPARABLE_UNKNOWNS];
    bool warm;         /* the iterate is an optimum of a program like this one. The caller may forget it */
    size_t iterations; /* of the last program */
} separable;

/* The iterate's arrays, for data that stand in *p but for worth and costs. CFI_NO_MEMORY. */
cfi_status separable_init(separable *p, cfi_arena *arena, cfi_error *error);

#endif
