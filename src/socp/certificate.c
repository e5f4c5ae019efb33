/* Certificates of infeasibility, checked against the problem as it was given. */
#include "socp/problem.h"

#include <math.h>
#include <stdlib.h>

/* How far v is outside K, at least 0; NaN when a number of v is. */
static double outside(const socp_problem *problem, const double *v)
{
    double worst = 0.0;
    size_t row = problem->linear;

    for (size_t i = 0; i < problem->linear; i++) {
        worst = larger_of(worst, -v[i]);
    }
    for (size_t i = 0; i < problem->cones; i++) {
        size_t size = problem->cone_size[i];

        worst = larger_of(worst, vector_norm(size - 1, v + row + 1) - v[row]);
        row += size;
    }
    return worst;
}

static double primal_residual(const socp_problem *problem, const socp_solution *solution, double *work)
{
    double by = -vector_dot(problem->p, problem->b, solution->y) - vector_dot(problem->m, problem->h, solution->z);

    matrix_multiply_transposed(&problem->A, 1.0, solution->y, work);
    matrix_multiply_transposed(&problem->G, 1.0, solution->z, work);
    return larger_of(vector_norm_inf(problem->n, work), outside(problem, solution->z)) / by;
}

static double dual_residual(const socp_problem *problem, const socp_solution *solution, double *work)
{
    double by = -vector_dot(problem->n, problem->c, solution->x);
    double *ax = work + problem->f, *gx = ax + problem->p;

    vector_copy(problem->m, solution->s, gx);
    matrix_multiply(&problem->F, 1.0, solution->x, work);
    matrix_multiply(&problem->A, 1.0, solution->x, ax);
    matrix_multiply(&problem->G, 1.0, solution->x, gx);
    return larger_of(vector_norm_inf(problem->f + problem->p + problem->m, work), outside(problem, solution->s)) / by;
}

double socp_certificate_residual(const socp_problem *problem, const socp_solution *solution)
{
    double *work = calloc(problem->n + problem->f + problem->p + problem->m, sizeof *work), residual = NAN;

    if (work && solution->status == SOCP_PRIMAL_INFEASIBLE) {
        residual = primal_residual(problem, solution, work);
    } else if (work && solution->status == SOCP_DUAL_INFEASIBLE) {
        residual = dual_residual(problem, solution, work);
    }
    free(work);
    return residual;
}
