/* Placement, gains, pilots, angles, echo paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "networks.h"
#include "systems.h"

/* The paper's geometry, everything drawn. */
static cfi_system drawn(size_t L, size_t K)
{
    return (cfi_system){.seed = 11,
                        .L = L,
                        .K = K,
                        .N = 4,
                        .M = 4,
                        .geometry.area_m = {250.0, 250.0},
                        .geometry.min_distance_m = 100.0,
                        .geometry.placement = CFI_PLACEMENT_REJECT,
                        .propagation.reference_distance_m = 100.0,
                        .propagation.path_loss_exponent = 3.2,
                        .propagation.shadowing_std = 7.0 * 0.23025850929940457,
                        .frame.tau_p = 4,
                        .sensing.angle_min_rad = -1.0,
                        .sensing.angle_max_rad = 0.5,
                        .sensing.path_gain = 0.01,
                        .sensing.path_phase_rad = 0.25};
}

static double distance(const cfi_network *network, size_t k, size_t l)
{
    return hypot(network->ap_position_m[2 * l] - network->ue_position_m[2 * k],
                 network->ap_position_m[2 * l + 1] - network->ue_position_m[2 * k + 1]);
}

static void rejection_keeps_every_pair_apart_and_inside(void **state)
{
    (void)state;
    const size_t users[] = {1, 4, 8, 12};

    for (size_t u = 0; u < 4; u++) {
        cfi_system system = drawn(20, users[u]);
        cfi_arena *arena = arena_create();

        for (uint32_t drop = 0; drop < 20; drop++) {
            cfi_network network = draw_network(&system, drop, arena);

            for (size_t l = 0; l < 20; l++) {
                assert_true(network.ap_position_m[2 * l] >= 0.0 && network.ap_position_m[2 * l] <= 250.0);
                for (size_t k = 0; k < users[u]; k++) {
                    assert_true(distance(&network, k, l) >= 100.0);
                }
            }
        }
        arena_destroy(arena);
    }
}

static void adding_access_points_and_users_moves_nothing(void **state)
{
    (void)state;
    cfi_arena *arena = arena_create();
    cfi_system small = drawn(5, 3), large = drawn(40, 3);
    cfi_network a = draw_network(&small, 2, arena), b = draw_network(&large, 2, arena), c, e;

    assert_memory_equal(a.ue_position_m, b.ue_position_m, 6 * sizeof(double));
    assert_memory_equal(a.ap_position_m, b.ap_position_m, 10 * sizeof(double));
    assert_memory_equal(a.beta, b.beta, 15 * sizeof(double));
    assert_memory_equal(a.angle_rad, b.angle_rad, 5 * sizeof(double));
    small.geometry.placement = large.geometry.placement = CFI_PLACEMENT_NONE;
    large.K = 7;
    c = draw_network(&small, 2, arena);
    e = draw_network(&large, 2, arena);
    assert_memory_equal(c.ue_position_m, e.ue_position_m, 6 * sizeof(double));
    assert_true(c.beta[2 + 3 * 4] == e.beta[2 + 7 * 4]);
    arena_destroy(arena);
}

static void users_are_uniform_and_access_points_uniform_outside_the_discs(void **state)
{
    (void)state;
    /* one user: the first access point of 3000 drops; its quadrant seen from the user is judged by the free areas, here
     * by a simpler fact: given the user, a uniform point outside the disc has the mean of the free region */
    cfi_system system = drawn(1, 1);
    cfi_arena *arena = arena_create();
    double user = 0.0, squares = 0.0, gap = 0.0, gap_squares = 0.0, n = 3000.0;

    for (uint32_t drop = 0; drop < 3000; drop++) {
        cfi_network network = draw_network(&system, drop, arena);
        double mean = 0.0, cells = 0.0, x = network.ue_position_m[0], y = network.ue_position_m[1];

        user += x;
        squares += x * x;
        for (int i = 0; i < 50; i++) {
            for (int j = 0; j < 50; j++) {
                double cx = 5.0 * (i + 0.5), cy = 5.0 * (j + 0.5);
                bool free = hypot(cx - x, cy - y) >= 100.0;

                mean += free ? cx : 0.0;
                cells += free ? 1.0 : 0.0;
            }
        }
        double off = network.ap_position_m[0] - mean / cells;
        gap += off;
        gap_squares += off * off;
    }
    assert_true(fabs(user / n - 125.0) < 5.0 * 250.0 / sqrt(12.0 * n));
    assert_close(squares / n, 250.0 * 250.0 / 3.0, 5.0 * 0.9 / sqrt(n));
    assert_true(fabs(gap / n) < 5.0 * sqrt(gap_squares / n / n));
    arena_destroy(arena);
}

