/* Random cone problems with planted answers. */
#include "socp_planted_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *planted_name(planted_kind kind)
{
    static const char *const names[] = {"optimal",       "primal infeasible", "dual infeasible", "degenerate",
                                        "scaled",        "scaled primal",     "scaled dual",     "linear",
                                        "linear primal", "linear dual",       "quadratic"};

    return names[kind];
}

bool planted_is_primal_infeasible(planted_kind kind)
{
    return kind == PLANTED_PRIMAL_INFEASIBLE || kind == PLANTED_SCALED_PRIMAL || kind == PLANTED_LINEAR_PRIMAL;
}

bool planted_is_dual_infeasible(planted_kind kind)
{
    return kind == PLANTED_DUAL_INFEASIBLE || kind == PLANTED_SCALED_DUAL || kind == PLANTED_LINEAR_DUAL;
}

/* --------------------------------------------------------------------------- the draws ---- */

/* A complementary pair of a cone: both on the boundary, or one inside and the other zero, or (rarely) both zero. */
static void draw_pair(cfi_stream *stream, size_t size, double *s, double *z)
{
    double choice = uniform(stream), t = 0.2 + uniform(stream), u = 0.2 + uniform(stream), tail = 0.0;
    double *zero = choice < 0.2 ? s : z, *inside = zero == s ? z : s;

    for (size_t i = 1; i < size; i++) {
        s[i] = normal(stream);
        tail += s[i] * s[i];
    }
    tail = sqrt(tail);
    if (size > 1 && choice >= 0.4) {
        s[0] = t;
        z[0] = u;
        for (size_t i = 1; i < size; i++) {
            z[i] = -u * s[i] / tail;
            s[i] *= t / tail;
        }
        return;
    }
    zero = size == 1 && choice < 0.5 ? s : zero;
    inside = zero == s ? z : s;
    for (size_t i = 1; i < size; i++) {
        inside[i] = s[i] * t / tail;
    }
    inside[0] = choice > 0.38 && choice < 0.39 ? 0.0 : 2.0 * (t + u);
    for (size_t i = 1; i < size && inside[0] == 0.0; i++) {
        inside[i] = 0.0;
    }
    memset(zero, 0, size * sizeof *zero);
}

/* A point inside the cone. */
static void draw_inside(cfi_stream *stream, size_t size, double *s)
{
    double tail = 0.0;

    for (size_t i = 1; i < size; i++) {
        s[i] = normal(stream);
        tail += s[i] * s[i];
    }
    s[0] = sqrt(tail) + 0.1 + uniform(stream);
}

static void draw_sizes(planted *it, cfi_stream *stream)
{
    it->n = pick(stream, 1, 16);
    it->p = pick(stream, 0, it->n / 2);
    it->linear = pick(stream, 0, 10) + (uniform(stream) < 0.5 ? it->n : 0);
    it->cones = pick(stream, 0, 5);
    it->m = it->linear;
    for (size_t i = 0; i < it->cones; i++) {
        it->size[i] = uniform(stream) < 0.25 ? pick(stream, 1, 2) : pick(stream, 3, 9);
        it->m += it->size[i];
    }
    if (it->m == 0) {
        it->m = it->linear = 1;
    }
}

/* Cone i, counting linear rows as cones of size 1: its first row; *size. */
static size_t cone_at(const planted *it, size_t i, size_t *size)
{
    size_t row = i < it->linear ? i : it->linear;

    *size = 1;
    for (size_t k = 0; i >= it->linear && k <= i - it->linear; k++) {
        row += k > 0 ? it->size[k - 1] : 0;
        *size = it->size[k];
    }
    return row;
}

