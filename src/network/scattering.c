/* Correlation over the antennas of an array from scatterers about a user. docs/model.md (M22). */
#include "network/scattering.h"

#include "base/clones.h"

#include <math.h>
#include <string.h>

enum {
    NODE_LANES = 8,              /* nodes at once: a vector of 512 bits */
    NODE_BLOCK = 2 * NODE_LANES, /* nodes come in blocks of that many */
    AROUND = 16 /* nodes more on a circle: J_n(x) is below 1e-12 at x + 16 for the x of a few antennas */
};

/* The normal density is cut where it is 2e-16 of its largest value. */
static const double MOST_DEVIATIONS = 8.5;

/* How many nodes there are for N antennas and a standard deviation of spread_rad, and whether they go once round the
 * circle or stand on 17 standard deviations about 0. */
static size_t count_points(size_t N, double spread_rad, bool *circle)
{
    /* Antennas N - 1 apart turn by pi (N - 1) cycles a radian at most, and the density's own transform has died out 9 /
     * spread beyond: a step that resolves the sum aliases nothing. */
    double cycles = M_PI * spread_rad * (double)(N - 1) + 9.0, width = 2.0 * MOST_DEVIATIONS;

    *circle = width * spread_rad > 2.0 * M_PI;
    /* On the circle half the step, and some nodes more: the transform of exp(j x sin) dies out slowly compared with
     * that of a wide density. */
    return *circle ? (size_t)ceil(2.0 * cycles / spread_rad) + AROUND : (size_t)ceil(width * cycles / (2.0 * M_PI));
}

/* The density of a normal number at `angle`, summed over all turns of the circle, to a factor. */
static double wrapped_density(double angle, double spread_rad)
{
    int turns = (int)ceil(MOST_DEVIATIONS * spread_rad / (2.0 * M_PI));
    double sum = 0.0;

    for (int turn = -turns; turn <= turns; turn++) {
        double z = (angle + 2.0 * M_PI * turn) / spread_rad;

        sum += exp(-0.5 * z * z);
    }
    return sum;
}

static void fill_nodes(scattering_rule *rule, size_t points, double spread_rad, bool circle)
{
    double sum = 0.0, width = 2.0 * MOST_DEVIATIONS;

    for (size_t i = 0; i < points; i++) {
        double z = width * ((double)i / (double)(points - 1) - 0.5);
        double angle = circle ? 2.0 * M_PI * ((double)i / (double)points - 0.5) : spread_rad * z;

        rule->weight[i] = circle ? wrapped_density(angle, spread_rad) : exp(-0.5 * z * z);
        rule->cosine[i] = cos(angle);
        rule->sine[i] = sin(angle);
        sum += rule->weight[i];
    }
    for (size_t i = 0; i < points; i++) {
        rule->weight[i] /= sum;
    }
}

bool scattering_make_rule(size_t N, double spread_rad, cfi_arena *arena, scattering_rule *rule)
{
    bool circle;
    size_t points = count_points(N, spread_rad, &circle), padded = (points + NODE_BLOCK - 1) / NODE_BLOCK * NODE_BLOCK;
    double *numbers = arena_zeros(arena, 3 * padded, sizeof *numbers);

    if (!numbers) {
        return false;
    }
    *rule = (scattering_rule){
        .N = N, .points = padded, .weight = numbers, .cosine = numbers + padded, .sine = numbers + 2 * padded};
    fill_nodes(rule, points, spread_rad, circle);
    return true;
}

size_t scattering_work(const scattering_rule *rule)
{
    return rule->points + rule->N * 2 * NODE_LANES;
}

/* Of the power series of sine and cosine, from the last term on: a term over the one before, without the sign and the
 * square of the angle. */
static const double SINE_TERMS[] = {1.0 / 342.0, 1.0 / 272.0, 1.0 / 210.0, 1.0 / 156.0, 1.0 / 110.0,
                                    1.0 / 72.0,  1.0 / 42.0,  1.0 / 20.0,  1.0 / 6.0};
