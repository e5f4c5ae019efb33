/* Sparse L D L' of a symmetric quasi-definite matrix with a fixed pattern. docs/solver.md.
 *
 * Columns of L with (nearly) the same rows below them form a node (a supernode). A node's entries are stored as one
 * dense panel, column after column: in each column first the rows that are the node's own columns, then its rows below.
 *
 * Symbolic phases, once for a pattern (ldl_analyse):
 *   1. entries:     the entries of the matrix, listed under the later of their two columns        (ldl_tree.c)
 *   2. tree:        the elimination tree and the length of every column of L                      (ldl_tree.c)
 *   3. nodes:       columns joined where that costs less than keeping them apart                  (ldl_tree.c)
 *   4. panels:      where the panel of every node lies, and the order of columns that follows     (ldl_analyse.c)
 *   5. rows:        the rows below every node, and where every entry of the matrix belongs        (ldl_analyse.c)
 *   6. destinations: where the products of every node's rows below are subtracted                 (ldl_analyse.c)
 *
 * Numeric phases, for every matrix of that pattern (ldl_factor, ldl.c), node after node: the node's own columns are
 * factorised within its panel; then the outer product of its rows below is subtracted from the panels of the later
 * nodes whose columns those rows are. Nothing is allocated.
 *
 * Solution (ldl_solve.c): forward through the nodes with L, backward with D and L'. */
#ifndef CFISAC_SOCP_LDL_H
#define CFISAC_SOCP_LDL_H

#include "socp/watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One node. Its columns are first .. first + columns - 1 in the order of elimination. Column c of its panel starts at
 * value[panel + c lead]; there, entry i < columns is row first + i (i >= c; the others are unused), and entry
 * columns + i is row below_row[rows + i], i < below. */
typedef struct ldl_node {
    uint32_t first, columns;
    uint32_t below;      /* how many rows below */
    uint32_t lead;       /* columns + below; of a wide node rounded up to whole vectors, the rest of each column 0 */
    size_t panel;        /* where its panel starts in value */
    size_t rows;         /* where its rows below start in below_row, ascending */
    size_t destinations; /* small: where they start in product_slot; wide: its first segment */
    uint32_t segments;   /* of a wide node: how many later nodes its rows below are columns of */
    bool small;          /* one column and few rows below, otherwise wide */
} ldl_node;

/* Part of a wide node's rows below: the rows begin .. end - 1 are columns of the later node `to`. All rows from `begin`
 * on stand somewhere in the panel of `to`: row begin + i is entry panel_row[places + i] of its columns. */
typedef struct ldl_segment {
    uint32_t to, begin, end;
    bool together; /* those entries follow one another */
    size_t places; /* where they start in panel_row */
} ldl_segment;

typedef struct ldl {
    size_t n;               /* columns of the matrix */
    size_t nodes;           /* length of node */
    size_t values;          /* length of value */
    size_t work_size;       /* length of work */
    ldl_node *node;         /* nodes, in the order of their columns */
    ldl_segment *segment;   /* the segments of the wide nodes, one node after another */
    uint32_t *below_row;    /* the rows below of all nodes, one node after another */
    uint32_t *product_slot; /* the small nodes' products, one node after another: where in value each is subtracted. The
                             * product of rows below i and j >= i; j runs faster */
    uint32_t *panel_row;    /* the wide nodes' rows below, one segment after another: which entry of a column each is in
                             * the panel of the segment's node */
    double *value;          /* the panels: the matrix before ldl_factor; then L, and D on the diagonal */
    double *inverse;        /* n: 1 / d of every column */
    double *work;           /* LDL_WORK vectors as long as the longest panel column, for one wide node at a time */
    stop_watch *watch;      /* or NULL; of the pattern given to ldl_analyse */
    void *memory[2];        /* the blocks that hold all these */
} ldl;

/* Vectors as long as the longest panel column that the work holds. */
enum { LDL_WORK = 8 };

/* The pattern is given as entries (row[e], col[e]) of either triangle, duplicates allowed; order[i] is the unknown to
 * be eliminated as i-th. Fills place[unknown] (the order actually taken, equal up to a reordering that keeps the
 * fill) and slot[e], where entry e belongs in value. False when out of memory or when the watch saw its flag. */
typedef struct ldl_pattern {
    size_t n, entries;
    const uint32_t *row, *col;
    const uint32_t *order;
    stop_watch *watch; /* or NULL; polled here and in ldl_factor */
} ldl_pattern;
bool ldl_analyse(ldl *factor, const ldl_pattern *pattern, uint32_t *place, uint32_t *slot);
void ldl_free(ldl *factor);

/* Factorises the matrix assembled in value; sign[j] (+1 or -1, by place) is the sign d_j must have: a pivot below
 * `least` with that sign is replaced by sign * delta. Returns the number of replaced pivots, or SIZE_MAX when a number
 * is not finite or the watch saw its flag. */
size_t ldl_factor(ldl *factor, const signed char *sign, double least, double delta);

/* x := (L D L')^-1 x, by place; the second takes two right-hand sides, entry i of them at x[2 i] and x[2 i + 1]. */
void ldl_solve(const ldl *factor, double *restrict x);
void ldl_solve_two(const ldl *factor, double *restrict x);

#endif
