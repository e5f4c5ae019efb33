/* Checks of a problem and products with its matrices. */
#include "socp/problem.h"

#include <math.h>
#include <string.h>

size_t matrix_nonzeros(const socp_matrix *matrix)
{
    return matrix->start ? matrix->start[matrix->cols] : 0;
}

static cfi_status check_matrix(const socp_matrix *matrix, size_t rows, size_t cols, const char *name, cfi_error *error)
{
    if (rows == 0 && !matrix->start) {
        return CFI_OK;
    }
    if (matrix->rows != rows || matrix->cols != cols || !matrix->start) {
        return error_set(error, CFI_INVALID, "cone problem: matrix %s is not %zu x %zu", name, rows, cols);
    }
    for (size_t j = 0; j < cols; j++) {
        if (matrix->start[j + 1] < matrix->start[j] || (j == 0 && matrix->start[0] != 0)) {
            return error_set(error, CFI_INVALID, "cone problem: column starts of %s descend at column %zu", name, j);
        }
        for (size_t i = matrix->start[j]; i < matrix->start[j + 1]; i++) {
            if (matrix->row[i] >= rows || (i > matrix->start[j] && matrix->row[i] <= matrix->row[i - 1])) {
                return error_set(error, CFI_INVALID,
                                 "cone problem: rows of column %zu of %s do not ascend within 0 .. %zu", j, name,
                                 rows - 1);
            }
            if (!isfinite(matrix->value[i])) {
                return error_set(error, CFI_INVALID, "cone problem: entry (%zu, %zu) of %s is not finite",
                                 matrix->row[i], j, name);
            }
        }
    }
    return CFI_OK;
}

static cfi_status check_vector(const double *value, size_t count, const char *name, cfi_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(value[i])) {
            return error_set(error, CFI_INVALID, "cone problem: %s[%zu] is not finite", name, i);
        }
    }
    return CFI_OK;
}

static bool has_entries(const socp_matrix *matrix)
{
    return matrix_nonzeros(matrix) == 0 || (matrix->row && matrix->value);
}

bool problem_has_arrays(const socp_problem *problem)
{
    return (problem->c || problem->n == 0) && (problem->b || problem->p == 0) && (problem->h || problem->m == 0) &&
           (problem->cone_size || problem->cones == 0) && has_entries(&problem->F) && has_entries(&problem->A) &&
           has_entries(&problem->G);
}

cfi_status problem_check(const socp_problem *problem, cfi_error *error)
{
    size_t rows = 0;
    cfi_status status = CFI_OK;

    if (!problem || !problem_has_arrays(problem)) {
        return error_set(error, CFI_INVALID, "cone problem: an array that it needs is missing");
    }
    if (problem->n == 0) {
        return error_set(error, CFI_INVALID, "cone problem: it has no variables");
    }
    for (size_t i = 0; i < problem->cones; i++) {
        if (problem->cone_size[i] == 0) {
            return error_set(error, CFI_INVALID, "cone problem: cone %zu is empty", i);
        }
        if (problem->cone_size[i] > problem->m - rows) { /* the sum might wrap */
            return error_set(error, CFI_INVALID, "cone problem: cone %zu ends beyond m = %zu", i, problem->m);
        }
        rows += problem->cone_size[i];
    }
    if (problem->linear != problem->m - rows) {
        return error_set(error, CFI_INVALID, "cone problem: %zu linear rows and %zu rows in cones, but m = %zu",
                         problem->linear, rows, problem->m);
    }
    status = check_matrix(&problem->F, problem->f, problem->n, "F", error);
    if (status == CFI_OK) {
        status = check_matrix(&problem->A, problem->p, problem->n, "A", error);
    }
    if (status == CFI_OK) {
        status = check_matrix(&problem->G, problem->m, problem->n, "G", error);
    }
    if (status == CFI_OK) {
        status = check_vector(problem->c, problem->n, "c", error);
    }
    if (status == CFI_OK) {
        status = check_vector(problem->b, problem->p, "b", error);
    }
    return status == CFI_OK ? check_vector(problem->h, problem->m, "h", error) : status;
}

void matrix_multiply(const socp_matrix *matrix, double factor, const double *x, double *restrict y)
{
    for (size_t j = 0; matrix->start && j < matrix->cols; j++) {
        double xj = factor * x[j];

        for (size_t i = matrix->start[j]; i < matrix->start[j + 1]; i++) {
            y[matrix->row[i]] += matrix->value[i] * xj;
        }
    }
}

void matrix_multiply_transposed(const socp_matrix *matrix, double factor, const double *x, double *restrict y)
{
    for (size_t j = 0; matrix->start && j < matrix->cols; j++) {
        double sum = 0.0;

        for (size_t i = matrix->start[j]; i < matrix->start[j + 1]; i++) {
            sum += matrix->value[i] * x[matrix->row[i]];
        }
        y[j] += factor * sum;
    }
}

void vector_copy(size_t n, const double *from, double *restrict to)
{
    if (n > 0) {
        memcpy(to, from, n * sizeof *to);
    }
}

void vector_scale(size_t n, double factor, double *a)
{
    for (size_t i = 0; i < n; i++) {
        a[i] *= factor;
    }
}

double vector_norm_inf(size_t n, const double *a)
{
    double most[4] = {0.0}, nothing[4] = {0.0}; /* nothing: NaN when some entry is not finite */
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            double value = fabs(a[i + j]);

            most[j] = value > most[j] ? value : most[j];
            nothing[j] += value - value; /* entry by entry: the sum of two finite ones may be infinite */
        }
    }
    for (; i < n; i++) {
        double value = fabs(a[i]);

        most[0] = value > most[0] ? value : most[0];
        nothing[0] += value - value;
    }
    return (nothing[0] + nothing[1]) + (nothing[2] + nothing[3]) + fmax(fmax(most[0], most[1]), fmax(most[2], most[3]));
}

double vector_norm(size_t n, const double *a)
{
    double largest = vector_norm_inf(n, a), sum = 0.0;
    int power;

    if (!(largest > 0.0)) {
        return largest;
    }
    frexp(largest, &power);
    for (size_t i = 0; i < n; i++) {
        double part = ldexp(a[i], -power);

        sum += part * part;
    }
    return ldexp(sqrt(sum), power);
}
