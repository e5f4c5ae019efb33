/* Sparse L D L' of a symmetric quasi-definite matrix with a fixed pattern. docs/solver.md.
 *
 * Columns with (nearly) the same rows below them form a node and are stored as one dense panel: lead x columns, column-
 * major, the columns' own rows first, then the rows below. A finished node subtracts its outer product from the panels
 * of the columns it reaches. A node of one column and few rows holds the place of every such entry; a wide node one
 * list of rows per panel it reaches. Everything symbolic is done once; the factorisation allocates nothing. */
#ifndef CFISAC_SOCP_LDL_H
#define CFISAC_SOCP_LDL_H

#include "socp/watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ldl_node {
    uint32_t first, columns; /* columns first .. first + columns - 1, in the order of elimination */
    uint32_t below, lead;    /* rows below; distance of a panel's columns */
    size_t panel;            /* where its panel starts in value */
    size_t rows;             /* where its rows below start in row */
    size_t reach;            /* small: its places in target; wide: its first segment */
    uint32_t segments;       /* of a wide node */
    bool small;              /* one column, few rows */
} ldl_node;

/* Rows begin .. end - 1 below a node are columns of node `to`; the rows from `begin` on stand in the panel of `to` at
 * target[place ..). */
typedef struct ldl_segment {
    uint32_t to, begin, end;
    bool together; /* those places follow one another */
    size_t place;
} ldl_segment;

/* Vectors as long as the longest panel column that the work holds. */
enum { LDL_WORK = 8 };

typedef struct ldl {
    size_t n, nodes, values; /* values: length of value */
    size_t wide_target;      /* where the places of wide nodes start in target */
    size_t work_size;
    ldl_node *node;
    ldl_segment *segment;
    uint32_t *row;
    uint32_t *target;
    double *value;     /* the panels: the matrix before ldl_factor, L after it */
    double *inverse;   /* n: 1 / d */
    double *work;      /* work_size */
    stop_watch *watch; /* or NULL; of the pattern given to ldl_analyse */
    void *memory[2];
} ldl;

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