static void draw_matrices(planted *it, cfi_stream *stream)
{
    double density = 0.3 + 0.6 * uniform(stream);

    for (size_t i = 0; i < it->p; i++) {
        for (size_t j = 0; j < it->n; j++) {
            it->a[i][j] = uniform(stream) < density ? normal(stream) : 0.0;
        }
        it->y[i] = normal(stream);
    }
    for (size_t i = 0; i < it->m; i++) {
        for (size_t j = 0; j < it->n; j++) {
            it->g[i][j] = uniform(stream) < density ? normal(stream) : 0.0;
        }
    }
    for (size_t j = 0; j < it->n; j++) {
        it->x[j] = normal(stream);
    }
}

/* ------------------------------------------------------------------------- what follows ---- */

static double times_row(const planted *it, const double *row, const double *x)
{
    double sum = 0.0;

    for (size_t j = 0; j < it->n; j++) {
        sum += row[j] * x[j];
    }
    return sum;
}

/* (A'y + G'z)_j */
static double times_column(const planted *it, size_t j, const double *y, const double *z)
{
    double sum = 0.0;

    for (size_t i = 0; i < it->p; i++) {
        sum += it->a[i][j] * y[i];
    }
    for (size_t i = 0; i < it->m; i++) {
        sum += it->g[i][j] * z[i];
    }
    return sum;
}

/* What rounding leaves of a zero would make the planted certificate false for an x of 10^16. */
static double without_dust(double value)
{
    return fabs(value) < 1e-12 ? 0.0 : value;
}

/* b = A x, h = G x + s */
static void make_feasible(planted *it)
{
    for (size_t i = 0; i < it->p; i++) {
        it->b[i] = times_row(it, it->a[i], it->x);
    }
    for (size_t i = 0; i < it->m; i++) {
        it->h[i] = times_row(it, it->g[i], it->x) + it->s[i];
    }
}

/* c = -A'y - G'z */
static void make_dual_feasible(planted *it)
{
    it->optimum = 0.0;
    for (size_t j = 0; j < it->n; j++) {
        it->c[j] = -times_column(it, j, it->y, it->z);
        it->optimum += it->c[j] * it->x[j];
    }
}

static void plant_solution(planted *it, cfi_stream *stream)
{
    for (size_t i = 0; i < it->linear + it->cones; i++) {
        size_t size, row = cone_at(it, i, &size);

        draw_pair(stream, size, it->s + row, it->z + row);
    }
}

/* G is corrected in the head row of one cone so that A'y + G'z = 0 for a z in K, and h there so that b'y + h'z = -1; c
 * then comes from another z inside K, so that the dual is feasible. */
static void plant_certificate(planted *it, cfi_stream *stream)
{
    size_t all = it->linear + it->cones, chosen = pick(stream, 0, all - 1), size, row;
    double value = 0.0;

    for (size_t i = 0; i < all; i++) {
        row = cone_at(it, i, &size);
        draw_inside(stream, size, it->z + row);
        if (i != chosen && uniform(stream) < 0.5) {
            memset(it->z + row, 0, size * sizeof(double));
        }
    }
    row = cone_at(it, chosen, &size);
    for (size_t j = 0; j < it->n; j++) {
        it->g[row][j] = without_dust(it->g[row][j] - times_column(it, j, it->y, it->z) / it->z[row]);
    }
    for (size_t i = 0; i < it->p; i++) {
        it->b[i] = normal(stream);
        value += it->b[i] * it->y[i];
    }
    for (size_t i = 0; i < it->m; i++) {
        it->h[i] = normal(stream);
        value += it->h[i] * it->z[i];
    }
    it->h[row] -= (1.0 + value) / it->z[row];
    for (size_t i = 0; i < all; i++) {
        row = cone_at(it, i, &size);
        draw_inside(stream, size, it->z + row);
    }
    make_dual_feasible(it);
}

/* One column of A and G is corrected so that A x = 0 and -G x is in K, c so that c'x = -1; b and h then come from
 * another point. */
