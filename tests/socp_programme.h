/* Random convex quadratic programmes, dense, with points known to be feasible; their statement by the builder; the
 * judgement of a solution from the dense data. Include after <cmocka.h>. */
#ifndef TESTS_SOCP_PROGRAMME_H
#define TESTS_SOCP_PROGRAMME_H

#include "socp_check.h"

enum { MOST_N = 12, MOST_F = 16, MOST_P = 4, MOST_M = 40, MOST_CONES = 3 };

/* min c'x + norm(F x)^2 / 2 over A x = b, h - G x in K, dense, with points that are feasible: x and s inside K, and
 * v = F x1, y, z of the dual. */
typedef struct programme {
    size_t n, f, p, m, linear, cones, size[MOST_CONES];
    double F[MOST_F][MOST_N], A[MOST_P][MOST_N], G[MOST_M][MOST_N], c[MOST_N], b[MOST_P], h[MOST_M];
    double x[MOST_N], s[MOST_M], v[MOST_F], y[MOST_P], z[MOST_M];
} programme;

static inline size_t pick(cfi_stream *stream, size_t low, size_t high)
{
    return low + (size_t)(uniform(stream) * (double)(high - low + 1));
}

static inline void draw(size_t count, cfi_stream *stream, double *value)
{
    for (size_t i = 0; i < count; i++) {
        value[i] = normal(stream);
    }
}

/* Row i of a sparse matrix with some zeros. */
static inline void draw_row(size_t n, cfi_stream *stream, double size, double *row)
{
    for (size_t j = 0; j < n; j++) {
        row[j] = uniform(stream) < 0.6 ? size * normal(stream) : 0.0;
    }
}

static inline void draw_inside(const programme *it, cfi_stream *stream, double *v)
{
    size_t row = it->linear;

    for (size_t i = 0; i < it->linear; i++) {
        v[i] = 0.1 + uniform(stream);
    }
    for (size_t i = 0; i < it->cones; row += it->size[i++]) {
        draw(it->size[i], stream, v + row);
        v[row] = sqrt(product(v + row + 1, v + row + 1, it->size[i] - 1)) + 0.1 + uniform(stream);
    }
}

/* Shapes, matrices, and a point inside K. F may have fewer rows than there are variables, or more, and any size. */
static inline void draw_shape(programme *it, cfi_stream *stream)
{
    double size = pow(10.0, 4.0 * uniform(stream) - 2.0);

    *it =
        (programme){.n = pick(stream, 1, MOST_N), .linear = pick(stream, 1, 20), .cones = pick(stream, 0, MOST_CONES)};
    it->f = pick(stream, 1, it->n + 4);
    it->p = it->n > 1 ? pick(stream, 0, it->n / 3) : 0;
    it->m = it->linear;
    for (size_t i = 0; i < it->cones; i++) {
        it->size[i] = pick(stream, 1, 5);
        it->m += it->size[i];
    }
    for (size_t i = 0; i < it->f; i++) {
        draw_row(it->n, stream, size, it->F[i]);
    }
    for (size_t i = 0; i < it->p; i++) {
        draw(it->n, stream, it->A[i]);
    }
    for (size_t i = 0; i < it->m; i++) {
        draw_row(it->n, stream, 1.0, it->G[i]);
    }
    draw(it->n, stream, it->x);
    draw(it->p, stream, it->y);
    draw_inside(it, stream, it->s);
    draw_inside(it, stream, it->z);
}

/* b and h, so that x and s are feasible. */
static inline void make_feasible(programme *it)
{
    for (size_t i = 0; i < it->p; i++) {
        it->b[i] = product(it->A[i], it->x, it->n);
    }
    for (size_t i = 0; i < it->m; i++) {
        it->h[i] = product(it->G[i], it->x, it->n) + it->s[i];
    }
}

/* weight F'v + A'y + G'z at j */
static inline double column_of(const programme *it, size_t j, double weight, const double *v, const double *y,
                               const double *z)
{
    double sum = 0.0;

    for (size_t i = 0; i < it->f; i++) {
        sum += weight * it->F[i][j] * v[i];
    }
    for (size_t i = 0; i < it->p; i++) {
        sum += it->A[i][j] * y[i];
    }
    for (size_t i = 0; i < it->m; i++) {
        sum += it->G[i][j] * z[i];
    }
    return sum;
}