static const double COSINE_TERMS[] = {1.0 / 380.0, 1.0 / 306.0, 1.0 / 240.0, 1.0 / 182.0, 1.0 / 132.0,
                                      1.0 / 90.0,  1.0 / 56.0,  1.0 / 30.0,  1.0 / 12.0,  1.0 / 2.0};

/* cos(pi u) and sin(pi u) for abs(u) <= 1: power series of half the angle, whose next terms are below 3e-16. */
INLINE void turn(double u, double *cosine, double *sine)
{
    double h = 0.5 * M_PI * u, x = h * h, s = 1.0, c = 1.0;

#pragma GCC unroll 9
    for (size_t i = 0; i < sizeof SINE_TERMS / sizeof *SINE_TERMS; i++) {
        s = 1.0 - x * s * SINE_TERMS[i];
    }
#pragma GCC unroll 10
    for (size_t i = 0; i < sizeof COSINE_TERMS / sizeof *COSINE_TERMS; i++) {
        c = 1.0 - x * c * COSINE_TERMS[i];
    }
    s *= h;
    *cosine = 1.0 - 2.0 * s * s;
    *sine = 2.0 * s * c;
}

/* Adds weight exp(-j pi n along across_j) of all nodes j of the elevation to the sums re + j im of lag n, lane by lane.
 */
CLONES(static, void, add_azimuth,
       (const scattering_rule *rule, double weight, double along, const double *restrict across, double *restrict re,
        double *restrict im),
       (rule, weight, along, across, re, im))
{
    for (size_t j = 0; j < rule->points; j += NODE_BLOCK) {
        double c[NODE_BLOCK], s[NODE_BLOCK], x[NODE_BLOCK], y[NODE_BLOCK];

#pragma omp simd
        for (size_t i = 0; i < NODE_BLOCK; i++) {
            x[i] = weight * rule->weight[j + i];
            y[i] = 0.0;
            turn(along * across[j + i], &c[i], &s[i]);
        }
        for (size_t n = 1; n < rule->N; n++) {
#pragma omp simd
            for (size_t i = 0; i < NODE_BLOCK; i++) {
                double real = x[i] * c[i] + y[i] * s[i];

                y[i] = y[i] * c[i] - x[i] * s[i];
                x[i] = real;
            }
#pragma omp simd
            for (size_t i = 0; i < NODE_LANES; i++) {
                re[NODE_LANES * n + i] += x[i] + x[i + NODE_LANES];
                im[NODE_LANES * n + i] += y[i] + y[i + NODE_LANES];
            }
        }
    }
}

void scattering_column(const scattering_rule *rule, double azimuth_rad, double elevation_rad, double *work,
                       double complex *column)
{
    double *across = work, *re = work + rule->points, *im = re + NODE_LANES * rule->N;
    double sine = sin(azimuth_rad), cosine = cos(azimuth_rad), low = cos(elevation_rad), high = sin(elevation_rad);

    for (size_t j = 0; j < rule->points; j++) {
        across[j] = low * rule->cosine[j] - high * rule->sine[j];
    }
    memset(re, 0, rule->N * 2 * NODE_LANES * sizeof *re);
    for (size_t i = 0; i < rule->points && rule->weight[i] > 0.0; i++) { /* what has no weight stands last */
        add_azimuth(rule, rule->weight[i], sine * rule->cosine[i] + cosine * rule->sine[i], across, re, im);
    }
    column[0] = 1.0;
    for (size_t n = 1; n < rule->N; n++) {
        double real = 0.0, imaginary = 0.0;

        for (size_t i = 0; i < NODE_LANES; i++) {
            real += re[NODE_LANES * n + i];
            imaginary += im[NODE_LANES * n + i];
        }
        column[n] = real + I * imaginary;
    }
}
