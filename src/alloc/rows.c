/* Sums over access points. */
#include "alloc/rows.h"

#include "base/clones.h"

typedef double vector __attribute__((vector_size(LANES * sizeof(double)), may_alias, aligned(sizeof(double))));

/* Four vectors of partial sums: one alone would wait for the addition before. */
enum { PARTS = 4, ALL_PARTS = PARTS * LANES };

/* By its address: how a vector is passed depends on the CPU. */
INLINE double add_parts(const vector sum[PARTS])
{
    vector s = (sum[0] + sum[1]) + (sum[2] + sum[3]);

    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

#define VECTOR(row, at) (*(const vector *)((row) + (at)))

/* The sum of `term`, vectors that begin at number `at` of `count`; to be the body of a function. */
#define SUM_TERMS(term)                                                                                                \
    vector sum[PARTS] = {{0.0}, {0.0}, {0.0}, {0.0}};                                                                  \
    size_t first = 0;                                                                                                  \
                                                                                                                       \
    for (; first + ALL_PARTS <= count; first += ALL_PARTS) {                                                           \
        for (size_t part = 0; part < PARTS; part++) {                                                                  \
            size_t at = first + LANES * part;                                                                          \
                                                                                                                       \
            sum[part] += term;                                                                                         \
        }                                                                                                              \
    }                                                                                                                  \
    for (size_t at = first; at < count; at += LANES) {                                                                 \
        sum[0] += term;                                                                                                \
    }                                                                                                                  \
    return add_parts(sum)

CLONES(extern, double, rows_product, (size_t count, const double *a, const double *b), (count, a, b))
{
    SUM_TERMS(VECTOR(a, at) * VECTOR(b, at));
}

CLONES(extern, double, rows_product_sum, (size_t count, const double *a, const double *b, const double *c),
       (count, a, b, c))
{
    SUM_TERMS(VECTOR(a, at) * (VECTOR(b, at) + VECTOR(c, at)));
}

CLONES(extern, double, rows_triple, (size_t count, const double *a, const double *b, const double *c), (count, a, b, c))
{
    SUM_TERMS(VECTOR(a, at) * VECTOR(b, at) * VECTOR(c, at));
}

CLONES(extern, void, rows_subtract, (size_t count, double factor, const double *restrict from, double *restrict to),
       (count, factor, from, to))
{
    for (size_t at = 0; at < count; at += LANES) {
        *(vector *)(to + at) -= factor * VECTOR(from, at);
    }
}
