/* MMSE statistics and the draws of channels and estimates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/channel.h"
#include "check.h"
#include "raw_draws.h"
#include "systems.h"

static cfi_network network_of(made_system *made, cfi_arena *arena)
{
    cfi_network network;

    assert_int_equal(network_draw(&made->system, 0, arena, &network, NULL), CFI_OK);
    return network;
}

static void estimate_variance_follows_from_actual_pilot_sequences(void **state)
{
    (void)state;
    /* a unitary DFT pilot book, overlaps from the sequences themselves */
    const size_t K = 5, L = 3, tau = 3;
    made_system made = make_system(1, L, K, 4, 4);
    cfi_arena *arena = arena_create();
    cfi_network network;
    double xi[15];

    reuse_pilots(&made, tau);
    network = network_of(&made, arena);
    channel_mmse_variance(&network, xi);
    for (size_t l = 0; l < L; l++) {
        for (size_t k = 0; k < K; k++) {
            double energy = (double)tau * made.system.frame.pilot_power_w, total = 0.0, beta = made.gain[k + K * l];

            for (size_t j = 0; j < K; j++) {
                double complex overlap = 0.0;

                for (size_t t = 0; t < tau; t++) {
                    double phase =
                        2.0 * M_PI * (double)t * ((double)made.pilot[k] - (double)made.pilot[j]) / (double)tau;

                    overlap += cexp(I * phase) / (double)tau;
                }
                total += made.gain[j + K * l] * creal(overlap * conj(overlap));
            }
            assert_close(xi[k + K * l], energy * beta * beta / (energy * total + made.system.power.comm_noise_w),
                         1e-12);
        }
    }
    arena_destroy(arena);
    free_system(&made);
}

/* Realisations of AP l, whose scratch is let go. */
static drawn draw(const cfi_network *network, size_t l, size_t first, size_t count)
{
    cfi_arena *arena = arena_create();
    drawn d = draw_range(network, l, first, count, arena);

    arena_destroy(arena);
    return d;
}

/* Sample E[a_k,n conj(b_j,n)] over realisations and antennas. */
static double complex correlate(const drawn *d, cfi_channels a, size_t k, cfi_channels b, size_t j)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < d->count; i++) {
        for (size_t n = 0; n < d->N; n++) {
            sum += drawn_entry(d, a, i, n, k) * conj(drawn_entry(d, b, i, n, j));
        }
    }
    return sum / (double)(d->N * d->count);
}

static void draws_have_the_moments_of_the_model(void **state)
{
    (void)state;
    enum { COUNT = 20000, N = 2, K = 3 };
    made_system made = make_system(2, 2, K, N, 4);
    cfi_arena *arena = arena_create();
    cfi_network network;
    cfi_channels error;
    double xi[6], *beta, samples = N * COUNT;
    drawn d;

    reuse_pilots(&made, 2);                 /* users 0 and 2 share */
    made.system.frame.pilot_power_w = 2e-6; /* estimates far from perfect */
    network = network_of(&made, arena);
    channel_mmse_variance(&network, xi);
    d = draw(&network, 1, 0, COUNT);
    beta = made.gain + K;
    error = (cfi_channels){malloc(N * K * COUNT * sizeof(double)), malloc(N * K * COUNT * sizeof(double))};
    for (size_t i = 0; i < N * K * COUNT; i++) {
        error.re[i] = d.h.re[i] - d.h_hat.re[i];
        error.im[i] = d.h.im[i] - d.h_hat.im[i];
    }
    for (size_t k = 0; k < K; k++) {
        /* E of |x|^2 has the standard error v / sqrt(samples), of x y^* at most sqrt(v w / samples) */
        double v = xi[k + K], eps = beta[k] - v, s = sqrt(samples);

        assert_true(v < 0.99 * beta[k]);
        assert_true(fabs(creal(correlate(&d, d.h, k, d.h, k)) - beta[k]) < 5.0 * beta[k] / s);
        assert_true(fabs(creal(correlate(&d, d.h_hat, k, d.h_hat, k)) - v) < 5.0 * v / s);
        assert_true(fabs(creal(correlate(&d, error, k, error, k)) - eps) < 5.0 * eps / s);
        assert_true(cabs(correlate(&d, error, k, d.h_hat, k)) < 5.0 * sqrt(v * eps) / s);
    }
    /* who shares a pilot has parallel estimates, who does not independent ones */
    assert_true(fabs(creal(correlate(&d, d.h_hat, 0, d.h_hat, 2)) / sqrt(xi[3] * xi[5]) - 1.0) < 5.0 / sqrt(samples));
    assert_close(creal(drawn_entry(&d, d.h_hat, 0, 0, 2) / drawn_entry(&d, d.h_hat, 0, 0, 0)), beta[2] / beta[0],
                 1e-12);
    assert_true(cabs(correlate(&d, d.h_hat, 0, d.h_hat, 1)) < 5.0 * sqrt(xi[3] * xi[4] / samples));
    assert_true(cabs(correlate(&d, d.h, 0, d.h, 1)) < 5.0 * sqrt(beta[0] * beta[1] / samples));
    free(d.memory);
    free(error.re);
    free(error.im);
    arena_destroy(arena);
    free_system(&made);
}

