/* The symbolic part of the factorisation: elimination tree, nodes, panels, and where each update goes. docs/solver.md.
 */
#include "socp/ldl.h"

#include "socp/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SMALL = 8, PAD = 4, POLLED_ROWS = 32 /* between two looks at the stop flag */ };

/* Everything the analysis needs for a while; columns are numbered by the order given, nodes by their last column until
 * they are numbered anew. */
typedef struct analysis {
    size_t n;
    uint32_t *position; /* n: of an unknown in the given order */
    uint32_t *start;    /* n + 1: entries whose later column is j */
    uint32_t *entry;    /* their numbers */
    uint32_t *earlier;  /* their other column */
    uint32_t *parent;   /* n: elimination tree; n: none */
    uint32_t *count;    /* n: rows of a column of L, diagonal included; then of a node's first column */
    uint32_t *width;    /* n: columns of a node */
    uint32_t *into;     /* n: the node a column went to */
    uint32_t *mark;     /* n + 1 */
    uint32_t *number;   /* n: new number of a column */
    uint32_t *node;     /* n: node of a new column */
    stop_watch *watch;  /* or NULL */
} analysis;

/* Whether to end at this row of a long loop; the result is then of no use. */
static bool ends_at(const analysis *a, size_t row)
{
    return row % POLLED_ROWS == 0 && stop_seen(a->watch);
}

static bool allocate(analysis *a, size_t n, size_t entries)
{
    uint32_t *block = memory_block((12 * (n + 2) + 2 * entries) * sizeof *block);
    uint32_t **part[] = {&a->position, &a->start, &a->parent, &a->count, &a->width,
                         &a->into,     &a->mark,  &a->number, &a->node};

    *a = (analysis){.n = n};
    if (!block) {
        return false;
    }
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        *part[i] = block + i * (n + 2);
    }
    a->entry = block + 12 * (n + 2);
    a->earlier = a->entry + entries;
    return true;
}

/* Lists every entry off the diagonal under its later column. */
static void sort_entries(analysis *a, const ldl_pattern *pattern)
{
    uint32_t *next = a->mark;

    for (size_t i = 0; i < a->n; i++) {
        a->position[pattern->order[i]] = (uint32_t)i;
    }
    memset(next, 0, (a->n + 2) * sizeof *next);
    for (size_t e = 0; e < pattern->entries; e++) {
        uint32_t r = a->position[pattern->row[e]], c = a->position[pattern->col[e]];

        next[r > c ? r : c] += r != c;
    }
    a->start[0] = 0;
    for (size_t j = 0; j < a->n; j++) {
        a->start[j + 1] = a->start[j] + next[j];
        next[j] = a->start[j];
    }
    for (size_t e = 0; e < pattern->entries; e++) {
        uint32_t r = a->position[pattern->row[e]], c = a->position[pattern->col[e]];

        if (r != c) {
            uint32_t at = next[r > c ? r : c]++;

            a->entry[at] = (uint32_t)e;
            a->earlier[at] = r > c ? c : r;
        }
    }
}

/* The elimination tree and the length of every column: from every entry of row k up the tree, the columns met are the
 * entries of row k of L. */
static void grow_tree(analysis *a)
{
    uint32_t none = (uint32_t)a->n;

    for (uint32_t k = 0; k < a->n && !ends_at(a, k); k++) {
        a->parent[k] = none;
        a->count[k] = 1;
        a->mark[k] = k;
        for (uint32_t i = a->start[k]; i < a->start[k + 1]; i++) {
            for (uint32_t j = a->earlier[i]; a->mark[j] != k; j = a->parent[j]) {
                if (a->parent[j] == none) {
                    a->parent[j] = k;
                }
                a->mark[j] = k;
                a->count[j]++;
            }
        }
    }
}

/* Estimated time of a node with `width` columns and `front` rows in all, in nanoseconds: factorisation and the solves
 * of one iteration. Fitted by measurement. */
static double estimate(double width, double front)
{
    double below = front - width, flops = width * front * front - width * width * front + width * width * width / 3.0;

    if (width < 1.5 && below < SMALL + 0.5) {
        return 20.0 + 4.0 * below + 0.7 * below * below;
    }
    return 120.0 + 8.0 * width + 4.0 * below + 0.3 * below * below + 1.2 * width * front + 0.1 * flops;
}

