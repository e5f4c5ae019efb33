/* Factorisation and solution with dense panels. docs/solver.md. No sum is reordered by the vector length of the CPU, so
 * that every instruction set gives the same bytes. */
#include "socp/ldl.h"

#include "socp/problem.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum { VECTOR = 4, TILE = 4 }; /* doubles in a vector; columns of a tile */
enum { POLLED_NODES = 256 };   /* between two looks at the stop flag; a wide node looks at every tile */

typedef double vector __attribute__((vector_size(8 * VECTOR), aligned(8), may_alias));
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

/* ---------------------------------------------------------------------- factorisation ---- */

typedef struct pivoting {
    const signed char *sign;
    double least, delta;
    size_t replaced;
    double nothing; /* 0 as long as every pivot is finite */
} pivoting;

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

/* One column: its few rows go straight to where they belong. */
INLINE void factor_small(ldl *factor, const ldl_node *node, pivoting *how)
{
    double *column = factor->value + node->panel, *value = factor->value;
    double inverse = invert_pivot(how, node->first, column);
    const uint32_t *target = factor->target + node->reach;

    factor->inverse[node->first] = inverse;
    for (uint32_t i = 1; i <= node->below; i++) {
        double y = column[i], l = y * inverse;

        column[i] = l;
        value[*target++] -= l * y;
        for (uint32_t j = i + 1; j <= node->below; j++) { /* those below i are not divided yet */
            value[*target++] -= l * column[j];
        }
    }
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

/* The triangle of a block of columns begin .. begin + tile - 1, already updated by the columns before, and the rows
 * below it. */
INLINE void factor_block(ldl *factor, const ldl_node *node, pivoting *how, size_t begin, size_t tile)
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
        factor_block(factor, node, how, begin, tile);
    }
}

/* Subtracts the outer product of the rows below from the panels they belong to. */
INLINE void update_ancestors(ldl *factor, const ldl_node *node)
{
    const double *panel = factor->value + node->panel;
    size_t lead = node->lead, depth = node->columns;
    double *y = factor->work, *product = y + TILE * lead;

    for (uint32_t s = 0; s < node->segments; s++) {
        const ldl_segment *segment = &factor->segment[node->reach + s];
        const ldl_node *to = &factor->node[segment->to];
        const uint32_t *place = factor->target + segment->place;

        for (size_t a = segment->begin; a < segment->end && !stop_seen(factor->watch); a += TILE) {
            size_t tile = tile_of(segment->end - a), row = depth + a, from = row / VECTOR * VECTOR, rows = lead - from;

            scale_rows(factor, node, row, tile, depth, y);
            memset(product, 0, tile * rows * sizeof *product);
            subtract_tile(rows, depth, panel + from, lead, y, product, rows, tile);
            for (size_t t = 0; t < tile; t++) {
                size_t first = a + t - segment->begin, count = node->below - segment->begin;
                double *column = factor->value + to->panel + (size_t)place[first] * to->lead;
                const double *sum = product + t * rows + (row + t - from); /* from the first on */

                if (segment->together) {
                    for (size_t i = first; i < count; i++) {
                        column[place[0] + i] += sum[i - first];
                    }
                    continue;
                }
                for (size_t i = first; i < count; i++) {
                    column[place[i]] += sum[i - first];
                }
            }
        }
    }
}

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
            update_ancestors(factor, node);
        }
    }
    return how.nothing == 0.0 && !(factor->watch && factor->watch->seen) ? how.replaced : SIZE_MAX;
}

/* --------------------------------------------------------------------------- solution ---- */

/* Two right-hand sides lie side by side; `sides` is a constant where these are inlined. */

INLINE void forward_small(const ldl *factor, const ldl_node *node, double *x, size_t sides)
{
    const double *l = factor->value + node->panel + 1;
    const uint32_t *row = factor->row + node->rows;

    if (sides == 2) {
        pair own = *(const pair *)(x + 2 * (size_t)node->first);

        for (uint32_t i = 0; i < node->below; i++) {
            *(pair *)(x + 2 * (size_t)row[i]) -= l[i] * own;
        }
    } else {
        double own = x[node->first];

        for (uint32_t i = 0; i < node->below; i++) {
            x[row[i]] -= l[i] * own;
        }
    }
}

