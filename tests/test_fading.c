/* Orientations, lines of sight and the correlation that scatterers leave over an array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "fading_systems.h"
#include "network/scattering.h"
#include "networks.h"

static double degrees(double deg)
{
    return deg * M_PI / 180.0;
}

/* ------------------------------------------------------------------------- the quadrature ---- */

enum { MOST_N = 64 };

static void column_of(size_t N, double spread, double azimuth, double elevation, double complex *column)
{
    cfi_arena *arena = arena_create();
    scattering_rule rule;

    assert_true(scattering_make_rule(N, spread, arena, &rule));
    scattering_column(&rule, azimuth, elevation, arena_alloc(arena, scattering_work(&rule), sizeof(double)), column);
    arena_destroy(arena);
}

/* E exp(-j pi d sin(azimuth + delta) cos(elevation + epsilon)) by sums of 10 standard deviations with `points` an axis.
 */
static double complex fine_reference(size_t d, double spread, double azimuth, double elevation, size_t points)
{
    double complex sum = 0.0;
    double weights = 0.0;

    for (size_t i = 0; i < points; i++) {
        double x = 20.0 * ((double)i / (double)(points - 1) - 0.5), along = sin(azimuth + spread * x);

        for (size_t j = 0; j < points; j++) {
            double y = 20.0 * ((double)j / (double)(points - 1) - 0.5), weight = exp(-0.5 * (x * x + y * y));
            double phase = M_PI * (double)d * along * cos(elevation + spread * y);

            sum += weight * (cos(phase) - I * sin(phase));
            weights += weight;
        }
    }
    return sum / weights;
}

/* 15 degrees with up to 64 antennas, as links of that size have them; narrow and wide spreads. */
static void the_quadrature_agrees_with_a_fine_one(void **state)
{
    (void)state;
    const struct {
        size_t N, points;
        double spread_deg, azimuth_deg, elevation_deg, error;
    } cases[] = {
        {64, 700, 15.0, 0.0, 0.0, 1e-7},    {64, 700, 15.0, 73.0, -20.0, 1e-7}, {64, 700, 15.0, -131.0, -60.0, 1e-7},
        {16, 400, 15.0, 30.0, -10.0, 1e-7}, {4, 200, 15.0, -85.0, 0.0, 1e-7},   {64, 700, 1.0, 40.0, -5.0, 1e-9},
        {32, 600, 5.0, 12.0, -30.0, 1e-9},  {8, 600, 25.0, 65.0, -15.0, 1e-9},  {16, 900, 45.0, -20.0, -40.0, 1e-9},
        {4, 900, 90.0, 100.0, -2.0, 1e-9},  {2, 900, 180.0, 10.0, -70.0, 1e-9}, {8, 1200, 180.0, -50.0, -3.0, 1e-9},
    };

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double complex column[MOST_N];
        double spread = degrees(cases[c].spread_deg), azimuth = degrees(cases[c].azimuth_deg),
               elevation = degrees(cases[c].elevation_deg);

        column_of(cases[c].N, spread, azimuth, elevation, column);
        assert_true(creal(column[0]) == 1.0 && cimag(column[0]) == 0.0);
        for (size_t d = 1; d < cases[c].N; d = 2 * d + (d < 4 ? 0 : 1)) {
            double complex expected = fine_reference(d, spread, azimuth, elevation, cases[c].points);
            double error = hypot(creal(column[d] - expected), cimag(column[d] - expected));

            if (!(error < cases[c].error)) {
                fail_msg("case %zu, %zu antennas apart: error %g", c, d, error);
            }
        }
    }
}

/* Wide spreads see scatterers all around and above: with both angles uniform, E exp(-j pi d sin cos) = J_0(pi d / 2)^2.
 * A normal number of 180 degrees is uniform on the circle but for e^(-pi^2 / 2) of its first harmonic, and less of
 * others. */
static void a_wide_spread_approaches_scatterers_all_around(void **state)
{
    (void)state;
    double complex column[8];

    column_of(8, M_PI, 0.7, -0.2, column);
    for (size_t d = 1; d < 8; d++) {
        double bessel = j0(0.5 * M_PI * (double)d);

        assert_true(fabs(creal(column[d]) - bessel * bessel) < 0.02);
        assert_true(fabs(cimag(column[d])) < 0.02);
    }
}

static void without_spread_scatterers_stand_at_the_user(void **state)
{
    (void)state;
    double complex column[16];
    double sight = sin(0.4) * cos(0.3);

    column_of(16, 0.0, 0.4, -0.3, column);
    for (size_t d = 0; d < 16; d++) {
        double phase = M_PI * sight * (double)d;

        assert_true(fabs(creal(column[d]) - cos(phase)) < 1e-13 && fabs(cimag(column[d]) + sin(phase)) < 1e-13);
    }
}

/* ---------------------------------------------------------------------------------- angles ---- */

