/* Random conic files with quadratic objectives stated as epigraphs, dense; written in the Conic Benchmark Format.
 * Include after <cmocka.h>. */
#ifndef TESTS_CBF_MODEL_H
#define TESTS_CBF_MODEL_H

#include "socp_check.h"

enum { MOST_VARIABLES = 16, MOST_ROWS = 64, MOST_CONES = 32, PLAIN = 4 };

/* What a file says, dense. */
typedef struct model {
    bool maximise;
    size_t n, rows, cones, size[MOST_CONES];
    const char *kind[MOST_CONES];
    double A[MOST_ROWS][MOST_VARIABLES], b[MOST_ROWS], c[MOST_VARIABLES], c0;
    bool positive[MOST_VARIABLES];               /* in L+, else free */
    size_t twice_row, twice_variable;            /* an entry that the file states in two halves; rows: none */
    bool zero_stated[MOST_ROWS][MOST_VARIABLES]; /* an entry that is stated though it is 0 */
} model;

/* 2 (slope t + start) width >= norm(S x)^2, where t costs price * slope (earns as much in a maximisation). */
typedef struct shape {
    double slope, start, width, price;
} shape;

static inline size_t add_rows(model *it, const char *kind, size_t size)
{
    size_t first = it->rows;

    assert_true(it->cones < MOST_CONES && it->rows + size <= MOST_ROWS);
    it->kind[it->cones] = kind;
    it->size[it->cones++] = size;
    it->rows += size;
    return first;
}

static inline size_t add_variable(model *it)
{
    assert_true(it->n < MOST_VARIABLES);
    return it->n++;
}

static inline double between(cfi_stream *stream, double low, double high)
{
    return low * pow(high / low, uniform(stream));
}

static inline shape draw_shape(cfi_stream *stream)
{
    return (shape){.slope = (uniform(stream) < 0.5 ? -1.0 : 1.0) * between(stream, 0.2, 5.0),
                   .start = uniform(stream) < 0.3 ? 0.0 : 3.0 * normal(stream),
                   .width = uniform(stream) < 0.3 ? 1.0 : between(stream, 0.1, 10.0),
                   .price = between(stream, 0.1, 10.0)};
}

/* Returns the first row; the variable t is the last one then. */
static inline size_t add_epigraph(model *it, shape of, size_t squares, cfi_stream *stream)
{
    size_t t = add_variable(it), row = add_rows(it, "QR", squares + 2);

    it->A[row][t] = of.slope;
    it->b[row] = of.start;
    it->b[row + 1] = of.width;
    it->c[t] = (it->maximise ? -1.0 : 1.0) * of.price * of.slope;
    for (size_t i = row + 2; i < it->rows; i++) {
        for (size_t j = 0; j < PLAIN; j++) {
            it->A[i][j] = uniform(stream) < 0.7 ? normal(stream) : 0.0;
        }
    }
    return row;
}

/* Plain variables between -5 and 5, one equality, one cone, a linear objective; both senses. */
static inline model draw_model(cfi_stream *stream)
{
    model it = {.maximise = uniform(stream) < 0.5, .twice_row = MOST_ROWS, .c0 = 10.0 * normal(stream)};
    size_t row;

    for (size_t j = 0; j < PLAIN; j++) {
        add_variable(&it);
        it.c[j] = 3.0 * normal(stream);
        row = add_rows(&it, "L+", 1);
        it.A[row][j] = 1.0;
        it.b[row] = 5.0;
        row = add_rows(&it, "L-", 1);
        it.A[row][j] = 1.0;
        it.b[row] = -5.0;
    }
    row = add_rows(&it, "L=", 1);
    for (size_t j = 0; j < PLAIN; j++) {
        it.A[row][j] = normal(stream);
    }
    it.b[row] = normal(stream);
    row = add_rows(&it, "Q", 3);
    it.b[row] = 6.0;
    for (size_t j = 0; j < 3; j++) {
        it.A[row + j][j] = 1.0;
    }
    return it;
}

/* ---------------------------------------------------------------------------- as a file ---- */

static inline size_t halves(const model *it, size_t row, size_t variable)
{
    return row == it->twice_row && variable == it->twice_variable ? 2 : 1;
}

static inline bool is_stated(const model *it, size_t row, size_t variable)
{
    return it->A[row][variable] != 0.0 || it->zero_stated[row][variable];
}

static inline void write_entries(const model *it, FILE *stream)
{
    size_t entries = 0;

    for (size_t i = 0; i < it->rows * it->n; i++) {
        entries += is_stated(it, i / it->n, i % it->n) ? halves(it, i / it->n, i % it->n) : 0;
    }
    fprintf(stream, "ACOORD\n%zu\n", entries);
    for (size_t i = 0; i < it->rows * it->n; i++) {
        size_t row = i / it->n, variable = i % it->n, parts = halves(it, row, variable);

        for (size_t k = 0; k < parts && is_stated(it, row, variable); k++) {
            fprintf(stream, "%zu %zu %.17g\n", row, variable, it->A[row][variable] / (double)parts);
        }
    }
}

static inline void write_model(const model *it, FILE *stream)
{
    fprintf(stream, "VER\n3\nOBJSENSE\n%s\nVAR\n%zu %zu\n", it->maximise ? "MAX" : "MIN", it->n, it->n);
    for (size_t j = 0; j < it->n; j++) {
        fprintf(stream, "%s 1\n", it->positive[j] ? "L+" : "F");
    }
    fprintf(stream, "CON\n%zu %zu\n", it->rows, it->cones);
    for (size_t i = 0; i < it->cones; i++) {
        fprintf(stream, "%s %zu\n", it->kind[i], it->size[i]);
    }
    fprintf(stream, "OBJACOORD\n%zu\n", it->n);
    for (size_t j = 0; j < it->n; j++) {
        fprintf(stream, "%zu %.17g\n", j, it->c[j]);
    }
    fprintf(stream, "OBJBCOORD\n%.17g\n", it->c0);
    write_entries(it, stream);
    fprintf(stream, "BCOORD\n%zu\n", it->rows);
    for (size_t i = 0; i < it->rows; i++) {
        fprintf(stream, "%zu %.17g\n", i, it->b[i]);
    }
}

#endif
