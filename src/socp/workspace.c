/* Set-up of a solve: one block of memory, the matrix with short indices, and the analysis of the KKT system. */
#include "socp/workspace.h"

#include "socp/memory.h"
#include "socp/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Hands out parts of the block; counts only while base is NULL. */
typedef struct carver {
    char *base;
    size_t used;
} carver;

static void *carve(carver *from, size_t count, size_t size)
{
    void *part = from->base ? from->base + from->used : NULL;

    from->used += (count * size + 63) / 64 * 64;
    return part;
}

static double *carve_numbers(carver *from, size_t count)
{
    return carve(from, count, sizeof(double));
}

static void carve_point(carver *from, socp_workspace *w, point *at)
{
    at->x = carve_numbers(from, w->n);
    at->y = carve_numbers(from, w->p + w->m);
    at->z = at->y ? at->y + w->p : NULL;
    at->s = carve_numbers(from, w->m);
}

static void carve_scaling(carver *from, socp_workspace *w, size_t nonzeros)
{
    size_t rows = w->p + w->m;

    w->scaling.column = carve_numbers(from, w->n);
    w->scaling.row = carve_numbers(from, rows);
    w->scaling.per_column = carve_numbers(from, w->n);
    w->scaling.per_row = carve_numbers(from, rows);
    w->scaling.exponent = carve(from, nonzeros, sizeof(int));
    w->scaling.power = carve(from, w->n + rows, sizeof(int));
    w->scaling.larger = carve(from, w->n + rows, sizeof(int));
}

static void carve_all(socp_workspace *w, carver *from, size_t nonzeros)
{
    size_t n = w->n, m = w->m, rows = w->p + m;

    w->matrix.start = carve(from, n + 1, sizeof(uint32_t));
    w->matrix.row = carve(from, nonzeros, sizeof(uint32_t));
    w->matrix.value = carve_numbers(from, nonzeros + 1);
    w->c = carve_numbers(from, n);
    w->rhs = carve_numbers(from, rows);
    carve_scaling(from, w, nonzeros);
    w->cone.size = carve(from, w->cone.cones, sizeof(size_t));
    w->cone.weight = carve_numbers(from, w->cone.linear + w->cone.cones);
    w->cone.v = carve_numbers(from, m);
    w->cone.lambda = carve_numbers(from, m);
    w->cone.norm = carve_numbers(from, w->cone.cones);
    for (size_t i = 0; i < 3; i++) {
        carve_point(from, w, &w->point[i]);
    }
    carve_point(from, w, &w->user);
    w->rx = carve_numbers(from, n);
    w->ryz = carve_numbers(from, rows);
    w->target[0] = carve_numbers(from, n + rows);
    w->target[1] = carve_numbers(from, n + rows);
    w->fixed = carve_numbers(from, n + rows + m);
    w->step = carve_numbers(from, n + rows + m);
    w->ds = carve_numbers(from, m);
    w->wdz = carve_numbers(from, m);
    w->product = carve_numbers(from, m);
    w->spare = carve_numbers(from, m);
}

/* The rows of column j of a part of the matrix, which are shifted by `offset`. */
static uint32_t *copy_rows(const socp_matrix *from, size_t j, size_t offset, uint32_t *to)
{
    for (size_t i = from->start ? from->start[j] : 0; from->start && i < from->start[j + 1]; i++) {
        *to++ = (uint32_t)(offset + from->row[i]);
    }
    return to;
}

/* The columns of F over those of A over those of G. */
static void copy_pattern(socp_workspace *w, const socp_problem *problem)
{
    uint32_t count = 0, *row = w->matrix.row;

    for (size_t j = 0; j < w->n; j++) {
        w->matrix.start[j] = count;
        row = copy_rows(&problem->F, j, 0, row);
        row = copy_rows(&problem->A, j, w->f, row);
        row = copy_rows(&problem->G, j, w->p, row);
        count = (uint32_t)(row - w->matrix.row);
    }
    w->matrix.start[w->n] = count;
    w->matrix.value[count] = 1.0;
    if (problem->cones > 0) {
        memcpy(w->cone.size, problem->cone_size, problem->cones * sizeof *w->cone.size);
    }
}

static bool allocate_workspace(socp_workspace *w, const socp_problem *problem)
{
    size_t nonzeros = matrix_nonzeros(&problem->F) + matrix_nonzeros(&problem->A) + matrix_nonzeros(&problem->G);
    carver from = {.base = NULL};

    if (nonzeros >= UINT32_MAX / 4 || problem->n + problem->f + problem->p + problem->m >= UINT32_MAX / 4) {
        return false;
    }
    w->n = w->matrix.cols = problem->n;
    w->f = problem->f;
    w->p = problem->f + problem->p;
    w->m = w->cone.m = problem->m;
    w->matrix.rows = w->p + w->m;
    w->cone.linear = problem->linear;
    w->cone.cones = problem->cones;
    carve_all(w, &from, nonzeros);
    w->memory = from.base = memory_block(from.used + 64);
    if (!from.base) {
        return false;
    }
    from.used = 0;
    carve_all(w, &from, nonzeros);
    copy_pattern(w, problem);
    return kkt_analyse(&w->kkt, &w->matrix, w->f, &w->cone, &w->watch);
}

