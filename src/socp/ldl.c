/* The numeric phases of the factorisation, node by node, in dense panels. docs/solver.md, ldl.h. */
#include "socp/ldl.h"

#include "base/clones.h"
#include "socp/constants.h"
#include "socp/sizes.h"

enum { COLUMN_TILE = 4 }; /* columns that are worked on together: their sums fit the registers */

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

INLINE size_t smaller_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Columns of numbers, `lead` apart. */
typedef struct columns {
    double *at;
    size_t lead;
} columns;

/* How many rows, columns of products and columns worked on together. */
typedef struct extent {
    size_t rows, depth, tile;
} extent;

/* to[i, t] -= sum over c < depth of from[i, c] y[c, t], for `rows` (a multiple of VECTOR) rows i and `tile` columns t;
 * fresh: from 0. */
INLINE void subtract_products(extent of, bool fresh, columns from, columns y, columns to)
{
    for (size_t i = 0; i < of.rows; i += VECTOR) {
        vector sum[COLUMN_TILE] = {{0.0}};

        for (size_t t = 0; !fresh && t < of.tile; t++) {
            sum[t] = *(vector *)(to.at + t * to.lead + i);
        }
        for (size_t c = 0; c < of.depth; c++) {
            vector column = *(const vector *)(from.at + c * from.lead + i);

            for (size_t t = 0; t < of.tile; t++) {
                sum[t] -= column * y.at[t * y.lead + c];
            }
        }
        for (size_t t = 0; t < of.tile; t++) {
            *(vector *)(to.at + t * to.lead + i) = sum[t];
        }
    }
}

INLINE void subtract_tile(extent of, bool fresh, columns from, columns y, columns to)
{
    if (of.tile == COLUMN_TILE) {
        subtract_products((extent){of.rows, of.depth, COLUMN_TILE}, fresh, from, y, to);
    } else if (of.tile == 3) {
        subtract_products((extent){of.rows, of.depth, 3}, fresh, from, y, to);
    } else if (of.tile == 2) {
        subtract_products((extent){of.rows, of.depth, 2}, fresh, from, y, to);
    } else {
        subtract_products((extent){of.rows, of.depth, 1}, fresh, from, y, to);
    }
}

/* The entries of a node's panel from (row, column) on. */
INLINE columns panel_part(ldl *factor, const ldl_node *node, size_t row, size_t column)
{
    return (columns){factor->value + node->panel + column * node->lead + row, node->lead};
}

/* y[c, t] = d l[row + t] of the panel's column begin + c, for `tile` rows t and `depth` columns c. */
INLINE void scale_rows(columns panel, size_t row, size_t tile, size_t begin, size_t depth, columns y)
{
    for (size_t c = 0; c < depth; c++) {
        const double *column = panel.at + (begin + c) * panel.lead;
        double d = column[begin + c];

        for (size_t t = 0; t < tile; t++) {
            y.at[t * y.lead + c] = d * column[row + t];
        }
    }
}

/* ---------------------------------------------------------------------------- small nodes ---- */

