/* The likelihood of a target's angle, from the own echo of one access point. docs/model.md (M27) */
#include "metrics/likelihood.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum {
    GRID_PER_ANTENNA = 16, /* points of the grid: f has terms up to z^(N + M - 2), 8 points or more in each's period */
    LINE_DOUBLES = 8,      /* doubles of a cache line */
    MOST_NEWTON = 60,      /* steps; halving alone gives 60 bits */
};

/* A share of the largest value on the grid: a peak between points of the grid can be higher than both by a few
 * percent. */
static const double PROMISING = 0.8;
/* Relative to the power on average over directions: where less goes, the share of the echo is rounding. */
static const double DARK = 1e-13;
/* Of u: far below any bound. */
static const double NEWTON_STEP = 1e-12;

likelihood_shape likelihood_make_shape(const cfi_system *system)
{
    size_t N = system->N, M = system->M, terms = N + M - 1;

    return (likelihood_shape){.N = N,
                              .M = M,
                              .terms = terms,
                              .length = 2 * (terms + N),
                              .weight = (double)system->frame.T / (system->power.sensing_noise_w * (double)M)};
}

/* ------------------------------------------------------------------------- coefficients ---- */

void likelihood_fill(const likelihood_shape *shape, size_t K, cfi_split rows, cfi_split work, double *coefficient)
{
    size_t N = shape->N, M = shape->M;
    double *c_re = coefficient, *c_im = c_re + shape->terms, *r_re = c_im + shape->terms, *r_im = r_re + N;
    double scale = sqrt(shape->weight);
    cfi_split f = {.re = rows.re + M, .im = rows.im + M, .ld = rows.ld};

    memset(work.re, 0, (N + M) * work.ld * sizeof *work.re);
    memset(work.im, 0, (N + M) * work.ld * sizeof *work.im);
    linalg_split_gram_add(N + M, N, K, rows, f, work); /* Z F^H, and F F^H below it */
    memset(coefficient, 0, shape->length * sizeof *coefficient);
    for (size_t m = 0; m < M; m++) {
        for (size_t n = 0; n < N; n++) {
            c_re[m + N - 1 - n] += scale * work.re[work.ld * m + n];
            c_im[m + N - 1 - n] += scale * work.im[work.ld * m + n];
        }
    }
    for (size_t m = 0; m < N; m++) {
        for (size_t n = 0; n <= m; n++) {
            r_re[m - n] += work.re[work.ld * (M + m) + n];
            r_im[m - n] += work.im[work.ld * (M + m) + n];
        }
    }
}

/* -------------------------------------------------------------------------------- values ---- */

/* sum_d x_d z^d, the same of d x_d, and of d^2 x_d */
typedef struct moments {
    double complex sum, first, second;
} moments;

static moments powers_sum(const double *re, const double *im, size_t count, double complex z)
{
    double complex power = 1.0;
    moments m = {0.0, 0.0, 0.0};

    for (size_t d = 0; d < count; d++) {
        double pr = creal(power), pi = cimag(power), order = (double)d;
        double complex term = re[d] * pr - im[d] * pi + I * (re[d] * pi + im[d] * pr);

        m.sum += term;
        m.first += order * term;
        m.second += order * order * term;
        power = pr * creal(z) - pi * cimag(z) + I * (pr * cimag(z) + pi * creal(z));
    }
    return m;
}

/* Re conj(x) y, Im conj(x) y */
static double real_inner(double complex x, double complex y)
{
    return creal(x) * creal(y) + cimag(x) * cimag(y);
}

static double imaginary_inner(double complex x, double complex y)
{
    return creal(x) * cimag(y) - cimag(x) * creal(y);
}

likelihood_value likelihood_at(const likelihood_shape *shape, const double *coefficient, double u)
{
    const double *c = coefficient, *r = coefficient + 2 * shape->terms;
    double complex z = cos(M_PI * u) + I * sin(M_PI * u);
    moments p = powers_sum(c, c + shape->terms, shape->terms, z); /* times z^(N - 1), which its square does not see */
    moments q = powers_sum(r, r + shape->N, shape->N, z);
    double power = 2.0 * creal(q.sum) - r[0], power_1 = -2.0 * M_PI * cimag(q.first),
           power_2 = -2.0 * M_PI * M_PI * creal(q.second);
    double echo = real_inner(p.sum, p.sum), echo_1 = -2.0 * M_PI * imaginary_inner(p.sum, p.first),
           echo_2 = 2.0 * M_PI * M_PI * (real_inner(p.first, p.first) - real_inner(p.sum, p.second));
    likelihood_value v = {0.0, 0.0, 0.0};

    if (power > DARK * r[0]) {
        v.f = echo / power;
        v.first = (echo_1 - v.f * power_1) / power;
        v.second = (echo_2 - 2.0 * v.first * power_1 - v.f * power_2) / power;
    }
    return v;
}

/* ---------------------------------------------------------------------------------- grid ---- */

