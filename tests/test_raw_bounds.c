/* The Monte Carlo's bounds and their errors, computed again the long way: the raw signal's derivatives, entry by entry,
 * in every combination of the access points' channels, least squares on the derivatives in the path gains, and a
 * jackknife that does it all again without each channel. And what the combinations stand on: access points that are
 * independent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "jackknife.h"

#include <complex.h>

enum { APS = 3, USERS = 3, ANTENNAS = 3, CHANNELS = 7, SIZE = ANTENNAS * USERS };
enum { COMBINATIONS = CHANNELS * CHANNELS * CHANNELS, RAW_ROWS = SIZE * COMBINATIONS };

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

/* AP l in CHANNELS channels from `first` on. */
static void radiate(drop *d, size_t l, size_t first, double complex beams[CHANNELS][SIZE])
{
    double h[2][CHANNELS * SIZE], v[2][CHANNELS * SIZE], factor[USERS];
    cfi_channel_range range = {.first = first, .count = CHANNELS, .stride = SIZE};
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

    for (size_t r = 0; r < RAW_ROWS; r++) {
        sum += conj(a[r]) * b[r];
    }
    return sum;
}

/* Takes off x what lies along the first `count` of unit vectors that are orthogonal; twice, for rounding. */
static void take_off(size_t count, double complex unit[][RAW_ROWS], double complex *x)
{
    for (size_t round = 0; round < 2; round++) {
        for (size_t c = 0; c < count; c++) {
            double complex along = inner(unit[c], x);

            for (size_t r = 0; r < RAW_ROWS; r++) {
                x[r] -= along * unit[c][r];
            }
        }
    }
}

/* An information about an angle, and the part of it that is received along b_p. */
typedef struct plain_information {
    double all, along;
} plain_information;

/* The derivatives of what AP p receives from AP l's channel i[l], from `row` on. own: AP p hears its own echo alone. */
static void fill_derivatives(const drop *d, const radiated *all, size_t p, bool own, size_t row, const size_t *i,
                             double complex (*gains)[RAW_ROWS], double complex *angle)
{
    const double complex *alpha = network_path_gains(&d->network, p);
    double theta = d->made.angle[p];

    for (size_t e = 0; e < SIZE; e++) {
        size_t m = e / USERS + 1, k = e % USERS, columns = 0;
        double complex b = response(theta, m);

        angle[row + e] = alpha[p] * b * towards(d, all, p, i[p], k, true);
        for (size_t l = own ? p : 0; l < (own ? p + 1 : APS); l++) {
            double complex v = towards(d, all, l, i[l], k, false);

            angle[row + e] += alpha[l] * turned(theta, m) * v;
            gains[columns++][row + e] = b * v;
        }
    }
}

static bool is_wanted(const size_t *i, size_t first, size_t last, size_t left_out)
{
    for (size_t l = 0; l < APS; l++) {
        if (i[l] < first || i[l] >= last || i[l] == left_out) {
            return false;
        }
    }
    return true;
}

