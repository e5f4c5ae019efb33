/* Anderson's acceleration. */
#include "alloc/anderson.h"

#include "alloc/rows.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* What is left of the square of a column, beside those before it, that is no more than rounding. */
static const double DEPENDENT = 1e-13;

cfi_status anderson_init(anderson *a, size_t n, size_t depth, cfi_arena *arena, cfi_error *error)
{
    size_t stride = rows_stride(n);
    double *memory = arena_zeros(arena, (3 + 2 * depth) * stride, sizeof *memory);

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the acceleration of %zu unknowns", n);
    }
    *a = (anderson){.n = n,
                    .depth = depth,
                    .stride = stride,
                    .f = memory,
                    .last_f = memory + stride,
                    .last_g = memory + 2 * stride,
                    .difference_f = memory + 3 * stride,
                    .difference_g = memory + (3 + depth) * stride};
    return CFI_OK;
}

void anderson_forget(anderson *a)
{
    a->count = a->next = 0;
    a->started = false;
}

void anderson_learn(anderson *a, const double *restrict z, const double *restrict g)
{
    size_t n = a->n, stride = a->stride;

    for (size_t i = 0; i < n; i++) {
        a->f[i] = g[i] - z[i];
    }
    if (a->started) {
        size_t at = a->next;
        double *df = a->difference_f + at * stride, *dg = a->difference_g + at * stride;

        for (size_t i = 0; i < n; i++) {
            df[i] = a->f[i] - a->last_f[i];
            dg[i] = g[i] - a->last_g[i];
        }
        a->next = at + 1 < a->depth ? at + 1 : 0;
        a->count = a->count < a->depth ? a->count + 1 : a->depth;
        for (size_t c = 0; c < a->count; c++) {
            a->gram[at][c] = a->gram[c][at] = rows_product(stride, df, a->difference_f + c * stride);
        }
    }
    memcpy(a->last_f, a->f, n * sizeof *a->f);
    memcpy(a->last_g, g, n * sizeof *g);
    a->started = true;
}

/* c of the normal equations, by Cholesky's factorisation. A dependent column has an inverse diagonal of 0, and c = 0.
 */
static void solve_normal_equations(const anderson *a, double c[ANDERSON_MOST])
{
    double lower[ANDERSON_MOST][ANDERSON_MOST], inverse[ANDERSON_MOST];

    for (size_t j = 0; j < a->count; j++) {
        double square = a->gram[j][j], right = rows_product(a->stride, a->difference_f + j * a->stride, a->f);

        for (size_t i = 0; i < j; i++) {
            double sum = a->gram[j][i];

            for (size_t k = 0; k < i; k++) {
                sum -= lower[j][k] * lower[i][k];
            }
            lower[j][i] = sum * inverse[i];
            square -= lower[j][i] * lower[j][i];
            right -= lower[j][i] * c[i];
        }
        inverse[j] = square > DEPENDENT * a->gram[j][j] ? 1.0 / sqrt(square) : 0.0;
        c[j] = right * inverse[j];
    }
    for (size_t j = a->count; j-- > 0;) {
        for (size_t k = j + 1; k < a->count; k++) {
            c[j] -= lower[k][j] * c[k];
        }
        c[j] *= inverse[j];
    }
}

double anderson_next(const anderson *a, double *restrict z)
{
    double c[ANDERSON_MOST] = {0.0}, plain = rows_product(a->stride, a->f, a->f), step = 0.0;

    memcpy(z, a->last_g, a->stride * sizeof *z);
    solve_normal_equations(a, c);
    for (size_t j = 0; j < a->count; j++) {
        rows_subtract(a->stride, c[j], a->difference_g + j * a->stride, z);
    }
    for (size_t i = 0; i < a->stride; i++) {
        double moved = z[i] - (a->last_g[i] - a->f[i]);

        step += moved * moved;
    }
    return a->count > 0 && plain > 0.0 ? sqrt(step / plain) : 1.0;
}
