/* Checks of a problem and products with its matrices. */
#ifndef CFISAC_SOCP_PROBLEM_H
#define CFISAC_SOCP_PROBLEM_H

#include "base/clones.h"
#include "cfisac/socp.h"

/* CFI_INVALID with a text that says which array is wrong. problem may be NULL. */
cfi_status problem_check(const socp_problem *problem, cfi_error *error);
/* Whether no array is NULL that has entries. */
bool problem_has_arrays(const socp_problem *problem);
size_t matrix_nonzeros(const socp_matrix *matrix);

/* y += factor A x and y += factor A' x. */
void matrix_multiply(const socp_matrix *matrix, double factor, const double *x, double *restrict y);
void matrix_multiply_transposed(const socp_matrix *matrix, double factor, const double *x, double *restrict y);

/* from and to may be NULL when n is 0. */
void vector_copy(size_t n, const double *from, double *restrict to);
void vector_scale(size_t n, double factor, double *a);
/* The largest magnitude; NaN when an entry is not finite. */
double vector_norm_inf(size_t n, const double *a);
/* The Euclidean norm, whatever the size of the numbers; NaN when an entry is not finite. */
double vector_norm(size_t n, const double *a);

/* The larger, the smaller of two numbers; NaN when one is, unlike fmax and fmin, so that no breakdown is hidden. Where
 * `a` collects many values, it stays NaN. */
static inline double larger_of(double a, double b)
{
    return b > a || b != b ? b : a;
}

static inline double smaller_of(double a, double b)
{
    return b < a || b != b ? b : a;
}

/* Inlined: cones are short. Four sums, so that additions need not wait for each other. */
static inline double vector_dot(size_t n, const double *a, const double *b)
{
    double sum[4] = {0.0}, rest = 0.0;
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            sum[j] += a[i + j] * b[i + j];
        }
    }
    for (; i < n; i++) {
        rest += a[i] * b[i];
    }
    return ((sum[0] + sum[2]) + (sum[1] + sum[3])) + rest;
}

#endif
