/* Correlated shadowing: its deviation and correlations, what leaves them as they are, and where they cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cfisac/linalg.h"
#include "check.h"
#include "memory_requests.h"
#include "network/shadowing.h"
#include "networks.h"

/* Gains of 1 without shadowing, which is of deviation 1 in natural logarithms. */
static cfi_system system_of(cfi_shadowing_correlation kind, size_t L, size_t K)
{
    return (cfi_system){.seed = 5,
                        .L = L,
                        .K = K,
                        .N = 1,
                        .M = 1,
                        .geometry.area_m = {1000.0, 1000.0},
                        .geometry.placement = CFI_PLACEMENT_NONE,
                        .propagation.reference_distance_m = 100.0,
                        .propagation.shadowing_std = 1.0,
                        .propagation.shadowing_correlation = kind,
                        .propagation.shadowing_decorrelation_m = 9.0,
                        .propagation.shadowing_split = 0.5,
                        .frame.tau_p = K,
                        .sensing.path_gain = 0.01};
}

/* Four users on a line, 0, 9, 18 and 27 m from the first. */
static const double LINE[] = {500.0, 500.0, 509.0, 500.0, 518.0, 500.0, 527.0, 500.0};
enum { USERS = 4 };

/* Sample means of products of the logarithms of gains, of mean 0 and variance 1: its standard error is
 * sqrt((1 + correlation^2) / samples). */
static void check_mean_product(double sum, double samples, double correlation)
{
    double error = sqrt((1.0 + correlation * correlation) / samples);

    if (!(fabs(sum / samples - correlation) < 5.0 * error)) {
        fail_msg("correlation %g, expected %g +- %g", sum / samples, correlation, error);
    }
}

/* 1, 1/2, 1/4, 1/8 between the users at one access point; none between the numbers of two. */
static void users_of_an_access_point_have_shadowing_that_halves_with_the_decorrelation(void **state)
{
    enum { L = 20000 };
    cfi_system system = system_of(CFI_SHADOWING_USERS, L, USERS);
    cfi_arena *arena = arena_create();
    cfi_network network;

    (void)state;
    system.geometry.ue_position_m = LINE;
    network = draw_network(&system, 0, arena);
    for (size_t k = 0; k < USERS; k++) {
        for (size_t j = 0; j < USERS; j++) {
            double here = 0.0, next = 0.0;

            for (size_t l = 0; l < L; l++) {
                here += log(network.beta[k + USERS * l]) * log(network.beta[j + USERS * l]);
                next += log(network.beta[k + USERS * l]) * log(network.beta[j + USERS * ((l + 1) % L)]);
            }
            check_mean_product(here, L, exp2(-fabs((double)k - (double)j)));
            check_mean_product(next, L, 0.0);
        }
    }
    assert_false(network.shadowing_clipped);
    arena_destroy(arena);
}

/* split 2^(-d between access points / 9 m) + (1 - split) 2^(-d between users / 9 m), over 4000 drops. */
static void both_parts_have_their_shares(void **state)
{
    enum { DROPS = 4000, PAIRS = USERS * USERS };
    static double sum[PAIRS][PAIRS];
    cfi_system system = system_of(CFI_SHADOWING_BOTH, USERS, USERS);
    cfi_arena *arena = arena_create();

    (void)state;
    system.geometry.ap_position_m = LINE;
    system.geometry.ue_position_m = LINE;
    system.propagation.path_loss_exponent = 0.0; /* some stand at one place */
    system.propagation.shadowing_split = 0.3;
    for (uint32_t drop = 0; drop < DROPS; drop++) {
        cfi_network network = draw_network(&system, drop, arena);

        for (size_t a = 0; a < PAIRS; a++) {
            for (size_t b = 0; b < PAIRS; b++) {
                sum[a][b] += log(network.beta[a]) * log(network.beta[b]);
            }
        }
    }
    for (size_t a = 0; a < PAIRS; a++) {
        for (size_t b = 0; b < PAIRS; b++) {
            double aps = fabs((double)(a / USERS) - (double)(b / USERS)),
                   users = fabs((double)(a % USERS) - (double)(b % USERS));

            check_mean_product(sum[a][b], DROPS, 0.3 * exp2(-aps) + 0.7 * exp2(-users));
        }
    }
    arena_destroy(arena);
}

