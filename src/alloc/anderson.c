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
    double *memory = arena_zeros(arena, (5 + 2 * depth) * stride, sizeof *memory);

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the acceleration of %zu unknowns", n);
    }
    *a = (anderson){.n = n,
                    .depth = depth,
                    .stride = stride,
                    .f = memory,
                    .last_f = memory + stride,
                    .last_g = memory + 2 * stride,
                    .last_z = memory + 3 * stride,
                    .weight = memory + 4 * stride,
                    .difference_f = memory + 5 * stride,
                    .difference_g = memory + (5 + depth) * stride};
    for (size_t i = 0; i < n; i++) {
        a->weight[i] = 1.0;
    }
    return CFI_OK;
}

void anderson_forget(anderson *a)
{
    a->count = a->next = 0;
    a->started = false;
}

/* f of the last point, and its differences to the one before, of use where there is one. */
CLONES(static, void, take_differences, (anderson * a, const double *restrict z, const double *restrict g), (a, z, g))
{
    size_t stride = a->stride, known = a->count < a->depth ? a->count + 1 : a->depth;
    double *restrict f = a->f, *restrict last_f = a->last_f, *restrict last_g = a->last_g, *restrict last_z = a->last_z;
    const double *restrict weight = a->weight;
    double *restrict df = a->difference_f + a->next * stride, *restrict dg = a->difference_g + a->next * stride;

    for (size_t i = 0; i < stride; i++) {
        f[i] = weight[i] * (g[i] - z[i]);
        df[i] = f[i] - last_f[i];
        dg[i] = g[i] - last_g[i];
        last_f[i] = f[i];
        last_g[i] = g[i];
        last_z[i] = z[i];
    }
    for (size_t c = 0; a->started && c < known; c++) {
        a->gram[a->next][c] = a->gram[c][a->next] = sum_products(stride, df, a->difference_f + c * stride);
    }
}

void anderson_learn(anderson *a, const double *restrict z, const double *restrict g, double follower)
{
    take_differences(a, z, g);
    if (a->started) {
        a->difference_follower[a->next] = follower - a->last_follower;
        a->next = a->next + 1 < a->depth ? a->next + 1 : 0;
        a->count = a->count < a->depth ? a->count + 1 : a->depth;
    }
    a->last_follower = follower;
    a->started = true;
}

/* c of the normal equations, by the factorisation L D L'. A dependent column has an inverse diagonal of 0, and c = 0.
 */
INLINE void solve_normal_equations(const anderson *a, double *c)
{
    double lower[ANDERSON_MOST][ANDERSON_MOST], scaled[ANDERSON_MOST], inverse[ANDERSON_MOST];

    for (size_t j = 0; j < a->count; j++) {
        double square = a->gram[j][j], right = sum_products(a->stride, a->difference_f + j * a->stride, a->f);

        for (size_t i = 0; i < j; i++) {
            double sum = a->gram[j][i];

            for (size_t k = 0; k < i; k++) {
                sum -= scaled[k] * lower[i][k];
            }
            scaled[i] = sum;
            lower[j][i] = sum * inverse[i];
            square -= lower[j][i] * sum;
            right -= lower[j][i] * c[i];
        }
        inverse[j] = square > DEPENDENT * a->gram[j][j] ? 1.0 / square : 0.0;
        c[j] = right;
    }
    for (size_t j = a->count; j-- > 0;) {
        c[j] *= inverse[j];
        for (size_t k = j + 1; k < a->count; k++) {
            c[j] -= lower[k][j] * c[k];
        }
    }
}

/* norm(w (to - from))^2 */
INLINE double square_between(size_t count, const double *weight, const double *from, const double *to)
{
    ROW_SUM((weight[at] * (to[at] - from[at])) * (weight[at] * (to[at] - from[at])));
}

CLONES(extern, double, anderson_next, (const anderson *a, double *restrict z, double *restrict follower),
       (a, z, follower))
{
    double c[ANDERSON_MOST] = {0.0}, plain = sum_products(a->stride, a->f, a->f);

    memcpy(z, a->last_g, a->stride * sizeof *z);
    *follower = a->last_follower;
    solve_normal_equations(a, c);
    for (size_t j = 0; j < a->count; j++) {
        subtract_row(a->stride, c[j], a->difference_g + j * a->stride, z);
        *follower -= c[j] * a->difference_follower[j];
    }
    return a->count > 0 && plain > 0.0 ? sqrt(square_between(a->stride, a->weight, a->last_z, z) / plain) : 1.0;
}

double anderson_residual(const anderson *a)
{
    return rows_product(a->stride, a->f, a->f);
}
