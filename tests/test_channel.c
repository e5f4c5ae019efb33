/* MMSE statistics and the draws of channels and estimates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/channel.h"
#include "check.h"
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
            double energy = (double)tau * made.system.pilot_power_w, total = 0.0, beta = made.gain[k + K * l];

            for (size_t j = 0; j < K; j++) {
                double complex overlap = 0.0;

                for (size_t t = 0; t < tau; t++) {
                    double phase =
                        2.0 * M_PI * (double)t * ((double)made.pilot[k] - (double)made.pilot[j]) / (double)tau;

                    overlap += cexp(I * phase) / (double)tau;
                }
                total += made.gain[j + K * l] * creal(overlap * conj(overlap));
            }
            assert_close(xi[k + K * l], energy * beta * beta / (energy * total + made.system.comm_noise_w), 1e-12);
        }
    }
    arena_destroy(arena);
    free_system(&made);
}

/* Sample E[a_n conj(b_n)] over realisations and antennas of two arrays with strides. */
static double complex correlate(const double complex *a, const double complex *b, size_t N, size_t stride, size_t count)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0; n < N; n++) {
            sum += a[stride * i + n] * conj(b[stride * i + n]);
        }
    }
    return sum / (double)(N * count);
}

static void draws_have_the_moments_of_the_model(void **state)
{
    (void)state;
    enum { COUNT = 20000, N = 2, K = 3 };
    made_system made = make_system(2, 2, K, N, 4);
    cfi_arena *arena = arena_create();
    cfi_network network;
    double xi[6], *beta, samples = N * COUNT;
    double complex *h = malloc(N * K * COUNT * sizeof *h), *estimate = malloc(N * K * COUNT * sizeof *h);
    double complex *error = malloc(N * K * COUNT * sizeof *h);

    reuse_pilots(&made, 2);           /* users 0 and 2 share */
    made.system.pilot_power_w = 2e-6; /* estimates far from perfect */
    network = network_of(&made, arena);
    channel_mmse_variance(&network, xi);
    assert_int_equal(
        channel_draw(&network, 1, &(cfi_channel_range){0, COUNT, network.system->N}, arena, h, estimate, NULL), CFI_OK);
    beta = made.gain + K;
    for (size_t i = 0; i < N * K * COUNT; i++) {
        error[i] = h[i] - estimate[i];
    }
    for (size_t k = 0; k < K; k++) {
        /* E of |x|^2 has the standard error v / sqrt(samples), of x y^* at most sqrt(v w / samples) */
        double v = xi[k + K], eps = beta[k] - v, s = sqrt(samples);
        const double complex *hk = h + N * k, *ek = estimate + N * k, *rk = error + N * k;

        assert_true(v < 0.99 * beta[k]);
        assert_true(fabs(creal(correlate(hk, hk, N, N * K, COUNT)) - beta[k]) < 5.0 * beta[k] / s);
        assert_true(fabs(creal(correlate(ek, ek, N, N * K, COUNT)) - v) < 5.0 * v / s);
        assert_true(fabs(creal(correlate(rk, rk, N, N * K, COUNT)) - eps) < 5.0 * eps / s);
        assert_true(cabs(correlate(rk, ek, N, N * K, COUNT)) < 5.0 * sqrt(v * eps) / s);
    }
    /* who shares a pilot has parallel estimates, who does not independent ones */
    assert_true(fabs(creal(correlate(estimate, estimate + 2 * N, N, N * K, COUNT)) / sqrt(xi[3] * xi[5]) - 1.0) <
                5.0 / sqrt(samples));
    assert_close(creal(estimate[2 * N] / estimate[0]), beta[2] / beta[0], 1e-12);
    assert_true(cabs(correlate(estimate, estimate + N, N, N * K, COUNT)) < 5.0 * sqrt(xi[3] * xi[4] / samples));
    assert_true(cabs(correlate(h, h + N, N, N * K, COUNT)) < 5.0 * sqrt(beta[0] * beta[1] / samples));
    free(h);
    free(estimate);
    free(error);
    arena_destroy(arena);
    free_system(&made);
}

static void a_realisation_does_not_depend_on_how_many_are_drawn(void **state)
{
    (void)state;
    enum { N = 3, K = 4, COUNT = 37 };
    made_system made = make_system(3, 2, K, N, 4);
    cfi_arena *arena = arena_create();
    cfi_network network;
    double complex h[N * K * COUNT], estimate[N * K * COUNT], one[N * K], one_estimate[N * K];

    reuse_pilots(&made, 3);
    network = network_of(&made, arena);
    assert_int_equal(
        channel_draw(&network, 1, &(cfi_channel_range){5, COUNT, network.system->N}, arena, h, estimate, NULL), CFI_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(channel_draw(&network, 1, &(cfi_channel_range){5 + i, 1, network.system->N}, arena, one,
                                      one_estimate, NULL),
                         CFI_OK);
        assert_memory_equal(one, h + N * K * i, sizeof one);
        assert_memory_equal(one_estimate, estimate + N * K * i, sizeof one_estimate);
    }
    arena_destroy(arena);
    free_system(&made);
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
        cmocka_unit_test(a_realisation_does_not_depend_on_how_many_are_drawn),
        cmocka_unit_test(steering_derivative_agrees_with_differences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