/* Averaged over all combinations of the channels first .. last - 1, one of each AP, but the one that is left out. */
static plain_information inform(const drop *d, const radiated *all, size_t p, bool own, size_t first, size_t last,
                                size_t left_out)
{
    static double complex gains[APS][RAW_ROWS], angle[RAW_ROWS];
    size_t columns = own ? 1 : APS, n = 0;
    double scale;
    plain_information out = {0.0, 0.0};

    memset(gains, 0, sizeof gains);
    memset(angle, 0, sizeof angle);
    for (size_t c = 0; c < COMBINATIONS; c++) {
        const size_t i[APS] = {c % CHANNELS, c / CHANNELS % CHANNELS, c / CHANNELS / CHANNELS};

        if (is_wanted(i, first, last, left_out)) {
            fill_derivatives(d, all, p, own, SIZE * n++, i, gains, angle);
        }
    }
    for (size_t c = 0; c < columns; c++) {
        take_off(c, gains, gains[c]);
        scale = 1.0 / sqrt(creal(inner(gains[c], gains[c])));
        for (size_t r = 0; r < RAW_ROWS; r++) {
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

/* Realisations that AP p's residual loses: one to its mean, one observation to the gain of the own path. With a pilot
 * for every user sum_j (x_jp / x_p)^2 of a realisation is one observation. */
static double taken(const drop *d, size_t p)
{
    double sum = 1.0;

    for (size_t j = 0; j < USERS; j++) {
        double share = d->powers.p[j + USERS * p] / metrics_comm_power(USERS, &d->powers, p);

        sum += share * share;
    }
    return sum;
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
    information = jackknife_corrected(CHANNELS, whole.all, without);
    error = jackknife_error(CHANNELS, without);
    if (!own) {
        error = hypot(error, jackknife_error(CHANNELS, along) * sqrt(taken(d, p) / ((double)CHANNELS - taken(d, p))));
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
            radiate(d, l, 0, all.beams[l]);
        }
        for (size_t p = 0; p < APS; p++) {
            check_bounds(d, &all, &mc, p, false);
            check_bounds(d, &all, &mc, p, true);
            check_block_mean(d, &all, &mc, p);
        }
        free_drop(d);
    }
}

/* Takes the mean off what access points send in the direction of the target and across, stream by stream. */
static void centre(size_t n, double complex x[][2][USERS])
{
    for (size_t e = 0; e < 2 * (size_t)USERS; e++) {
        double complex mean = 0.0;

        for (size_t i = 0; i < n; i++) {
            mean += x[i][e / USERS][e % USERS] / (double)n;
        }
        for (size_t i = 0; i < n; i++) {
            x[i][e / USERS][e % USERS] -= mean;
        }
    }
}

/* The square of the score of sum_k conj(x_k) y_k, whose mean is 0 if x and y are independent. */
static double squared_score(size_t n, double complex x[][2][USERS], double complex y[][2][USERS], size_t pair)
{
    double complex sum = 0.0;
    double squares = 0.0;

    for (size_t i = 0; i < n; i++) {
        double complex product = 0.0;

        for (size_t k = 0; k < USERS; k++) {
            product += conj(x[i][pair / 2][k]) * y[i][pair % 2][k];
        }
        sum += product;
        squares += creal(product * conj(product));
    }
    return creal(sum * conj(sum)) / squares;
}

/* Channels of one access point say nothing of another's, whatever pilots users share: the Monte Carlo of the bounds
 * takes every combination of them. Squared scores are exponential with mean 1; one of copies would be about 700. */
static void access_points_radiate_independently(void **state)
{
    enum { MANY = 100 * CHANNELS };
    static double complex x[APS][MANY][2][USERS];

    (void)state;
    for (size_t tau_p = 1; tau_p <= USERS; tau_p++) {
        made_system made = make_system(40 + tau_p, APS, USERS, ANTENNAS, ANTENNAS);
        static radiated all;
        drop *d;

        reuse_pilots(&made, tau_p);
        d = make_drop(made);
        for (size_t e = 0; e < APS * (size_t)MANY; e++) {
            size_t l = e / MANY, i = e % MANY;

            if (i % CHANNELS == 0) {
                radiate(d, l, i, all.beams[l]);
            }
            for (size_t k = 0; k < USERS; k++) {
                x[l][i][0][k] = towards(d, &all, l, i % CHANNELS, k, false);
                x[l][i][1][k] = towards(d, &all, l, i % CHANNELS, k, true);
            }
        }
        for (size_t l = 0; l < APS; l++) {
            centre(MANY, x[l]);
        }
        for (size_t pair = 0; pair < 4; pair++) {
            assert_true(squared_score(MANY, x[0], x[1], pair) < 16.0);
            assert_true(squared_score(MANY, x[0], x[2], pair) < 16.0);
            assert_true(squared_score(MANY, x[1], x[2], pair) < 16.0);
        }
        assert_true(squared_score(MANY, x[0], x[0], 0) > 16.0); /* it would be seen */
        free_drop(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_those_of_the_raw_signal),
        cmocka_unit_test(access_points_radiate_independently),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
