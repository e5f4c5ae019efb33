/* The first symbolic phases of the factorisation: entries by column, elimination tree, nodes. docs/solver.md, ldl.h. */
#include "socp/ldl_symbolic.h"

#include "socp/constants.h"

#include <string.h>

bool ldl_ends_at(const ldl_symbolic *s, size_t row)
{
    return row % POLLED_ROWS == 0 && stop_seen(s->watch);
}

/* --------------------------------------------------------------------- phase 1: entries ---- */

void ldl_list_entries(ldl_symbolic *s, const ldl_pattern *pattern)
{
    uint32_t *next = s->scratch[0]; /* first how many entries a column has, then where its next one goes */

    for (size_t i = 0; i < s->n; i++) {
        s->position[pattern->order[i]] = (uint32_t)i;
    }
    memset(next, 0, (s->n + 2) * sizeof *next);
    for (size_t e = 0; e < pattern->entries; e++) {
        uint32_t r = s->position[pattern->row[e]], c = s->position[pattern->col[e]];

        next[r > c ? r : c] += r != c;
    }
    s->entry_start[0] = 0;
    for (size_t j = 0; j < s->n; j++) {
        s->entry_start[j + 1] = s->entry_start[j] + next[j];
        next[j] = s->entry_start[j];
    }
    for (size_t e = 0; e < pattern->entries; e++) {
        uint32_t r = s->position[pattern->row[e]], c = s->position[pattern->col[e]];

        if (r != c) {
            uint32_t at = next[r > c ? r : c]++;

            s->entry[at] = (uint32_t)e;
            s->earlier[at] = r > c ? c : r;
        }
    }
}

/* ------------------------------------------------------------------------ phase 2: tree ---- */

/* Row by row: the columns met on the ways from the entries of row k up the tree to k are those in which row k of L has
 * an entry. Each is visited once a row. A way that ends before k tells the parent of its end: k. */
void ldl_grow_tree(ldl_symbolic *s)
{
    uint32_t none = (uint32_t)s->n;
    uint32_t *visited = s->scratch[0]; /* the last row that visited a column */

    for (uint32_t k = 0; k < s->n && !ldl_ends_at(s, k); k++) {
        s->parent[k] = none;
        s->length[k] = 1;
        visited[k] = k;
        for (uint32_t e = s->entry_start[k]; e < s->entry_start[k + 1]; e++) {
            for (uint32_t j = s->earlier[e]; visited[j] != k; j = s->parent[j]) {
                if (s->parent[j] == none) {
                    s->parent[j] = k;
                }
                visited[j] = k;
                s->length[j]++;
            }
        }
    }
}

/* ----------------------------------------------------------------------- phase 3: nodes ---- */

/* Estimated time of a node with `width` columns and `front` rows in all, in nanoseconds: factorisation and the solves
 * of one iteration. Fitted by measurement. */
static double estimate_cost(double width, double front)
{
    double below = front - width, flops = width * front * front - width * width * front + width * width * width / 3.0;

    if (width < 1.5 && below < SMALL_BELOW + 0.5) {
        return 20.0 + 4.0 * below + 0.7 * below * below;
    }
    return 120.0 + 8.0 * width + 4.0 * below + 0.3 * below * below + 1.2 * width * front + 0.1 * flops;
}

/* Chains of columns, each the parent of the one before, with the same rows below the last of them: one more row a
 * column down the chain. */
static void join_equal_columns(ldl_symbolic *s)
{
    uint32_t none = (uint32_t)s->n;
    uint32_t *child = s->scratch[0]; /* the child that a column joins with */

    for (uint32_t j = 0; j <= s->n; j++) {
        child[j] = none;
    }
    for (uint32_t j = 0; j < s->n; j++) {
        uint32_t p = s->parent[j];

        s->top[j] = j;
        s->width[j] = 1;
        if (p != none && s->length[j] == s->length[p] + 1) {
            child[p] = j;
        }
    }
    for (uint32_t j = none; j-- > 0;) {
        if (child[j] != none) {
            s->top[child[j]] = s->top[j];
        }
    }
    for (uint32_t j = 0; j < s->n; j++) {
        uint32_t top = s->top[j];

        if (top != j) {
            s->width[top]++;
            s->length[top] = s->length[top] > s->length[j] ? s->length[top] : s->length[j];
        }
    }
}

/* A node and its parent where the zeros that one panel stores for both cost less time than two panels. */
static void join_cheap_nodes(ldl_symbolic *s)
{
    uint32_t none = (uint32_t)s->n;

    for (uint32_t j = 0; j < s->n; j++) {
        uint32_t p = s->parent[j];

        if (s->top[j] != j || p == none) {
            continue;
        }
        p = s->top[p];
        if (estimate_cost(s->width[j] + s->width[p], s->width[j] + s->length[p]) <=
            estimate_cost(s->width[j], s->length[j]) + estimate_cost(s->width[p], s->length[p])) {
            s->top[j] = p;
            s->length[p] += s->width[j];
            s->width[p] += s->width[j];
        }
    }
    for (uint32_t j = none; j-- > 0;) { /* tops that joined others in turn; later columns are done */
        s->top[j] = s->top[s->top[j]];
    }
}

void ldl_join_columns(ldl_symbolic *s)
{
    join_equal_columns(s);
    join_cheap_nodes(s);
}
