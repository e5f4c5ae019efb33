/* One target at a place: where access points see it, what their echo paths are, where it is drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "networks.h"

#include <string.h>

#define DEGREE (M_PI / 180.0)

static const double CORNERS[] = {0.0, 0.0, 200.0, 0.0, 100.0, 180.0};
static const double TURNED[] = {45.0 * DEGREE, 135.0 * DEGREE, -90.0 * DEGREE};
static const double TARGET[] = {90.0, 70.0};

/* Three access points about a target, each with an array that faces it about; 0.01 at 100 m. */
static cfi_system surrounded(void)
{
    return (cfi_system){.seed = 5,
                        .L = 3,
                        .K = 2,
                        .N = 4,
                        .M = 4,
                        .geometry.area_m = {250.0, 250.0},
                        .geometry.placement = CFI_PLACEMENT_NONE,
                        .geometry.ap_position_m = CORNERS,
                        .geometry.array_orientation_rad = TURNED,
                        .propagation.reference_distance_m = 100.0,
                        .propagation.path_loss_exponent = 3.2,
                        .frame.tau_p = 2,
                        .sensing.geometry = CFI_GEOMETRY_TARGET,
                        .sensing.target_position_m = TARGET,
                        .sensing.echo = CFI_ECHO_DISTANCE,
                        .sensing.rcs_m2 = 1.0,
                        .sensing.path_gain = 0.01};
}

/* One whose access points are drawn, and the target too. */
static cfi_system scattered(size_t L)
{
    cfi_system system = surrounded();

    system.L = L;
    system.geometry.ap_position_m = NULL;
    system.geometry.array_orientation_rad = NULL;
    system.sensing.target_position_m = NULL;
    return system;
}

/* By hand: atan2(70, 90) is 37.874984 degrees, 7.125016 less than 45; 0.01 * 100^2 / 13000 = 1 / 130. */
static void three_access_points_see_a_target(void **state)
{
    static const double range[] = {114.017543, 130.384048, 110.453610}, angle[] = {-7.125016, 12.528808, -5.194429},
                        amplitude[] = {7.692308e-3, 5.882353e-3, 8.196721e-3};
    cfi_arena *arena = arena_create();
    cfi_system system = surrounded();
    cfi_network network = draw_network(&system, 0, arena);

    (void)state;
    assert_true(network.target_position_m[0] == 90.0 && network.target_position_m[1] == 70.0);
    assert_false(network.equal_paths);
    for (size_t l = 0; l < 3; l++) {
        assert_close(network.target_range_m[l], range[l], 5e-9);
        assert_close(network.angle_rad[l] / DEGREE, angle[l], 1e-7);
        assert_close(cabs(network_path_gains(&network, l)[l]), amplitude[l], 1e-7);
        assert_close(network.target_bearing_rad[l], angle[l] * DEGREE + TURNED[l], 1e-7);
    }
    assert_close(network_path_power(&network, 0, 0), 1.0 / (130.0 * 130.0), 1e-15);
    assert_close(network_path_power(&network, 0, 1), 1e4 / (13000.0 * 17000.0), 1e-15);
    arena_destroy(arena);
}

/* An angle and its mirror image behind the array have one steering vector: sines are the same, cosines are not
 * negative. All directions of the array, by eighths of a degree and a little more. */
static void what_is_behind_an_array_looks_like_its_mirror_image(void **state)
{
    cfi_arena *arena = arena_create();
    double turn[3] = {0.0};
    cfi_system system = surrounded();

    (void)state;
    system.geometry.array_orientation_rad = turn;
    for (int step = -2880; step <= 2880; step++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_network network;

        turn[0] = (step + 0.3) * DEGREE / 8.0;
        network = draw_network(&system, 0, arena);
        for (size_t l = 0; l < 3; l++) {
            double seen = atan2(TARGET[1] - CORNERS[2 * l + 1], TARGET[0] - CORNERS[2 * l]) - turn[l];

            assert_true(fabs(network.angle_rad[l]) <= M_PI_2);
            assert_true(fabs(sin(network.angle_rad[l]) - sin(seen)) < 1e-13);
            assert_true(fabs(cos(network.angle_rad[l]) - fabs(cos(seen))) < 1e-13);
        }
        arena_release(arena, mark);
    }
    arena_destroy(arena);
}

