/* Set-up of a solve: one block for the numbers, one for the indices, and the analysis of the KKT system. */
#include "socp/workspace.h"

#include "socp/problem.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

double workspace_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double *carve(double **memory, size_t count)
{
    double *part = *memory;

    *memory += count;
    return part;
}

static void carve_point(double **memory, const socp_problem *problem, point *at)
{
    at->x = carve(memory, problem->n);
    at->y = carve(memory, problem->p);
    at->z = carve(memory, problem->m);
    at->s = carve(memory, problem->m);
}

static void carve_all(socp_workspace *w, double *memory, const socp_problem *problem)
{
    size_t n = problem->n, p = problem->p, m = problem->m, all = n + p + m;

    w->scaled.A.value = carve(&memory, matrix_nonzeros(&problem->A));
    w->scaled.G.value = carve(&memory, matrix_nonzeros(&problem->G));
    w->scaled.c = carve(&memory, n);
    w->scaled.b = carve(&memory, p);
    w->scaled.h = carve(&memory, m);
    w->scaling.column = carve(&memory, n);
    w->scaling.row_a = carve(&memory, p);
    w->scaling.row_g = carve(&memory, m);
    w->scaling.work = carve(&memory, all);
    w->cone.weight = carve(&memory, problem->linear + problem->cones);
    w->cone.v = carve(&memory, m);
    w->cone.lambda = carve(&memory, m);
    carve_point(&memory, problem, &w->now);
    carve_point(&memory, problem, &w->best);
    carve_point(&memory, problem, &w->user);
    w->rx = carve(&memory, n);
    w->ry = carve(&memory, p);
    w->rz = carve(&memory, m);
    w->rhs = carve(&memory, all);
    w->fixed = carve(&memory, all);
    w->step = carve(&memory, all);
    w->ds = carve(&memory, m);
    w->wdz = carve(&memory, m);
    w->product = carve(&memory, m);
    w->spare = carve(&memory, m);
    w->residual = carve(&memory, all);
}

static size_t *copy_indices(size_t **memory, const size_t *from, size_t count)
{
    size_t *to = *memory;

    if (count > 0) {
        memcpy(to, from, count * sizeof *to);
    }
    *memory += count;
    return to;
}

static void copy_pattern(socp_matrix *to, const socp_matrix *from, size_t **memory)
{
    *to = (socp_matrix){.rows = from->rows, .cols = from->cols};
    if (from->start) {
        to->start = copy_indices(memory, from->start, from->cols + 1);
        to->row = copy_indices(memory, from->row, matrix_nonzeros(from));
    }
}

static bool allocate(socp_workspace *w, const socp_problem *problem)
{
    size_t nonzeros = matrix_nonzeros(&problem->A) + matrix_nonzeros(&problem->G);
    size_t all = problem->n + problem->p + problem->m;
    double *numbers = calloc(nonzeros + 16 * all + 16 * problem->m + problem->cones + 16, sizeof *numbers);
    size_t *indices = calloc(nonzeros + 2 * (problem->n + 1) + problem->cones + 16, sizeof *indices);

    w->memory[0] = numbers;
    w->memory[1] = indices;
    if (!numbers || !indices) {
        return false;
    }
    w->pattern = *problem;
    copy_pattern(&w->pattern.A, &problem->A, &indices);
    copy_pattern(&w->pattern.G, &problem->G, &indices);
    w->pattern.cone_size = copy_indices(&indices, problem->cone_size, problem->cones);
    w->pattern.c = w->pattern.b = w->pattern.h = NULL;
    w->scaled = w->pattern;
    carve_all(w, numbers, problem);
    w->cone.m = problem->m;
    w->cone.linear = problem->linear;
    w->cone.cones = problem->cones;
    w->cone.size = w->pattern.cone_size;
    return kkt_analyse(&w->kkt, &w->pattern);
}

socp_workspace *socp_create(const socp_problem *problem, const socp_settings *settings, cfi_error *error)
{
    double start = workspace_seconds();
    socp_workspace *workspace;

    if (problem_check(problem, error) != CFI_OK) {
        return NULL;
    }
    workspace = calloc(1, sizeof *workspace);
    if (!workspace || !allocate(workspace, problem)) {
        socp_destroy(workspace);
        error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem of %zu variables", problem->n);
        return NULL;
    }
    workspace->settings = settings ? *settings : socp_default_settings();
    workspace->kkt.max_refinements = workspace->settings.max_refinements;
    workspace->setup_seconds = workspace_seconds() - start;
    return workspace;
}

void socp_destroy(socp_workspace *workspace)
{
    if (workspace) {
        kkt_free(&workspace->kkt);
        free(workspace->memory[0]);
        free(workspace->memory[1]);
        free(workspace);
    }
}
