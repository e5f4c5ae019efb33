/* Placement with hardly any room or none, gains that are no numbers, echo paths given one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "networks.h"
#include "systems.h"

/* A square of 250 m with everything drawn. */
static cfi_system drawn(size_t L, size_t K, double min_distance_m)
{
    return (cfi_system){.seed = 21,
                        .L = L,
                        .K = K,
                        .N = 4,
                        .M = 4,
                        .geometry.area_m = {250.0, 250.0},
                        .geometry.min_distance_m = min_distance_m,
                        .geometry.placement = CFI_PLACEMENT_REJECT,
                        .propagation.reference_distance_m = 100.0,
                        .propagation.path_loss_exponent = 3.2,
                        .frame.tau_p = K,
                        .sensing.angle_min_rad = -1.0,
                        .sensing.angle_max_rad = 1.0,
                        .sensing.path_gain = 0.01};
}

/* The share of the area farther than `radius` from a point, on a fine grid. */
static double share_beyond(const double *point, double radius)
{
    enum { CELLS = 250 };
    double cells = 0.0;

    for (int i = 0; i < CELLS; i++) {
        for (int j = 0; j < CELLS; j++) {
            cells += hypot(i + 0.5 - point[0], j + 0.5 - point[1]) > radius;
        }
    }
    return cells / (CELLS * CELLS);
}

/* A user is drawn again only where next to nothing is free; elsewhere access points find even little room. */
static void users_stay_where_they_are_while_a_thousandth_of_the_area_is_free(void **state)
{
    cfi_arena *arena = arena_create();
    size_t tight = 0;

    (void)state;
    for (uint32_t drop = 0; drop < 60; drop++) {
        cfi_system wide = drawn(3, 1, 1.0), narrow = drawn(3, 1, 165.0);
        cfi_network free = draw_network(&wide, drop, arena), crowded = draw_network(&narrow, drop, arena);
        double share = share_beyond(free.ue_position_m, 165.0);

        if (share > 2e-3) {
            assert_memory_equal(crowded.ue_position_m, free.ue_position_m, 2 * sizeof(double));
            tight += share < 0.1;
        }
        for (size_t l = 0; l < 3; l++) {
            assert_true(hypot(crowded.ap_position_m[2 * l] - crowded.ue_position_m[0],
                              crowded.ap_position_m[2 * l + 1] - crowded.ue_position_m[1]) >= 165.0);
        }
    }
    assert_in_range(tight, 3, 60);
    arena_destroy(arena);
}

static void given_access_points_reject_users_only_when_asked_to(void **state)
{
    static const double centre[] = {125.0, 125.0};
    cfi_arena *arena = arena_create();
    cfi_system system = drawn(1, 400, 100.0);
    const cfi_placement placement[] = {CFI_PLACEMENT_CLAMP, CFI_PLACEMENT_NONE, CFI_PLACEMENT_REJECT};

    (void)state;
    system.geometry.ap_position_m = centre;
    for (size_t i = 0; i < 3; i++) {
        double near = 0.0, share = M_PI * 100.0 * 100.0 / (250.0 * 250.0);
        cfi_network network;

        system.geometry.placement = placement[i];
        network = draw_network(&system, 0, arena);
        for (size_t k = 0; k < 400; k++) {
            near += hypot(network.ue_position_m[2 * k] - 125.0, network.ue_position_m[2 * k + 1] - 125.0) < 100.0;
        }
        if (placement[i] == CFI_PLACEMENT_REJECT) {
            assert_true(near == 0.0);
        } else { /* uniform over the whole area */
            assert_true(fabs(near - 400.0 * share) < 5.0 * sqrt(400.0 * share * (1.0 - share)));
        }
    }
    arena_destroy(arena);
}

static void want_of_room_names_who_finds_none(void **state)
{
    static const double corners[] = {0.0, 0.0, 250.0, 0.0, 0.0, 250.0, 250.0, 250.0};
    cfi_system users = drawn(4, 1, 180.0), aps = drawn(1, 4, 180.0), both = drawn(2, 1, 360.0);

    (void)state;
    users.geometry.ap_position_m = corners; /* no point is 180 m from all corners */
    assert_invalid(&users, "finds no room for a user in drop 0");
    aps.geometry.ue_position_m = corners;
    assert_invalid(&aps, "finds no room for an access point in drop 0");
    assert_invalid(&both, "finds no room for access points beside the users in drop 0");
}

