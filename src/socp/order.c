/* Approximate minimum degree on a pattern with duplicates. docs/solver.md.
 *
 * Most unknowns of a cone programme have few neighbours, each of which has many: a variable that stands in one cone and
 * in one long row. Any minimum-degree order takes these first, so they are taken here, in one sweep, and AMD sees what
 * is left. */
#include "socp/order.h"

#include "socp/amd_job.h"
#include "socp/constants.h"
#include "socp/memory.h"

#include <stdlib.h>
#include <string.h>

/* Buckets pairs by `key` (counting sort, stable); listed[] gets the other index of each. */
static void bucket(size_t n, size_t pairs, const int *key, const int *other, int *start, int *listed)
{
    memset(start, 0, (n + 1) * sizeof *start);
    for (size_t e = 0; e < pairs; e++) {
        start[key[e]]++;
    }
    for (size_t j = 0, sum = 0; j <= n; j++) {
        sum += (size_t)start[j];
        start[j] = (int)sum;
    }
    for (size_t e = pairs; e-- > 0;) {
        listed[--start[key[e]]] = other[e];
    }
}

/* Neighbours of every unknown, without duplicates: those of i are listed[start[i] .. end[i]). */
typedef struct graph {
    int *start, *end, *listed;
} graph;

static bool build_graph(graph *of, size_t n, size_t entries, const uint32_t *row, const uint32_t *col)
{
    int *memory = memory_block((2 * entries + 3 * n + 3) * sizeof *memory), *mark;

    of->start = memory;
    if (!memory) {
        return false;
    }
    of->end = memory + n + 1;
    of->listed = of->end + n + 1;
    mark = of->listed + 2 * entries;
    memset(of->start, 0, (n + 1) * sizeof *of->start);
    for (size_t e = 0; e < entries; e++) {
        of->start[row[e]] += row[e] != col[e];
        of->start[col[e]] += row[e] != col[e];
    }
    for (size_t j = 0, sum = 0; j <= n; j++) {
        sum += (size_t)of->start[j];
        of->start[j] = (int)sum;
    }
    for (size_t e = 0; e < entries; e++) {
        if (row[e] != col[e]) {
            of->listed[--of->start[row[e]]] = (int)col[e];
            of->listed[--of->start[col[e]]] = (int)row[e];
        }
    }
    memset(mark, 0xff, n * sizeof *mark);
    for (size_t i = 0; i < n; i++) {
        int end = of->start[i];

        for (int e = of->start[i]; e < of->start[i + 1]; e++) {
            if (mark[of->listed[e]] != (int)i) {
                mark[of->listed[e]] = (int)i;
                of->listed[end++] = of->listed[e];
            }
        }
        of->end[i] = end;
    }
    return true;
}

/* Few neighbours, each with many more, none of them taken (number < 0). */
static bool is_leaf(const graph *of, size_t i, const int *number)
{
    int degree = of->end[i] - of->start[i];

    for (int e = of->start[i]; degree <= LEAF_NEIGHBOURS && e < of->end[i]; e++) {
        int j = of->listed[e];

        if (number[j] < 0 || of->end[j] - of->start[j] < LEAF_TIMES * degree) {
            return false;
        }
    }
    return degree <= LEAF_NEIGHBOURS;
}

/* Takes the leaves: order[] starts with them; number[] of the others is their place among themselves. Returns how many
 * pairs of neighbours the others then have, duplicates included. */
static size_t take_leaves(const graph *of, size_t n, int *number, uint32_t *order, size_t *leaves)
{
    size_t pairs = 0, twice = 0, left = 0;

    *leaves = 0;
    memset(number, 0, n * sizeof *number);
    for (size_t i = 0; i < n; i++) {
        if (is_leaf(of, i, number)) {
            size_t degree = (size_t)(of->end[i] - of->start[i]);

            number[i] = -1;
            order[(*leaves)++] = (uint32_t)i;
            pairs += degree * (degree - (degree > 0)) / 2;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (number[i] == 0) {
            number[i] = (int)left;
            order[*leaves + left++] = (uint32_t)i;
            twice += (size_t)(of->end[i] - of->start[i]);
        }
    }
    return pairs + twice / 2 + 1;
}

/* Pairs (smaller, larger) of neighbours among the rest, those tied by a leaf included. */
static size_t list_adjacent_pairs(const graph *of, size_t n, const int *number, int *smaller, int *larger)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        bool leaf = number[i] < 0;

        for (int e = of->start[i]; e < of->end[i]; e++) {
            int a = number[of->listed[e]];

            if (!leaf && a > number[i]) {
                smaller[count] = number[i];
                larger[count++] = a;
            }
            for (int f = e + 1; leaf && f < of->end[i]; f++) {
                int b = number[of->listed[f]];

                smaller[count] = a < b ? a : b;
                larger[count++] = a < b ? b : a;
            }
        }
    }
    return count;
}

/* Columns of the strict upper triangle, ascending and without duplicates, as AMD likes them, in smaller[]. */
static void compress(size_t n, size_t pairs, int *smaller, int *larger, int *listed, int *start)
{
    size_t count = 0;

    bucket(n, pairs, smaller, larger, start, listed); /* by row, then by column: rows ascend in each */
    for (size_t i = 0; i < n; i++) {
        for (int e = start[i]; e < start[i + 1]; e++) {
            smaller[e] = (int)i;
            larger[e] = listed[e];
        }
    }
    bucket(n, pairs, larger, smaller, start, listed);
    for (size_t j = 0; j < n; j++) {
        size_t first = count;

        for (int e = start[j]; e < start[j + 1]; e++) {
            if (count == first || smaller[count - 1] != listed[e]) {
                smaller[count++] = listed[e];
            }
        }
        start[j] = (int)first;
    }
    start[n] = (int)count;
}

/* Orders the unknowns order[0 .. n) by AMD. */
static bool order_rest(const graph *of, size_t all, const int *number, size_t n, size_t pairs, stop_watch *watch,
                       uint32_t *order)
{
    int *memory = memory_block((3 * pairs + 3 * n + 3) * sizeof *memory);
    bool done;

    if (!memory) {
        return false;
    }
    int *larger = memory + pairs, *listed = larger + pairs, *start = listed + pairs, *permutation = start + n + 1,
        *old = permutation + n;
    amd_job job = {.n = (int)n, .start = start, .row = memory, .permutation = permutation, .memory = memory};

    pairs = list_adjacent_pairs(of, all, number, memory, larger);
    compress(n, pairs, memory, larger, listed, start);
    done = n == 0 || amd_job_run(&job, watch);
    for (size_t i = 0; done && i < n; i++) {
        old[i] = (int)order[i];
    }
    for (size_t i = 0; done && i < n; i++) {
        order[i] = (uint32_t)old[permutation[i]];
    }
    free(job.memory);
    return done;
}

bool order_pattern(size_t n, size_t entries, const uint32_t *row, const uint32_t *col, stop_watch *watch,
                   uint32_t *order)
{
    graph of;
    int *number = memory_block((n + 1) * sizeof *number);
    bool done = build_graph(&of, n, entries, row, col) && number;

    if (done) {
        size_t leaves, pairs = take_leaves(&of, n, number, order, &leaves);

        done = !stop_seen(watch) && order_rest(&of, n, number, n - leaves, pairs, watch, order + leaves);
    }
    free(of.start);
    free(number);
    return done;
}
