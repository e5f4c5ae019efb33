/* Elimination of the path gains, all access points at once. docs/model.md (M17).
 *
 * Access points are independent: with means m_l = E v_l, m'_p = E w_p and spreads D_l = E norm(v_l)^2 - norm(m_l)^2 the
 * matrix of all gains is S = D + m^H m. AP p's own gain takes what w_p has in common with v_p about their means; of
 * what is left of the mean, r_p = m'_p - g_p m_p, the gains leave r_p^H Q r_p with Q^-1 = I + sum_l m_l m_l^H / D_l. Q
 * is built up one access point after the other, each of which takes its direction from it. All is divided by E
 * norm(v_l)^2. */
#include "metrics/elimination.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

struct elimination {
    const sums_layout *layout;
    cfi_split q;   /* K x K, Hermitian, rows of `width` */
    double *x, *y; /* 2 width each, real and imaginary parts: a vector over streams and Q times it */
    /* Of elimination_matrix, or NULL: sqrt(n) r_l, 2 width x L; of w_l about its mean what the own gain leaves, L */
    double *mean, *left;
    double *other; /* with them: x of the other axis, 2 width */
};

elimination *elimination_make(const sums_layout *layout, cfi_arena *arena)
{
    size_t square = layout->K * layout->width;
    elimination *e = arena_alloc(arena, 1, sizeof *e);
    double *numbers = arena_zeros(arena, 2 * square + 4 * layout->width, sizeof *numbers);

    if (!e || !numbers) {
        return NULL;
    }
    *e = (elimination){.layout = layout,
                       .q = {numbers, numbers + square, layout->width},
                       .x = numbers + 2 * square,
                       .y = numbers + 2 * square + 2 * layout->width};
    return e;
}

bool elimination_prepare_matrix(elimination *e, cfi_arena *arena)
{
    size_t L = e->layout->L, width = e->layout->width;

    e->mean = arena_alloc(arena, (2 * width + 1) * L + 2 * width, sizeof(double));
    e->left = e->mean ? e->mean + 2 * width * L : NULL;
    e->other = e->left ? e->left + L : NULL;
    return e->mean;
}

/* y = Q x, by rows: Q is Hermitian. */
CLONES(static, void, multiply_by_q,
       (size_t K, size_t width, const double *restrict re, const double *restrict im, const double *restrict x,
        double *restrict y),
       (K, width, re, im, x, y))
{
    for (size_t k = 0; k < 2 * width; k++) {
        y[k] = 0.0;
    }
    for (size_t j = 0; j < K; j++) {
        double a = x[j], b = x[width + j];

        for (size_t k = 0; k < width; k++) {
            y[k] += a * re[width * j + k] + b * im[width * j + k];
            y[width + k] += b * re[width * j + k] - a * im[width * j + k];
        }
    }
}

/* Q -= scale y y^H */
CLONES(static, void, take_direction,
       (size_t K, size_t width, double scale, const double *restrict y, double *restrict re, double *restrict im),
       (K, width, scale, y, re, im))
{
    for (size_t j = 0; j < K; j++) {
        double a = scale * y[j], b = scale * y[width + j];

        for (size_t k = 0; k < width; k++) {
            re[width * j + k] -= a * y[k] + b * y[width + k];
            im[width * j + k] -= b * y[k] - a * y[width + k];
        }
    }
}

/* x'y of vectors over streams, real and imaginary parts. */
static double product_over_streams(const elimination *e, const double *x)
{
    double sum = 0.0;

    for (size_t k = 0; k < 2 * e->layout->width; k++) {
        sum += x[k] * e->y[k];
    }
    return sum;
}

/* x^H Q x, and y = Q x */
static double form_of_q(const elimination *e)
{
    size_t K = e->layout->K, width = e->layout->width;

    multiply_by_q(K, width, e->q.re, e->q.im, e->x, e->y);
    return product_over_streams(e, e->x);
}

/* D_l / E norm(v_l)^2; 0 where it is rounding or AP l is silent. */
static double spread_of(const sums_layout *layout, const double *sums, double n, size_t l)
{
    double all = sums[layout->aps + 5 * l], spread = sums_spread(layout, sums, n, l);

    return spread > RESIDUAL_ROUNDING * all ? spread / all : 0.0;
}