/* Broadside, 90 degrees to its left, behind; the orientation turns with the positions. */
static void users_are_seen_from_the_broadside(void **state)
{
    (void)state;
    const double ap[] = {100.0, 100.0}, ue[] = {150.0, 100.0, 100.0, 150.0, 50.0, 100.0, 100.0, 50.0};
    const double gain[] = {1.0, 1.0, 1.0, 1.0}, angle[] = {0.0}, right = 0.0, up = 0.5 * M_PI;
    const size_t pilot[] = {0, 1, 2, 3};
    cfi_system s = {.L = 1,
                    .K = 4,
                    .N = 2,
                    .M = 1,
                    .geometry = {.ap_position_m = ap, .ue_position_m = ue, .array_orientation_rad = &right},
                    .fading = {.rician = CFI_RICIAN_NUMBER, .rician_factor = 1.0},
                    .propagation.gain = gain,
                    .frame = {.tau_p = 4, .pilot = pilot, .pilot_assignment = CFI_PILOTS_EXPLICIT},
                    .sensing = {.angle_rad = angle, .path_gain = 1.0}};
    const double from_right[] = {0.0, 1.0, 0.0, -1.0}, from_above[] = {-1.0, 0.0, 1.0, 0.0};
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(&s, 0, arena);

    for (size_t k = 0; k < 4; k++) {
        assert_true(fabs(network.fading.sight[k] - from_right[k]) < 1e-15);
    }
    s.geometry.array_orientation_rad = &up;
    network = draw_network(&s, 0, arena);
    for (size_t k = 0; k < 4; k++) {
        assert_true(fabs(network.fading.sight[k] - from_above[k]) < 1e-15);
    }
    s.geometry.height_difference_m = 50.0; /* 45 degrees down */
    network = draw_network(&s, 0, arena);
    for (size_t k = 0; k < 4; k++) {
        assert_true(fabs(network.fading.sight[k] - from_above[k] * sqrt(0.5)) < 1e-15);
    }
    arena_destroy(arena);
}

static void a_wrapped_area_shows_the_nearest_copy(void **state)
{
    (void)state;
    const double ap[] = {10.0, 50.0}, ue[] = {190.0, 60.0}, gain[] = {1.0}, angle[] = {0.0}, right = 0.0;
    const size_t pilot[] = {0};
    const cfi_system s = {.L = 1,
                          .K = 1,
                          .N = 2,
                          .M = 1,
                          .geometry = {.area_m = {200.0, 100.0},
                                       .wrap_around = true,
                                       .ap_position_m = ap,
                                       .ue_position_m = ue,
                                       .array_orientation_rad = &right},
                          .fading = {.rician = CFI_RICIAN_DISTANCE},
                          .propagation.gain = gain,
                          .frame = {.tau_p = 1, .pilot = pilot, .pilot_assignment = CFI_PILOTS_EXPLICIT},
                          .sensing = {.angle_rad = angle, .path_gain = 1.0}};
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(&s, 0, arena);

    /* the copy stands at (-10, 60): 20 m to the left and 10 m up, 22.36 m away */
    assert_close(network.fading.sight[0], 10.0 / sqrt(500.0), 1e-14);
    assert_close(10.0 * log10(network.fading.rician[0]), 13.0 - 0.03 * sqrt(500.0), 1e-14);
    arena_destroy(arena);
}

static void inward_arrays_look_at_the_centre(void **state)
{
    (void)state;
    made_system made = make_system(5, 6, 1, 2, 1);
    placed_system placed = place_system(made, -1.0, 2.0);
    cfi_arena *arena = arena_create();
    cfi_network network;
    double centre[] = {125.0, 125.0};

    placed.made.system.geometry.array_orientation_rad = NULL;
    placed.made.system.geometry.arrays_inward = true;
    placed.made.system.geometry.ue_position_m = centre;
    network = draw_network(&placed.made.system, 0, arena);
    for (size_t l = 0; l < 6; l++) {
        double way[] = {125.0 - placed.ap[2 * l], 125.0 - placed.ap[2 * l + 1]},
               facing = network.fading.orientation_rad[l];

        assert_true(fabs(network.fading.sight[l]) < 1e-15);
        assert_true(cos(facing) * way[0] + sin(facing) * way[1] > 0.0);
    }
    arena_destroy(arena);
    free_places(&placed);
    free_system(&made);
}

/* ------------------------------------------------------------------------------------ drops ---- */

/* Positions and orientations drawn too. */
static cfi_system drawn_system(size_t L, size_t K, size_t N)
{
    return (cfi_system){.seed = 21,
                        .L = L,
                        .K = K,
                        .N = N,
                        .M = 1,
                        .geometry.area_m = {400.0, 300.0},
                        .geometry.placement = CFI_PLACEMENT_NONE,
                        .geometry.height_difference_m = 10.0,
                        .propagation.model = CFI_PROPAGATION_TR38901_UMI,
                        .propagation.carrier_hz = 3.5e9,
                        .propagation.shadowing_std = -1.0,
                        .fading.correlation = CFI_FADING_LOCAL_SCATTERING,
                        .fading.angular_spread_rad = degrees(15.0),
                        .fading.rician = CFI_RICIAN_LOS,
                        .frame.tau_p = K,
                        .sensing.path_gain = 0.01};
}

