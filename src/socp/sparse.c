/* Products with a sparse matrix. */
#include "socp/sparse.h"

#include <string.h>

void sparse_multiply(const sparse *matrix, size_t sides, const double *const x[], double *const y[])
{
    const uint32_t *start = matrix->start, *row = matrix->row;
    const double *value = matrix->value, *a = x[0], *b = x[sides - 1];
    double *p = y[0], *q = y[sides - 1];

    for (size_t s = 0; s < sides && matrix->rows > 0; s++) {
        memset(y[s], 0, matrix->rows * sizeof *y[s]);
    }
    for (size_t j = 0; sides == 1 && j < matrix->cols; j++) {
        for (uint32_t i = start[j]; i < start[j + 1]; i++) {
            p[row[i]] += value[i] * a[j];
        }
    }
    for (size_t j = 0; sides == 2 && j < matrix->cols; j++) {
        for (uint32_t i = start[j]; i < start[j + 1]; i++) {
            p[row[i]] += value[i] * a[j];
            q[row[i]] += value[i] * b[j];
        }
    }
}

void sparse_multiply_transposed(const sparse *matrix, size_t sides, const double *const y[], double *const x[])
{
    const uint32_t *start = matrix->start, *row = matrix->row;
    const double *value = matrix->value, *p = y[0], *q = y[sides - 1];

    for (size_t j = 0; sides == 1 && j < matrix->cols; j++) {
        double sum = 0.0;

        for (uint32_t i = start[j]; i < start[j + 1]; i++) {
            sum += value[i] * p[row[i]];
        }
        x[0][j] = sum;
    }
    for (size_t j = 0; sides == 2 && j < matrix->cols; j++) {
        double first = 0.0, second = 0.0;

        for (uint32_t i = start[j]; i < start[j + 1]; i++) {
            first += value[i] * p[row[i]];
            second += value[i] * q[row[i]];
        }
        x[0][j] = first;
        x[1][j] = second;
    }
}
