/* Solving and checking from raw data, for the tests of the cone solver. Include after <cmocka.h>. */
#ifndef TESTS_SOCP_CHECK_H
#define TESTS_SOCP_CHECK_H

#include "cfisac/base.h"
#include "cfisac/socp.h"
#include "check.h"
#include "socp_draws.h"

#include <stdlib.h>
#include <string.h>

static inline const socp_problem *built(socp_builder *builder)
{
    cfi_error error = {.text = ""};
    const socp_problem *problem = socp_build(builder, &error);

    if (!problem) {
        fail_msg("%s", error.text);
    }
    return problem;
}

/* Solves once; the workspace is returned for the arrays of the solution to live. */
static inline socp_workspace *solve(const socp_problem *problem, socp_solution *solution)
{
    cfi_error error = {.text = ""};
    socp_workspace *workspace = socp_create(problem, NULL, &error);

    if (!workspace || socp_solve(workspace, problem, solution, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return workspace;
}

/* -------------------------------------------------------------- checks from raw data ---- */

static inline double entry(const socp_matrix *matrix, size_t row, size_t col)
{
    for (size_t i = matrix->start[col]; i < matrix->start[col + 1]; i++) {
        if (matrix->row[i] == row) {
            return matrix->value[i];
        }
    }
    return 0.0;
}

/* max(0, distance outside K) */
static inline double outside(const socp_problem *problem, const double *v)
{
    double worst = 0.0;
    size_t row = problem->linear;

    for (size_t i = 0; i < problem->linear; i++) {
        worst = fmax(worst, -v[i]);
    }
    for (size_t i = 0; i < problem->cones; i++) {
        double tail = 0.0;

        for (size_t j = 1; j < problem->cone_size[i]; j++) {
            tail += v[row + j] * v[row + j];
        }
        worst = fmax(worst, sqrt(tail) - v[row]);
        row += problem->cone_size[i];
    }
    return worst;
}

static inline double product(const double *a, const double *b, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Row i of A x or G x, by entries. */
static inline double row_times(const socp_matrix *matrix, size_t row, const double *x)
{
    double sum = 0.0;

    for (size_t j = 0; j < matrix->cols; j++) {
        sum += entry(matrix, row, j) * x[j];
    }
    return sum;
}

static inline double column_times(const socp_matrix *matrix, size_t col, const double *y)
{
    double sum = 0.0;

    for (size_t i = matrix->start[col]; i < matrix->start[col + 1]; i++) {
        sum += matrix->value[i] * y[matrix->row[i]];
    }
    return sum;
}

static inline double largest(const double *v, size_t count)
{
    double worst = 0.0;

    for (size_t i = 0; i < count; i++) {
        worst = fmax(worst, fabs(v[i]));
    }
    return worst;
}

static inline void assert_optimal(const socp_problem *p, const socp_solution *s, double tolerance)
{
    double scale = 1.0 + fmax(largest(p->b, p->p), largest(p->h, p->m)), scale_c = 1.0 + largest(p->c, p->n);
    double primal = product(p->c, s->x, p->n), dual = -product(p->b, s->y, p->p) - product(p->h, s->z, p->m);

    if (s->status != SOCP_OPTIMAL) {
        fail_msg("%s after %zu iterations (%g %g %g)", socp_status_name(s->status), s->iterations, s->primal_residual,
                 s->dual_residual, s->gap);
    }
    for (size_t i = 0; i < p->p; i++) {
        assert_true(fabs(row_times(&p->A, i, s->x) - p->b[i]) <= tolerance * scale);
    }
    for (size_t i = 0; i < p->m; i++) {
        assert_true(fabs(row_times(&p->G, i, s->x) + s->s[i] - p->h[i]) <= tolerance * scale);
    }
    for (size_t j = 0; j < p->n; j++) {
        double sum = p->c[j] + column_times(&p->G, j, s->z) + (p->p ? column_times(&p->A, j, s->y) : 0.0);

        assert_true(fabs(sum) <= tolerance * scale_c);
    }
    assert_true(outside(p, s->s) <= 0.0 && outside(p, s->z) <= 0.0);
    assert_true(fabs(primal - dual) <= tolerance * (1.0 + fabs(primal)));
    assert_close(s->primal_objective + 1.0, primal + 1.0, 1e-12);
}

/* A'y + G'z = 0, z in K, b'y + h'z = -1 */
static inline void assert_primal_certificate(const socp_problem *p, const socp_solution *s)
{
    assert_int_equal(s->status, SOCP_PRIMAL_INFEASIBLE);
    for (size_t j = 0; j < p->n; j++) {
        double sum = column_times(&p->G, j, s->z) + (p->p ? column_times(&p->A, j, s->y) : 0.0);

        assert_true(fabs(sum) <= 1e-7);
    }
    assert_true(outside(p, s->z) <= 0.0);
    assert_close(product(p->b, s->y, p->p) + product(p->h, s->z, p->m), -1.0, 1e-9);
}

/* A x = 0, G x + s = 0, s in K, c'x = -1 */
static inline void assert_dual_certificate(const socp_problem *p, const socp_solution *s)
{
    assert_int_equal(s->status, SOCP_DUAL_INFEASIBLE);
    for (size_t i = 0; i < p->p; i++) {
        assert_true(fabs(row_times(&p->A, i, s->x)) <= 1e-7);
    }
    for (size_t i = 0; i < p->m; i++) {
        assert_true(fabs(row_times(&p->G, i, s->x) + s->s[i]) <= 1e-7);
    }
    assert_true(outside(p, s->s) <= 0.0);
    assert_close(product(p->c, s->x, p->n), -1.0, 1e-9);
}

#endif
