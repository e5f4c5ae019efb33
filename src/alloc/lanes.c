/* Loops over access points in the widest vectors of the machine. docs/model.md (M19). */
#include "alloc/lanes.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

static const double LEAST_PRICE = 1e-300; /* of what costs nothing, and gains nothing either */

static double *take_row(double **memory, size_t count)
{
    double *row = *memory;

    *memory += count;
    return row;
}

typedef double vector __attribute__((vector_size(LANES * sizeof(double)), may_alias));

#define INLINE static inline __attribute__((always_inline))

/* The terms of a sum over a tile's access points. They are stored and added in LANES sums, so that the order of the
 * additions, and with it the last bits, is the same for vectors of any length. */
typedef union terms {
    double of[TILE];
    vector all[TILE / LANES];
} terms;

INLINE double add_up(const terms *t, size_t count)
{
    vector sum = {0.0};

    for (size_t l = 0; l < count / LANES; l++) {
        sum += t->all[l];
    }
    return ((((((sum[0] + sum[1]) + sum[2]) + sum[3]) + sum[4]) + sum[5]) + sum[6]) + sum[7];
}

/* Rows that stay as they are. */
static void fill_constants(lanes *a, const alloc_problem *problem)
{
    for (size_t l = 0; l < a->L; l++) {
        double d1 = problem->d1[l], d2 = problem->d2[l];
        bool helps = problem->sensing != SENSING_SATURATED;

        for (size_t k = 0; k < a->K; k++) {
            a->signal[l + a->stride * k] = problem->signal[k + a->K * l];
            a->load[l + a->stride * k] = problem->load[k + a->K * l];
        }
        a->least[l] = d1 > 1e-150 ? 1.0 / d1 : 1e150;
        a->root_least[l] = sqrt(a->least[l]);
        a->c[l] = helps ? 1.0 - d1 / d2 : 0.0;
        a->per_c[l] = a->c[l] > 0.0 ? 1.0 / a->c[l] : 0.0;
        a->sense[l] = helps ? 1.0 / d2 : 0.0;
        a->most[l] = problem->most[l];
        a->root_most[l] = sqrt(a->most[l]);
    }
    for (size_t l = a->L; l < a->stride; l++) {
        for (size_t k = 0; k < a->K; k++) {
            a->signal[l + a->stride * k] = a->load[l + a->stride * k] = 0.0;
        }
        for (size_t m = 0; m < a->pairs; m++) {
            a->coherent[l + a->stride * m] = 0.0;
        }
        a->idle[l] = 1.0;
    }
}

cfi_status lanes_init(lanes *a, const alloc_problem *problem, size_t rows, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, pairs = problem->mate_start[K];
    size_t stride = (problem->L + LANES - 1) / LANES * LANES;
    double *memory = arena_alloc(arena, (2 * K + pairs + 16) * stride + (K + 2 * rows) * TILE, sizeof *memory);

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the dual of an allocation step");
    }
    *a = (lanes){.K = K, .L = problem->L, .pairs = pairs, .rows = rows, .stride = stride};
    a->signal = take_row(&memory, K * stride);
    a->load = take_row(&memory, K * stride);
    a->coherent = take_row(&memory, pairs * stride);
    double **const row[] = {&a->least,     &a->root_least, &a->c,     &a->per_c, &a->sense, &a->most,
                            &a->root_most, &a->idle,       &a->norm2, &a->price, &a->along, &a->q,
                            &a->per_h,     &a->ratio,      &a->root,  &a->bent};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        *row[i] = take_row(&memory, stride);
        memset(*row[i], 0, stride * sizeof(double));
    }
    a->v = take_row(&memory, K * TILE);
    a->part_p = take_row(&memory, rows * TILE);
    a->part_z = take_row(&memory, rows * TILE);
    for (size_t i = (K + pairs) * TILE; i < rows * TILE; i++) { /* the budget has no p, and a row may be left over */
        a->part_p[i] = a->part_z[i] = 0.0;
    }
    fill_constants(a, problem);
    return CFI_OK;
}

size_t lanes_count(const lanes *a, size_t first)
{
    return a->stride - first < TILE ? a->stride - first : TILE;
}

/* --------------------------------------------------------------- amplitudes and prices ---- */

CLONES(static, void, sum_tile,
       (const lanes *a, size_t first, const double *restrict gain, const double *restrict weight),
       (a, first, gain, weight))
{
    size_t count = lanes_count(a, first);
    double *restrict norm2 = a->norm2 + first, *restrict price = a->price + first;

    memset(norm2, 0, count * sizeof *norm2);
    memset(price, 0, count * sizeof *price);
    for (size_t k = 0; k < a->K; k++) {
        const double *restrict signal = a->signal + a->stride * k + first, *restrict load =
                                                                               a->load + a->stride * k + first;
        double *restrict v = a->v + TILE * k, g = gain[k], w = weight[k];

        for (size_t l = 0; l < count; l++) {
            double value = g * signal[l];

            v[l] = value;
            norm2[l] += value * value;
            price[l] += w * load[l];
        }
    }
}

