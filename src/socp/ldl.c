/* Sparse L D L', row by row: row k of L solves a triangular system with the rows above. docs/solver.md. */
#include "socp/ldl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Walks from every entry of column k of the matrix up the elimination tree: the nodes met are the columns of row k of
 * L. Fills `parent` on the way; `mark` holds the last row that met a node. Returns their number, unsorted in `list`. */
static size_t reach(size_t k, const size_t *start, const uint32_t *row, size_t *parent, size_t *mark, uint32_t *list)
{
    size_t count = 0;

    mark[k] = k;
    for (size_t i = start[k]; i < start[k + 1]; i++) {
        for (size_t j = row[i]; mark[j] != k; j = parent[j]) {
            if (parent[j] == SIZE_MAX) {
                parent[j] = k;
            }
            mark[j] = k;
            list[count++] = (uint32_t)j;
        }
    }
    return count;
}

static int compare_index(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

/* Two walks over the rows: the first counts, the second stores. */
static bool analyse_rows(ldl *factor, const size_t *start, const uint32_t *row)
{
    size_t n = factor->n, total = 0;
    size_t *parent = malloc((n + 1) * sizeof *parent), *mark = malloc((n + 1) * sizeof *mark);
    uint32_t *list = malloc((n + 1) * sizeof *list);
    bool done = parent && mark && list;

    memset(factor->col_start, 0, (n + 1) * sizeof *factor->col_start);
    for (int pass = 0; done && pass < 2; pass++) {
        for (size_t j = 0; j < n; j++) {
            mark[j] = SIZE_MAX;
            parent[j] = pass == 0 ? SIZE_MAX : parent[j];
        }
        total = 0;
        for (size_t k = 0; k < n; k++) {
            uint32_t *into = pass == 0 ? list : factor->pattern + total;
            size_t count = reach(k, start, row, parent, mark, into);

            factor->row_start[k] = total;
            total += count;
            if (pass == 0) {
                for (size_t i = 0; i < count; i++) {
                    factor->col_start[list[i] + 1]++;
                }
            } else {
                qsort(into, count, sizeof *into, compare_index); /* ascending is a topological order */
            }
        }
        factor->row_start[n] = total;
        if (pass == 0) {
            factor->pattern = malloc((total + 1) * sizeof *factor->pattern);
            done = factor->pattern != NULL;
        }
    }
    for (size_t j = 0; j < n; j++) {
        factor->col_start[j + 1] += factor->col_start[j];
    }
    free(parent);
    free(mark);
    free(list);
    return done;
}

bool ldl_analyse(ldl *factor, size_t n, const size_t *start, const uint32_t *row)
{
    *factor = (ldl){.n = n,
                    .row_start = malloc((n + 1) * sizeof(size_t)),
                    .col_start = malloc((n + 1) * sizeof(size_t)),
                    .d = malloc((n + 1) * sizeof(double)),
                    .work = calloc(n + 1, sizeof(double)),
                    .filled = malloc((n + 1) * sizeof(size_t))};
    if (!factor->row_start || !factor->col_start || !factor->d || !factor->work || !factor->filled ||
        !analyse_rows(factor, start, row)) {
        ldl_free(factor);
        return false;
    }
    factor->col_row = malloc((factor->col_start[n] + 1) * sizeof *factor->col_row);
    factor->col_value = malloc((factor->col_start[n] + 1) * sizeof *factor->col_value);
    if (!factor->col_row || !factor->col_value) {
        ldl_free(factor);
        return false;
    }
    return true;
}

void ldl_free(ldl *factor)
{
    free(factor->row_start);
    free(factor->pattern);
    free(factor->col_start);
    free(factor->col_row);
    free(factor->col_value);
    free(factor->d);
    free(factor->work);
    free(factor->filled);
    *factor = (ldl){.n = 0};
}

size_t ldl_factor(ldl *factor, const size_t *start, const uint32_t *row, const double *value, const signed char *sign,
                  double least, double delta)
{
    double *work = factor->work;
    size_t replaced = 0;

    memcpy(factor->filled, factor->col_start, factor->n * sizeof *factor->filled);
    for (size_t k = 0; k < factor->n; k++) {
        double pivot = value[start[k + 1] - 1];

        for (size_t i = start[k]; i + 1 < start[k + 1]; i++) {
            work[row[i]] = value[i];
        }
        for (size_t i = factor->row_start[k]; i < factor->row_start[k + 1]; i++) {
            size_t j = factor->pattern[i], end = factor->filled[j];
            double y = work[j], l = y / factor->d[j];

            work[j] = 0.0;
            for (size_t e = factor->col_start[j]; e < end; e++) {
                work[factor->col_row[e]] -= factor->col_value[e] * y;
            }
            pivot -= l * y;
            factor->col_row[end] = (uint32_t)k;
            factor->col_value[end] = l;
            factor->filled[j] = end + 1;
        }
        if (!isfinite(pivot)) {
            memset(work, 0, factor->n * sizeof *work);
            return SIZE_MAX;
        }
        if (sign[k] * pivot < least) {
            pivot = sign[k] * delta;
            replaced++;
        }
        factor->d[k] = pivot;
    }
    return replaced;
}

void ldl_solve(const ldl *factor, double *restrict x)
{
    const size_t *start = factor->col_start;

    for (size_t j = 0; j < factor->n; j++) {
        double xj = x[j];

        for (size_t e = start[j]; e < start[j + 1]; e++) {
            x[factor->col_row[e]] -= factor->col_value[e] * xj;
        }
    }
    for (size_t j = factor->n; j-- > 0;) {
        double sum = x[j] / factor->d[j];

        for (size_t e = start[j]; e < start[j + 1]; e++) {
            sum -= factor->col_value[e] * x[factor->col_row[e]];
        }
        x[j] = sum;
    }
}