static void plant_ray(planted *it, cfi_stream *stream)
{
    size_t chosen = pick(stream, 0, it->n - 1);
    double value = 0.0;

    for (size_t i = 0; i < it->linear + it->cones; i++) {
        size_t size, row = cone_at(it, i, &size);

        draw_inside(stream, size, it->s + row);
        if (uniform(stream) < 0.5) {
            memset(it->s + row, 0, size * sizeof(double));
        }
    }
    it->x[chosen] += it->x[chosen] < 0.0 ? -0.5 : 0.5;
    for (size_t i = 0; i < it->p; i++) {
        it->a[i][chosen] = without_dust(it->a[i][chosen] - times_row(it, it->a[i], it->x) / it->x[chosen]);
    }
    for (size_t i = 0; i < it->m; i++) {
        it->g[i][chosen] = without_dust(it->g[i][chosen] - (times_row(it, it->g[i], it->x) + it->s[i]) / it->x[chosen]);
    }
    for (size_t j = 0; j < it->n; j++) {
        it->c[j] = normal(stream);
        value += it->c[j] * it->x[j];
    }
    it->c[chosen] -= (1.0 + value) / it->x[chosen];
    for (size_t i = 0; i < it->linear + it->cones; i++) {
        size_t size, row = cone_at(it, i, &size);

        draw_inside(stream, size, it->s + row);
    }
    for (size_t j = 0; j < it->n; j++) {
        it->x[j] = normal(stream);
    }
    make_feasible(it);
}

/* ---------------------------------------------------------------- degenerate and scaled ---- */

/* Room for `rows` more linear rows, before the cones. */
static void insert_linear(planted *it, size_t rows)
{
    size_t first = it->linear, moved = it->m - first;

    memmove(it->g[first + rows], it->g[first], moved * sizeof it->g[0]);
    memmove(it->s + first + rows, it->s + first, moved * sizeof(double));
    memmove(it->z + first + rows, it->z + first, moved * sizeof(double));
    for (size_t i = first; i < first + rows; i++) {
        memset(it->g[i], 0, sizeof it->g[i]);
        it->s[i] = it->z[i] = 0.0;
    }
    it->linear += rows;
    it->m += rows;
}

/* Before b, h and c are made: zero columns, repeated equalities, zero rows, a variable fixed by x_j >= v, x_j <= v. */
static void degenerate(planted *it, cfi_stream *stream)
{
    size_t fixed = pick(stream, 0, it->n - 1), repeated = it->p > 0 ? pick(stream, 0, 3) : 0, row;

    if (it->n > 1 && uniform(stream) < 0.5) {
        size_t empty = pick(stream, 0, it->n - 1);

        for (size_t i = 0; i < it->p; i++) {
            it->a[i][empty] = 0.0;
        }
        for (size_t i = 0; i < it->m; i++) {
            it->g[i][empty] = 0.0;
        }
    }
    for (size_t i = 0; i < repeated; i++) {
        size_t from = pick(stream, 0, it->p - 1);
        double factor = uniform(stream) < 0.5 ? 1.0 : normal(stream);

        for (size_t j = 0; j < it->n; j++) {
            it->a[it->p][j] = factor * it->a[from][j];
        }
        it->y[it->p++] = normal(stream);
    }
    if (uniform(stream) < 0.5) {
        row = it->linear;
        insert_linear(it, 1); /* 0 x <= s */
        it->s[row] = uniform(stream) < 0.5 ? 1.0 : 0.0;
    }
    if (uniform(stream) < 0.5) {
        row = it->linear;
        insert_linear(it, 2);
        it->g[row][fixed] = 1.0;
        it->g[row + 1][fixed] = -1.0;
        it->z[row] = uniform(stream);
    }
}

/* Half of them 1, the others 10^-decades .. 10^decades. */
static double factor(cfi_stream *stream, double decades)
{
    return uniform(stream) < 0.5 ? 1.0 : pow(10.0, decades * (2.0 * uniform(stream) - 1.0));
}

