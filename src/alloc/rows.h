/* Rows: a number for each access point, which loops take in whole vectors. Sums are added up in LANES parts, so that
 * the order of additions, and with it the last bit, is the same for vectors of any length. */
#ifndef CFISAC_ALLOC_ROWS_H
#define CFISAC_ALLOC_ROWS_H

#include "alloc/lanes.h"

#include <stdbool.h>
#include <stddef.h>

/* L numbers, rounded up to whole vectors. */
static inline size_t rows_stride(size_t L)
{
    return (L + LANES - 1) / LANES * LANES;
}

/* From a row to the next of many, whole vectors of L numbers: where they are long no multiple of a page. Lines of rows
 * that are would all have the same few places in a cache; what is beyond L adds nothing to sums, and changes no bit of
 * them. */
static inline size_t rows_apart(size_t L)
{
    const size_t page = 512, lines = 17; /* numbers; a part of 16 lines of a row, and one line */
    size_t stride = rows_stride(L);

    return stride < (lines - 1) * page || stride % page != 0 ? stride : stride + LANES * lines;
}

/* Of what is left, as much as is taken at once. */
static inline size_t rows_at_most(size_t left, size_t most)
{
    return left < most ? left : most;
}

/* All of `count` numbers, a multiple of LANES.
 *   rows_product      sum_l a_l b_l
 *   rows_product_sum  sum_l a_l (b_l + c_l)
 *   rows_triple       sum_l a_l b_l c_l */
double rows_product(size_t count, const double *a, const double *b);
double rows_product_sum(size_t count, const double *a, const double *b, const double *c);
double rows_triple(size_t count, const double *a, const double *b, const double *c);

/* to_l = a_l + b_l */
void rows_add(size_t count, const double *a, const double *b, double *to);
/* to_l -= factor from_l */
void rows_subtract(size_t count, double factor, const double *from, double *to);
/* to_l *= factor */
void rows_scale(size_t count, double factor, double *to);
/* No number is infinite or NaN. */
bool rows_finite(size_t count, const double *a);

#endif
