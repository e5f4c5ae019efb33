/* The numeric phases of the factorisation, node by node, in dense panels. docs/solver.md, ldl.h. */
#include "socp/ldl.h"

#include "base/clones.h"
#include "socp/ldl_vector.h"

#include <string.h>

enum { TILE = 4 };           /* columns that are worked on together */
enum { POLLED_NODES = 256 }; /* between two looks at the stop flag; a wide node looks at every tile */

/* How pivots are to be, and what they were. */
typedef struct pivoting {
    const signed char *sign; /* by column */
    double least, delta;     /* a pivot below `least` with its sign becomes delta with its sign */
    size_t replaced;
    double nothing; /* 0 as long as every pivot is finite */
} pivoting;

/* ------------------------------------------------------------------- pivots and products ---- */

/* 1 / pivot, the pivot corrected. */
INLINE double invert_pivot(pivoting *how, size_t column, double *pivot)
{
    double sign = how->sign[column];

    if (sign * *pivot < how->least) {
        *pivot = sign * how->delta;
        how->replaced++;
    }
    how->nothing += *pivot - *pivot;
    return 1.0 / *pivot;
}

/* to[i] -= sum over columns c < depth of from[i + c lead] y[c], for `rows` (a multiple of VECTOR) rows and `tile`
 * columns of y and to, which lie to_lead and depth apart. */
INLINE void subtract_products(size_t rows, size_t depth, const double *from, size_t lead, const double *y, double *to,
                              size_t to_lead, size_t tile)
{
    for (size_t i = 0; i < rows; i += VECTOR) {
        vector sum[TILE];

        for (size_t t = 0; t < tile; t++) {
            sum[t] = *(vector *)(to + t * to_lead + i);
        }
        for (size_t c = 0; c < depth; c++) {
            vector column = *(const vector *)(from + c * lead + i);

            for (size_t t = 0; t < tile; t++) {
                sum[t] -= column * y[t * depth + c];
            }
        }
        for (size_t t = 0; t < tile; t++) {
            *(vector *)(to + t * to_lead + i) = sum[t];
        }
    }
}

INLINE void subtract_tile(size_t rows, size_t depth, const double *from, size_t lead, const double *y, double *to,
                          size_t to_lead, size_t tile)
{
    if (tile == TILE) {
        subtract_products(rows, depth, from, lead, y, to, to_lead, TILE);
    } else if (tile == 3) {
        subtract_products(rows, depth, from, lead, y, to, to_lead, 3);
    } else if (tile == 2) {
        subtract_products(rows, depth, from, lead, y, to, to_lead, 2);
    } else {
        subtract_products(rows, depth, from, lead, y, to, to_lead, 1);
    }
}

/* y[t depth + c] = d_c l[row + t, c] for the first `depth` columns. */
INLINE void scale_rows(const ldl *factor, const ldl_node *node, size_t row, size_t tile, size_t depth, double *y)
{
    const double *panel = factor->value + node->panel;

    for (size_t c = 0; c < depth; c++) {
        double d = panel[c * node->lead + c];

        for (size_t t = 0; t < tile; t++) {
            y[t * depth + c] = d * panel[c * node->lead + row + t];
        }
    }
}

INLINE size_t tile_of(size_t left)
{
    return left < TILE ? left : TILE;
}

/* ---------------------------------------------------------------------------- small nodes ---- */

/* One column of L; each product of its few rows below goes straight to where it is subtracted. */
INLINE void factor_small(ldl *factor, const ldl_node *node, pivoting *how)
{
    double *column = factor->value + node->panel, *value = factor->value;
    double inverse = invert_pivot(how, node->first, column);
    const uint32_t *slot = factor->product_slot + node->destinations;

    factor->inverse[node->first] = inverse;
    for (uint32_t i = 1; i <= node->below; i++) {
        double y = column[i], l = y * inverse;

        column[i] = l;
        value[*slot++] -= l * y;
        for (uint32_t j = i + 1; j <= node->below; j++) { /* those below i are not divided yet */
            value[*slot++] -= l * column[j];
        }
    }
}

/* ------------------------------------------------------- wide nodes: the node's own columns ---- */

/* The triangle of the tile of columns begin .. begin + tile - 1, from which the products of the columns before are
 * subtracted already, and the rows below it. */