/* Equalities, inequalities and the first `cones` cones by f: b, s, h too, y and z by 1 / f. The optimum stays. */
static void rescale_rows(planted *it, cfi_stream *stream, double decades, size_t cones)
{
    for (size_t i = 0; i < it->p; i++) {
        double f = factor(stream, decades);

        for (size_t j = 0; j < it->n; j++) {
            it->a[i][j] *= f;
        }
        it->b[i] *= f;
        it->y[i] /= f;
    }
    for (size_t i = 0; i < it->linear + cones; i++) {
        size_t size, row = cone_at(it, i, &size);
        double f = factor(stream, decades);

        for (size_t k = row; k < row + size; k++) {
            for (size_t j = 0; j < it->n; j++) {
                it->g[k][j] *= f;
            }
            it->h[k] *= f;
            it->s[k] *= f;
            it->z[k] /= f;
        }
    }
}

/* Columns by f: c too, x by 1 / f. */
static void rescale_columns(planted *it, cfi_stream *stream, double decades)
{
    for (size_t j = 0; j < it->n; j++) {
        double f = factor(stream, decades);

        for (size_t i = 0; i < it->p; i++) {
            it->a[i][j] *= f;
        }
        for (size_t i = 0; i < it->m; i++) {
            it->g[i][j] *= f;
        }
        it->c[j] *= f;
        it->x[j] /= f;
    }
}

/* ------------------------------------------------------------------------- the problem ---- */

static void build(planted *it)
{
    it->builder = socp_builder_create(it->n);
    if (!it->builder) {
        return;
    }
    socp_add_equalities(it->builder, it->p);
    socp_add_linear(it->builder, it->linear);
    for (size_t i = 0; i < it->cones; i++) {
        socp_add_cone(it->builder, it->size[i]);
    }
    for (size_t j = 0; j < it->n; j++) {
        socp_objective(it->builder, j, it->c[j]);
        for (size_t i = 0; i < it->p; i++) {
            if (it->a[i][j] != 0.0) {
                socp_put_equality(it->builder, i, j, it->a[i][j]);
            }
        }
        for (size_t i = 0; i < it->m; i++) {
            if (it->g[i][j] != 0.0) {
                socp_put(it->builder, i, j, -it->g[i][j]);
            }
        }
    }
    for (size_t i = 0; i < it->p; i++) {
        socp_rhs_equality(it->builder, i, it->b[i]);
    }
    for (size_t i = 0; i < it->m; i++) {
        socp_constant(it->builder, i, it->h[i]);
    }
    it->problem = socp_build(it->builder, NULL);
}

static void plant(planted *it, cfi_stream *stream)
{
    if (planted_is_primal_infeasible(it->kind)) {
        plant_certificate(it, stream);
        return;
    }
    if (planted_is_dual_infeasible(it->kind)) {
        plant_ray(it, stream);
        return;
    }
    plant_solution(it, stream);
    if (it->kind == PLANTED_DEGENERATE) {
        degenerate(it, stream);
    } else if (it->kind == PLANTED_QUADRATIC) {
        planted_add_square(it, stream);
    }
    make_feasible(it);
    make_dual_feasible(it);
    if (it->kind == PLANTED_QUADRATIC) {
        planted_tidy_square(it);
    }
}

planted *planted_make(uint64_t seed, planted_kind kind)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, (uint32_t)kind);
    planted *it = calloc(1, sizeof *it);

    if (!it) {
        return NULL;
    }
    it->kind = kind;
    if (kind >= PLANTED_LINEAR) {
        planted_draw_programme(it, &stream);
        plant(it, &stream);
        rescale_rows(it, &stream, 6.0, 0);
    } else {
        draw_sizes(it, &stream);
        draw_matrices(it, &stream);
        plant(it, &stream);
        if (kind >= PLANTED_SCALED) {
            rescale_rows(it, &stream, 3.0, it->cones);
            rescale_columns(it, &stream, 3.0);
        }
    }
    build(it);
    if (!it->problem) {
        planted_free(it);
        return NULL;
    }
    return it;
}

void planted_free(planted *it)
{
    if (it) {
        socp_builder_destroy(it->builder);
        free(it);
    }
}