void lanes_sum(lanes *a, size_t first, const double *gain, const double *weight)
{
    sum_tile(a, first, gain, weight);
}

CLONES(static, void, subtract, (size_t count, double factor, const double *restrict from, double *restrict v),
       (count, factor, from, v))
{
    for (size_t l = 0; l < count; l++) {
        v[l] -= factor * from[l];
    }
}

CLONES(static, void, clip, (const lanes *a, size_t first), (a, first))
{
    size_t count = lanes_count(a, first);
    double *restrict norm2 = a->norm2 + first;

    memset(norm2, 0, count * sizeof *norm2);
    for (size_t k = 0; k < a->K; k++) {
        double *restrict v = a->v + TILE * k;

        for (size_t l = 0; l < count; l++) {
            v[l] = v[l] > 0.0 ? v[l] : 0.0;
            norm2[l] += v[l] * v[l];
        }
    }
}

void lanes_sum_coherent(lanes *a, size_t first, const double *gain, const double *weight, const double *nu,
                        const size_t *mate)
{
    sum_tile(a, first, gain, weight);
    for (size_t m = 0; m < a->pairs; m++) {
        subtract(lanes_count(a, first), nu[m], a->coherent + a->stride * m + first, a->v + TILE * mate[m]);
    }
    clip(a, first);
}

/* ------------------------------------------------------------------------- maximisers ---- */

/* Where sensing power helps, q = rho^2 above rho^2 = least and c rho^2 + sense below; where it does not, c = sense = 0
 * and q = rho^2 >= least. `along` = rho / h is 1 / (2C) where the threshold does not bind, that over c where sensing
 * power is used, and what the kink or the limit says else. */
CLONES(static, void, optimise_tile, (const lanes *a, size_t first, double mu, lanes_total *total),
       (a, first, mu, total))
{
    size_t count = lanes_count(a, first);
    const double *restrict norm2 = a->norm2 + first, *restrict price = a->price + first,
                           *restrict idle = a->idle + first;
    const double *restrict least = a->least + first, *restrict root_least = a->root_least + first;
    const double *restrict c = a->c + first, *restrict per_c = a->per_c + first, *restrict sense = a->sense + first;
    const double *restrict root_most = a->root_most + first;
    double *restrict along = a->along + first, *restrict power = a->q + first, *restrict per_h = a->per_h + first;
    double *restrict ratio = a->ratio + first, *restrict root = a->root + first, *restrict bent = a->bent + first;
    terms value, sum, curvature;

#pragma omp simd
    for (size_t l = 0; l < count; l++) {
        double h = sqrt(norm2[l]), wanted = price[l] + mu + idle[l];
        double C = wanted > LEAST_PRICE ? wanted : LEAST_PRICE, per_2C = 0.5 / C;
        double inverse = 1.0 / (h > 0.0 ? h : 1.0), free = h * per_2C, free2 = free * free;
        double below = c[l] * c[l] * least[l];
        double smooth = free2 >= least[l] ? 1.0 : free2 < below ? 1.0 : 0.0;
        double slope = free2 >= least[l] ? per_2C : free2 < below ? per_2C * per_c[l] : root_least[l] * inverse;
        double rho = smooth > 0.0 ? slope * h : root_least[l]; /* even with nothing to gain, the threshold is met */
        double smooth_in = rho > root_most[l] ? 0.0 : smooth,
               slope_in = rho > root_most[l] ? root_most[l] * inverse : slope;
        double rho_in = rho > root_most[l] ? root_most[l] : rho, rho2 = rho_in * rho_in;
        double sensing = c[l] * rho2 + sense[l], q = rho2 > sensing ? rho2 : sensing;

        along[l] = slope_in;
        power[l] = q;
        per_h[l] = h > 0.0 ? inverse : 0.0;
        ratio[l] = 2.0 * free;
        root[l] = sqrt(slope_in);
        bent[l] = smooth_in * root[l];
        value.of[l] = h * rho_in - C * q;
        sum.of[l] = q;
        curvature.of[l] = 2.0 * q / C;
    }
    total->value += add_up(&value, count);
    total->power += add_up(&sum, count);
    total->curvature += add_up(&curvature, count);
}

void lanes_optimise(lanes *a, size_t first, double mu, lanes_total *total)
{
    optimise_tile(a, first, mu, total);
}

/* ------------------------------------------------------------------------- derivatives ---- */

CLONES(static, void, expand_users,
       (const lanes *a, size_t first, const double *restrict slope, const double *restrict square,
        double *restrict gradient, double *restrict diagonal),
       (a, first, slope, square, gradient, diagonal))
{
    size_t count = lanes_count(a, first);
    const double *restrict along = a->along + first, *restrict q = a->q + first, *restrict per_h = a->per_h + first;
    const double *restrict ratio = a->ratio + first, *restrict root = a->root + first, *restrict bent = a->bent + first;

    for (size_t k = 0; k < a->K; k++) {
        const double *restrict signal = a->signal + a->stride * k + first, *restrict load =
                                                                               a->load + a->stride * k + first;
        const double *restrict v = a->v + TILE * k;
        double *restrict p = a->part_p + TILE * k, *restrict z = a->part_z + TILE * k;
        double s = slope[k], c = square[k];
        terms g, d;

#pragma omp simd
        for (size_t l = 0; l < count; l++) {
            double D = s * signal[l], Dv = D * v[l], cost = c * load[l], pk = Dv * per_h[l];

            g.of[l] = cost * q[l] - along[l] * Dv;
            d.of[l] = v[l] > 0.0 ? along[l] * D * D : 0.0;
            p[l] = root[l] * pk;
            z[l] = bent[l] * (cost * ratio[l] - pk);
        }
        gradient[k] += add_up(&g, count);
        diagonal[k] += add_up(&d, count);
    }
}

