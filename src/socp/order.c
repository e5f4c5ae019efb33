/* Approximate minimum degree on a pattern with duplicates. docs/solver.md. */
#include "socp/order.h"

#include <stdlib.h>
#include <string.h>
#include <suitesparse/amd.h>

/* Buckets the entries by `key` (counting sort); listed[] gets the other index of each. */
static void bucket(size_t n, size_t entries, const int *key, const int *other, int *start, int *listed)
{
    memset(start, 0, (n + 1) * sizeof *start);
    for (size_t e = 0; e < entries; e++) {
        start[key[e]]++;
    }
    for (size_t j = 0, sum = 0; j <= n; j++) {
        sum += (size_t)start[j];
        start[j] = (int)sum;
    }
    for (size_t e = entries; e-- > 0;) {
        listed[--start[key[e]]] = other[e];
    }
}

/* Columns of the strict upper triangle, ascending and without duplicates, as AMD likes them; returns their number. */
static size_t compress(size_t n, size_t entries, const uint32_t *row, const uint32_t *col, int *work, int *start)
{
    int *a = work, *b = a + entries, *listed = b + entries;
    size_t kept = 0, count = 0;

    for (size_t e = 0; e < entries; e++) {
        if (row[e] != col[e]) {
            a[kept] = (int)(row[e] < col[e] ? row[e] : col[e]);
            b[kept++] = (int)(row[e] < col[e] ? col[e] : row[e]);
        }
    }
    bucket(n, kept, a, b, start, listed); /* by row, then by column: rows ascend in each */
    for (size_t i = 0; i < n; i++) {
        for (int e = start[i]; e < start[i + 1]; e++) {
            a[e] = (int)i;
            b[e] = listed[e];
        }
    }
    bucket(n, kept, b, a, start, listed);
    for (size_t j = 0; j < n; j++) {
        size_t first = count;

        for (int e = start[j]; e < start[j + 1]; e++) {
            if (count == first || a[count - 1] != listed[e]) {
                a[count++] = listed[e];
            }
        }
        start[j] = (int)first;
    }
    start[n] = (int)count;
    return count;
}

bool order_pattern(size_t n, size_t entries, const uint32_t *row, const uint32_t *col, uint32_t *order)
{
    int *work = malloc((3 * entries + 2 * n + 4) * sizeof *work), *start = work + 3 * entries, *permutation;
    bool done;

    if (!work) {
        return false;
    }
    permutation = start + n + 1;
    compress(n, entries, row, col, work, start);
    done = amd_order((int)n, start, work, permutation, NULL, NULL) >= 0;
    for (size_t i = 0; done && i < n; i++) {
        order[i] = (uint32_t)permutation[i];
    }
    free(work);
    return done;
}
