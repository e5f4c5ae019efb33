/* The Monte Carlo's bounds and their errors, computed again the long way: the raw signal's derivatives, entry by entry,
 * least squares on the derivatives in the path gains, and a jackknife that does it all again without each channel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"

#include <complex.h>

enum { APS = 4, USERS = 3, ANTENNAS = 3, CHANNELS = 9, ROWS = ANTENNAS * USERS * CHANNELS, SIZE = ANTENNAS * USERS };

static const double PI = 3.14159265358979323846;

/* What every access point radiates in every channel: N x K, user fastest. */
typedef struct radiated {
    double complex beams[APS][CHANNELS][SIZE];
} radiated;

/* exp(-j pi n sin theta) for n = 1.., and its derivative. */
static double complex response(double theta, size_t n)
{
    return cexp(-I * PI * (double)n * sin(theta));
}

static double complex turned(double theta, size_t n)
{
    return -I * PI * (double)n * cos(theta) * response(theta, n);
}

static void radiate(drop *d, size_t l, double complex beams[CHANNELS][SIZE])
{
    double h[2][CHANNELS * SIZE], v[2][CHANNELS * SIZE], factor[USERS];
    cfi_channel_range range = {.count = CHANNELS, .stride = SIZE};
    cfi_estimated_channels out = {.h = {h[0], h[1]}, .h_hat = {v[0], v[1]}};
    const cfi_precoder *precoder = channel_precoder(&d->made.system);

    channel_draw(&d->network, l, &range, channel_scratch_make(&d->network, d->arena), &out);
    precoder->apply(precoder->prepare(&d->network, d->arena), l, &range, out.h_hat, factor);
    for (size_t i = 0; i < CHANNELS; i++) {
        for (size_t e = 0; e < SIZE; e++) {
            size_t k = e % USERS;
            double complex precoded = factor[k] * (v[0][SIZE * i + e] + I * v[1][SIZE * i + e]);

            beams[i][e] = sqrt(d->powers.p[k + USERS * l]) * precoded +
                          sqrt(d->powers.s[l] / (double)SIZE) * response(d->made.angle[l], e / USERS + 1);
        }
    }
}

/* y^H F_l of stream k, y = a_l or its derivative. */
static double complex towards(const drop *d, const radiated *all, size_t l, size_t i, size_t k, bool derivative)
{
    double complex sum = 0.0;

    for (size_t n = 0; n < ANTENNAS; n++) {
        double theta = d->made.angle[l];
        double complex y = derivative ? turned(theta, n + 1) : response(theta, n + 1);

        sum += conj(y) * all->beams[l][i][USERS * n + k];
    }
    return sum;
}

static double complex inner(const double complex *a, const double complex *b)
{
    double complex sum = 0.0;

    for (size_t r = 0; r < ROWS; r++) {
        sum += conj(a[r]) * b[r];
    }
    return sum;
}

/* Takes off x what lies along the first `count` of unit vectors that are orthogonal; twice, for rounding. */
static void take_off(size_t count, double complex unit[][ROWS], double complex *x)
{
    for (size_t round = 0; round < 2; round++) {
        for (size_t c = 0; c < count; c++) {
            double complex along = inner(unit[c], x);

            for (size_t r = 0; r < ROWS; r++) {
                x[r] -= along * unit[c][r];
            }
        }
    }
}

/* An information about an angle, and the part of it that is received along b_p. */
typedef struct plain_information {
    double all, along;
} plain_information;

/* The derivatives of what AP p receives in channel i, from `row` on. own: AP p hears its own echo alone. */
static void fill_derivatives(const drop *d, const radiated *all, size_t p, bool own, size_t row, size_t i,
                             double complex (*gains)[ROWS], double complex *angle)
{
    const double complex *alpha = network_path_gains(&d->network, p);
    double theta = d->made.angle[p];

    for (size_t e = 0; e < SIZE; e++) {
        size_t m = e / USERS + 1, k = e % USERS, columns = 0;
        double complex b = response(theta, m);

        angle[row + e] = alpha[p] * b * towards(d, all, p, i, k, true);
        for (size_t l = own ? p : 0; l < (own ? p + 1 : APS); l++) {
            double complex v = towards(d, all, l, i, k, false);

            angle[row + e] += alpha[l] * turned(theta, m) * v;
            gains[columns++][row + e] = b * v;
        }
    }
}