static void antennas_realisations_and_parts_are_independent(void **state)
{
    (void)state;
    enum { COUNT = 20000, N = 2, K = 2 };
    made_system made = make_system(4, 1, K, N, 4);
    cfi_arena *arena = arena_create();
    cfi_network network = network_of(&made, arena);
    drawn d = draw(&network, 0, 0, COUNT);
    double complex antennas = 0.0, pair = 0.0, next = 0.0;
    double parts = 0.0;

    /* realisations 2 j and 2 j + 1 come from one block of random words */
    for (size_t i = 0; i < COUNT; i += 2) {
        double complex h = drawn_entry(&d, d.h, i, 0, 0);

        antennas += h * conj(drawn_entry(&d, d.h, i, 1, 0));
        pair += h * conj(drawn_entry(&d, d.h, i + 1, 0, 0));
        next += h * conj(drawn_entry(&d, d.h, (i + 2) % COUNT, 0, 0));
        parts += creal(h) * cimag(h);
    }
    assert_true(cabs(antennas) < 5.0 * made.gain[0] * sqrt(COUNT / 2));
    assert_true(cabs(pair) < 5.0 * made.gain[0] * sqrt(COUNT / 2));
    assert_true(cabs(next) < 5.0 * made.gain[0] * sqrt(COUNT / 2));
    assert_true(fabs(parts) < 5.0 * 0.5 * made.gain[0] * sqrt(COUNT / 2));
    free(d.memory);
    arena_destroy(arena);
    free_system(&made);
}

static void a_realisation_does_not_depend_on_how_many_are_drawn(void **state)
{
    (void)state;
    enum { N = 3, K = 4, COUNT = 37, SIZE = N * K };

    for (size_t pilots = 3; pilots <= 4; pilots++) { /* shared, and one each */
        made_system made = make_system(3, 2, K, N, 4);
        cfi_arena *arena = arena_create();
        cfi_network network;
        drawn whole;

        reuse_pilots(&made, pilots);
        network = network_of(&made, arena);
        whole = draw(&network, 1, 5, COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            drawn one = draw(&network, 1, 5 + i, 1);

            assert_memory_equal(one.h.re, whole.h.re + SIZE * i, SIZE * sizeof(double));
            assert_memory_equal(one.h.im, whole.h.im + SIZE * i, SIZE * sizeof(double));
            assert_memory_equal(one.h_hat.re, whole.h_hat.re + SIZE * i, SIZE * sizeof(double));
            assert_memory_equal(one.h_hat.im, whole.h_hat.im + SIZE * i, SIZE * sizeof(double));
            free(one.memory);
        }
        free(whole.memory);
        arena_destroy(arena);
        free_system(&made);
    }
}

static void further_users_and_access_points_move_no_channel(void **state)
{
    (void)state;
    /* two users more, one access point more: the first two users' channels stay */
    enum { N = 2, COUNT = 11 };
    made_system few = make_system(6, 1, 2, N, 4), many = make_system(6, 2, 4, N, 4);
    cfi_arena *arena = arena_create();
    cfi_network few_network, many_network;
    drawn a, b;

    many.gain[0] = few.gain[0];
    many.gain[1] = few.gain[1];
    few_network = network_of(&few, arena);
    many_network = network_of(&many, arena);
    a = draw(&few_network, 0, 0, COUNT);
    b = draw(&many_network, 0, 0, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t n = 0; n < N; n++) {
            for (size_t k = 0; k < 2; k++) {
                assert_true(drawn_entry(&a, a.h, i, n, k) == drawn_entry(&b, b.h, i, n, k));
            }
        }
    }
    free(a.memory);
    free(b.memory);
    arena_destroy(arena);
    free_system(&few);
    free_system(&many);
}

static void steering_derivative_agrees_with_differences(void **state)
{
    (void)state;
    double complex a[6], slope[6], low[6], high[6];

    channel_steering(0.4, 6, a, slope);
    channel_steering(0.4 - 1e-6, 6, low, NULL);
    channel_steering(0.4 + 1e-6, 6, high, NULL);
    for (size_t n = 0; n < 6; n++) {
        assert_close(cabs(a[n]), 1.0, 1e-14);
        assert_true(cabs(a[n] - cexp(-I * M_PI * (double)(n + 1) * sin(0.4))) < 1e-13);
        assert_true(cabs(slope[n] - (high[n] - low[n]) / 2e-6) < 1e-7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimate_variance_follows_from_actual_pilot_sequences),
        cmocka_unit_test(draws_have_the_moments_of_the_model),
        cmocka_unit_test(antennas_realisations_and_parts_are_independent),
        cmocka_unit_test(a_realisation_does_not_depend_on_how_many_are_drawn),
        cmocka_unit_test(further_users_and_access_points_move_no_channel),
        cmocka_unit_test(steering_derivative_agrees_with_differences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
