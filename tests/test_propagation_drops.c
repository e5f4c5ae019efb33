/* Drops made by the models of propagation: recomputed, states, what moves and what does not, wrapped areas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "check.h"
#include "networks.h"
#include "propagation_systems.h"

/* Of the nine copies the nearest, by trying all. */
static double shortest(const cfi_system *system, const double *a, const double *b)
{
    double best = INFINITY;

    for (int x = -1; x <= 1; x++) {
        for (int y = -1; y <= 1; y++) {
            double dx = a[0] - b[0] + x * system->geometry.area_m[0], dy = a[1] - b[1] + y * system->geometry.area_m[1];

            if (system->geometry.wrap_around || (x == 0 && y == 0)) {
                best = fmin(best, sqrt(dx * dx + dy * dy));
            }
        }
    }
    return best;
}

/* The gain of a pair from its own streams; its state into *sight. */
static double recomputed_gain(const cfi_network *network, size_t k, size_t l, bool *sight)
{
    const cfi_system *system = network->system;
    const propagation_model *model = propagation_of(system);
    double flat = shortest(system, network->ap_position_m + 2 * l, network->ue_position_m + 2 * k), normal, uniform;
    cfi_stream numbers = stream_make(9, network->drop, CFI_DRAW_SHADOWING, (uint32_t)(l * 65536 + k));
    cfi_stream states = stream_make(9, network->drop, CFI_DRAW_LINE_OF_SIGHT, (uint32_t)(l * 65536 + k));
    propagation_path path;

    random_normals(&numbers, 1, &normal);
    random_uniforms(&states, 1, &uniform);
    if (system->geometry.placement == CFI_PLACEMENT_CLAMP && flat < 50.0) {
        flat = 50.0;
    }
    *sight = model->line_of_sight && uniform < model->line_of_sight(flat);
    path = path_of(flat, system->geometry.height_difference_m, *sight);
    return exp(model->shadowing_std(system, &path) * normal) * model->gain(system, &path);
}

static void compare_drop(const cfi_system *system)
{
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(system, 4, arena);
    bool states = propagation_of(system)->line_of_sight != NULL;

    assert_true((network.line_of_sight != NULL) == states);
    assert_true(network.rician_factor == propagation_of(system)->rician_factor);
    for (size_t l = 0; l < system->L; l++) {
        for (size_t k = 0; k < system->K; k++) {
            bool sight;

            assert_close(network.beta[k + system->K * l], recomputed_gain(&network, k, l, &sight), 1e-12);
            if (states) {
                assert_int_equal(network.line_of_sight[k + system->K * l], sight);
            }
        }
    }
    arena_destroy(arena);
}

/* beta_kl is the model's gain at the pair's distance times its shadowing, of the pair's own normal number, after the
 * pair's own state: few pairs, and more than are drawn at once. */
static void gains_of_a_drop_are_the_models(void **state)
{
    static const size_t sizes[][2] = {{3, 2}, {5, 200}, {70, 3}, {19, 17}};

    (void)state;
    for (size_t i = 0; i < CFI_PROPAGATION_COUNT; i++) {
        for (int placement = CFI_PLACEMENT_REJECT; placement <= CFI_PLACEMENT_NONE; placement++) {
            for (size_t s = 0; s < 8; s++) {
                cfi_system system = system_of((cfi_propagation_kind)i, s % 2 ? 0.0 : 8.5);

                system.L = sizes[s / 2][0];
                system.K = sizes[s / 2][1];
                system.geometry.wrap_around = s % 2;
                system.geometry.placement = (cfi_placement)placement;
                if (placement != CFI_PLACEMENT_REJECT || system.K < 4) {
                    compare_drop(&system);
                }
            }
        }
    }
}