/* Joins columns to nodes: first a column and its child with the same rows, then a node and its parent where the zeros
 * that this stores cost less than a node. A node is known by its last column; into[] of others points to it. */
static void join_columns(analysis *a)
{
    uint32_t none = (uint32_t)a->n, *child = a->mark;

    for (uint32_t j = 0; j <= a->n; j++) {
        child[j] = none;
    }
    for (uint32_t j = 0; j < a->n; j++) {
        uint32_t p = a->parent[j];

        a->into[j] = j;
        a->width[j] = 1;
        if (p != none && a->count[j] == a->count[p] + 1) {
            child[p] = j;
        }
    }
    for (uint32_t j = none; j-- > 0;) {
        if (child[j] != none) {
            a->into[child[j]] = a->into[j];
        }
    }
    for (uint32_t j = 0; j < a->n; j++) {
        uint32_t top = a->into[j];

        if (top != j) {
            a->width[top]++;
            a->count[top] = a->count[top] > a->count[j] ? a->count[top] : a->count[j];
        }
    }
    for (uint32_t j = 0; j < a->n; j++) {
        uint32_t p = a->parent[j];

        if (a->into[j] != j || p == none) {
            continue;
        }
        p = a->into[p];
        if (estimate(a->width[j] + a->width[p], a->width[j] + a->count[p]) <=
            estimate(a->width[j], a->count[j]) + estimate(a->width[p], a->count[p])) {
            a->into[j] = p;
            a->count[p] += a->width[j];
            a->width[p] += a->width[j];
        }
    }
    for (uint32_t j = none; j-- > 0;) { /* chains of merges */
        a->into[j] = a->into[a->into[j]];
    }
}

/* Numbers nodes by their last column and lays their columns side by side. `into` becomes the node's number. */
static void number_nodes(analysis *a, ldl *factor)
{
    size_t nodes = 0, first = 0, panel = 0, rows = 0;

    for (uint32_t j = 0; j < a->n; j++) {
        if (a->into[j] == j) {
            ldl_node *node = &factor->node[nodes];
            uint32_t below = a->count[j] - a->width[j], front = a->count[j];
            bool small = a->width[j] == 1 && below <= SMALL;

            *node = (ldl_node){.first = (uint32_t)first,
                               .columns = a->width[j],
                               .below = below,
                               .lead = small ? front : (front + PAD - 1) / PAD * PAD,
                               .small = small,
                               .panel = panel,
                               .rows = rows};
            a->mark[j] = (uint32_t)nodes++;
            first += node->columns;
            rows += below;
            panel += (size_t)node->lead * node->columns;
        }
    }
    factor->nodes = nodes;
    factor->values = panel;
    for (uint32_t s = 0; s < nodes; s++) {
        a->count[s] = factor->node[s].first; /* next column to hand out */
    }
    for (uint32_t j = 0; j < a->n; j++) {
        uint32_t s = a->mark[a->into[j]];

        a->width[j] = s; /* node of the old column */
        a->number[j] = a->count[s]++;
        a->node[a->number[j]] = s;
    }
}

/* The node that the last column of each node has as parent. */
static void link_nodes(analysis *a, uint32_t *above)
{
    for (uint32_t j = 0; j < a->n; j++) {
        if (a->into[j] == j) {
            above[a->width[j]] = a->parent[j] == a->n ? (uint32_t)a->n : a->width[a->parent[j]];
        }
    }
}

/* Row by row in the new order: the nodes met on the way up get the row; it is then the last one they have, which tells
 * where the entry that led there belongs. Rows so come out ascending. */
