/* Positions drawn in batches against the definition: one attempt after the other, and a scan of the whole grid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/network.h"

#include <math.h>
#include <string.h>

enum { L = 70, MOST_USERS = 24, GRID = 128 };

static const double AREA[2] = {250.0, 180.0};

static cfi_system crowded(uint64_t seed, size_t K, double min_distance_m)
{
    return (cfi_system){.seed = seed,
                        .L = L,
                        .K = K,
                        .N = 1,
                        .M = 2,
                        .geometry.area_m = {AREA[0], AREA[1]},
                        .geometry.min_distance_m = min_distance_m,
                        .geometry.placement = CFI_PLACEMENT_REJECT,
                        .propagation.reference_distance_m = 100.0,
                        .propagation.path_loss_exponent = 3.2,
                        .propagation.shadowing_std = 0.8,
                        .frame.tau_p = K,
                        .sensing.path_gain = 0.01};
}

static bool is_free(const cfi_system *system, const double *user, double x, double y)
{
    for (size_t k = 0; k < system->K; k++) {
        double dx = x - user[2 * k], dy = y - user[2 * k + 1];

        if (dx * dx + dy * dy < system->geometry.min_distance_m * system->geometry.min_distance_m) {
            return false;
        }
    }
    return true;
}

static double share_free(const cfi_system *system, const double *user)
{
    double cells = 0.0;

    for (size_t i = 0; i < GRID; i++) {
        for (size_t j = 0; j < GRID; j++) {
            cells += is_free(system, user, ((double)i + 0.5) / GRID * AREA[0], ((double)j + 0.5) / GRID * AREA[1]);
        }
    }
    return cells / (GRID * GRID);
}

static void draw_one(cfi_stream *stream, double point[2])
{
    random_uniforms(stream, 2, point);
    point[0] *= AREA[0];
    point[1] *= AREA[1];
}

/* Layouts that were refused before the one in `user`. */
static size_t draw_users(const cfi_system *system, uint32_t drop, double *user)
{
    for (size_t attempt = 0;; attempt++) {
        for (size_t k = 0; k < system->K; k++) {
            cfi_stream stream = stream_make(system->seed, drop, CFI_DRAW_UE_POSITION, (uint32_t)(attempt * 65536 + k));

            draw_one(&stream, user + 2 * k);
        }
        if (share_free(system, user) >= 1e-3) {
            return attempt;
        }
    }
}

/* The largest number of attempts that an access point took. */
static size_t check_access_points(const cfi_system *system, const cfi_network *network)
{
    size_t most = 0;

    for (size_t l = 0; l < L; l++) {
        cfi_stream stream = stream_make(system->seed, network->drop, CFI_DRAW_AP_POSITION, (uint32_t)l);
        double point[2];

        do {
            draw_one(&stream, point);
        } while (!is_free(system, network->ue_position_m, point[0], point[1]));
        assert_memory_equal(network->ap_position_m + 2 * l, point, sizeof point);
        most = stream.block > most ? stream.block : most;
    }
    return most;
}

/* From much room to hardly any: layouts are refused, and access points take hundreds of attempts. */
static void positions_are_those_of_one_attempt_after_the_other(void **state)
{
    static const double radius[] = {20.0, 95.0, 103.0, 68.0};
    static const size_t users[] = {3, 3, 9, MOST_USERS};
    cfi_arena *arena = arena_create();
    size_t refused = 0, most = 0;

    (void)state;
    for (uint32_t drop = 0; drop < 40; drop++) {
        cfi_system system = crowded(5, users[drop % 4], radius[drop % 4]);
        double user[2 * MOST_USERS];
        cfi_network network;
        size_t taken;

        assert_int_equal(network_draw(&system, drop, arena, &network, NULL), CFI_OK);
        refused += draw_users(&system, drop, user);
        assert_memory_equal(network.ue_position_m, user, 2 * system.K * sizeof(double));
        taken = check_access_points(&system, &network);
        most = taken > most ? taken : most;
    }
    assert_true(refused > 10 && most > 200);
    arena_destroy(arena);
}

/* Shadowing from each pair's own stream, whatever batch it was drawn in. */
static void gains_are_those_of_each_pair_alone(void **state)
{
    cfi_arena *arena = arena_create();
    cfi_system system = crowded(8, 3, 10.0);
    cfi_network network;

    (void)state;
    assert_int_equal(network_draw(&system, 2, arena, &network, NULL), CFI_OK);
    for (size_t i = 0; i < 3 * L; i++) {
        size_t k = i % 3, l = i / 3;
        cfi_stream stream = stream_make(8, 2, CFI_DRAW_SHADOWING, (uint32_t)(l * 65536 + k));
        const double *ap = network.ap_position_m + 2 * l, *user = network.ue_position_m + 2 * k;
        double normal, distance = hypot(ap[0] - user[0], ap[1] - user[1]);

        random_normals(&stream, 1, &normal);
        assert_true(network.beta[i] == exp(0.8 * normal) * pow(100.0 / distance, 3.2));
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_those_of_one_attempt_after_the_other),
        cmocka_unit_test(gains_are_those_of_each_pair_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
