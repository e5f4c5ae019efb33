/* Loops over access points in the widest vectors of the machine. docs/model.md (M19). */
#include "alloc/lanes.h"

#include "alloc/constants.h"
#include "base/clones.h"

#include <math.h>
#include <string.h>

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

/* The rows that do not depend on the multipliers. */
static void fill_constants(lanes *a, const alloc_problem *problem)
{
    for (size_t l = 0; l < a->L; l++) {
        sensing_shape shape = sensing_shape_of(&problem->sensing, l);

        for (size_t k = 0; k < a->K; k++) {
            a->signal[l + a->stride * k] = problem->signal[problem_at(problem, k, l)];
            a->load[l + a->stride * k] = problem->load[problem_at(problem, k, l)];
        }
        a->least[l] = shape.kink;
        a->root_least[l] = sqrt(shape.kink);
        a->c[l] = shape.helps ? 1.0 - shape.trade : 0.0;
        a->per_c[l] = a->c[l] > 0.0 ? 1.0 / a->c[l] : 0.0;
        a->sense[l] = shape.offset;
        a->most[l] = problem->sensing.most[l];
        a->root_most[l] = sqrt(a->most[l]);
        for (size_t k = 0; a->sensing_load && k < a->K; k++) {
            a->sensing_load[l + a->stride * k] = problem->sensing_load[problem_at(problem, k, l)];
            a->trade[l] = shape.trade;
            a->root_fewest[l] = sqrt(problem->sensing.fewest[l]);
        }
    }
    for (size_t l = a->L; l < a->stride; l++) {
        for (size_t k = 0; k < a->K; k++) {
            a->signal[l + a->stride * k] = a->load[l + a->stride * k] = 0.0;
        }
        for (size_t k = 0; a->sensing_load && k < a->K; k++) {
            a->sensing_load[l + a->stride * k] = 0.0;
        }
        for (size_t m = 0; m < a->pairs; m++) {
            a->coherent[l + a->stride * m] = 0.0;
        }
        a->idle[l] = 1.0;
    }
}

static void take_rows(lanes *a, bool apart, double *memory)
{
    double **const row[] = {&a->least,     &a->root_least, &a->c,     &a->per_c, &a->sense, &a->most,
                            &a->root_most, &a->idle,       &a->norm2, &a->price, &a->along, &a->q,
                            &a->per_h,     &a->ratio,      &a->root,  &a->bent};
    double **const more[] = {&a->trade, &a->root_fewest, &a->sensing_price, &a->x, &a->traded};

    a->signal = take_row(&memory, a->K * a->stride);
    a->load = take_row(&memory, a->K * a->stride);
    a->coherent = take_row(&memory, a->pairs * a->stride);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        *row[i] = take_row(&memory, a->stride);
        memset(*row[i], 0, a->stride * sizeof(double));
    }
    a->v = take_row(&memory, a->K * TILE);
    a->part_p = take_row(&memory, a->rows * TILE);
    a->part_z = take_row(&memory, a->rows * TILE);
    for (size_t i = (a->K + a->pairs) * TILE; i < a->rows * TILE; i++) { /* the budget has no p; one may be left over */
        a->part_p[i] = a->part_z[i] = 0.0;
    }
    for (size_t i = 0; apart && i < sizeof more / sizeof *more; i++) {
        *more[i] = take_row(&memory, a->stride);
        memset(*more[i], 0, a->stride * sizeof(double));
    }
    a->sensing_load = apart ? take_row(&memory, a->K * a->stride) : NULL;
}

cfi_status lanes_init(lanes *a, const alloc_problem *problem, size_t rows, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, pairs = problem->mate_start[K];
    size_t stride = (problem->L + LANES - 1) / LANES * LANES;
    bool apart = !problem_loads_equal(problem);
    size_t more = apart ? (K + 5) * stride : 0;
    double *memory = arena_alloc(arena, (2 * K + pairs + 16) * stride + (K + 2 * rows) * TILE + more, sizeof *memory);

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the dual of an allocation step");
    }
    *a = (lanes){.K = K, .L = problem->L, .pairs = pairs, .rows = rows, .stride = stride};
    take_rows(a, apart, memory);
    fill_constants(a, problem);
    return CFI_OK;
}

