/* Checks of a problem and products with its matrices. */
#ifndef CFISAC_SOCP_PROBLEM_H
#define CFISAC_SOCP_PROBLEM_H

#include "cfisac/socp.h"

/* CFI_INVALID with a text that says which array is wrong. */
cfi_status problem_check(const socp_problem *problem, cfi_error *error);
size_t matrix_nonzeros(const socp_matrix *matrix);

/* y += factor A x and y += factor A' x. */
void matrix_multiply(const socp_matrix *matrix, double factor, const double *x, double *restrict y);
void matrix_multiply_transposed(const socp_matrix *matrix, double factor, const double *x, double *restrict y);

/* from and to may be NULL when n is 0. */
void vector_copy(size_t n, const double *from, double *restrict to);
double vector_dot(size_t n, const double *a, const double *b);
/* The largest magnitude; NaN when an entry is not finite. */
double vector_norm_inf(size_t n, const double *a);

#endif
