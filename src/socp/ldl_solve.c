/* The solution with the factor: forward through the nodes, backward through them. docs/solver.md, ldl.h. */
#include "socp/ldl.h"

#include "base/clones.h"
#include "socp/sizes.h"

#include <string.h>

/* Two right-hand sides lie side by side; `sides` is a constant where these are inlined. */

/* ------------------------------------------------------------------------ forward: L^-1 x ---- */

/* x of the rows below -= L times the column's own x. */
INLINE void forward_small(uint32_t below, const ldl *factor, const ldl_node *node, double *x, size_t sides)
{
    const double *l = factor->value + node->panel + 1;
    const uint32_t *row = factor->below_row + node->rows;

    if (sides == 2) {
        pair own = *(const pair *)(x + 2 * (size_t)node->first);

        for (uint32_t i = 0; i < below; i++) {
            *(pair *)(x + 2 * (size_t)row[i]) -= l[i] * own;
        }
    } else {
        double own = x[node->first];

        for (uint32_t i = 0; i < below; i++) {
            x[row[i]] -= l[i] * own;
        }
    }
}

/* First the triangle of the node's own columns; then the rows below: L times the node's own x is summed over the
 * columns, a vector of rows at a time, and subtracted from where those rows are. The first vector may begin with own
 * rows, which are of no use, the last one ends with no rows. */
INLINE void forward_wide(const ldl *factor, const ldl_node *node, double *restrict x, size_t sides)
{
    const double *panel = factor->value + node->panel;
    const uint32_t *row = factor->below_row + node->rows;
    double *own = x + sides * node->first, *sums = factor->work;
    size_t lead = node->lead, columns = node->columns;

    for (size_t c = 0; c < columns; c++) {
        for (size_t i = c + 1; i < columns; i++) {
            for (size_t r = 0; r < sides; r++) {
                own[sides * i + r] -= panel[c * lead + i] * own[sides * c + r];
            }
        }
    }
    for (size_t i = columns / VECTOR * VECTOR; i < lead; i += VECTOR) {
        vector sum[2] = {{0.0}};

        for (size_t c = 0; c < columns; c++) {
            vector l = *(const vector *)(panel + c * lead + i);

            for (size_t r = 0; r < sides; r++) {
                sum[r] += l * own[sides * c + r];
            }
        }
        for (size_t r = 0; r < sides; r++) {
            *(vector *)(sums + r * lead + i) = sum[r];
        }
    }
    for (size_t i = 0; i < node->below; i++) {
        for (size_t r = 0; r < sides; r++) {
            x[sides * row[i] + r] -= sums[r * lead + columns + i];
        }
    }
}

/* ---------------------------------------------------------------- backward: L'^-1 D^-1 x ---- */

/* The column's own x / d - L' times x of the rows below. Two sums, so that subtractions need not wait for each other.
 */
INLINE void backward_small(uint32_t below, const ldl *factor, const ldl_node *node, double *x, size_t sides)
{
    const double *l = factor->value + node->panel + 1;
    const uint32_t *row = factor->below_row + node->rows;
    double inverse = factor->inverse[node->first];
    uint32_t i = 0;

    if (sides == 2) {
        pair even = {0.0, 0.0}, odd = {0.0, 0.0}, *own = (pair *)(x + 2 * (size_t)node->first);

        for (; i + 1 < below; i += 2) {
            even += l[i] * *(const pair *)(x + 2 * (size_t)row[i]);
            odd += l[i + 1] * *(const pair *)(x + 2 * (size_t)row[i + 1]);
        }
        if (i < below) {
            even += l[i] * *(const pair *)(x + 2 * (size_t)row[i]);
        }
        *own = *own * inverse - (even + odd);
    } else {
        double even = 0.0, odd = 0.0;

        for (; i + 1 < below; i += 2) {
            even += l[i] * x[row[i]];
            odd += l[i + 1] * x[row[i + 1]];
        }
        if (i < below) {
            even += l[i] * x[row[i]];
        }
        x[node->first] = x[node->first] * inverse - (even + odd);
    }
}

/* Column after column from the last: own x / d - L' times x of the rows after it, own ones included. */
INLINE void backward_wide(const ldl *factor, const ldl_node *node, double *x, size_t sides)
{
    const double *panel = factor->value + node->panel;
    const uint32_t *row = factor->below_row + node->rows;
    double *own = x + sides * node->first, *all = factor->work;
    size_t lead = node->lead, columns = node->columns;

    for (size_t r = 0; r < sides; r++) { /* all: x at the panel's rows, own ones 0 until they are known */
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

/* ------------------------------------------------------------------------------ all nodes ---- */

INLINE void solve_sides(const ldl *factor, double *x, size_t sides)
{
    for (size_t s = 0; s < factor->nodes; s++) {
        const ldl_node *node = &factor->node[s];

        if (node->small) {
            BY_BELOW(forward_small, node->below, factor, node, x, sides);
        } else {
            forward_wide(factor, node, x, sides);
        }
    }
    for (size_t s = factor->nodes; s-- > 0;) {
        const ldl_node *node = &factor->node[s];

        if (node->small) {
            BY_BELOW(backward_small, node->below, factor, node, x, sides);
        } else {
            backward_wide(factor, node, x, sides);
        }
    }
}

CLONES(extern, void, ldl_solve, (const ldl *factor, double *restrict x), (factor, x))
{
    solve_sides(factor, x, 1);
}

CLONES(extern, void, ldl_solve_two, (const ldl *factor, double *restrict x), (factor, x))
{
    solve_sides(factor, x, 2);
}