bool likelihood_grid_make(const likelihood_shape *shape, double low, double high, cfi_arena *arena,
                          likelihood_grid *grid)
{
    size_t points = GRID_PER_ANTENNA * (shape->N + shape->M) + 1,
           stride = (points + LINE_DOUBLES - 1) / LINE_DOUBLES * LINE_DOUBLES;
    size_t powers = shape->N > shape->M ? shape->N : shape->M;

    *grid = (likelihood_grid){.low = low,
                              .high = high,
                              .step = (high - low) / (double)(points - 1),
                              .points = points,
                              .stride = stride,
                              .cosine = arena_zeros(arena, 2 * powers * stride, sizeof(double))};
    if (!grid->cosine) {
        return false;
    }
    grid->sine = grid->cosine + powers * stride;
    for (size_t d = 0; d < powers; d++) {
        for (size_t g = 0; g < points; g++) {
            double phase = M_PI * (double)d * (low + grid->step * (double)g);

            grid->cosine[stride * d + g] = cos(phase);
            grid->sine[stride * d + g] = sin(phase);
        }
    }
    return true;
}

/* A term x + j y, times z^d of cosine and sine: x, y, and both with the sign of d. */
typedef struct grid_term {
    double x, y, x_signed, y_signed;
} grid_term;

/* re + j im += (x + j y) (cosine + j sine), the imaginary parts behind the real ones. */
CLONES(static, void, add_power,
       (size_t size, const grid_term *term, const double *restrict cosine, const double *restrict sine,
        double *restrict out),
       (size, term, cosine, sine, out))
{
    grid_term t = *term;

    for (size_t g = 0; g < size; g++) {
        out[g] += t.x * cosine[g] - t.y_signed * sine[g];
        out[size + g] += t.x_signed * sine[g] + t.y * cosine[g];
    }
}

/* power += x cosine - y sine */
CLONES(static, void, add_real_power,
       (size_t size, double x, double y, const double *restrict cosine, const double *restrict sine,
        double *restrict power),
       (size, x, y, cosine, sine, power))
{
    for (size_t g = 0; g < size; g++) {
        power[g] += x * cosine[g] - y * sine[g];
    }
}

/* table = (re^2 + im^2) / table, 0 where that is dark */
CLONES(static, void, divide_powers,
       (size_t size, double dark, const double *restrict re, const double *restrict im, double *restrict table),
       (size, dark, re, im, table))
{
    for (size_t g = 0; g < size; g++) {
        double power = table[g];

        table[g] = power > dark ? (re[g] * re[g] + im[g] * im[g]) / power : 0.0;
    }
}

void likelihood_tabulate(const likelihood_shape *shape, const likelihood_grid *grid, const double *coefficient,
                         double *work, double *table)
{
    size_t stride = grid->stride, terms = shape->terms, N = shape->N;
    const double *c_re = coefficient, *c_im = c_re + terms, *r_re = c_im + terms, *r_im = r_re + N;

    memset(work, 0, 2 * stride * sizeof *work);
    memset(table, 0, stride * sizeof *table);
    for (size_t i = 0; i < terms; i++) {
        bool negative = i < N - 1;
        size_t d = negative ? N - 1 - i : i - (N - 1);
        double sign = negative ? -1.0 : 1.0;

        add_power(stride, &(grid_term){c_re[i], c_im[i], sign * c_re[i], sign * c_im[i]}, grid->cosine + stride * d,
                  grid->sine + stride * d, work);
    }
    for (size_t d = 0; d < N; d++) {
        double twice = d > 0 ? 2.0 : 1.0;

        add_real_power(stride, twice * r_re[d], twice * r_im[d], grid->cosine + stride * d, grid->sine + stride * d,
                       table);
    }
    divide_powers(stride, DARK * r_re[0], work, work + stride, table);
}

/* ------------------------------------------------------------------------------- maximum ---- */

/* The maximum next to point g of the grid, which is a peak there: f' has the sign of what lies ahead, so that the
 * bracket is halved where Newton's step leaves it. */
static double climb_peak(const likelihood_shape *shape, const likelihood_grid *grid, const double *coefficient,
                         size_t g)
{
    double u = grid->low + grid->step * (double)g, low = g > 0 ? u - grid->step : u;
    double high = g + 1 < grid->points ? u + grid->step : u;

    for (size_t i = 0; i < MOST_NEWTON && high > low; i++) {
        likelihood_value v = likelihood_at(shape, coefficient, u);
        double next;

        if (v.first > 0.0) {
            low = u;
        } else {
            high = u;
        }
        next = v.second < 0.0 ? u - v.first / v.second : NAN;
        if (!(next > low && next < high)) {
            next = fabs(next - u) < NEWTON_STEP ? u : 0.5 * (low + high);
        }
        if (fabs(next - u) < NEWTON_STEP) {
            return next;
        }
        u = next;
    }
    return u;
}

double likelihood_maximum(const likelihood_shape *shape, const likelihood_grid *grid, const double *coefficient,
                          const double *table, double *largest)
{
    size_t last = grid->points - 1;
    double highest = 0.0, best = grid->low;

    *largest = -1.0;
    for (size_t g = 0; g <= last; g++) {
        highest = fmax(highest, table[g]);
    }
    for (size_t g = 0; g <= last; g++) {
        bool peak = (g == 0 || table[g] >= table[g - 1]) && (g == last || table[g] >= table[g + 1]);

        if (peak && table[g] >= PROMISING * highest) {
            double u = climb_peak(shape, grid, coefficient, g), f = likelihood_at(shape, coefficient, u).f;

            if (f > *largest) {
                *largest = f;
                best = u;
            }
        }
    }
    return best;
}