static void build_q(elimination *e, const double *sums, double n)
{
    const sums_layout *layout = e->layout;
    size_t K = layout->K, width = layout->width;

    memset(e->q.re, 0, K * width * sizeof(double));
    memset(e->q.im, 0, K * width * sizeof(double));
    for (size_t k = 0; k < K; k++) {
        e->q.re[width * k + k] = 1.0;
    }
    for (size_t l = 0; l < layout->L; l++) {
        const double *re = sums + sums_beams(layout, l), *im = re + 2 * width;
        double all = sums[layout->aps + 5 * l], scale = all > 0.0 ? 1.0 / sqrt(n * all) : 0.0, left;

        for (size_t k = 0; k < width; k++) {
            e->x[k] = scale * re[k];
            e->x[width + k] = scale * im[k];
        }
        left = spread_of(layout, sums, n, l) + form_of_q(e);
        if (left > RESIDUAL_ROUNDING) { /* else it is silent, or others like it have taken its direction */
            take_direction(K, width, 1.0 / left, e->y, e->q.re, e->q.im);
        }
    }
}

/* What AP p's own gain leaves of w_p about its mean, times n; x = sqrt(n) r_p. */
static double own_gain_leaves(const elimination *e, const double *sums, double n, size_t p)
{
    const sums_layout *layout = e->layout;
    size_t K = layout->K, width = layout->width;
    const double *ap = sums + layout->aps + 5 * p, *v = sums + sums_beams(layout, p), *w = v + width;
    double left = ap[1], spread = ap[0] * spread_of(layout, sums, n, p);
    double complex gain = ap[2] + I * ap[3];

    for (size_t k = 0; k < K; k++) {
        double a = v[k], b = v[2 * width + k], c = w[k], d = w[2 * width + k];

        left -= (c * c + d * d) / n;
        gain -= (a * c + b * d + I * (a * d - b * c)) / n;
    }
    gain = spread > 0.0 ? gain / spread : 0.0;
    for (size_t k = 0; k < K; k++) {
        double complex rest = w[k] + I * w[2 * width + k] - gain * (v[k] + I * v[2 * width + k]);

        e->x[k] = creal(rest) / sqrt(n);
        e->x[width + k] = cimag(rest) / sqrt(n);
    }
    return left - spread * creal(gain * conj(gain));
}

void elimination_residuals(elimination *e, const double *sums, double n, double *rss)
{
    const sums_layout *layout = e->layout;

    build_q(e, sums, n);
    for (size_t p = 0; p < layout->L; p++) {
        double all = sums[layout->aps + 5 * p + 1];

        double left = own_gain_leaves(e, sums, n, p);

        rss[p] = left + form_of_q(e);
        rss[p] = rss[p] > RESIDUAL_ROUNDING * all ? rss[p] : 0.0;
        if (e->left) {
            e->left[p] = rss[p] > 0.0 ? left : 0.0;
            memcpy(e->mean + 2 * layout->width * p, e->x, 2 * layout->width * sizeof *e->x);
        }
    }
}

/* x = sum_l alpha_lp e_l r_l along an axis. */
static void look_along(const elimination *e, const double complex *alpha, const double *turn, size_t axis)
{
    size_t width = e->layout->width;

    memset(e->x, 0, 2 * width * sizeof *e->x);
    for (size_t l = 0; l < e->layout->L; l++) {
        const double *mean = e->mean + 2 * width * l;
        double re = creal(alpha[l]) * turn[2 * l + axis], im = cimag(alpha[l]) * turn[2 * l + axis];

        for (size_t k = 0; k < width; k++) {
            e->x[k] += re * mean[k] - im * mean[width + k];
            e->x[width + k] += re * mean[width + k] + im * mean[k];
        }
    }
}

void elimination_matrix(elimination *e, const cfi_network *network, const double *turn, double J[3])
{
    size_t L = e->layout->L, receivers = network->equal_paths ? 1 : L;
    double copies = (double)L / (double)receivers;

    J[0] = J[1] = J[2] = 0.0;
    for (size_t l = 0; l < L; l++) {
        double power = 0.0;

        for (size_t p = 0; p < receivers; p++) {
            power += copies * network_path_power(network, l, p);
        }
        J[0] += power * e->left[l] * turn[2 * l] * turn[2 * l];
        J[1] += power * e->left[l] * turn[2 * l] * turn[2 * l + 1];
        J[2] += power * e->left[l] * turn[2 * l + 1] * turn[2 * l + 1];
    }
    for (size_t p = 0; p < receivers; p++) {
        const double complex *alpha = network_path_gains(network, p);

        look_along(e, alpha, turn, 1);
        J[2] += copies * form_of_q(e);
        memcpy(e->other, e->x, 2 * e->layout->width * sizeof *e->x);
        look_along(e, alpha, turn, 0);
        J[0] += copies * form_of_q(e);
        J[1] += copies * product_over_streams(e, e->other);
    }
}