static void fill_rows(analysis *a, ldl *factor, const uint32_t *above, uint32_t *filled, uint32_t *slot)
{
    uint32_t *old = a->count, *mark = a->mark;

    for (uint32_t j = 0; j < a->n; j++) {
        old[a->number[j]] = j;
    }
    for (size_t s = 0; s < factor->nodes; s++) {
        mark[s] = UINT32_MAX;
        filled[s] = 0;
    }
    for (uint32_t i = 0; i < a->n && !ends_at(a, i); i++) {
        uint32_t home = a->node[i];

        for (uint32_t e = a->start[old[i]]; e < a->start[old[i] + 1]; e++) {
            uint32_t j = a->number[a->earlier[e]], s = a->node[j];
            const ldl_node *node = &factor->node[s];
            size_t column = node->panel + (size_t)(j - node->first) * node->lead;

            for (uint32_t t = s; t != home && mark[t] != i; t = above[t]) {
                mark[t] = i;
                factor->row[factor->node[t].rows + filled[t]++] = i;
            }
            slot[a->entry[e]] = (uint32_t)(column + (s == home ? i - node->first : node->columns + filled[s] - 1));
        }
    }
}

/* Room for what list_targets writes: a place per entry of a small node's outer product; of a wide node, a segment per
 * panel reached and a place per row from there on. */
static void count_targets(const analysis *a, ldl *factor, size_t *segments, size_t *places)
{
    size_t wide = 0;

    *segments = *places = 0;
    for (size_t s = 0; s < factor->nodes; s++) {
        ldl_node *node = &factor->node[s];
        const uint32_t *row = factor->row + node->rows;

        node->reach = node->small ? *places : *segments;
        if (node->small) {
            *places += (size_t)node->below * (node->below + 1) / 2;
            continue;
        }
        for (uint32_t i = 0; i < node->below; i++) {
            if (i == 0 || a->node[row[i]] != a->node[row[i - 1]]) {
                wide += node->below - i;
                ++*segments;
            }
        }
    }
    factor->wide_target = *places;
    *places += wide;
}

/* Rows begin .. end - 1 of node s are columns of node `to`, whose rows stand as `map` says. */
static void target_small(ldl *factor, const ldl_node *node, const ldl_node *to, uint32_t begin, uint32_t end,
                         const uint32_t *map)
{
    const uint32_t *row = factor->row + node->rows;
    uint32_t *target = factor->target + node->reach + (size_t)begin * (2 * (size_t)node->below - begin + 1) / 2;

    for (uint32_t i = begin; i < end; i++) {
        for (uint32_t j = i; j < node->below; j++) {
            *target++ = (uint32_t)(to->panel + (size_t)map[row[i]] * to->lead + map[row[j]]);
        }
    }
}

/* Visits the panels in order, each with the place of its rows at hand, and lists for every node that reaches it where
 * that node's rows stand in it. The nodes that reach panel t next are linked from head[t]; at[s]: rows done. */
static void list_targets(const analysis *a, ldl *factor, uint32_t *work)
{
    size_t nodes = factor->nodes, places = factor->wide_target;
    uint32_t none = UINT32_MAX, *head = work, *next = head + nodes, *at = next + nodes, *map = at + nodes;

    memset(head, 0xff, nodes * sizeof *head);
    for (uint32_t t = 0; t < nodes && !ends_at(a, t); t++) {
        ldl_node *to = &factor->node[t];

        for (uint32_t i = 0; i < to->columns; i++) {
            map[to->first + i] = i;
        }
        for (uint32_t i = 0; i < to->below; i++) {
            map[factor->row[to->rows + i]] = to->columns + i;
        }
        for (uint32_t s = head[t], following; s != none; s = following) {
            ldl_node *node = &factor->node[s];
            const uint32_t *row = factor->row + node->rows;
            uint32_t begin = at[s], end = begin;

            following = next[s];
            while (end < node->below && a->node[row[end]] == t) {
                end++;
            }
            if (node->small) {
                target_small(factor, node, to, begin, end, map);
            } else {
                ldl_segment *segment = &factor->segment[node->reach + node->segments++];

                *segment = (ldl_segment){.to = t, .begin = begin, .end = end, .place = places};
                for (uint32_t j = begin; j < node->below; j++) {
                    factor->target[places++] = map[row[j]];
                }
                segment->together = map[row[node->below - 1]] - map[row[begin]] == node->below - 1 - begin;
            }
            at[s] = end;
            if (end < node->below) {
                next[s] = head[a->node[row[end]]];
                head[a->node[row[end]]] = s;
            }
        }
        if (to->below > 0) {
            uint32_t first = a->node[factor->row[to->rows]];

            at[t] = 0;
            next[t] = head[first];
            head[first] = t;
        }
    }
}