static void assert_same_pair(const cfi_network *a, const cfi_network *b, size_t k, size_t l)
{
    size_t N = a->system->N, i = k + a->K * l, j = k + b->K * l;

    assert_true(a->fading.sight[i] == b->fading.sight[j] && a->fading.rician[i] == b->fading.rician[j]);
    assert_memory_equal(a->fading.scatter + N * i, b->fading.scatter + N * j, N * sizeof(double complex));
}

static void adding_users_and_access_points_moves_no_fading(void **state)
{
    (void)state;
    const cfi_system few = drawn_system(5, 4, 4), many = drawn_system(9, 7, 4);
    cfi_arena *arena = arena_create();

    for (uint32_t drop = 0; drop < 4; drop++) {
        cfi_network a = draw_network(&few, drop, arena), b = draw_network(&many, drop, arena);

        for (size_t l = 0; l < few.L; l++) {
            assert_true(a.fading.orientation_rad[l] == b.fading.orientation_rad[l]);
            for (size_t k = 0; k < few.K; k++) {
                assert_same_pair(&a, &b, k, l);
            }
        }
    }
    arena_destroy(arena);
}

static void threads_share_fading_to_the_bit(void **state)
{
    (void)state;
    const cfi_system system = drawn_system(40, 30, 4);
    cfi_arena *arena = arena_create();
    cfi_network one = draw_network(&system, 1, arena), three;

    assert_int_equal(network_draw_on(&system, 1, 3, arena, &three, NULL), CFI_OK);
    for (size_t l = 0; l < system.L; l++) {
        for (size_t k = 0; k < system.K; k++) {
            assert_same_pair(&one, &three, k, l);
        }
    }
    arena_destroy(arena);
}

/* Uniform in all directions: the mean direction of n draws is within 4 / sqrt(2 n) of none. */
static void drawn_arrays_point_everywhere(void **state)
{
    (void)state;
    cfi_system system = drawn_system(2000, 1, 1);
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(&system, 0, arena), other;
    double x = 0.0, y = 0.0;

    for (size_t l = 0; l < system.L; l++) {
        double turn = network.fading.orientation_rad[l];

        assert_true(turn >= 0.0 && turn < 2.0 * M_PI);
        x += cos(turn) / (double)system.L;
        y += sin(turn) / (double)system.L;
    }
    assert_true(hypot(x, y) < 4.0 / sqrt(2.0 * (double)system.L));
    other = draw_network(&system, 1, arena);
    assert_true(network.fading.orientation_rad[0] != other.fading.orientation_rad[0]);
    arena_destroy(arena);
}

static void pairs_with_a_line_of_sight_have_their_models_factor(void **state)
{
    (void)state;
    const cfi_system system = drawn_system(20, 20, 1);
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(&system, 0, arena);
    size_t seen = 0;

    for (size_t i = 0; i < 400; i++) {
        assert_true(network.fading.rician[i] == (network.line_of_sight[i] ? network.rician_factor : 0.0));
        seen += network.line_of_sight[i];
    }
    assert_true(seen > 20 && seen < 380);
    assert_close(10.0 * log10(network.rician_factor), 9.0, 1e-12);
    arena_destroy(arena);
}

/* Nothing is drawn, or kept, where fading is i.i.d. */
static void fading_is_left_out_by_default(void **state)
{
    (void)state;
    cfi_system system = drawn_system(3, 3, 4);
    cfi_arena *arena = arena_create();
    cfi_network network;

    system.fading.correlation = CFI_FADING_UNCORRELATED;
    system.fading.rician = CFI_RICIAN_NONE;
    network = draw_network(&system, 0, arena);
    assert_true(!network.fading.orientation_rad && !network.fading.sight && !network.fading.rician &&
                !network.fading.scatter);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_quadrature_agrees_with_a_fine_one),
        cmocka_unit_test(a_wide_spread_approaches_scatterers_all_around),
        cmocka_unit_test(without_spread_scatterers_stand_at_the_user),
        cmocka_unit_test(users_are_seen_from_the_broadside),
        cmocka_unit_test(a_wrapped_area_shows_the_nearest_copy),
        cmocka_unit_test(inward_arrays_look_at_the_centre),
        cmocka_unit_test(adding_users_and_access_points_moves_no_fading),
        cmocka_unit_test(threads_share_fading_to_the_bit),
        cmocka_unit_test(drawn_arrays_point_everywhere),
        cmocka_unit_test(pairs_with_a_line_of_sight_have_their_models_factor),
        cmocka_unit_test(fading_is_left_out_by_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