/* 40,000 pairs: how many see each other, against the sum of their probabilities, within 5 standard errors. */
static void states_have_their_probabilities(void **state)
{
    (void)state;
    for (int model = CFI_PROPAGATION_TR38901_UMI; model <= CFI_PROPAGATION_TR38901_INH; model++) {
        cfi_system system = system_of((cfi_propagation_kind)model, 8.5);
        cfi_arena *arena = arena_create();
        double expected = 0.0, variance = 0.0, seen = 0.0;
        cfi_network network;

        system.L = 400;
        system.K = 100;
        system.geometry.wrap_around = true;
        if (model == CFI_PROPAGATION_TR38901_INH) {
            system.geometry.area_m[0] = system.geometry.area_m[1] = 40.0;
        }
        network = draw_network(&system, 1, arena);
        for (size_t l = 0; l < system.L; l++) {
            for (size_t k = 0; k < system.K; k++) {
                double p = propagation_of(&system)->line_of_sight(
                    shortest(&system, network.ap_position_m + 2 * l, network.ue_position_m + 2 * k));

                expected += p;
                variance += p * (1.0 - p);
                seen += network.line_of_sight[k + system.K * l];
            }
        }
        assert_true(variance > 5000.0);
        assert_true(fabs(seen - expected) < 5.0 * sqrt(variance));
        arena_destroy(arena);
    }
}

/* The first L x K of a larger drop: the same bits. */
static void compare_start(const cfi_system *system, size_t more_aps, size_t more_ues)
{
    cfi_system large = *system;
    cfi_arena *arena = arena_create();
    cfi_network a = draw_network(system, 2, arena), b;

    large.L += more_aps;
    large.K += more_ues;
    b = draw_network(&large, 2, arena);
    assert_memory_equal(a.ap_position_m, b.ap_position_m, 2 * a.L * sizeof(double));
    assert_memory_equal(a.ue_position_m, b.ue_position_m, 2 * a.K * sizeof(double));
    for (size_t l = 0; l < a.L; l++) {
        assert_memory_equal(a.beta + a.K * l, b.beta + b.K * l, a.K * sizeof(double));
        if (a.line_of_sight) {
            assert_memory_equal(a.line_of_sight + a.K * l, b.line_of_sight + b.K * l, a.K);
        }
    }
    arena_destroy(arena);
}

static void adding_users_and_access_points_moves_nothing_of_any_model(void **state)
{
    (void)state;
    for (size_t i = 0; i < CFI_PROPAGATION_COUNT; i++) {
        for (int kind = CFI_SHADOWING_NONE; kind <= CFI_SHADOWING_BOTH; kind++) {
            for (int wrap = 0; wrap < 2; wrap++) {
                cfi_system system = system_of((cfi_propagation_kind)i, 10.0);

                system.L = 13;
                system.K = 21;
                system.geometry.wrap_around = wrap;
                system.propagation.shadowing_correlation = (cfi_shadowing_correlation)kind;
                compare_start(&system, 0, 1);
                compare_start(&system, 1, 0);
                compare_start(&system, 30, 150);
            }
        }
    }
}

/* Any number of threads: the same bits, of every model and kind of shadowing, in more than one part a thread. */
static void threads_change_nothing_of_any_model(void **state)
{
    enum { L = 900, K = 100 };

    (void)state;
    for (size_t i = 0; i < 3 * CFI_PROPAGATION_COUNT; i++) {
        cfi_system system = system_of((cfi_propagation_kind)(i / 3), 10.0);
        cfi_arena *arena = arena_create();
        cfi_network alone, shared;

        system.L = L;
        system.K = K;
        system.propagation.shadowing_correlation = (cfi_shadowing_correlation)(i % 3);
        assert_int_equal(network_draw_on(&system, 5, 1, arena, &alone, NULL), CFI_OK);
        assert_int_equal(network_draw_on(&system, 5, 3, arena, &shared, NULL), CFI_OK);
        assert_memory_equal(alone.beta, shared.beta, sizeof(double) * L * K);
        if (alone.line_of_sight) {
            assert_memory_equal(alone.line_of_sight, shared.line_of_sight, (size_t)L * K);
        }
        arena_destroy(arena);
    }
}

/* ----------------------------------------------------------------------------- wrap-around ---- */

enum { APS = 7, USERS = 9 };

static void draw_positions(double *point, size_t count, cfi_purpose purpose)
{
    cfi_stream stream = stream_make(31, 0, purpose, 0);

    random_uniforms(&stream, 2 * count, point);
    for (size_t i = 0; i < 2 * count; i++) {
        point[i] *= i % 2 ? 200.0 : 300.0;
    }
}

/* On a wrapped area no place is special: all positions moved by the same way, back into the area, or mirrored, leave
 * the gains as they are. */
