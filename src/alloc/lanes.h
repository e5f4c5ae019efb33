/* Vectors of LANES numbers, and sums over access points (rows.h) to be inlined into larger loops that are compiled for
 * several kinds of CPU (CLONES): where rows are short, a call for each would take longer than the sum. */
#ifndef CFISAC_ALLOC_LANES_H
#define CFISAC_ALLOC_LANES_H

#include "base/clones.h"

#include <stddef.h>

enum { LANES = 8 };

typedef double row_vector __attribute__((vector_size(LANES * sizeof(double)), may_alias, aligned(sizeof(double))));

/* Four vectors of partial sums: one alone would wait for the addition before. */
enum { ROW_PARTS = 4, ROW_BLOCK = ROW_PARTS * LANES };

/* By its address: how a vector is passed depends on the CPU. */
INLINE double add_row_parts(const row_vector sum[ROW_PARTS])
{
    row_vector s = (sum[0] + sum[1]) + (sum[2] + sum[3]);

    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/* Of LANES sums, in the same order. */
INLINE double sum_lanes(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

#define ROW_VECTOR(row, at) (*(const row_vector *)((row) + (at)))

/* The sum of `term`, vectors that begin at number `at` of `count`; to be the body of a function. */
#define ROW_SUM(term)                                                                                                  \
    row_vector sum[ROW_PARTS] = {{0.0}, {0.0}, {0.0}, {0.0}};                                                          \
    size_t first = 0;                                                                                                  \
                                                                                                                       \
    for (; first + ROW_BLOCK <= count; first += ROW_BLOCK) {                                                           \
        for (size_t part = 0; part < ROW_PARTS; part++) {                                                              \
            size_t at = first + LANES * part;                                                                          \
                                                                                                                       \
            sum[part] += term;                                                                                         \
        }                                                                                                              \
    }                                                                                                                  \
    for (size_t at = first; at < count; at += LANES) {                                                                 \
        sum[0] += term;                                                                                                \
    }                                                                                                                  \
    return add_row_parts(sum)

/* As rows_product, rows_product_sum, rows_triple and rows_subtract, to the bit. */
INLINE double sum_products(size_t count, const double *a, const double *b)
{
    ROW_SUM(ROW_VECTOR(a, at) * ROW_VECTOR(b, at));
}

INLINE double sum_products_of_sums(size_t count, const double *a, const double *b, const double *c)
{
    ROW_SUM(ROW_VECTOR(a, at) * (ROW_VECTOR(b, at) + ROW_VECTOR(c, at)));
}

INLINE double sum_triples(size_t count, const double *a, const double *b, const double *c)
{
    ROW_SUM(ROW_VECTOR(a, at) * ROW_VECTOR(b, at) * ROW_VECTOR(c, at));
}

/* 0, or NaN where a number is infinite or NaN. */
INLINE double sum_of_nothing(size_t count, const double *a)
{
    ROW_SUM(ROW_VECTOR(a, at) - ROW_VECTOR(a, at));
}

INLINE void subtract_row(size_t count, double factor, const double *from, double *to)
{
    for (size_t at = 0; at < count; at += LANES) {
        *(row_vector *)(to + at) -= factor * ROW_VECTOR(from, at);
    }
}

#ifdef __clang__
#define ROW_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef long long row_places __attribute__((vector_size(LANES * sizeof(long long))));
#define ROW_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (row_places){__VA_ARGS__})
#endif

/* Rows of LANES numbers become columns: pairs of numbers change places, then pairs of two, then of four. */
INLINE void transpose_square(const double *from, size_t from_stride, double *to, size_t to_stride)
{
    row_vector one[LANES], two[LANES];

    for (size_t i = 0; i < LANES; i++) {
        one[i] = ROW_VECTOR(from, from_stride * i);
    }
    for (size_t i = 0; i < LANES; i += 2) {
        two[i] = ROW_SHUFFLE(one[i], one[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        two[i + 1] = ROW_SHUFFLE(one[i], one[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (size_t i = 0; i < LANES; i++) {
        size_t other = i ^ 2, low = i & 2;

        one[i] = low ? ROW_SHUFFLE(two[other], two[i], 2, 3, 10, 11, 6, 7, 14, 15)
                     : ROW_SHUFFLE(two[i], two[other], 0, 1, 8, 9, 4, 5, 12, 13);
    }
    for (size_t i = 0; i < LANES; i++) {
        size_t other = i ^ 4, low = i & 4;

        two[i] = low ? ROW_SHUFFLE(one[other], one[i], 4, 5, 6, 7, 12, 13, 14, 15)
                     : ROW_SHUFFLE(one[i], one[other], 0, 1, 2, 3, 8, 9, 10, 11);
    }
    for (size_t i = 0; i < LANES; i++) {
        *(row_vector *)(to + to_stride * i) = two[i];
    }
}

#endif
