/* Sums over access points. */
#include "alloc/rows.h"

#include "base/clones.h"

CLONES(extern, double, rows_product, (size_t count, const double *a, const double *b), (count, a, b))
{
    return sum_products(count, a, b);
}

CLONES(extern, double, rows_product_sum, (size_t count, const double *a, const double *b, const double *c),
       (count, a, b, c))
{
    return sum_products_of_sums(count, a, b, c);
}

CLONES(extern, double, rows_triple, (size_t count, const double *a, const double *b, const double *c), (count, a, b, c))
{
    return sum_triples(count, a, b, c);
}

CLONES(extern, void, rows_add, (size_t count, const double *restrict a, const double *restrict b, double *restrict to),
       (count, a, b, to))
{
    for (size_t l = 0; l < count; l++) {
        to[l] = a[l] + b[l];
    }
}

CLONES(extern, void, rows_subtract, (size_t count, double factor, const double *restrict from, double *restrict to),
       (count, factor, from, to))
{
    subtract_row(count, factor, from, to);
}

CLONES(extern, void, rows_scale, (size_t count, double factor, double *restrict to), (count, factor, to))
{
    for (size_t l = 0; l < count; l++) {
        to[l] *= factor;
    }
}

CLONES(extern, bool, rows_finite, (size_t count, const double *a), (count, a))
{
    return sum_of_nothing(count, a) == 0.0;
}