/* Access points in the tile that begins at `first`, in whole vectors. */
static size_t tile_count(const lanes *a, size_t first)
{
    return a->stride - first < TILE ? a->stride - first : TILE;
}

/* --------------------------------------------------------------- amplitudes and prices ---- */

CLONES(static, void, sum_lanes_tile,
       (const lanes *a, size_t first, const double *restrict gain, const double *restrict weight),
       (a, first, gain, weight))
{
    size_t count = tile_count(a, first);
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

/* C_s of a tile. */
CLONES(static, void, sum_sensing, (const lanes *a, size_t first, const double *restrict weight), (a, first, weight))
{
    size_t count = tile_count(a, first);
    double *restrict price = a->sensing_price + first;

    memset(price, 0, count * sizeof *price);
    for (size_t k = 0; k < a->K; k++) {
        const double *restrict load = a->sensing_load + a->stride * k + first;
        double w = weight[k];

        for (size_t l = 0; l < count; l++) {
            price[l] += w * load[l];
        }
    }
}

void lanes_sum(lanes *a, size_t first, const double *gain, const double *weight)
{
    sum_lanes_tile(a, first, gain, weight);
    if (a->sensing_load) {
        sum_sensing(a, first, weight);
    }
}

CLONES(static, void, subtract_row, (size_t count, double factor, const double *restrict from, double *restrict v),
       (count, factor, from, v))
{
    for (size_t l = 0; l < count; l++) {
        v[l] -= factor * from[l];
    }
}

CLONES(static, void, clip, (const lanes *a, size_t first), (a, first))
{
    size_t count = tile_count(a, first);
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
    lanes_sum(a, first, gain, weight);
    for (size_t m = 0; m < a->pairs; m++) {
        subtract_row(tile_count(a, first), nu[m], a->coherent + a->stride * m + first, a->v + TILE * mate[m]);
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
    size_t count = tile_count(a, first);
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

/* The same with two prices. Where s is used, a unit of x costs C - trade C_s; that may be negative, and then rho goes
 * up to the kink at once. */
CLONES(static, void, optimise_apart, (const lanes *a, size_t first, double mu, lanes_total *total),
       (a, first, mu, total))
{
    size_t count = tile_count(a, first);
    const double *restrict norm2 = a->norm2 + first, *restrict price = a->price + first;
    const double *restrict sensing_price = a->sensing_price + first, *restrict idle = a->idle + first;
    const double *restrict root_least = a->root_least + first;
    const double *restrict trade = a->trade + first, *restrict offset = a->sense + first;
    const double *restrict root_most = a->root_most + first, *restrict root_fewest = a->root_fewest + first;
    double *restrict along = a->along + first, *restrict power = a->q + first, *restrict per_h = a->per_h + first;
    double *restrict ratio = a->ratio + first, *restrict root = a->root + first, *restrict bent = a->bent + first;
    double *restrict x = a->x + first, *restrict traded = a->traded + first;
    terms value, sum, curvature;

#pragma omp simd
    for (size_t l = 0; l < count; l++) {
        double h = sqrt(norm2[l]), wanted = price[l] + mu + idle[l], C_s = sensing_price[l] + mu + idle[l];
        double C = wanted > LEAST_PRICE ? wanted : LEAST_PRICE, below = C - trade[l] * C_s;
        double C_b = below > LEAST_PRICE ? below : LEAST_PRICE, inverse = 1.0 / (h > 0.0 ? h : 1.0);
        double free = h * (0.5 / C), used = h * (0.5 / C_b);
        double is_free = free >= root_least[l] ? 1.0 : 0.0;
        double is_used = trade[l] > 0.0 && below > 0.0 && used < root_least[l] && is_free == 0.0 ? 1.0 : 0.0;
        double smooth = is_free + is_used, slope = 0.5 / (is_used > 0.0 ? C_b : C);
        double rho = smooth > 0.0 ? slope * h : root_least[l]; /* even with nothing to gain, the threshold is met */
        double most = rho > root_most[l] ? root_most[l] : rho, rho_in = most < root_fewest[l] ? root_fewest[l] : most;
        double inside = rho_in == rho ? smooth : 0.0;
        double slope_in = inside > 0.0 ? slope : rho_in * inverse, x_in = rho_in * rho_in;
        double missing = offset[l] - trade[l] * x_in, s = missing > 0.0 ? missing : 0.0;

        along[l] = slope_in;
        x[l] = x_in;
        power[l] = x_in + s;
        per_h[l] = h > 0.0 ? inverse : 0.0;
        ratio[l] = 2.0 * slope * h;
        root[l] = sqrt(slope_in);
        bent[l] = inside * root[l];
        traded[l] = is_used * trade[l];
        value.of[l] = h * rho_in - C * x_in - C_s * s;
        sum.of[l] = x_in + s;
        curvature.of[l] = 2.0 * (x_in + s) / C;
    }
    total->value += add_up(&value, count);
    total->power += add_up(&sum, count);
    total->curvature += add_up(&curvature, count);
}

void lanes_optimise(lanes *a, size_t first, double mu, lanes_total *total)
{
    if (a->sensing_load) {
        optimise_apart(a, first, mu, total);
    } else {
        optimise_tile(a, first, mu, total);
    }
}

/* ------------------------------------------------------------------------- derivatives ---- */

CLONES(static, void, expand_users,
       (const lanes *a, size_t first, const double *restrict slope, const double *restrict square,
        double *restrict gradient, double *restrict diagonal),
       (a, first, slope, square, gradient, diagonal))
{
    size_t count = tile_count(a, first);
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

CLONES(static, void, expand_apart,
       (const lanes *a, size_t first, const double *restrict slope, const double *restrict square,
        double *restrict gradient, double *restrict diagonal),
       (a, first, slope, square, gradient, diagonal))
{
    size_t count = tile_count(a, first);
    const double *restrict along = a->along + first, *restrict q = a->q + first, *restrict per_h = a->per_h + first;
    const double *restrict ratio = a->ratio + first, *restrict root = a->root + first, *restrict bent = a->bent + first;
    const double *restrict x = a->x + first, *restrict traded = a->traded + first;

    for (size_t k = 0; k < a->K; k++) {
        const double *restrict signal = a->signal + a->stride * k + first;
        const double *restrict load = a->load + a->stride * k + first;
        const double *restrict sensing = a->sensing_load + a->stride * k + first, *restrict v = a->v + TILE * k;
        double *restrict p = a->part_p + TILE * k, *restrict z = a->part_z + TILE * k;
        double s = slope[k], c = square[k];
        terms g, d;

#pragma omp simd
        for (size_t l = 0; l < count; l++) {
            double D = s * signal[l], Dv = D * v[l], pk = Dv * per_h[l];

            g.of[l] = c * (load[l] * x[l] + sensing[l] * (q[l] - x[l])) - along[l] * Dv;
            d.of[l] = v[l] > 0.0 ? along[l] * D * D : 0.0;
            p[l] = root[l] * pk;
            z[l] = bent[l] * (c * (load[l] - traded[l] * sensing[l]) * ratio[l] - pk);
        }
        gradient[k] += add_up(&g, count);
        diagonal[k] += add_up(&d, count);
    }
}

void lanes_expand_users(lanes *a, size_t first, const double *slope, const double *square, double *restrict gradient,
                        double *restrict diagonal)
{
    if (a->sensing_load) {
        expand_apart(a, first, slope, square, gradient, diagonal);
    } else {
        expand_users(a, first, slope, square, gradient, diagonal);
    }
}

CLONES(static, double, expand_pair, (const lanes *a, size_t first, size_t m, size_t j), (a, first, m, j))
{
    size_t count = tile_count(a, first);
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
    size_t count = tile_count(a, first);
    double *z = a->part_z + TILE * row;

    for (size_t l = 0; l < count; l++) {
        double traded = a->sensing_load ? a->traded[first + l] : 0.0;

        z[l] = (1.0 - traded) * a->bent[first + l] * a->ratio[first + l];
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
    return product(tile_count(a, first), a->along + first, a->v + TILE * j, x + first, y + first);
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
    rank_two(a, tile_count(a, first), begin, end < a->rows ? end : a->rows, hessian);
}
