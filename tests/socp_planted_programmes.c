/* Planted linear and quadratic programmes, with what files of such problems are full of. */
#include "socp_planted_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double half = 0.70710678118654752; /* 1 / sqrt(2): turns a rotated cone */

/* Mostly small whole numbers, so that dependent rows cancel without dust. */
static double coefficient(cfi_stream *stream)
{
    double choice = uniform(stream), sign = uniform(stream) < 0.5 ? -1.0 : 1.0;

    return choice < 0.6 ? sign : choice < 0.8 ? sign * (double)pick(stream, 2, 9) : normal(stream);
}

static void draw_row(double *row, size_t n, cfi_stream *stream)
{
    for (size_t j = 0; j < n; j++) {
        row[j] = uniform(stream) < 0.35 ? coefficient(stream) : 0.0;
    }
    row[pick(stream, 0, n - 1)] = coefficient(stream);
}

/* Equalities: drawn ones; the sum of two; a repeated one, multiplied; fixed variables. */
static void draw_equalities(planted *it, cfi_stream *stream)
{
    size_t drawn = pick(stream, 0, it->n / 2), fixed = uniform(stream) < 0.5 ? pick(stream, 0, 2) : 0;

    for (; it->p < drawn; it->p++) {
        draw_row(it->a[it->p], it->n, stream);
    }
    for (size_t i = drawn > 0 ? pick(stream, 0, 3) : 0; i > 0; i--) {
        const double *one = it->a[pick(stream, 0, drawn - 1)], *two = it->a[pick(stream, 0, drawn - 1)];
        double times = uniform(stream) < 0.5 ? 1.0 : 0.0;

        for (size_t j = 0; j < it->n; j++) {
            it->a[it->p][j] = one[j] + times * two[j];
        }
        it->p++;
    }
    for (; fixed > 0; fixed--) {
        it->a[it->p++][pick(stream, 0, it->n - 1)] = 1.0;
    }
}

/* Inequalities: drawn ones; some of them again; lower and upper bounds. A variable may be free. */
static void draw_inequalities(planted *it, cfi_stream *stream)
{
    size_t drawn = pick(stream, 1, 10);

    for (; it->linear < drawn; it->linear++) {
        draw_row(it->g[it->linear], it->n, stream);
    }
    for (size_t i = pick(stream, 0, 3); i > 0; i--) {
        memcpy(it->g[it->linear++], it->g[pick(stream, 0, drawn - 1)], sizeof it->g[0]);
    }
    for (size_t j = 0; j < it->n; j++) {
        double choice = uniform(stream);

        if (choice < 0.7) {
            it->g[it->linear++][j] = -1.0;
        }
        if (choice > 0.5 && choice < 0.85) {
            it->g[it->linear++][j] = 1.0;
        }
    }
    it->m = it->linear;
}

void planted_draw_programme(planted *it, cfi_stream *stream)
{
    it->n = pick(stream, 1, 16);
    draw_equalities(it, stream);
    draw_inequalities(it, stream);
    for (size_t i = 0; i < it->p; i++) {
        it->y[i] = normal(stream);
    }
    for (size_t j = 0; j < it->n; j++) {
        it->x[j] = normal(stream);
    }
}

/* 2 t 1 >= norm(F x)^2, turned: (t + 1, t - 1) / sqrt(2) and F x in a quadratic cone; F x is of order 10^-2 .. 10^2.
 * With the multiplier 1 of t its other ones are norm(F x)^2 / 2 and -F x. */
void planted_add_square(planted *it, cfi_stream *stream)
{
    size_t rows = pick(stream, 1, 7), first = it->m, t = it->n;
    double size = pow(10.0, 4.0 * uniform(stream) - 2.0), square = 0.0;

    for (size_t i = first + 2; i < first + 2 + rows; i++) {
        draw_row(it->g[i], it->n, stream);
        for (size_t j = 0; j < it->n; j++) {
            it->g[i][j] *= -size;
            it->s[i] -= it->g[i][j] * it->x[j];
        }
        it->z[i] = -it->s[i];
        square += 0.5 * it->s[i] * it->s[i];
    }
    it->x[t] = square;
    it->g[first][t] = it->g[first + 1][t] = -half;
    it->s[first] = it->z[first] = half * (square + 1.0);
    it->s[first + 1] = half * (square - 1.0);
    it->z[first + 1] = half * (1.0 - square);
    it->size[it->cones++] = rows + 2;
    it->m += rows + 2;
    it->n++;
}