/* Why there is no workspace; `watch` is that of the analysis. */
static void explain_failure(const stop_watch *watch, const socp_settings *settings, size_t variables, cfi_error *error)
{
    if (watch->late) {
        error_set(error, CFI_FAILED, "the time limit of %g s came while a cone problem was analysed",
                  settings->time_limit_seconds);
    } else if (watch->seen) {
        error_set(error, CFI_INTERRUPTED, "interrupted while a cone problem was analysed");
    } else {
        error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem of %zu variables", variables);
    }
}

socp_workspace *socp_create(const socp_problem *problem, const socp_settings *settings, cfi_error *error)
{
    double start = clock_seconds();
    socp_settings used = settings ? *settings : socp_default_settings();
    socp_workspace *workspace;

    if (settings_check(&used, error) != CFI_OK || problem_check(problem, error) != CFI_OK) {
        return NULL;
    }
    workspace = calloc(1, sizeof *workspace);
    if (workspace) {
        workspace->settings = used;
        workspace->watch.flag = used.stop;
        watch_begin(&workspace->watch, start, used.time_limit_seconds);
    }
    if (!workspace || !allocate_workspace(workspace, problem)) {
        explain_failure(workspace ? &workspace->watch : &(stop_watch){.flag = NULL}, &used, problem->n, error);
        socp_destroy(workspace);
        return NULL;
    }
    workspace->kkt.max_refinements = used.max_refinements;
    workspace->setup_seconds = clock_seconds() - start;
    return workspace;
}

void socp_set_stop(socp_workspace *workspace, cfi_stop *stop)
{
    workspace->watch.flag = stop;
}

void socp_forget(socp_workspace *workspace)
{
    workspace->solved = false;
}

void socp_destroy(socp_workspace *workspace)
{
    if (workspace) {
        kkt_free(&workspace->kkt);
        free(workspace->memory);
        free(workspace);
    }
}

/* ------------------------------------------------------------------------------ numbers ---- */

/* Column j of `from` is the next part of column j of the workspace's matrix, its rows shifted by `offset`. */
static bool same_column(const socp_matrix *from, size_t j, size_t offset, const sparse *matrix, uint32_t *at)
{
    size_t count = from->start ? from->start[j + 1] - from->start[j] : 0;

    if (count > matrix->start[j + 1] - *at || (from->start && from->start[j + 1] < from->start[j])) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (from->row[from->start[j] + i] + offset != matrix->row[*at + i]) {
            return false;
        }
    }
    *at += (uint32_t)count;
    return true;
}

static bool has_pattern_of(const socp_workspace *w, const socp_problem *problem)
{
    uint32_t at = 0;

    if (problem->n != w->n || problem->f != w->f || problem->f + problem->p != w->p || problem->m != w->m ||
        problem->linear != w->cone.linear || problem->cones != w->cone.cones ||
        (problem->F.start && problem->F.start[0] != 0) || (problem->A.start && problem->A.start[0] != 0) ||
        (problem->G.start && problem->G.start[0] != 0) ||
        (w->cone.cones > 0 && memcmp(problem->cone_size, w->cone.size, w->cone.cones * sizeof *w->cone.size) != 0)) {
        return false;
    }
    for (size_t j = 0; j < w->n; j++) {
        if (!same_column(&problem->F, j, 0, &w->matrix, &at) || !same_column(&problem->A, j, w->f, &w->matrix, &at) ||
            !same_column(&problem->G, j, w->p, &w->matrix, &at) || at != w->matrix.start[j + 1]) {
            return false;
        }
    }
    return true;
}

/* Copies a column of numbers; 0, or NaN when some are not finite. */
static double copy_column(const socp_matrix *from, size_t j, double **to)
{
    double nothing = 0.0;

    for (size_t i = from->start ? from->start[j] : 0; from->start && i < from->start[j + 1]; i++) {
        nothing += from->value[i] - from->value[i];
        *(*to)++ = from->value[i];
    }
    return nothing;
}

/* to = from * scale; 0, or NaN when some are not finite. */
static double copy_scaled(size_t count, const double *from, const double *scale, double *to)
{
    double nothing = 0.0;

    for (size_t i = 0; i < count; i++) {
        nothing += from[i] - from[i];
        to[i] = from[i] * scale[i];
    }
    return nothing;
}