static void a_wrapped_area_is_symmetric(void **state)
{
    static const double shift[2] = {170.25, 131.5};
    double ap[2 * APS], ue[2 * USERS], moved_ap[2 * APS], moved_ue[2 * USERS];

    (void)state;
    draw_positions(ap, APS, CFI_DRAW_AP_POSITION);
    draw_positions(ue, USERS, CFI_DRAW_UE_POSITION);
    for (size_t i = 0; i < 6 * CFI_PROPAGATION_COUNT; i++) {
        cfi_system system = system_of((cfi_propagation_kind)(i / 6), 10.0), moved;
        bool mirror = i % 2;
        cfi_arena *arena = arena_create();
        cfi_network a, b;

        for (size_t j = 0; j < 2 * USERS; j++) {
            double side = system.geometry.area_m[j % 2];

            moved_ue[j] = mirror ? side - ue[j] : fmod(ue[j] + shift[j % 2], side);
            moved_ap[j % (2 * APS)] =
                mirror ? side - ap[j % (2 * APS)] : fmod(ap[j % (2 * APS)] + shift[j % (2 * APS) % 2], side);
        }
        system.L = APS;
        system.K = USERS;
        system.geometry.wrap_around = true;
        system.geometry.ap_position_m = ap;
        system.geometry.ue_position_m = ue;
        system.propagation.shadowing_correlation = (cfi_shadowing_correlation)(i % 6 / 2);
        moved = system;
        moved.geometry.ap_position_m = moved_ap;
        moved.geometry.ue_position_m = moved_ue;
        a = draw_network(&system, 0, arena);
        b = draw_network(&moved, 0, arena);
        for (size_t j = 0; j < APS * USERS; j++) {
            assert_close(b.beta[j], a.beta[j], 1e-9);
        }
        moved.geometry.wrap_around = false; /* the test can fail: without copies the gains are others */
        b = draw_network(&moved, 0, arena);
        assert_true(memcmp(a.beta, b.beta, sizeof(double) * APS * USERS) != 0);
        arena_destroy(arena);
    }
}

static void ways_lead_to_the_nearest_copy(void **state)
{
    static const double ap[] = {290.0, 10.0}, ue[] = {20.0, 190.0, 150.0, 110.0};
    cfi_system system = system_of(CFI_PROPAGATION_LOG_DISTANCE, 0.0);
    cfi_network network = {.system = &system, .L = 1, .K = 2, .ap_position_m = ap, .ue_position_m = ue};
    double way[2];

    (void)state;
    network_offset(&network, 0, 0, way);
    assert_true(way[0] == -270.0 && way[1] == 180.0);
    system.geometry.wrap_around = true;
    network_offset(&network, 0, 0, way);
    assert_true(way[0] == 30.0 && way[1] == -20.0);
    assert_close(propagation_measure(&network, 0, 0).flat_m, sqrt(1300.0), 1e-15);
    network_offset(&network, 1, 0, way);
    assert_true(way[0] == -140.0 && way[1] == 100.0); /* half the height: both ways are the same length */
    system.geometry.height_difference_m = 12.0;
    system.geometry.area_m[0] = 295.0; /* 25 away in x, 20 in y */
    assert_close(propagation_measure(&network, 0, 0).distance_m, sqrt(625.0 + 400.0 + 144.0), 1e-15);
    system.geometry.placement = CFI_PLACEMENT_CLAMP; /* in the plane */
    assert_true(propagation_measure(&network, 0, 0).flat_m == 50.0);
    assert_close(propagation_measure(&network, 0, 0).distance_m, sqrt(2500.0 + 144.0), 1e-15);
}

/* `reject` keeps pairs apart across the edge, too. */
static void rejection_reaches_across_the_edge(void **state)
{
    cfi_system system = system_of(CFI_PROPAGATION_THREE_SLOPE, 0.0);
    cfi_arena *arena = arena_create();
    size_t across = 0;

    (void)state;
    system.geometry.placement = CFI_PLACEMENT_REJECT;
    system.L = 40;
    for (uint32_t drop = 0; drop < 40; drop++) {
        for (int wrap = 0; wrap < 2; wrap++) {
            cfi_network network;

            system.geometry.wrap_around = wrap;
            network = draw_network(&system, drop, arena);
            system.geometry.wrap_around = true; /* for the distances */
            for (size_t i = 0; i < 80; i++) {
                bool close =
                    shortest(&system, network.ap_position_m + 2 * (i / 2), network.ue_position_m + 2 * (i % 2)) < 50.0;

                assert_false(wrap && close);
                across += close;
            }
        }
    }
    assert_true(across > 30); /* without wrap-around there are such pairs */
    arena_destroy(arena);
}