INLINE void factor_tile(ldl *factor, const ldl_node *node, pivoting *how, size_t begin, size_t tile)
{
    double *panel = factor->value + node->panel;
    size_t lead = node->lead;

    for (size_t c = begin; c < begin + tile; c++) {
        double *column = panel + c * lead;
        double inverse = invert_pivot(how, node->first + c, column + c);

        factor->inverse[node->first + c] = inverse;
        for (size_t d = c + 1; d < begin + tile; d++) {
            double *other = panel + d * lead, l = column[d] * inverse;

            for (size_t i = d; i < lead; i++) {
                other[i] -= l * column[i];
            }
        }
        for (size_t i = c + 1; i < lead; i++) {
            column[i] *= inverse;
        }
    }
}

/* A tile of columns at a time: the products of all columns before are subtracted, then it is factorised. */
INLINE void factor_panel(ldl *factor, const ldl_node *node, pivoting *how)
{
    double *panel = factor->value + node->panel, *y = factor->work;
    size_t lead = node->lead;

    for (size_t begin = 0; begin < node->columns && !stop_seen(factor->watch); begin += TILE) {
        size_t tile = tile_of(node->columns - begin), from = begin / VECTOR * VECTOR;

        if (begin > 0) {
            scale_rows(factor, node, begin, tile, begin, y);
            subtract_tile(lead - from, begin, panel + from, lead, y, panel + begin * lead + from, lead, tile);
        }
        factor_tile(factor, node, how, begin, tile);
    }
}

/* ----------------------------------------------------- wide nodes: the panels of later ones ---- */

/* Adds a column of products with the rows below from `first` on, counted from the segment's first, to a column of the
 * panel of segment->to, where those rows are the entries `place`. */
INLINE void add_column(const ldl_segment *segment, const uint32_t *place, size_t first, size_t count,
                       const double *product, double *column)
{
    if (segment->together) {
        for (size_t i = first; i < count; i++) {
            column[place[0] + i] += product[i - first];
        }
        return;
    }
    for (size_t i = first; i < count; i++) {
        column[place[i]] += product[i - first];
    }
}

/* Subtracts from the panel of segment->to what the node's rows of that segment give with the rows from there on: a tile
 * of columns at a time, first into `product`, then to where they belong. y: room for a tile's scaled rows. */
INLINE void update_segment(ldl *factor, const ldl_node *node, const ldl_segment *segment, double *y, double *product)
{
    const double *panel = factor->value + node->panel;
    const ldl_node *to = &factor->node[segment->to];
    const uint32_t *place = factor->panel_row + segment->places;
    size_t lead = node->lead, depth = node->columns, count = node->below - segment->begin;

    for (size_t a = segment->begin; a < segment->end && !stop_seen(factor->watch); a += TILE) {
        size_t tile = tile_of(segment->end - a), row = depth + a, from = row / VECTOR * VECTOR, rows = lead - from;

        scale_rows(factor, node, row, tile, depth, y);
        memset(product, 0, tile * rows * sizeof *product);
        subtract_tile(rows, depth, panel + from, lead, y, product, rows, tile);
        for (size_t t = 0; t < tile; t++) {
            size_t first = a + t - segment->begin;

            add_column(segment, place, first, count, product + t * rows + (row + t - from),
                       factor->value + to->panel + (size_t)place[first] * to->lead);
        }
    }
}

/* Subtracts the outer product of the rows below from the panels of the nodes whose columns they are. */
INLINE void update_later_nodes(ldl *factor, const ldl_node *node)
{
    double *y = factor->work, *product = y + TILE * node->lead;

    for (uint32_t s = 0; s < node->segments; s++) {
        update_segment(factor, node, &factor->segment[node->destinations + s], y, product);
    }
}

/* ------------------------------------------------------------------------------ all nodes ---- */

CLONES(extern, size_t, ldl_factor, (ldl * factor, const signed char *sign, double least, double delta),
       (factor, sign, least, delta))
{
    pivoting how = {.sign = sign, .least = least, .delta = delta};

    for (size_t s = 0; s < factor->nodes; s++) {
        const ldl_node *node = &factor->node[s];

        if (s % POLLED_NODES == 0 && stop_seen(factor->watch)) {
            return SIZE_MAX;
        }
        if (node->small) {
            factor_small(factor, node, &how);
        } else {
            factor_panel(factor, node, &how);
            update_later_nodes(factor, node);
        }
    }
    return how.nothing == 0.0 && !(factor->watch && factor->watch->seen) ? how.replaced : SIZE_MAX;
}