/* 2^-e for the magnitude `largest` = 2^e .. 2^(e + 1); 1 for 0 and what is not finite. */
static double order_one(double largest)
{
    return largest > 0.0 && isfinite(largest) ? ldexp(1.0, -ilogb(largest)) : 1.0;
}

/* Multiplies the rows of F in the matrix. */
static void multiply_squares(socp_workspace *w, double factor)
{
    for (size_t i = 0; i < w->f; i++) {
        w->scaling.row[i] *= factor;
        w->scaling.per_row[i] /= factor;
    }
    for (uint32_t e = 0; e < w->matrix.start[w->n]; e++) {
        w->matrix.value[e] *= w->matrix.row[e] < w->f ? factor : 1.0;
    }
}

/* c by `cost`, b and h by `rhs`, the rows of F by the root of their ratio, so that v = F x is scaled like a multiplier
 * and norm(v)^2 / 2 like the objective; the best point so far goes along. All are powers of two. */
static void apply_scales(socp_workspace *w, double cost, double rhs)
{
    socp_scaling *scaling = &w->scaling;

    vector_scale(w->n, cost, w->c);
    vector_scale(w->p + w->m, rhs, w->rhs);
    if (w->f > 0) {
        multiply_squares(w, sqrt(cost / rhs));
    }
    if (w->best) {
        vector_scale(w->n, rhs, w->best->x);
        vector_scale(w->m, rhs, w->best->s);
        vector_scale(w->p + w->m, cost, w->best->y);
        w->best->kappa *= cost * rhs;
    }
    scaling->cost *= cost;
    scaling->rhs *= rhs;
    kkt_set_data(&w->kkt);
}

void workspace_normalise(socp_workspace *w, scale_kind kind)
{
    double cost = 1.0 / w->scaling.cost, rhs = 1.0 / w->scaling.rhs;

    if (kind == SCALE_ORDER_ONE) {
        double largest = vector_norm_inf(w->n, w->c);

        /* a quadratic objective has entries of order one in the scaled F already: c is only made smaller */
        cost = order_one(w->f > 0 ? fmax(largest, w->scaling.cost) : largest);
        rhs = order_one(vector_norm_inf(w->p + w->m, w->rhs));
    } else if (kind == SCALE_BY_SIZE && !w->now) {
        return; /* no attempt has got as far as a point */
    } else if (kind == SCALE_BY_SIZE) {
        double of = fmax(w->now->tau, w->now->kappa);
        double x = fmax(vector_norm_inf(w->n, w->now->x), vector_norm_inf(w->m, w->now->s));

        cost = order_one(fmax(vector_norm_inf(w->p + w->m, w->now->y) / of, 1.0));
        rhs = order_one(fmax(x / of, 1.0));
    }
    if (w->f > 0 && ilogb(w->scaling.cost * cost / (w->scaling.rhs * rhs)) % 2 != 0) {
        cost *= 0.5; /* the root is a power of two */
    }
    if (cost != 1.0 || rhs != 1.0) {
        apply_scales(w, cost, rhs);
    }
}

cfi_status workspace_load(socp_workspace *w, const socp_problem *problem, cfi_error *error)
{
    double nothing = 0.0, *value = w->matrix.value;

    if (!problem || !problem_has_arrays(problem) || !has_pattern_of(w, problem)) {
        return problem_check(problem, error) != CFI_OK
                   ? CFI_INVALID
                   : error_set(error, CFI_INVALID,
                               "cone problem: its pattern is not the one the workspace was made for");
    }
    for (size_t j = 0; j < w->n; j++) {
        nothing += copy_column(&problem->F, j, &value);
        nothing += copy_column(&problem->A, j, &value);
        nothing += copy_column(&problem->G, j, &value);
    }
    equilibrate(&w->matrix, w->f, &w->cone, &w->scaling);
    nothing += copy_scaled(w->n, problem->c, w->scaling.column, w->c);
    memset(w->rhs, 0, w->f * sizeof *w->rhs);
    nothing += copy_scaled(problem->p, problem->b, w->scaling.row + w->f, w->rhs + w->f);
    nothing += copy_scaled(w->m, problem->h, w->scaling.row + w->p, w->rhs + w->p);
    if (nothing != 0.0) { /* finds the number and names it */
        return problem_check(problem, error);
    }
    w->norm_c = vector_norm_inf(w->n, problem->c);
    w->norm_b = larger_of(vector_norm_inf(problem->p, problem->b), vector_norm_inf(w->m, problem->h));
    w->scaling.cost = w->scaling.rhs = 1.0;
    w->best = NULL;
    kkt_set_data(&w->kkt);
    workspace_normalise(w, SCALE_ORDER_ONE);
    w->scaling.normal_cost = w->scaling.cost;
    w->scaling.normal_rhs = w->scaling.rhs;
    w->unit = fmin(1.0, 1.0 / (w->scaling.cost * w->scaling.rhs));
    return CFI_OK;
}