/* Two sums, so that subtractions need not wait for each other. */
INLINE void backward_small(const ldl *factor, const ldl_node *node, double *x, size_t sides)
{
    const double *l = factor->value + node->panel + 1;
    const uint32_t *row = factor->row + node->rows;
    double inverse = factor->inverse[node->first];
    uint32_t i = 0;

    if (sides == 2) {
        pair even = {0.0, 0.0}, odd = {0.0, 0.0}, *own = (pair *)(x + 2 * (size_t)node->first);

        for (; i + 1 < node->below; i += 2) {
            even += l[i] * *(const pair *)(x + 2 * (size_t)row[i]);
            odd += l[i + 1] * *(const pair *)(x + 2 * (size_t)row[i + 1]);
        }
        if (i < node->below) {
            even += l[i] * *(const pair *)(x + 2 * (size_t)row[i]);
        }
        *own = *own * inverse - (even + odd);
    } else {
        double even = 0.0, odd = 0.0;

        for (; i + 1 < node->below; i += 2) {
            even += l[i] * x[row[i]];
            odd += l[i + 1] * x[row[i + 1]];
        }
        if (i < node->below) {
            even += l[i] * x[row[i]];
        }
        x[node->first] = x[node->first] * inverse - (even + odd);
    }
}

/* The panel times the node's own part is gathered in work, then spread. */
INLINE void forward_wide(const ldl *factor, const ldl_node *node, double *x, size_t sides)
{
    const double *panel = factor->value + node->panel;
    const uint32_t *row = factor->row + node->rows;
    double *own = x + sides * node->first;
    size_t lead = node->lead, columns = node->columns, from = columns / VECTOR * VECTOR;

    for (size_t c = 0; c < columns; c++) {
        for (size_t i = c + 1; i < columns; i++) {
            for (size_t r = 0; r < sides; r++) {
                own[sides * i + r] -= panel[c * lead + i] * own[sides * c + r];
            }
        }
    }
    for (size_t i = from; i < lead; i += VECTOR) {
        vector sum[2] = {{0.0}};

        for (size_t c = 0; c < columns; c++) {
            vector l = *(const vector *)(panel + c * lead + i);

            for (size_t r = 0; r < sides; r++) {
                sum[r] += l * own[sides * c + r];
            }
        }
        for (size_t j = 0; j < VECTOR; j++) {
            if (i + j >= columns && i + j < columns + node->below) {
                for (size_t r = 0; r < sides; r++) {
                    x[sides * row[i + j - columns] + r] -= sum[r][j];
                }
            }
        }
    }
}

INLINE void backward_wide(const ldl *factor, const ldl_node *node, double *x, size_t sides)
{
    const double *panel = factor->value + node->panel;
    const uint32_t *row = factor->row + node->rows;
    double *own = x + sides * node->first, *all = factor->work;
    size_t lead = node->lead, columns = node->columns;

    for (size_t r = 0; r < sides; r++) { /* all: x at the panel's rows */
        double *at = all + r * lead;

        memset(at, 0, lead * sizeof *at);
        for (size_t c = 0; c < columns; c++) {
            own[sides * c + r] *= factor->inverse[node->first + c];
        }
        for (size_t i = 0; i < node->below; i++) {
            at[columns + i] = x[sides * row[i] + r];
        }
    }
    for (size_t c = columns; c-- > 0;) {
        size_t from = (c + 1) / VECTOR * VECTOR;
        vector sum[2] = {{0.0}};

        for (size_t i = from; i < lead; i += VECTOR) { /* rows c and before still hold 0 */
            vector l = *(const vector *)(panel + c * lead + i);

            for (size_t r = 0; r < sides; r++) {
                sum[r] += l * *(const vector *)(all + r * lead + i);
            }
        }
        for (size_t r = 0; r < sides; r++) {
            double value = own[sides * c + r] - ((sum[r][0] + sum[r][2]) + (sum[r][1] + sum[r][3]));

            own[sides * c + r] = value;
            all[r * lead + c] = value;
        }
    }
}

INLINE void solve(const ldl *factor, double *x, size_t sides)
{
    for (size_t s = 0; s < factor->nodes; s++) {
        const ldl_node *node = &factor->node[s];

        if (node->small) {
            forward_small(factor, node, x, sides);
        } else {
            forward_wide(factor, node, x, sides);
        }
    }
    for (size_t s = factor->nodes; s-- > 0;) {
        const ldl_node *node = &factor->node[s];

        if (node->small) {
            backward_small(factor, node, x, sides);
        } else {
            backward_wide(factor, node, x, sides);
        }
    }
}

CLONES(extern, void, ldl_solve, (const ldl *factor, double *restrict x), (factor, x))
{
    solve(factor, x, 1);
}

CLONES(extern, void, ldl_solve_two, (const ldl *factor, double *restrict x), (factor, x))
{
    solve(factor, x, 2);
}