/* A split of 1 leaves the access point's part alone, of 0 the user's. */
static void one_part_alone_is_the_same_for_all_pairs_of_its_end(void **state)
{
    cfi_system system = system_of(CFI_SHADOWING_BOTH, 5, 6);
    cfi_arena *arena = arena_create();
    cfi_network network;

    (void)state;
    system.propagation.shadowing_split = 1.0;
    network = draw_network(&system, 0, arena);
    for (size_t l = 0; l < 5; l++) {
        for (size_t k = 1; k < 6; k++) {
            assert_true(network.beta[k + 6 * l] == network.beta[6 * l]);
        }
        assert_true(l == 0 || network.beta[6 * l] != network.beta[0]);
    }
    system.propagation.shadowing_split = 0.0;
    network = draw_network(&system, 0, arena);
    for (size_t k = 0; k < 6; k++) {
        for (size_t l = 1; l < 5; l++) {
            assert_true(network.beta[k + 6 * l] == network.beta[k]);
        }
        assert_true(k == 0 || network.beta[k] != network.beta[0]);
    }
    arena_destroy(arena);
}

static void users_at_one_place_have_one_shadowing(void **state)
{
    static const double place[] = {10.0, 10.0, 40.0, 70.0, 10.0, 10.0, 40.0, 70.0, 11.0, 10.0};
    cfi_system system = system_of(CFI_SHADOWING_USERS, 50, 5);
    cfi_arena *arena = arena_create();
    cfi_network network;

    (void)state;
    system.geometry.ue_position_m = place;
    network = draw_network(&system, 0, arena);
    assert_false(network.shadowing_clipped);
    for (size_t l = 0; l < 50; l++) {
        assert_close(network.beta[2 + 5 * l], network.beta[5 * l], 1e-12);
        assert_close(network.beta[3 + 5 * l], network.beta[1 + 5 * l], 1e-12);
        assert_true(fabs(log(network.beta[4 + 5 * l] / network.beta[5 * l])) > 1e-6); /* a metre away */
    }
    arena_destroy(arena);
}

/* The numbers do not depend on the ranges in which they are drawn. */
static void ranges_of_access_points_have_the_bits_of_all(void **state)
{
    enum { L = 23, K = 37 };

    (void)state;
    for (int kind = CFI_SHADOWING_NONE; kind <= CFI_SHADOWING_BOTH; kind++) {
        cfi_system system = system_of((cfi_shadowing_correlation)kind, L, K);
        cfi_arena *arena = arena_create();
        cfi_network network = draw_network(&system, 0, arena);
        double all[K * L], parts[K * L];
        shadowing shared;

        assert_int_equal(shadowing_prepare(&network, arena, &shared, NULL), CFI_OK);
        shadowing_draw(&shared, 0, L, all);
        shadowing_draw(&shared, 0, 1, parts);
        shadowing_draw(&shared, 1, 14, parts + K);
        shadowing_draw(&shared, 14, L, parts + K * 14);
        assert_memory_equal(all, parts, sizeof all);
        arena_destroy(arena);
    }
}

/* ------------------------------------------------------------------- where none can be ---- */

/* The correlation that the factor of `users` gives to users i and j. */
static double factored(const shadowing *shared, size_t i, size_t j)
{
    double sum = 0.0;

    for (size_t m = 0; m <= (i < j ? i : j); m++) {
        sum += shared->factor[i + shared->ld * m] * shared->factor[j + shared->ld * m];
    }
    return sum;
}

static double wrapped_correlation(const cfi_network *network, size_t i, size_t j)
{
    const double *a = network->ue_position_m + 2 * i, *b = network->ue_position_m + 2 * j;
    double dx = fabs(a[0] - b[0]), dy = fabs(a[1] - b[1]);

    dx = fmin(dx, 1000.0 - dx);
    dy = fmin(dy, 1000.0 - dy);
    return exp2(-sqrt(dx * dx + dy * dy) / network->system->propagation.shadowing_decorrelation_m);
}

