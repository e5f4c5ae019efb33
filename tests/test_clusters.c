/* Pilots by turns and clusters of access points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "networks.h"
#include "systems.h"

/* Gains of K users, a row each, at L access points. */
static made_system given_gains(size_t L, size_t K, size_t tau_p, const double *gain_by_user)
{
    made_system made = make_system(1, L, K, 4, 4);

    for (size_t i = 0; i < K * L; i++) {
        made.gain[i % K + K * (i / K)] = gain_by_user[L * (i % K) + i / K];
    }
    made.system.frame.tau_p = tau_p;
    made.system.frame.pilot = NULL;
    made.system.frame.pilot_assignment = CFI_PILOTS_GREEDY;
    return made;
}

static void assert_pilots(const cfi_network *network, const size_t *expected)
{
    for (size_t k = 0; k < network->K; k++) {
        assert_int_equal(network->pilot[k], expected[k]);
    }
}

static void assert_served(const cfi_network *network, const unsigned char *expected_by_user)
{
    assert_non_null(network->served);
    for (size_t k = 0; k < network->K; k++) {
        for (size_t l = 0; l < network->L; l++) {
            assert_int_equal(network->served[k + network->K * l], expected_by_user[network->L * k + l]);
        }
    }
}

/* Users 0 and 1 take pilots 0 and 1. User 2 is strongest at AP 1, which receives 3 of user 0 and 2 of user 1: pilot 1.
 * User 3 is strongest at AP 0: pilot 0 has 1, pilot 1 has 5 + 1: pilot 0. User 4 hears AP 1 best, where pilot 0 has
 * 3 + 1, pilot 1 has 2 + 2: equal, the lower one. */
static void greedy_pilots_by_hand(void **state)
{
    (void)state;
    static const double gain[] = {1, 3, 5, 2, 1, 2, 2, 1, 3, 4};
    static const size_t pilot[] = {0, 1, 1, 0, 0};
    made_system made = given_gains(2, 5, 2, gain);
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(&made.system, 0, arena);

    assert_pilots(&network, pilot);
    assert_true(network.pilots_overlap && network.pilot_next[0] == 3 && network.pilot_first[4] == 0);
    arena_destroy(arena);
    free_system(&made);
}

/* User 2 hears both access points alike: the first one decides, which receives less of pilot 1, while the second
 * receives less of pilot 0. */
static void equals_go_to_the_lowest_index(void **state)
{
    (void)state;
    static const double gain[] = {9, 1, 1, 9, 4, 4};
    static const size_t pilot[] = {0, 1, 1};
    made_system made = given_gains(2, 3, 2, gain);
    cfi_arena *arena = arena_create();
    cfi_network network = draw_network(&made.system, 0, arena);

    assert_pilots(&network, pilot);
    arena_destroy(arena);
    free_system(&made);
}

/* The rule in words, by sums over all users before each. */
static size_t pilot_in_turn(const cfi_network *network, size_t k)
{
    size_t K = network->K, at = 0, best = 0;
    double least = INFINITY;

    for (size_t l = 1; l < network->L; l++) {
        at = network->beta[k + K * l] > network->beta[k + K * at] ? l : at;
    }
    for (size_t t = 0; t < network->system->frame.tau_p; t++) {
        double sum = 0.0;

        for (size_t j = 0; j < k; j++) {
            sum += network->pilot[j] == t ? network->beta[j + K * at] : 0.0;
        }
        best = sum < least ? t : best;
        least = fmin(sum, least);
    }
    return best;
}

static void greedy_pilots_are_the_rule_in_words(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 3, 7, 19, 20, 50};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        made_system made = make_system(5 + i, 9, 20, 2, 2);
        cfi_arena *arena = arena_create();
        cfi_network network;

        made.system.frame.tau_p = lengths[i];
        made.system.frame.pilot_assignment = CFI_PILOTS_GREEDY;
        made.system.frame.pilot = NULL;
        network = draw_network(&made.system, 0, arena);
        for (size_t k = 0; k < 20; k++) {
            assert_int_equal(network.pilot[k], k < lengths[i] ? k : pilot_in_turn(&network, k));
        }
        assert_int_equal(network.pilots_overlap, lengths[i] < 20);
        arena_destroy(arena);
        free_system(&made);
    }
}