static size_t padded(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* The arrays whose lengths are known once the columns are joined. */
static bool allocate_rows(const analysis *a, ldl *factor)
{
    size_t nodes = 0, rows = 0;
    char *block;

    for (uint32_t j = 0; j < a->n; j++) {
        if (a->into[j] == j) {
            nodes++;
            rows += a->count[j] - a->width[j];
        }
    }
    block = memory_block(padded(nodes * sizeof(ldl_node)) + padded(a->n * sizeof(double)) +
                         padded(rows * sizeof(uint32_t)) + 64);
    factor->memory[0] = block;
    if (!block) {
        return false;
    }
    factor->node = (ldl_node *)block;
    factor->inverse = (double *)(block + padded(nodes * sizeof(ldl_node)));
    factor->row = (uint32_t *)((char *)factor->inverse + padded(a->n * sizeof(double)));
    return true;
}

/* Panels, segments, targets, and a wide node's work: a buffer of outer products and the scaled rows of a block. */
static bool allocate_panels(ldl *factor, size_t segments, size_t places)
{
    size_t most = 0;
    char *block;

    for (size_t s = 0; s < factor->nodes; s++) {
        most = factor->node[s].lead > most ? factor->node[s].lead : most;
    }
    factor->work_size = LDL_WORK * (most + PAD);
    block = memory_block(padded(factor->values * sizeof(double)) + padded(factor->work_size * sizeof(double)) +
                         padded(segments * sizeof(ldl_segment)) + padded(places * sizeof(uint32_t)) + 64);
    factor->memory[1] = block;
    if (!block) {
        return false;
    }
    factor->value = (double *)block;
    block += padded(factor->values * sizeof(double));
    factor->work = (double *)block;
    block += padded(factor->work_size * sizeof(double));
    factor->segment = (ldl_segment *)block;
    factor->target = (uint32_t *)(block + padded(segments * sizeof(ldl_segment)));
    return true;
}

/* Entries on the diagonal. */
static void place_diagonal(const analysis *a, const ldl *factor, const ldl_pattern *pattern, uint32_t *slot)
{
    for (size_t e = 0; e < pattern->entries; e++) {
        if (pattern->row[e] == pattern->col[e]) {
            uint32_t j = a->number[a->position[pattern->row[e]]];
            const ldl_node *node = &factor->node[a->node[j]];

            slot[e] = (uint32_t)(node->panel + (size_t)(j - node->first) * (node->lead + 1));
        }
    }
}

static bool analyse(analysis *a, ldl *factor, const ldl_pattern *pattern, uint32_t *place, uint32_t *slot)
{
    size_t segments, places;
    uint32_t *work;
    bool done;

    sort_entries(a, pattern);
    grow_tree(a);
    if (stop_seen(a->watch)) {
        return false;
    }
    join_columns(a);
    if (!allocate_rows(a, factor)) {
        return false;
    }
    number_nodes(a, factor);
    if (factor->values >= UINT32_MAX) {
        return false;
    }
    work = memory_block((4 * a->n + 4) * sizeof *work);
    if (!work) {
        return false;
    }
    link_nodes(a, work);
    fill_rows(a, factor, work, work + a->n, slot);
    done = !stop_seen(a->watch);
    if (done) {
        place_diagonal(a, factor, pattern, slot);
        count_targets(a, factor, &segments, &places);
        done = allocate_panels(factor, segments, places);
    }
    if (done) {
        list_targets(a, factor, work);
        done = !stop_seen(a->watch);
    }
    for (size_t i = 0; i < a->n; i++) {
        place[i] = a->number[a->position[i]];
    }
    free(work);
    return done;
}

bool ldl_analyse(ldl *factor, const ldl_pattern *pattern, uint32_t *place, uint32_t *slot)
{
    analysis a;
    bool done;

    *factor = (ldl){.n = pattern->n, .watch = pattern->watch};
    done = allocate(&a, pattern->n, pattern->entries);
    a.watch = pattern->watch;
    done = done && analyse(&a, factor, pattern, place, slot);
    free(a.position);
    if (!done) {
        ldl_free(factor);
    }
    return done;
}

void ldl_free(ldl *factor)
{
    free(factor->memory[0]);
    free(factor->memory[1]);
    *factor = (ldl){.n = 0};
}