/* At once in front, behind and beside: exact multiples of a quarter of a turn. */
static void an_array_sees_what_is_beside_it_at_a_right_angle(void **state)
{
    static const double target[] = {40.0, 0.0};
    static const double turn[] = {M_PI, M_PI_2, -M_PI_2}, at[] = {0.0, 0.0, 10.0, 0.0, -10.0, 0.0},
                        angle[] = {0.0, -M_PI_2, M_PI_2};
    cfi_arena *arena = arena_create();
    cfi_system system = surrounded();
    cfi_network network;

    (void)state;
    system.geometry.ap_position_m = at;
    system.geometry.array_orientation_rad = turn;
    system.sensing.target_position_m = target;
    network = draw_network(&system, 0, arena);
    for (size_t l = 0; l < 3; l++) {
        assert_true(fabs(network.angle_rad[l] - angle[l]) < 1e-15);
    }
    arena_destroy(arena);
}

/* (4 pi)^3 d^4 abs(alpha)^2 = lambda^2 rcs, here at 3 GHz; as `distance` does with 4 pi d0^2 path_gain^2 = 12.566 m^2
 * and lambda = 4 pi d0, a gain of 1 at the reference distance. */
static void the_radar_equation_gives_the_echoes(void **state)
{
    cfi_arena *arena = arena_create();
    cfi_system system = surrounded();
    cfi_network radar, distance;

    (void)state;
    system.sensing.echo = CFI_ECHO_RADAR;
    system.sensing.rcs_m2 = 2.5;
    system.propagation.carrier_hz = 3e9;
    radar = draw_network(&system, 0, arena);
    for (size_t l = 0; l < 3; l++) {
        for (size_t p = 0; p < 3; p++) {
            double dl = radar.target_range_m[l], dp = radar.target_range_m[p], power = network_path_power(&radar, l, p);

            assert_close(power * 1984.4017075391884 * dl * dl * dp * dp,
                         0.09993081933333334 * 0.09993081933333334 * 2.5, 1e-14);
            assert_close(cabs(network_path_gains(&radar, p)[l]), sqrt(power), 1e-14);
        }
    }
    system.propagation.carrier_hz = 299792458.0 / (4.0 * M_PI * 100.0);
    system.sensing.rcs_m2 = 4.0 * M_PI * 1e4 * 1e-4;
    radar = draw_network(&system, 0, arena);
    system.sensing.echo = CFI_ECHO_DISTANCE;
    distance = draw_network(&system, 0, arena);
    assert_close(network_path_power(&radar, 1, 2), network_path_power(&distance, 1, 2), 1e-14);
    arena_destroy(arena);
}

/* Amplitudes of the paper whatever the ranges, and one number for all pairs as ever. */
static void constant_echoes_are_those_of_the_paper(void **state)
{
    cfi_arena *arena = arena_create();
    cfi_system system = surrounded();
    cfi_network network;

    (void)state;
    system.sensing.echo = CFI_ECHO_CONSTANT;
    network = draw_network(&system, 0, arena);
    assert_true(network.equal_paths);
    assert_true(network_path_power(&network, 0, 2) == 0.01 * 0.01);
    arena_destroy(arena);
}

/* Phases come from where they came from before: a stream for each pair. */
static void phases_of_echoes_do_not_depend_on_their_amplitudes(void **state)
{
    cfi_arena *arena = arena_create();
    cfi_system system = surrounded();
    cfi_network near, paper;

    (void)state;
    system.sensing.random_path_phase = true;
    near = draw_network(&system, 7, arena);
    system.sensing.geometry = CFI_GEOMETRY_ANGLES;
    system.sensing.echo = CFI_ECHO_CONSTANT;
    paper = draw_network(&system, 7, arena);
    for (size_t i = 0; i < 9; i++) {
        assert_close(carg(near.path[i]), carg(paper.path[i]), 1e-14);
    }
    assert_null(paper.target_position_m);
    assert_null(paper.target_range_m);
    assert_null(paper.target_bearing_rad);
    assert_null(paper.fading.orientation_rad);
    arena_destroy(arena);
}