/* Averaged over the channels first .. last - 1 but the one that is left out. */
static plain_information inform(const drop *d, const radiated *all, size_t p, bool own, size_t first, size_t last,
                                size_t left_out)
{
    double complex gains[APS][ROWS] = {{0.0}}, angle[ROWS] = {0.0};
    size_t columns = own ? 1 : APS, n = 0;
    double scale;
    plain_information out = {0.0, 0.0};

    for (size_t i = first; i < last; i++) {
        if (i != left_out) {
            fill_derivatives(d, all, p, own, SIZE * n++, i, gains, angle);
        }
    }
    for (size_t c = 0; c < columns; c++) {
        take_off(c, gains, gains[c]);
        scale = 1.0 / sqrt(creal(inner(gains[c], gains[c])));
        for (size_t r = 0; r < ROWS; r++) {
            gains[c][r] *= scale;
        }
    }
    take_off(columns, gains, angle);
    scale = 2.0 * (double)d->made.system.frame.T / d->made.system.power.sensing_noise_w / (double)n;
    out.all = scale * creal(inner(angle, angle));
    for (size_t r = 0; r < USERS * n; r++) {
        double complex along = 0.0;

        for (size_t m = 0; m < ANTENNAS; m++) {
            along += conj(response(d->made.angle[p], m + 1)) * angle[SIZE * (r / USERS) + USERS * m + r % USERS];
        }
        out.along += scale * creal(along * conj(along)) / (double)ANTENNAS;
    }
    return out;
}

/* Jackknife of n numbers, each without one: what the bias is taken off, and its standard error. */
static double corrected(double whole, const double *without)
{
    double mean = 0.0;

    for (size_t i = 0; i < CHANNELS; i++) {
        mean += without[i] / (double)CHANNELS;
    }
    return (double)CHANNELS * whole - (double)(CHANNELS - 1) * mean;
}

static double error_of(const double *without)
{
    double mean = 0.0, sum = 0.0;

    for (size_t i = 0; i < CHANNELS; i++) {
        mean += without[i] / (double)CHANNELS;
    }
    for (size_t i = 0; i < CHANNELS; i++) {
        sum += (without[i] - mean) * (without[i] - mean);
    }
    return sqrt(sum * (double)(CHANNELS - 1) / (double)CHANNELS);
}

/* What the path gains take of AP p's residual, in channels: with a pilot for every user sum_j x_jp / x_p Q_j, Q_j the
 * sum of user j's shares of the APs. */
static double taken(const drop *d, size_t p)
{
    double sum = 0.0;

    for (size_t j = 0; j < USERS; j++) {
        double shares = 0.0;

        for (size_t l = 0; l < APS; l++) {
            shares += d->powers.p[j + USERS * l] / metrics_comm_power(USERS, &d->powers, l);
        }
        sum += d->powers.p[j + USERS * p] / metrics_comm_power(USERS, &d->powers, p) * shares;
    }
    return fmax(sum, (double)APS / (double)USERS);
}

static void check_bounds(const drop *d, const radiated *all, const cfi_monte_carlo *mc, size_t p, bool own)
{
    double without[CHANNELS], along[CHANNELS], error, information;
    plain_information whole = inform(d, all, p, own, 0, CHANNELS, CHANNELS);

    for (size_t i = 0; i < CHANNELS; i++) {
        plain_information rest = inform(d, all, p, own, 0, CHANNELS, i);

        without[i] = rest.all;
        along[i] = rest.along;
    }
    information = corrected(whole.all, without);
    error = error_of(without);
    if (!own) {
        error = hypot(error, error_of(along) * sqrt(taken(d, p) / ((double)CHANNELS - taken(d, p))));
    }
    assert_close(own ? mc->crlb_own_echo_rad2[p] : mc->crlb_multistatic_rad2[p], 1.0 / information, 1e-11);
    assert_close(own ? mc->crlb_own_echo_std_error[p] : mc->crlb_multistatic_std_error[p],
                 error / (information * information), 1e-9);
}

static void check_block_mean(const drop *d, const radiated *all, const cfi_monte_carlo *mc, size_t p)
{
    double bound[CHANNELS], mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < CHANNELS; i++) {
        bound[i] = 1.0 / inform(d, all, p, true, i, i + 1, CHANNELS).all;
        mean += bound[i] / (double)CHANNELS;
    }
    for (size_t i = 0; i < CHANNELS; i++) {
        squares += (bound[i] - mean) * (bound[i] - mean);
    }
    assert_close(mc->crlb_own_echo_block_mean_rad2[p], mean, 1e-11);
    assert_close(mc->crlb_own_echo_block_mean_std_error[p], sqrt(squares / (double)(CHANNELS * (CHANNELS - 1))), 1e-9);
}

static void bounds_are_those_of_the_raw_signal(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 5; seed++) {
        made_system made = make_system(seed, APS, USERS, ANTENNAS, ANTENNAS);
        radiated all;
        cfi_monte_carlo mc;
        drop *d;

        made.system.sensing.random_path_phase = seed % 2 == 0;
        made.system.monte_carlo.bounds = CFI_MC_BOUNDS_ALL;
        made.system.monte_carlo.realizations = CHANNELS;
        d = make_drop(made);
        assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, NULL), CFI_OK);
        for (size_t l = 0; l < APS; l++) {
            radiate(d, l, all.beams[l]);
        }
        for (size_t p = 0; p < APS; p++) {
            check_bounds(d, &all, &mc, p, false);
            check_bounds(d, &all, &mc, p, true);
            check_block_mean(d, &all, &mc, p);
        }
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_those_of_the_raw_signal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