void planted_tidy_square(planted *it)
{
    size_t first = it->linear;

    it->h[first] = half;
    it->h[first + 1] = -half;
    for (size_t i = first + 2; i < it->m; i++) {
        it->h[i] = 0.0;
    }
    it->optimum += (1.0 - it->c[it->n - 1]) * it->x[it->n - 1];
    it->c[it->n - 1] = 1.0;
}

/* --------------------------------------------------------------------------------- CBF ---- */

static size_t write_row(size_t at, const double *row, size_t n, double sign, FILE *stream)
{
    size_t count = 0;

    for (size_t j = 0; j < n; j++) {
        if (row[j] != 0.0) {
            count++;
            if (stream) {
                fprintf(stream, "%zu %zu %.17g\n", at, j, sign * row[j]);
            }
        }
    }
    return count;
}

/* The entries of the rows; how many, when there is no stream. */
static size_t write_entries(const planted *it, FILE *stream)
{
    size_t count = 1;

    for (size_t i = 0; i < it->p; i++) {
        count += write_row(i, it->a[i], it->n, 1.0, stream);
    }
    for (size_t i = 0; i < it->m; i++) {
        if (i < it->linear || i >= it->linear + 2) {
            count += write_row(it->p + i, it->g[i], it->n, -1.0, stream);
        }
    }
    if (stream) {
        fprintf(stream, "%zu %zu 1\n", it->p + it->linear, it->n - 1);
    }
    return count;
}

void planted_write_rotated(const planted *it, FILE *stream)
{
    size_t blocks = 1U + (it->p > 0) + (it->linear > 0);

    fprintf(stream, "VER\n1\nOBJSENSE\nMIN\nVAR\n%zu 1\nF %zu\nCON\n%zu %zu\n", it->n, it->n, it->p + it->m, blocks);
    if (it->p > 0) {
        fprintf(stream, "L= %zu\n", it->p);
    }
    if (it->linear > 0) {
        fprintf(stream, "L+ %zu\n", it->linear);
    }
    fprintf(stream, "QR %zu\nOBJACOORD\n%zu\n", it->m - it->linear, it->n);
    for (size_t j = 0; j < it->n; j++) {
        fprintf(stream, "%zu %.17g\n", j, it->c[j]);
    }
    fprintf(stream, "ACOORD\n%zu\n", write_entries(it, NULL));
    write_entries(it, stream);
    fprintf(stream, "BCOORD\n%zu\n", it->p + it->linear + 1);
    for (size_t i = 0; i < it->p; i++) {
        fprintf(stream, "%zu %.17g\n", i, -it->b[i]);
    }
    for (size_t i = 0; i < it->linear; i++) {
        fprintf(stream, "%zu %.17g\n", it->p + i, it->h[i]);
    }
    fprintf(stream, "%zu 1\n", it->p + it->linear + 1);
}

void planted_rebuild(planted *it, const double *multiplier, socp_solution *solution, double *y, double *z, double *s)
{
    const double *u = multiplier + it->p;
    size_t head = it->linear;
    double tail = 0.0;

    for (size_t i = 0; i < it->p; i++) {
        y[i] = -multiplier[i];
    }
    memcpy(z, u, it->m * sizeof *z);
    z[head] = half * (u[head] + u[head + 1]);
    z[head + 1] = half * (u[head] - u[head + 1]);
    for (size_t i = 0; i < it->m; i++) {
        s[i] = it->h[i];
        for (size_t j = 0; j < it->n; j++) {
            s[i] -= it->g[i][j] * solution->x[j];
        }
        s[i] = i < it->linear ? fmax(s[i], 0.0) : s[i];
        tail += i > head ? s[i] * s[i] : 0.0;
    }
    s[head] = fmax(s[head], sqrt(tail));
    solution->y = y;
    solution->z = z;
    solution->s = s;
    it->rebuilt = true;
}