static void shadowing_is_normal_in_decibels(void **state)
{
    (void)state;
    cfi_system system = drawn(2000, 4);
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(&system, 0, arena);
    double sum = 0.0, squares = 0.0, n = 8000.0;

    for (size_t l = 0; l < 2000; l++) {
        for (size_t k = 0; k < 4; k++) {
            double loss = -32.0 * log10(distance(&network, k, l) / 100.0);
            double shadow = 10.0 * log10(network.beta[k + 4 * l]) - loss;

            sum += shadow;
            squares += shadow * shadow;
        }
    }
    assert_true(fabs(sum / n) < 5.0 * 7.0 / sqrt(n));
    assert_true(fabs(squares / n - 49.0) < 5.0 * 49.0 * sqrt(2.0 / n));
    arena_destroy(arena);
}

static void clamp_and_none_differ_within_the_minimum_distance_only(void **state)
{
    (void)state;
    cfi_system clamp = drawn(30, 3), none = drawn(30, 3);
    cfi_arena *arena = arena_create();
    cfi_network a, b;
    size_t near = 0;

    clamp.geometry.placement = CFI_PLACEMENT_CLAMP;
    none.geometry.placement = CFI_PLACEMENT_NONE;
    a = draw_network(&clamp, 0, arena);
    b = draw_network(&none, 0, arena);
    for (size_t l = 0; l < 30; l++) {
        for (size_t k = 0; k < 3; k++) {
            double r = distance(&b, k, l), factor = r < 100.0 ? pow(r / 100.0, 3.2) : 1.0;

            near += r < 100.0;
            assert_close(a.beta[k + 3 * l], b.beta[k + 3 * l] * factor, 1e-12);
        }
    }
    assert_true(near > 5);
    arena_destroy(arena);
}

static void no_room_is_a_clear_error(void **state)
{
    (void)state;
    cfi_system system = drawn(3, 2);
    cfi_arena *arena = arena_create();
    cfi_network network;
    cfi_error error;

    system.geometry.min_distance_m = 400.0;
    assert_int_equal(network_draw(&system, 0, arena, &network, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "/network/placement"));
    assert_non_null(strstr(error.text, "400"));
    arena_destroy(arena);
}

static void explicit_values_are_taken_as_they_stand(void **state)
{
    (void)state;
    const double aps[] = {0.0, 0.0, 200.0, 50.0}, users[] = {30.0, 40.0, 10.0, 240.0}, angles[] = {0.3, -0.2};
    const size_t pilots[] = {1, 1};
    cfi_system system = drawn(2, 2);
    cfi_arena *arena = arena_create();
    cfi_network network;

    system.geometry.ap_position_m = aps;
    system.geometry.ue_position_m = users;
    system.sensing.angle_rad = angles;
    system.frame.pilot = pilots;
    system.frame.pilot_assignment = CFI_PILOTS_EXPLICIT;
    system.propagation.shadowing_std = 0.0;
    network = draw_network(&system, 0, arena);
    assert_close(network.beta[0], pow(0.5, -3.2), 1e-14); /* 50 m */
    assert_true(network.angle_rad == angles && network.pilot == pilots && network.pilots_overlap);
    arena_destroy(arena);
}

static void users_keep_away_from_given_access_points(void **state)
{
    (void)state;
    const double aps[] = {125.0, 125.0};
    cfi_system system = drawn(1, 6);
    cfi_arena *arena = arena_create();

    system.geometry.ap_position_m = aps;
    for (uint32_t drop = 0; drop < 50; drop++) {
        cfi_network network = draw_network(&system, drop, arena);

        for (size_t k = 0; k < 6; k++) {
            assert_true(distance(&network, k, 0) >= 100.0);
        }
    }
    arena_destroy(arena);
}