void lanes_expand_users(lanes *a, size_t first, const double *slope, const double *square, double *restrict gradient,
                        double *restrict diagonal)
{
    expand_users(a, first, slope, square, gradient, diagonal);
}

CLONES(static, double, expand_pair, (const lanes *a, size_t first, size_t m, size_t j), (a, first, m, j))
{
    size_t count = lanes_count(a, first);
    const double *restrict along = a->along + first, *restrict per_h = a->per_h + first;
    const double *restrict root = a->root + first, *restrict bent = a->bent + first;
    const double *restrict coherent = a->coherent + a->stride * m + first, *restrict v = a->v + TILE * j;
    double *restrict p = a->part_p + TILE * (a->K + m), *restrict z = a->part_z + TILE * (a->K + m);
    terms g;

#pragma omp simd
    for (size_t l = 0; l < count; l++) {
        double Dv = -coherent[l] * v[l], pm = Dv * per_h[l];

        g.of[l] = along[l] * Dv;
        p[l] = root[l] * pm;
        z[l] = -bent[l] * pm;
    }
    return add_up(&g, count);
}

double lanes_expand_pair(lanes *a, size_t first, size_t m, size_t j)
{
    return expand_pair(a, first, m, j);
}

void lanes_expand_budget(lanes *a, size_t first, size_t row)
{
    size_t count = lanes_count(a, first);
    double *z = a->part_z + TILE * row;

    for (size_t l = 0; l < count; l++) {
        z[l] = a->bent[first + l] * a->ratio[first + l];
    }
}

CLONES(static, double, product,
       (size_t count, const double *restrict along, const double *restrict v, const double *restrict x,
        const double *restrict y),
       (count, along, v, x, y))
{
    terms sum;

#pragma omp simd
    for (size_t l = 0; l < count; l++) {
        sum.of[l] = v[l] > 0.0 ? along[l] * x[l] * y[l] : 0.0;
    }
    return add_up(&sum, count);
}

double lanes_product(const lanes *a, size_t first, size_t j, const double *x, const double *y)
{
    return product(lanes_count(a, first), a->along + first, a->v + TILE * j, x + first, y + first);
}

/* By its address: how a vector is passed depends on the CPU. */
INLINE double across(const vector *v)
{
    vector a = *v;

    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

/* Two rows by two at a time. */
CLONES(static, void, rank_two, (const lanes *a, size_t count, size_t begin, size_t end, double *restrict hessian),
       (a, count, begin, end, hessian))
{
    size_t rows = a->rows, vectors = count / LANES;

    for (size_t j = begin; j < end; j += 2) {
        const vector *p0 = (const vector *)(a->part_p + TILE * j), *p1 = (const vector *)(a->part_p + TILE * (j + 1));
        const vector *z0 = (const vector *)(a->part_z + TILE * j), *z1 = (const vector *)(a->part_z + TILE * (j + 1));

        for (size_t i = j; i < rows; i += 2) {
            const vector *p2 = (const vector *)(a->part_p + TILE * i), *z2 = (const vector *)(a->part_z + TILE * i);
            const vector *p3 = (const vector *)(a->part_p + TILE * (i + 1));
            const vector *z3 = (const vector *)(a->part_z + TILE * (i + 1));
            vector zero = {0.0}, pa = zero, pb = zero, pc = zero, pd = zero, za = zero, zb = zero, zc = zero, zd = zero;

            for (size_t l = 0; l < vectors; l++) {
                za += z0[l] * z2[l];
                zb += z0[l] * z3[l];
                zc += z1[l] * z2[l];
                zd += z1[l] * z3[l];
                pa += p0[l] * p2[l];
                pb += p0[l] * p3[l];
                pc += p1[l] * p2[l];
                pd += p1[l] * p3[l];
            }
            za -= pa;
            zb -= pb;
            zc -= pc;
            zd -= pd;
            hessian[i + rows * j] += across(&za);
            hessian[i + 1 + rows * j] += across(&zb);
            hessian[i + rows * (j + 1)] += across(&zc); /* i = j: above the diagonal, never read */
            hessian[i + 1 + rows * (j + 1)] += across(&zd);
        }
    }
}

void lanes_rank_two(const lanes *a, size_t first, size_t begin, size_t end, double *restrict hessian)
{
    rank_two(a, lanes_count(a, first), begin, end < a->rows ? end : a->rows, hessian);
}