/* The largest difference of the correlations that are drawn from those asked for. */
static double largest_deviation(double decorrelation_m, bool *clipped)
{
    enum { K = 100 };
    cfi_system system = system_of(CFI_SHADOWING_USERS, 1, K);
    cfi_arena *arena = arena_create();
    cfi_network network;
    shadowing shared;
    double most = 0.0;

    system.geometry.wrap_around = true;
    system.propagation.shadowing_decorrelation_m = decorrelation_m;
    network = draw_network(&system, 0, arena);
    *clipped = network.shadowing_clipped;
    assert_int_equal(shadowing_prepare(&network, arena, &shared, NULL), CFI_OK);
    for (size_t i = 0; i < K; i++) {
        assert_close(factored(&shared, i, i), 1.0, 1e-9); /* the deviation is kept */
        for (size_t j = 0; j < i; j++) {
            most = fmax(most, fabs(factored(&shared, i, j) - wrapped_correlation(&network, i, j)));
        }
    }
    arena_destroy(arena);
    return most;
}

/* On a wrapped kilometre 100 users can have correlations that halve within 9 or 100 m; not within 400 m, where the
 * nearest ones are within 0.04. */
static void correlations_that_cannot_be_are_clipped(void **state)
{
    bool clipped;

    (void)state;
    assert_true(largest_deviation(9.0, &clipped) < 1e-9);
    assert_false(clipped);
    assert_true(largest_deviation(100.0, &clipped) < 1e-9);
    assert_false(clipped);
    assert_in_range((uintmax_t)(1e6 * largest_deviation(400.0, &clipped)), 1000, 40000);
    assert_true(clipped);
}

/* And what is drawn has those: 2000 access points, every pair of the first users within 5 standard errors of the
 * factor's. */
static void clipped_shadowing_has_the_correlations_of_its_factor(void **state)
{
    enum { L = 2000, K = 60, LOOKED_AT = 12 };
    cfi_system system = system_of(CFI_SHADOWING_USERS, L, K);
    cfi_arena *arena = arena_create();
    cfi_network network;
    shadowing shared;

    (void)state;
    system.geometry.wrap_around = true;
    system.propagation.path_loss_exponent = 0.0;
    system.propagation.shadowing_decorrelation_m = 600.0;
    network = draw_network(&system, 3, arena);
    assert_true(network.shadowing_clipped);
    assert_int_equal(shadowing_prepare(&network, arena, &shared, NULL), CFI_OK);
    for (size_t i = 0; i < LOOKED_AT; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;

            for (size_t l = 0; l < L; l++) {
                sum += log(network.beta[i + K * l]) * log(network.beta[j + K * l]);
            }
            check_mean_product(sum, L, factored(&shared, i, j));
        }
    }
    arena_destroy(arena);
}

/* All requests for memory refused from one on, each in its turn: CFI_NO_MEMORY, until none is left to refuse. (An arena
 * asks again for less, so one that is refused alone says nothing.) */
static void refused_memory_is_said(void **state)
{
    (void)state;
    for (int kind = CFI_SHADOWING_NONE; kind <= CFI_SHADOWING_BOTH; kind++) {
        cfi_system system = system_of((cfi_shadowing_correlation)kind, 400, 400);
        size_t refusals = 0;
        cfi_status status = CFI_NO_MEMORY;

        system.geometry.wrap_around = true;
        system.propagation.model = CFI_PROPAGATION_TR38901_UMI;
        system.propagation.carrier_hz = 2e9;
        system.propagation.shadowing_decorrelation_m = 500.0;
        while (status != CFI_OK) {
            cfi_arena *arena = arena_create();
            cfi_network network;
            cfi_error error = {.text = ""};

            refuse_requests(refusals, SIZE_MAX);
            status = network_draw(&system, 0, arena, &network, &error);
            refuse_requests(0, 0);
            if (status != CFI_OK) {
                assert_int_equal(status, CFI_NO_MEMORY);
                assert_non_null(strstr(error.text, "out of memory for "));
                refusals++;
            }
            arena_destroy(arena);
        }
        assert_in_range(refusals, 1, 30); /* its arrays are larger than what an arena begins with */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_of_an_access_point_have_shadowing_that_halves_with_the_decorrelation),
        cmocka_unit_test(both_parts_have_their_shares),
        cmocka_unit_test(one_part_alone_is_the_same_for_all_pairs_of_its_end),
        cmocka_unit_test(users_at_one_place_have_one_shadowing),
        cmocka_unit_test(ranges_of_access_points_have_the_bits_of_all),
        cmocka_unit_test(correlations_that_cannot_be_are_clipped),
        cmocka_unit_test(clipped_shadowing_has_the_correlations_of_its_factor),
        cmocka_unit_test(refused_memory_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