/* ------------------------------------------------------------------------- permutations ---- */

/* Without shadowing gains belong to positions and states, not to numbers of users and access points. */
static void gains_go_with_positions_and_states(void **state)
{
    double ap[2 * APS], ue[2 * USERS], turned_ap[2 * APS], turned_ue[2 * USERS];

    (void)state;
    draw_positions(ap, APS, CFI_DRAW_AP_POSITION);
    draw_positions(ue, USERS, CFI_DRAW_UE_POSITION);
    for (size_t l = 0; l < APS; l++) {
        memcpy(turned_ap + 2 * l, ap + 2 * ((l + 3) % APS), 2 * sizeof(double));
    }
    for (size_t k = 0; k < USERS; k++) {
        memcpy(turned_ue + 2 * k, ue + 2 * (USERS - 1 - k), 2 * sizeof(double));
    }
    for (size_t i = 0; i < CFI_PROPAGATION_COUNT; i++) {
        cfi_system system = system_of((cfi_propagation_kind)i, 10.0), turned;
        cfi_arena *arena = arena_create();
        size_t same = 0;
        cfi_network a, b;

        system.L = APS;
        system.K = USERS;
        system.geometry.ap_position_m = ap;
        system.geometry.ue_position_m = ue;
        system.propagation.shadowing_std = 0.0;
        turned = system;
        turned.geometry.ap_position_m = turned_ap;
        turned.geometry.ue_position_m = turned_ue;
        a = draw_network(&system, 0, arena);
        b = draw_network(&turned, 0, arena);
        for (size_t l = 0; l < APS; l++) {
            for (size_t k = 0; k < USERS; k++) {
                size_t here = k + USERS * l, there = USERS - 1 - k + USERS * ((l + 3) % APS);

                if (!a.line_of_sight || a.line_of_sight[there] == b.line_of_sight[here]) {
                    assert_true(a.beta[there] == b.beta[here]);
                    same++;
                }
            }
        }
        assert_in_range(same, a.line_of_sight ? 30 : APS * USERS, APS * USERS);
        arena_destroy(arena);
    }
}

static void a_gain_that_is_none_is_refused_by_its_pair(void **state)
{
    static const double ap[] = {1.0, 1.0, 50.0, 50.0}, ue[] = {9.0, 9.0, 50.0, 50.0};
    cfi_system system = system_of(CFI_PROPAGATION_LOG_DISTANCE, 0.0);
    cfi_arena *arena = arena_create();
    cfi_network network;
    cfi_error error;

    (void)state;
    system.L = system.K = 2;
    system.geometry.ap_position_m = ap;
    system.geometry.ue_position_m = ue;
    assert_int_equal(network_draw(&system, 3, arena, &network, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "/network: the gain between access point 1 and user 1 of drop 3 is inf"));
    for (size_t i = 1; i < CFI_PROPAGATION_COUNT; i++) {
        system.propagation.model = (cfi_propagation_kind)i; /* the others have gains below 1 everywhere */
        system.propagation.shadowing_std = 0.0;
        network = draw_network(&system, 3, arena);
        assert_true(network.beta[3] > 1e-9 && network.beta[3] < 1.0);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gains_of_a_drop_are_the_models),
        cmocka_unit_test(states_have_their_probabilities),
        cmocka_unit_test(adding_users_and_access_points_moves_nothing_of_any_model),
        cmocka_unit_test(threads_change_nothing_of_any_model),
        cmocka_unit_test(a_wrapped_area_is_symmetric),
        cmocka_unit_test(ways_lead_to_the_nearest_copy),
        cmocka_unit_test(rejection_reaches_across_the_edge),
        cmocka_unit_test(gains_go_with_positions_and_states),
        cmocka_unit_test(a_gain_that_is_none_is_refused_by_its_pair),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
