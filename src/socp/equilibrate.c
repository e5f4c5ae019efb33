/* Ruiz's equilibration: rows and columns are divided by the root of their largest entry, a few times over. The rows of
 * a second-order cone share one factor, else the cone would change. */
#include "socp/equilibrate.h"

#include "socp/problem.h"

#include <math.h>
#include <string.h>

enum { PASSES = 6 };

static void largest_entries(const socp_matrix *matrix, double *column, double *row)
{
    for (size_t j = 0; matrix->start && j < matrix->cols; j++) {
        for (size_t i = matrix->start[j]; i < matrix->start[j + 1]; i++) {
            double value = fabs(matrix->value[i]);

            column[j] = fmax(column[j], value);
            row[matrix->row[i]] = fmax(row[matrix->row[i]], value);
        }
    }
}

static void share_in_cones(const socp_problem *problem, double *row)
{
    size_t first = problem->linear;

    for (size_t i = 0; i < problem->cones; i++) {
        double largest = 0.0;

        for (size_t j = 0; j < problem->cone_size[i]; j++) {
            largest = fmax(largest, row[first + j]);
        }
        for (size_t j = 0; j < problem->cone_size[i]; j++) {
            row[first + j] = largest;
        }
        first += problem->cone_size[i];
    }
}

static void apply(const double *column, const double *row, socp_matrix *matrix)
{
    for (size_t j = 0; matrix->start && j < matrix->cols; j++) {
        for (size_t i = matrix->start[j]; i < matrix->start[j + 1]; i++) {
            matrix->value[i] *= column[j] * row[matrix->row[i]];
        }
    }
}

static void to_factors(size_t count, double *largest, double *total)
{
    for (size_t i = 0; i < count; i++) {
        largest[i] = largest[i] > 0.0 ? 1.0 / sqrt(largest[i]) : 1.0;
        total[i] *= largest[i];
    }
}

static void set_ones(size_t count, double *value)
{
    for (size_t i = 0; i < count; i++) {
        value[i] = 1.0;
    }
}

void equilibrate(const socp_problem *problem, socp_scaling *scaling, socp_problem *scaled)
{
    size_t n = problem->n, p = problem->p, m = problem->m;
    double *column = scaling->work, *row_a = column + n, *row_g = row_a + p;

    if (p > 0 && problem->A.start) {
        memcpy(scaled->A.value, problem->A.value, matrix_nonzeros(&problem->A) * sizeof(double));
    }
    if (m > 0 && problem->G.start) {
        memcpy(scaled->G.value, problem->G.value, matrix_nonzeros(&problem->G) * sizeof(double));
    }
    set_ones(n, scaling->column);
    set_ones(p, scaling->row_a);
    set_ones(m, scaling->row_g);
    for (int pass = 0; pass < PASSES; pass++) {
        memset(scaling->work, 0, (n + p + m) * sizeof(double));
        largest_entries(&scaled->A, column, row_a);
        largest_entries(&scaled->G, column, row_g);
        share_in_cones(problem, row_g);
        to_factors(n, column, scaling->column);
        to_factors(p, row_a, scaling->row_a);
        to_factors(m, row_g, scaling->row_g);
        apply(column, row_a, &scaled->A);
        apply(column, row_g, &scaled->G);
    }
    for (size_t i = 0; i < n; i++) {
        scaled->c[i] = problem->c[i] * scaling->column[i];
    }
    for (size_t i = 0; i < p; i++) {
        scaled->b[i] = problem->b[i] * scaling->row_a[i];
    }
    for (size_t i = 0; i < m; i++) {
        scaled->h[i] = problem->h[i] * scaling->row_g[i];
    }
}