/* On an area that wraps around the target is seen along the shortest way: 10 m back over the edge. */
static void a_target_is_seen_along_the_shortest_way(void **state)
{
    static const double at[] = {5.0, 100.0, 125.0, 2.0, 125.0, 100.0}, target[] = {245.0, 100.0};
    static const double turn[] = {0.0, 0.0, 0.0};
    cfi_arena *arena = arena_create();
    cfi_system system = surrounded();
    cfi_network network;

    (void)state;
    system.geometry.wrap_around = true;
    system.geometry.ap_position_m = at;
    system.geometry.array_orientation_rad = turn;
    system.sensing.target_position_m = target;
    network = draw_network(&system, 0, arena);
    assert_close(network.target_range_m[0], 10.0, 1e-14);
    assert_close(fabs(network.target_bearing_rad[0]), M_PI, 1e-14);
    assert_close(network.target_range_m[1], hypot(120.0, 98.0), 1e-14);
    assert_close(network.target_bearing_rad[1], atan2(98.0, 120.0), 1e-14);
    assert_close(network.target_range_m[2], 120.0, 1e-14);
    arena_destroy(arena);
}

/* Uniform in the area: means and variances of 4,000 drops within four standard errors. */
static void targets_are_drawn_uniformly(void **state)
{
    enum { DROPS = 4000 };
    const double side[2] = {250.0, 40.0};
    cfi_arena *arena = arena_create();
    cfi_system system = scattered(2);
    double sum[2] = {0.0}, square[2] = {0.0};

    (void)state;
    system.geometry.area_m[1] = 40.0;
    for (uint32_t drop = 0; drop < DROPS; drop++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_network network = draw_network(&system, drop, arena);

        for (size_t axis = 0; axis < 2; axis++) {
            double u = network.target_position_m[axis] / side[axis] - 0.5;

            sum[axis] += u;
            square[axis] += u * u;
        }
        arena_release(arena, mark);
    }
    for (size_t axis = 0; axis < 2; axis++) { /* of u^2 the variance is 1/80 - 1/144 = 1/180 */
        assert_true(fabs(sum[axis] / DROPS) < 4.0 / sqrt(12.0 * DROPS));
        assert_true(fabs(square[axis] / DROPS - 1.0 / 12.0) < 4.0 / sqrt(180.0 * DROPS));
    }
    arena_destroy(arena);
}

/* Nor those there were, their arrays and what they see; unless one stood on the target, which is drawn again then. */
static void more_access_points_do_not_move_the_target(void **state)
{
    cfi_arena *arena = arena_create();
    cfi_system few = scattered(2), many = scattered(9);

    (void)state;
    for (uint32_t drop = 0; drop < 20; drop++) {
        cfi_network a = draw_network(&few, drop, arena), b = draw_network(&many, drop, arena);

        assert_memory_equal(a.target_position_m, b.target_position_m, 2 * sizeof(double));
        assert_memory_equal(a.angle_rad, b.angle_rad, 2 * sizeof(double));
        assert_true(drop == 0 || a.target_position_m[0] != draw_network(&few, 0, arena).target_position_m[0]);
    }
    arena_destroy(arena);
}

/* Nobody is within a metre: on an area of 3 m x 3 m most first draws would be. */
static void drawn_places_are_a_metre_apart(void **state)
{
    static const double middle[] = {1.5, 1.5}, at[] = {1.0, 1.0, 2.0, 2.5};
    cfi_arena *arena = arena_create();
    cfi_system drawn_aps = scattered(3), drawn_target = scattered(2);

    (void)state;
    drawn_aps.geometry.area_m[0] = drawn_aps.geometry.area_m[1] = 3.0;
    drawn_target.geometry.area_m[0] = drawn_target.geometry.area_m[1] = 3.0;
    drawn_aps.sensing.target_position_m = middle;
    drawn_target.geometry.ap_position_m = at;
    for (uint32_t drop = 0; drop < 200; drop++) {
        cfi_network a = draw_network(&drawn_aps, drop, arena), b = draw_network(&drawn_target, drop, arena);

        for (size_t l = 0; l < 3; l++) {
            assert_true(a.target_range_m[l] >= 1.0);
        }
        for (size_t l = 0; l < 2; l++) {
            assert_true(b.target_range_m[l] >= 1.0);
        }
    }
    arena_destroy(arena);
}

