/* The rows A over G of a problem as one sparse matrix B, with short indices. docs/solver.md. */
#ifndef CFISAC_SOCP_SPARSE_H
#define CFISAC_SOCP_SPARSE_H

#include <stddef.h>
#include <stdint.h>

/* rows x cols by columns; rows ascend within a column. */
typedef struct sparse {
    size_t rows, cols;
    uint32_t *start, *row; /* cols + 1, nonzeros */
    double *value;
} sparse;

/* y = B x, and x = B' y, for one or two vectors at once. */
void sparse_multiply(const sparse *matrix, size_t sides, const double *const x[], double *const y[]);
void sparse_multiply_transposed(const sparse *matrix, size_t sides, const double *const y[], double *const x[]);

#endif
