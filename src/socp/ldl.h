/* Sparse L D L' of a symmetric quasi-definite matrix with a fixed pattern. docs/solver.md.
 *
 * The matrix is given by its upper triangle in compressed sparse columns, already permuted, each column holding its
 * diagonal entry last. Everything symbolic is done once; the factorisation allocates nothing. */
#ifndef CFISAC_SOCP_LDL_H
#define CFISAC_SOCP_LDL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ldl {
    size_t n;
    size_t *row_start; /* n + 1: the columns of row k of L, ascending, at pattern[row_start[k] ..) */
    uint32_t *pattern;
    size_t *col_start; /* n + 1: column j of L at [col_start[j] .. col_start[j + 1]) */
    uint32_t *col_row;
    double *col_value;
    double *d;      /* n */
    double *work;   /* n, zero between calls */
    size_t *filled; /* n: entries of each column set so far */
} ldl;

/* start: n + 1, row: ascending within a column. False when out of memory. */
bool ldl_analyse(ldl *factor, size_t n, const size_t *start, const uint32_t *row);
void ldl_free(ldl *factor);

/* Factorises; sign[j] (+1 or -1) is the sign d_j must have: a pivot below `least` with that sign is replaced by
 * sign * delta. Returns the number of replaced pivots, or SIZE_MAX when a number is not finite. */
size_t ldl_factor(ldl *factor, const size_t *start, const uint32_t *row, const double *value, const signed char *sign,
                  double least, double delta);

/* x := (L D L')^-1 x */
void ldl_solve(const ldl *factor, double *restrict x);

#endif
