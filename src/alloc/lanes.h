/* Sums over access points (rows.h) to be inlined into larger loops that are compiled for several kinds of CPU (CLONES):
 * where rows are short, a call for each would take longer than the sum. Loops over lanes, not vectors of a type of
 * their own: a compiler keeps vectors that are longer than the registers of a CPU in memory. */
#ifndef CFISAC_ALLOC_LANES_H
#define CFISAC_ALLOC_LANES_H

#include "base/clones.h"

#include <stddef.h>

enum { LANES = 8 };

/* Four times LANES partial sums: one alone would wait for the addition before. */
enum { ROW_BLOCK = 4 * LANES };

/* Of LANES sums, in the same order for vectors of any length. */
INLINE double sum_lanes(const double *lane)
{
    double four[LANES / 2], two[LANES / 4];

#pragma omp simd
    for (size_t i = 0; i < LANES / 2; i++) {
        four[i] = lane[i] + lane[i + LANES / 2];
    }
#pragma omp simd
    for (size_t i = 0; i < LANES / 4; i++) {
        two[i] = four[i] + four[i + LANES / 4];
    }
    return two[0] + two[1];
}

INLINE double sum_row_parts(const double *a, const double *b, const double *c, const double *d)
{
    double sum[LANES];

#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        sum[i] = (a[i] + b[i]) + (c[i] + d[i]);
    }
    return sum_lanes(sum);
}

/* Adds the terms of LANES numbers from `from` on to a part of the sum. */
#define ROW_ADD(part, from, term)                                                                                      \
    _Pragma("omp simd") for (size_t i = 0; i < LANES; i++)                                                             \
    {                                                                                                                  \
        size_t at = (from) + i;                                                                                        \
                                                                                                                       \
        (part)[i] += term;                                                                                             \
    }

/* Part of the sum with the terms of the first LANES numbers. Zeros would be stored in another length than they are read
 * in, which takes a CPU longer than all else in a short row. */
#define ROW_BEGIN(part, term)                                                                                          \
    _Pragma("omp simd") for (size_t at = 0; at < LANES; at++)                                                          \
    {                                                                                                                  \
        (part)[at] = 0.0 + (term);                                                                                     \
    }

/* The sum of `term`, of number `at`, over all of `count`, which is not 0; to be the body of a function. */
#define ROW_SUM(term)                                                                                                  \
    size_t first = 0;                                                                                                  \
                                                                                                                       \
    if (count < ROW_BLOCK) {                                                                                           \
        double sum[LANES];                                                                                             \
                                                                                                                       \
        ROW_BEGIN(sum, term)                                                                                           \
        for (first = LANES; first < count; first += LANES) {                                                           \
            ROW_ADD(sum, first, term)                                                                                  \
        }                                                                                                              \
        return sum_lanes(sum);                                                                                         \
    }                                                                                                                  \
    double one[LANES] = {0.0}, two[LANES] = {0.0}, three[LANES] = {0.0}, four[LANES] = {0.0};                          \
                                                                                                                       \
    for (; first + ROW_BLOCK <= count; first += ROW_BLOCK) {                                                           \
        ROW_ADD(one, first, term)                                                                                      \
        ROW_ADD(two, first + LANES, term)                                                                              \
        ROW_ADD(three, first + ROW_BLOCK / 2, term)                                                                    \
        ROW_ADD(four, first + ROW_BLOCK - LANES, term)                                                                 \
    }                                                                                                                  \
    for (; first < count; first += LANES) {                                                                            \
        ROW_ADD(one, first, term)                                                                                      \
    }                                                                                                                  \
    return sum_row_parts(one, two, three, four)

/* As rows_product, rows_product_sum, rows_triple and rows_subtract, to the bit. */
INLINE double sum_products(size_t count, const double *a, const double *b)
{
    ROW_SUM(a[at] * b[at]);
}

INLINE double sum_products_of_sums(size_t count, const double *a, const double *b, const double *c)
{
    ROW_SUM(a[at] * (b[at] + c[at]));
}

INLINE double sum_triples(size_t count, const double *a, const double *b, const double *c)
{
    ROW_SUM(a[at] * b[at] * c[at]);
}

/* 0, or NaN where a number is infinite or NaN. */
INLINE double sum_of_nothing(size_t count, const double *a)
{
    ROW_SUM(a[at] - a[at]);
}

INLINE void subtract_row(size_t count, double factor, const double *restrict from, double *restrict to)
{
#pragma omp simd
    for (size_t l = 0; l < count; l++) {
        to[l] -= factor * from[l];
    }
}

/* Half of LANES numbers: no longer than the vectors of any CPU that has some of 256 bits. */
enum { HALF = LANES / 2 };

typedef double row_half __attribute__((vector_size(HALF * sizeof(double)), may_alias, aligned(sizeof(double))));

#ifdef __clang__
#define ROW_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef long long row_places __attribute__((vector_size(HALF * sizeof(long long))));
#define ROW_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (row_places){__VA_ARGS__})
#endif

/* Rows of HALF numbers become columns: numbers of two rows alternate, then pairs of numbers. */
INLINE void transpose_half(const double *from, size_t from_stride, double *to, size_t to_stride)
{
    row_half one[HALF], two[HALF];

    for (size_t i = 0; i < HALF; i++) {
        one[i] = *(const row_half *)(from + from_stride * i);
    }
    for (size_t i = 0; i < HALF; i += 2) {
        two[i] = ROW_SHUFFLE(one[i], one[i + 1], 0, 4, 2, 6);
        two[i + 1] = ROW_SHUFFLE(one[i], one[i + 1], 1, 5, 3, 7);
    }
    for (size_t i = 0; i < HALF / 2; i++) {
        *(row_half *)(to + to_stride * i) = ROW_SHUFFLE(two[i], two[i + 2], 0, 1, 4, 5);
        *(row_half *)(to + to_stride * (i + 2)) = ROW_SHUFFLE(two[i], two[i + 2], 2, 3, 6, 7);
    }
}

#endif