static void where_no_place_is_far_enough_the_text_says_so(void **state)
{
    static const double middle[] = {0.5, 0.5};
    cfi_system drawn_aps = scattered(3), drawn_target = scattered(3);

    (void)state;
    drawn_aps.geometry.area_m[0] = drawn_aps.geometry.area_m[1] = 1.0;
    drawn_aps.sensing.target_position_m = middle;
    assert_invalid(&drawn_aps,
                   "/sensing/target_position_m: no place for an access point in drop 0 that is 1 m from it");
    drawn_target.geometry.area_m[0] = drawn_target.geometry.area_m[1] = 0.7;
    assert_invalid(
        &drawn_target,
        "/sensing/target_position_m: no place for the target in drop 0 that is 1 m from all 3 access points");
}

/* The arrays of a drop are those that its fading has without a target; with one alone they are drawn alike. */
static void arrays_point_as_fading_draws_them(void **state)
{
    cfi_arena *arena = arena_create();
    cfi_system system = scattered(6);
    cfi_network target, both, fading;

    (void)state;
    target = draw_network(&system, 3, arena);
    system.fading.rician = CFI_RICIAN_NUMBER;
    system.fading.rician_factor = 2.0;
    both = draw_network(&system, 3, arena);
    system.sensing.geometry = CFI_GEOMETRY_ANGLES;
    system.sensing.echo = CFI_ECHO_CONSTANT;
    fading = draw_network(&system, 3, arena);
    assert_memory_equal(target.fading.orientation_rad, fading.fading.orientation_rad, 6 * sizeof(double));
    assert_memory_equal(both.fading.orientation_rad, fading.fading.orientation_rad, 6 * sizeof(double));
    assert_memory_equal(both.fading.sight, fading.fading.sight, 12 * sizeof(double));
    assert_memory_equal(target.angle_rad, both.angle_rad, 6 * sizeof(double));
    assert_null(target.fading.sight);
    arena_destroy(arena);
}

/* Arrays that face the centre see a target there straight ahead. */
static void arrays_face_the_centre_where_that_is_asked_for(void **state)
{
    static const double centre[] = {125.0, 125.0};
    cfi_arena *arena = arena_create();
    cfi_system system = scattered(5);
    cfi_network network;

    (void)state;
    system.geometry.arrays_inward = true;
    system.sensing.target_position_m = centre;
    network = draw_network(&system, 0, arena);
    for (size_t l = 0; l < 5; l++) {
        assert_true(fabs(network.angle_rad[l]) < 1e-14);
    }
    arena_destroy(arena);
}

/* Given gains have no part in it: places of access points alone say where the target is seen. */
static void given_gains_leave_the_target_at_its_place(void **state)
{
    static const double gain[] = {1.0, 0.5, 0.2, 0.3, 0.1, 0.7};
    cfi_arena *arena = arena_create();
    cfi_system system = surrounded();
    cfi_network drawn = draw_network(&system, 0, arena), given;

    (void)state;
    system.propagation.gain = gain;
    given = draw_network(&system, 0, arena);
    assert_memory_equal(drawn.angle_rad, given.angle_rad, 3 * sizeof(double));
    assert_memory_equal(drawn.target_range_m, given.target_range_m, 3 * sizeof(double));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_access_points_see_a_target),
        cmocka_unit_test(what_is_behind_an_array_looks_like_its_mirror_image),
        cmocka_unit_test(an_array_sees_what_is_beside_it_at_a_right_angle),
        cmocka_unit_test(the_radar_equation_gives_the_echoes),
        cmocka_unit_test(constant_echoes_are_those_of_the_paper),
        cmocka_unit_test(phases_of_echoes_do_not_depend_on_their_amplitudes),
        cmocka_unit_test(a_target_is_seen_along_the_shortest_way),
        cmocka_unit_test(targets_are_drawn_uniformly),
        cmocka_unit_test(more_access_points_do_not_move_the_target),
        cmocka_unit_test(drawn_places_are_a_metre_apart),
        cmocka_unit_test(where_no_place_is_far_enough_the_text_says_so),
        cmocka_unit_test(arrays_point_as_fading_draws_them),
        cmocka_unit_test(arrays_face_the_centre_where_that_is_asked_for),
        cmocka_unit_test(given_gains_leave_the_target_at_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