/* c, so that v = F x1, y and z are feasible: there is an optimum. */
static inline void make_bounded(programme *it, cfi_stream *stream)
{
    double x1[MOST_N];

    draw(it->n, stream, x1);
    for (size_t i = 0; i < it->f; i++) {
        it->v[i] = product(it->F[i], x1, it->n);
    }
    for (size_t j = 0; j < it->n; j++) {
        it->c[j] = -column_of(it, j, 1.0, it->v, it->y, it->z);
    }
}

static inline programme optimal_programme(uint64_t seed)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 10);
    programme it;

    draw_shape(&it, &stream);
    make_feasible(&it);
    make_bounded(&it, &stream);
    return it;
}

/* Puts all but the squares. */
static inline void put_rows(const programme *it, socp_builder *builder)
{
    size_t row = socp_add_equalities(builder, it->p);

    for (size_t j = 0; j < it->n; j++) {
        socp_objective(builder, j, it->c[j]);
    }
    for (size_t i = 0; i < it->p; i++) {
        for (size_t j = 0; j < it->n; j++) {
            socp_put_equality(builder, row + i, j, it->A[i][j]);
        }
        socp_rhs_equality(builder, row + i, it->b[i]);
    }
    row = socp_add_linear(builder, it->linear);
    for (size_t i = 0; i < it->cones; i++) {
        socp_add_cone(builder, it->size[i]);
    }
    for (size_t i = 0; i < it->m; i++) {
        for (size_t j = 0; j < it->n; j++) {
            if (it->G[i][j] != 0.0) {
                socp_put(builder, row + i, j, -it->G[i][j]);
            }
        }
        socp_constant(builder, row + i, it->h[i]);
    }
}

static inline void put_squares(const programme *it, socp_builder *builder)
{
    size_t row = socp_add_squares(builder, it->f);

    for (size_t i = 0; i < it->f; i++) {
        for (size_t j = 0; j < it->n; j++) {
            if (it->F[i][j] != 0.0) {
                socp_put_square(builder, row + i, j, it->F[i][j]);
            }
        }
    }
}

static inline socp_builder *stated(const programme *it)
{
    socp_builder *builder = socp_builder_create(it->n);

    put_squares(it, builder);
    put_rows(it, builder);
    return builder;
}

/* minimise c'x + t,  norm(t - 1/2, F x) <= t + 1/2,  that is  2 t >= norm(F x)^2 */
static inline socp_builder *stated_as_epigraph(const programme *it)
{
    socp_builder *builder = socp_builder_create(it->n + 1);
    size_t row;

    put_rows(it, builder);
    socp_objective(builder, it->n, 1.0);
    row = socp_add_cone(builder, it->f + 2);
    socp_put(builder, row, it->n, 1.0);
    socp_constant(builder, row, 0.5);
    socp_put(builder, row + 1, it->n, 1.0);
    socp_constant(builder, row + 1, -0.5);
    for (size_t i = 0; i < it->f; i++) {
        for (size_t j = 0; j < it->n; j++) {
            socp_put(builder, row + 2 + i, j, it->F[i][j]);
        }
    }
    return builder;
}

/* ------------------------------------------------------------------------ KKT conditions ---- */

static inline double half_square(const programme *it, const double *x, double *v)
{
    for (size_t i = 0; i < it->f; i++) {
        v[i] = product(it->F[i], x, it->n);
    }
    return 0.5 * product(v, v, it->f);
}

static inline double magnitudes(const double *a, const double *b, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += fabs(a[i] * (b ? b[i] : 1.0));
    }
    return sum;
}

static inline double ref(double norm)
{
    return norm > 0.0 ? norm + fmin(norm, 1.0) : 1.0;
}

static inline double row_size(double terms, double entries, double norm)
{
    return terms + fmin(entries > 0.0 ? entries : 1.0, ref(norm));
}

/* A residual as cfisac/socp.h defines it: relative to the whole, and to each row. */
typedef struct measured {
    double whole, rows;
} measured;

static inline void measure(double residual, double size, double norm, measured *is)
{
    is->whole = fmax(is->whole, residual / ref(norm));
    is->rows = fmax(is->rows, residual / size);
}