static void gains_that_are_zero_or_infinite_are_refused_with_their_pair(void **state)
{
    static const double aps[] = {0.0, 0.0, 250.0, 250.0}, users[] = {10.0, 10.0, 0.0, 0.0};
    cfi_system system = drawn(2, 2, 0.0);

    (void)state;
    system.geometry.placement = CFI_PLACEMENT_NONE;
    system.geometry.ap_position_m = aps;
    system.geometry.ue_position_m = users;
    assert_invalid(&system, "between access point 0 and user 1 of drop 0 is inf"); /* at one place */
    system.propagation.path_loss_exponent = 3000.0;
    assert_invalid(&system, "between access point 0 and user 0 of drop 0 is inf");
    system.propagation.reference_distance_m = 1.0;
    assert_invalid(&system, "between access point 0 and user 0 of drop 0 is 0 ");
}

/* Transmitting l, receiving p: entry l + L p. */
static void echo_paths_given_one_by_one_are_those_from_l_to_p(void **state)
{
    enum { L = 3 };
    double gains[L * L], phases[L * L];
    cfi_system system = drawn(L, 1, 0.0);
    cfi_arena *arena = arena_create();

    (void)state;
    for (size_t i = 0; i < L * L; i++) {
        gains[i] = 0.01 * (double)(i + 1);
        phases[i] = 0.3 * (double)i;
    }
    system.geometry.placement = CFI_PLACEMENT_NONE;
    for (int given = 1; given < 4; given++) { /* gains, phases, both */
        cfi_network network;

        system.sensing.path_gains = given & 1 ? gains : NULL;
        system.sensing.path_phases_rad = given & 2 ? phases : NULL;
        network = draw_network(&system, 0, arena);
        assert_false(network.equal_paths);
        for (size_t p = 0; p < L; p++) {
            const double complex *alpha = network_path_gains(&network, p);

            for (size_t l = 0; l < L; l++) {
                double gain = given & 1 ? 0.01 * (double)(l + L * p + 1) : 0.01;
                double phase = given & 2 ? 0.3 * (double)(l + L * p) : 0.0;

                assert_true(cabs(alpha[l] - gain * cexp(I * phase)) < 1e-16);
                assert_close(network_path_power(&network, l, p), gain * gain, 1e-15);
            }
        }
    }
    arena_destroy(arena);
}

static void random_phases_come_from_the_stream_of_their_pair(void **state)
{
    enum { L = 4 };
    cfi_system system = drawn(L, 1, 0.0);
    cfi_arena *arena = arena_create();
    cfi_network network;

    (void)state;
    system.geometry.placement = CFI_PLACEMENT_NONE;
    system.sensing.random_path_phase = true;
    network = draw_network(&system, 5, arena);
    for (uint32_t p = 0; p < L; p++) {
        const double complex *alpha = network_path_gains(&network, p);

        for (uint32_t l = 0; l < L; l++) {
            cfi_stream stream = stream_make(21, 5, CFI_DRAW_PATH_PHASE, l * 65536 + p);
            double u;

            random_uniforms(&stream, 1, &u);
            assert_true(cabs(alpha[l] - 0.01 * cexp(2.0 * M_PI * I * u)) < 1e-16);
        }
    }
    arena_destroy(arena);
}

/* By hand: users 0, 2 and 4 send pilot 2, users 1 and 5 pilot 0. */
static void sharers_of_a_pilot_are_listed_in_order(void **state)
{
    static const size_t pilot[] = {2, 0, 2, 1, 2, 0}, first[] = {0, 1, 0, 3, 0, 1}, next[] = {2, 5, 4, 6, 6, 6};
    cfi_arena *arena = arena_create();
    cfi_system system = drawn(1, 6, 0.0);
    cfi_network network;

    (void)state;
    system.frame.pilot = pilot;
    system.frame.pilot_assignment = CFI_PILOTS_EXPLICIT;
    network = draw_network(&system, 0, arena);
    assert_true(network.pilots_overlap);
    assert_memory_equal(network.pilot_first, first, sizeof first);
    assert_memory_equal(network.pilot_next, next, sizeof next);
    system.frame.pilot_assignment = CFI_PILOTS_CYCLIC;
    network = draw_network(&system, 0, arena);
    assert_false(network.pilots_overlap);
    for (size_t k = 0; k < 6; k++) {
        assert_true(network.pilot_first[k] == k && network.pilot_next[k] == 6);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_stay_where_they_are_while_a_thousandth_of_the_area_is_free),
        cmocka_unit_test(given_access_points_reject_users_only_when_asked_to),
        cmocka_unit_test(want_of_room_names_who_finds_none),
        cmocka_unit_test(gains_that_are_zero_or_infinite_are_refused_with_their_pair),
        cmocka_unit_test(echo_paths_given_one_by_one_are_those_from_l_to_p),
        cmocka_unit_test(random_phases_come_from_the_stream_of_their_pair),
        cmocka_unit_test(sharers_of_a_pilot_are_listed_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