/* One column of L; each product of its few rows below goes straight to where it is subtracted. */
INLINE void factor_small_node(uint32_t below, ldl *factor, const ldl_node *node, pivoting *how)
{
    double *column = factor->value + node->panel, *value = factor->value;
    double inverse = invert_pivot(how, node->first, column);
    const uint32_t *slot = factor->product_slot + node->destinations;

    factor->inverse[node->first] = inverse;
    for (uint32_t i = 1; i <= below; i++) {
        double y = column[i], l = y * inverse;

        column[i] = l;
        value[*slot++] -= l * y;
        for (uint32_t j = i + 1; j <= below; j++) { /* those below i are not divided yet */
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

/* Subtracts the products of all columns before `block` from the columns block .. end - 1. */
CLONES(static, void, subtract_before, (ldl * factor, const ldl_node *node, size_t block, size_t end),
       (factor, node, block, end))
{
    double y[PANEL_BLOCK * PANEL_DEPTH];

    for (size_t c = 0; c < block && !stop_seen(factor->watch); c += PANEL_DEPTH) {
        size_t depth = smaller_size(PANEL_DEPTH, block - c);

        scale_rows(panel_part(factor, node, 0, 0), block, end - block, c, depth, (columns){y, PANEL_DEPTH});
        for (size_t strip = block; strip < node->lead; strip += PANEL_STRIP) {
            size_t below = smaller_size(strip + PANEL_STRIP, node->lead);

            for (size_t begin = block; begin < end && begin < below; begin += COLUMN_TILE) {
                size_t row = begin > strip ? begin : strip; /* what is above the diagonal is of no use */

                subtract_tile((extent){below - row, depth, smaller_size(COLUMN_TILE, end - begin)}, false,
                              panel_part(factor, node, row, c),
                              (columns){y + (begin - block) * PANEL_DEPTH, PANEL_DEPTH},
                              panel_part(factor, node, row, begin));
            }
        }
    }
}

INLINE bool is_large(const ldl_node *node)
{
    return (size_t)node->lead * node->columns >= PANEL_LARGE;
}

/* A block of columns at a time, and in it a tile: the products of the columns before are subtracted from it, then it is
 * factorised. */
INLINE void factor_panel(ldl *factor, const ldl_node *node, pivoting *how)
{
    size_t size = is_large(node) ? PANEL_BLOCK : node->columns;

    for (size_t block = 0; block < node->columns; block += size) {
        size_t end = smaller_size(block + size, node->columns);

        if (block > 0) {
            subtract_before(factor, node, block, end);
        }
        for (size_t begin = block; begin < end && !stop_seen(factor->watch); begin += COLUMN_TILE) {
            size_t tile = smaller_size(COLUMN_TILE, end - begin), depth = begin - block;
            columns y = {factor->work, depth};

            if (depth > 0) {
                scale_rows(panel_part(factor, node, 0, 0), begin, tile, block, depth, y);
                subtract_tile((extent){node->lead - begin, depth, tile}, false, panel_part(factor, node, begin, block),
                              y, panel_part(factor, node, begin, begin));
            }
            factor_tile(factor, node, how, begin, tile);
        }
    }
}

/* ----------------------------------------------------- wide nodes: the panels of later ones ---- */

/* column[place[i]] += product[i] for i < count; together: the places follow one another. */
INLINE void add_column(size_t count, const double *product, const uint32_t *place, bool together, double *column)
{
    if (together) {
        column += place[0];
        for (size_t i = 0; i < count; i++) {
            column[i] += product[i];
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        column[place[i]] += product[i];
    }
}

/* Subtracts from the panel of segment->to what the node's rows of that segment give with the rows from there on: a tile
 * of columns at a time, first into `product`, then to where they belong. */
INLINE void update_segment(ldl *factor, const ldl_node *node, const ldl_segment *segment)
{
    const ldl_node *to = &factor->node[segment->to];
    const uint32_t *place = factor->panel_row + segment->places;
    size_t depth = node->columns;
    size_t part = is_large(node) ? PANEL_DEPTH : depth;
    double *product = factor->work + (size_t)COLUMN_TILE * node->lead;

    for (size_t a = segment->begin; a < segment->end && !stop_seen(factor->watch); a += COLUMN_TILE) {
        size_t tile = smaller_size(COLUMN_TILE, segment->end - a), row = depth + a, from = row / VECTOR * VECTOR;
        size_t rows = node->lead - from;
        columns y = {factor->work, depth};

        scale_rows(panel_part(factor, node, 0, 0), row, tile, 0, depth, y);
        for (size_t c = 0; c < depth; c += part) {
            subtract_tile((extent){rows, smaller_size(part, depth - c), tile}, c == 0,
                          panel_part(factor, node, from, c), (columns){y.at + c, depth}, (columns){product, rows});
        }
        for (size_t t = 0; t < tile; t++) {
            const uint32_t *own = place + (a + t - segment->begin); /* of row a + t below, and of those after it */

            add_column(node->below - (a + t), product + t * rows + (row + t - from), own, segment->together,
                       factor->value + to->panel + (size_t)own[0] * to->lead);
        }
    }
}

/* Subtracts the outer product of the rows below from the panels of the nodes whose columns they are. */
INLINE void update_later_nodes(ldl *factor, const ldl_node *node)
{
    for (uint32_t s = 0; s < node->segments; s++) {
        update_segment(factor, node, &factor->segment[node->destinations + s]);
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
            BY_BELOW(factor_small_node, node->below, factor, node, &how);
        } else {
            factor_panel(factor, node, &how);
            update_later_nodes(factor, node);
        }
    }
    return how.nothing == 0.0 && !(factor->watch && factor->watch->seen) ? how.replaced : SIZE_MAX;
}