/* The three strongest of four; the second user's last two are equal to its third: the lowest index. */
static void strongest_access_points_by_hand(void **state)
{
    (void)state;
    static const double gain[] = {4, 3, 2, 1, 1, 5, 6, 1, 7, 7, 7, 7};
    static const unsigned char three[] = {1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0};
    static const unsigned char one[] = {1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0};
    made_system made = given_gains(4, 3, 3, gain);
    cfi_arena *arena = arena_create();
    cfi_network network;

    made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 3};
    network = draw_network(&made.system, 0, arena);
    assert_served(&network, three);
    made.system.clusters.aps_per_user = 1;
    network = draw_network(&made.system, 0, arena);
    assert_served(&network, one);
    arena_destroy(arena);
    free_system(&made);
}

/* Users 0 and 2 share a pilot and their strongest access point, the middle one, where they meet. At the others their
 * gains are equal: the lower one is served. User 1 is the only one of its pilot. */
static void dynamic_clusters_by_hand(void **state)
{
    (void)state;
    static const double gain[] = {2, 9, 1, 3, 1, 4, 2, 8, 1};
    static const unsigned char served[] = {1, 1, 1, 1, 1, 1, 0, 1, 0};
    made_system made = given_gains(3, 3, 2, gain);
    cfi_arena *arena = arena_create();
    cfi_network network;

    made.pilot[0] = made.pilot[2] = 0;
    made.pilot[1] = 1;
    made.system.frame.pilot = made.pilot;
    made.system.frame.pilot_assignment = CFI_PILOTS_EXPLICIT;
    made.system.clusters.mode = CFI_CLUSTERS_DCC;
    network = draw_network(&made.system, 0, arena);
    assert_served(&network, served);
    arena_destroy(arena);
    free_system(&made);
}

/* Whether AP l serves user k, from the rules alone. */
static bool serves_by_the_rules(const cfi_network *network, size_t k, size_t l)
{
    const cfi_clusters *clusters = &network->system->clusters;
    size_t K = network->K, stronger = 0;
    bool best = true;

    for (size_t m = 0; m < network->L; m++) {
        double here = network->beta[k + K * l], there = network->beta[k + K * m];

        stronger += there > here || (there == here && m < l);
    }
    for (size_t j = 0; j < K; j++) {
        double own = network->beta[k + K * l], other = network->beta[j + K * l];

        best = best && !(network->pilot[j] == network->pilot[k] && (other > own || (other == own && j < k)));
    }
    return clusters->mode == CFI_CLUSTERS_STRONGEST ? stronger < clusters->aps_per_user : best || stronger == 0;
}

/* Many gains are equal, so that ties are met. */
static void clusters_are_the_rules_in_words(void **state)
{
    (void)state;
    size_t idle = 0, met = 0;

    for (uint64_t seed = 1; seed <= 40; seed++) {
        size_t L = 1 + seed % 13, K = 1 + seed % 17;
        made_system made = make_system(seed, L, K, 2, 2);
        cfi_arena *arena = arena_create();

        for (size_t i = 0; seed % 2 == 0 && i < K * L; i++) {
            made.gain[i] = ceil(4.0 * made.gain[i]);
        }
        reuse_pilots(&made, 1 + seed % 5);
        for (size_t mode = 0; mode <= L; mode++) { /* 0: dcc */
            cfi_network network;
            bool everybody = true;

            made.system.clusters = mode == 0 ? (cfi_clusters){.mode = CFI_CLUSTERS_DCC}
                                             : (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = mode};
            network = draw_network(&made.system, 0, arena);
            for (size_t l = 0; l < L; l++) {
                size_t users = 0;

                for (size_t k = 0; k < K; k++) {
                    bool serves = serves_by_the_rules(&network, k, l);

                    assert_int_equal(!network.served || network.served[k + K * l], serves);
                    everybody = everybody && serves;
                    users += serves;
                    for (size_t j = 0; j < k && mode == 0; j++) {
                        met += serves && made.pilot[j] == made.pilot[k] && serves_by_the_rules(&network, j, l);
                    }
                }
                idle += users == 0;
            }
            assert_int_equal(network.served == NULL, everybody);
        }
        arena_destroy(arena);
        free_system(&made);
    }
    assert_true(idle > 100 && met > 100);
}

