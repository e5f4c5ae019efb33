/* Products with a sparse matrix. */
#include "socp/sparse.h"

#include <string.h>

void sparse_multiply(const sparse *matrix, const double *restrict x, double *restrict y)
{
    const uint32_t *start = matrix->start, *row = matrix->row;
    const double *value = matrix->value;

    if (matrix->rows > 0) {
        memset(y, 0, matrix->rows * sizeof *y);
    }
    for (size_t j = 0; j < matrix->cols; j++) {
        double xj = x[j];

        for (uint32_t i = start[j]; i < start[j + 1]; i++) {
            y[row[i]] += value[i] * xj;
        }
    }
}

void sparse_multiply_transposed(const sparse *matrix, const double *restrict y, double *restrict x)
{
    const uint32_t *start = matrix->start, *row = matrix->row;
    const double *value = matrix->value;

    for (size_t j = 0; j < matrix->cols; j++) {
        double sum = 0.0;

        for (uint32_t i = start[j]; i < start[j + 1]; i++) {
            sum += value[i] * y[row[i]];
        }
        x[j] = sum;
    }
}