static void pilots_are_cyclic_or_uniform(void **state)
{
    (void)state;
    cfi_system system = drawn(1, 6);
    cfi_arena *arena = arena_create();
    double count[4] = {0}, n = 6.0 * 2000.0;

    system.geometry.placement = CFI_PLACEMENT_NONE;
    for (size_t k = 0; k < 6; k++) {
        assert_int_equal(draw_network(&system, 0, arena).pilot[k], k % 4);
    }
    system.frame.tau_p = 6;
    assert_false(draw_network(&system, 0, arena).pilots_overlap);
    system.frame.tau_p = 4;
    system.frame.pilot_assignment = CFI_PILOTS_RANDOM;
    for (uint32_t drop = 0; drop < 2000; drop++) {
        cfi_network network = draw_network(&system, drop, arena);

        for (size_t k = 0; k < 6; k++) {
            assert_in_range(network.pilot[k], 0, 3);
            count[network.pilot[k]]++;
        }
    }
    for (size_t t = 0; t < 4; t++) {
        assert_true(fabs(count[t] - n / 4.0) < 5.0 * sqrt(n * 3.0 / 16.0));
    }
    arena_destroy(arena);
}

static void angles_are_uniform_in_their_range(void **state)
{
    (void)state;
    cfi_system system = drawn(5000, 1);
    cfi_arena *arena = arena_create();
    cfi_network network;
    double sum = 0.0;

    system.geometry.placement = CFI_PLACEMENT_NONE;
    network = draw_network(&system, 0, arena);
    for (size_t l = 0; l < 5000; l++) {
        assert_true(network.angle_rad[l] > -1.0 && network.angle_rad[l] < 0.5);
        sum += network.angle_rad[l];
    }
    assert_true(fabs(sum / 5000.0 + 0.25) < 5.0 * 1.5 / sqrt(12.0 * 5000.0));
    arena_destroy(arena);
}

static void path_gains_are_equal_given_or_of_random_phase(void **state)
{
    (void)state;
    cfi_system system = drawn(300, 1);
    cfi_arena *arena = arena_create();
    cfi_network network;
    const double complex *alpha;
    double complex sum = 0.0;

    system.geometry.placement = CFI_PLACEMENT_NONE;
    network = draw_network(&system, 4, arena);
    assert_true(network.equal_paths);
    assert_ptr_equal(network_path_gains(&network, 7), network_path_gains(&network, 0)); /* one column for all */
    for (size_t l = 0; l < 300; l++) {
        assert_true(cabs(network_path_gains(&network, 7)[l] - 0.01 * cexp(0.25 * I)) < 1e-17);
    }
    assert_close(network_path_power(&network, 1, 2), 1e-4, 1e-15);
    system.sensing.random_path_phase = true;
    network = draw_network(&system, 4, arena);
    assert_false(network.equal_paths);
    alpha = network_path_gains(&network, 7);
    assert_ptr_equal(alpha, network.path + 7 * 300); /* kept with the drop */
    for (size_t l = 0; l < 300; l++) {
        assert_close(cabs(alpha[l]), 0.01, 1e-14);
        sum += alpha[l] / 0.01;
    }
    assert_true(cabs(sum) < 4.0 * sqrt(300.0)); /* Rayleigh: exceeded with probability exp(-16) */
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejection_keeps_every_pair_apart_and_inside),
        cmocka_unit_test(adding_access_points_and_users_moves_nothing),
        cmocka_unit_test(users_are_uniform_and_access_points_uniform_outside_the_discs),
        cmocka_unit_test(shadowing_is_normal_in_decibels),
        cmocka_unit_test(clamp_and_none_differ_within_the_minimum_distance_only),
        cmocka_unit_test(no_room_is_a_clear_error),
        cmocka_unit_test(explicit_values_are_taken_as_they_stand),
        cmocka_unit_test(users_keep_away_from_given_access_points),
        cmocka_unit_test(pilots_are_cyclic_or_uniform),
        cmocka_unit_test(angles_are_uniform_in_their_range),
        cmocka_unit_test(path_gains_are_equal_given_or_of_random_phase),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