static inline measured primal_residual(const programme *it, const socp_solution *s)
{
    double norm = fmax(largest(it->b, it->p), largest(it->h, it->m)), residual[MOST_M], size[MOST_M];
    size_t row = it->linear;
    measured is = {0.0, 0.0};

    for (size_t i = 0; i < it->p; i++) {
        double terms = magnitudes(it->A[i], s->x, it->n) + fabs(it->b[i]);

        measure(fabs(product(it->A[i], s->x, it->n) - it->b[i]),
                row_size(terms, magnitudes(it->A[i], NULL, it->n), norm), norm, &is);
    }
    for (size_t i = 0; i < it->m; i++) {
        residual[i] = fabs(product(it->G[i], s->x, it->n) + s->s[i] - it->h[i]);
        size[i] = row_size(magnitudes(it->G[i], s->x, it->n) + fabs(it->h[i]) + fabs(s->s[i]),
                           magnitudes(it->G[i], NULL, it->n), norm);
    }
    for (size_t k = 0; k < it->cones; row += it->size[k++]) {
        double shared = largest(size + row, it->size[k]);

        for (size_t i = 0; i < it->size[k]; i++) {
            size[row + i] = shared;
        }
    }
    for (size_t i = 0; i < it->m; i++) {
        measure(residual[i], size[i], norm, &is);
    }
    return is;
}

static inline measured dual_residual(const programme *it, const socp_solution *s, const double *v)
{
    double norm = largest(it->c, it->n);
    measured is = {0.0, 0.0};

    for (size_t j = 0; j < it->n; j++) {
        double column[MOST_F + MOST_P + MOST_M], factor[MOST_F + MOST_P + MOST_M];
        size_t count = 0;

        for (size_t i = 0; i < it->f; i++) {
            column[count] = it->F[i][j];
            factor[count++] = v[i];
        }
        for (size_t i = 0; i < it->p; i++) {
            column[count] = it->A[i][j];
            factor[count++] = s->y[i];
        }
        for (size_t i = 0; i < it->m; i++) {
            column[count] = it->G[i][j];
            factor[count++] = s->z[i];
        }
        measure(fabs(product(column, factor, count) + it->c[j]),
                row_size(magnitudes(column, factor, count) + fabs(it->c[j]), magnitudes(column, NULL, count), norm),
                norm, &is);
    }
    return is;
}

/* What is promised, and what is reported. 1e-10: rounding of terms of 10^5 and more. */
static inline void assert_residual(measured is, double reported, const char *reason)
{
    assert_true(is.whole <= 1.01e-8);
    assert_true(is.rows <= (strcmp(reason, "small_rows") == 0 ? 1.01e-6 : 1.01e-8));
    assert_true(fabs(fmax(is.whole, is.rows) - reported) <= 1e-3 * reported + 1e-10);
}

/* Everything from the dense data. */
static inline void assert_kkt(const programme *it, const socp_problem *problem, const socp_solution *s)
{
    double v[MOST_F], half = half_square(it, s->x, v), primal = product(it->c, s->x, it->n) + half;
    double dual = -product(it->b, s->y, it->p) - product(it->h, s->z, it->m) - half;
    double size =
        1.0 + half + magnitudes(it->c, s->x, it->n) + magnitudes(it->b, s->y, it->p) + magnitudes(it->h, s->z, it->m);

    if (s->status != SOCP_OPTIMAL) {
        fail_msg("%s (%s): %g %g %g", socp_status_name(s->status), s->stop_reason, s->primal_residual, s->dual_residual,
                 s->gap);
    }
    assert_residual(primal_residual(it, s), s->primal_residual, s->stop_reason);
    assert_residual(dual_residual(it, s, v), s->dual_residual, s->stop_reason);
    assert_true(outside(problem, s->s) <= 1e-15 * largest(s->s, it->m));
    assert_true(outside(problem, s->z) <= 1e-15 * largest(s->z, it->m));
    assert_true(fabs(primal - dual) <= 1.01e-8 * (1.0 + fabs(primal)));
    assert_true(fabs(primal - s->primal_objective) <= 1e-14 * size);
    assert_true(fabs(dual - s->dual_objective) <= 1e-14 * size);
    assert_true(product(s->s, s->z, it->m) <= 1e-6 * (1.0 + fabs(primal)));
}

#endif