/* One pilot a user: every access point serves every user, as without clusters. */
static void pilots_of_one_user_each_make_no_clusters(void **state)
{
    (void)state;
    made_system made = make_system(3, 6, 4, 2, 2);
    cfi_arena *arena = arena_create();

    made.system.clusters.mode = CFI_CLUSTERS_DCC;
    assert_null(draw_network(&made.system, 0, arena).served);
    made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 6};
    assert_null(draw_network(&made.system, 0, arena).served);
    made.system.clusters.aps_per_user = 5;
    assert_non_null(draw_network(&made.system, 0, arena).served);
    arena_destroy(arena);
    free_system(&made);
}

/* With pilots given, users and access points in another order are served the same (no two gains are equal). */
static void permuted_networks_have_permuted_clusters(void **state)
{
    (void)state;
    enum { L = 11, K = 9 };

    for (size_t mode = CFI_CLUSTERS_STRONGEST; mode <= CFI_CLUSTERS_DCC; mode++) {
        made_system a = make_system(21, L, K, 2, 2), b = make_system(21, L, K, 2, 2);
        cfi_arena *arena = arena_create();
        cfi_network first, second;

        reuse_pilots(&a, 4);
        reuse_pilots(&b, 4);
        for (size_t k = 0; k < K; k++) {
            b.pilot[4 * k % K] = a.pilot[k];
            for (size_t l = 0; l < L; l++) {
                b.gain[4 * k % K + K * (3 * l % L)] = a.gain[k + K * l];
            }
        }
        a.system.clusters = mode == CFI_CLUSTERS_DCC
                                ? (cfi_clusters){.mode = CFI_CLUSTERS_DCC}
                                : (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 3};
        b.system.clusters = a.system.clusters;
        first = draw_network(&a.system, 0, arena);
        second = draw_network(&b.system, 0, arena);
        for (size_t i = 0; i < K * L; i++) {
            assert_int_equal(first.served[i], second.served[4 * (i % K) % K + K * (3 * (i / K) % L)]);
        }
        arena_destroy(arena);
        free_system(&a);
        free_system(&b);
    }
}

/* Pilots and clusters depend on gains alone, however many threads drew them. */
static void clusters_do_not_depend_on_threads(void **state)
{
    (void)state;
    made_system made = make_system(8, 700, 60, 2, 2);
    cfi_arena *arena = arena_create();
    cfi_network one, four;

    made.system.frame = (cfi_frame){.tau_p = 9, .pilot_assignment = CFI_PILOTS_GREEDY};
    made.system.clusters.mode = CFI_CLUSTERS_DCC;
    one = draw_network(&made.system, 0, arena);
    assert_int_equal(network_draw_on(&made.system, 0, 4, arena, &four, NULL), CFI_OK);
    assert_memory_equal(one.pilot, four.pilot, 60 * sizeof *one.pilot);
    assert_memory_equal(one.served, four.served, 700 * 60);
    arena_destroy(arena);
    free_system(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greedy_pilots_by_hand),
        cmocka_unit_test(equals_go_to_the_lowest_index),
        cmocka_unit_test(greedy_pilots_are_the_rule_in_words),
        cmocka_unit_test(strongest_access_points_by_hand),
        cmocka_unit_test(dynamic_clusters_by_hand),
        cmocka_unit_test(clusters_are_the_rules_in_words),
        cmocka_unit_test(pilots_of_one_user_each_make_no_clusters),
        cmocka_unit_test(permuted_networks_have_permuted_clusters),
        cmocka_unit_test(clusters_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
