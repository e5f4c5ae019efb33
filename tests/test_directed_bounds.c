/* Bounds where fading has directions, (M21): the closed forms against differences of the raw signal, against the Monte
 * Carlo from raw draws, and where nothing has a direction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <lapacke.h>

#include "check.h"
#include "sent_covariance.h"

typedef struct two_bounds {
    double *own, *all;
} two_bounds;

static two_bounds closed_forms(drop *d)
{
    two_bounds b = {.own = arena_alloc(d->arena, d->network.L, sizeof(double)),
                    .all = arena_alloc(d->arena, d->network.L, sizeof(double))};

    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, b.own, NULL), CFI_OK);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, b.all, NULL), CFI_OK);
    return b;
}

/* Every kind of fading, pilots shared or not, one antenna on either side, an access point that only senses, one that is
 * silent but for users. */
static void bounds_are_those_of_differences(void **state)
{
    const size_t antennas[][2] = {{4, 4}, {3, 5}, {5, 2}, {1, 4}, {4, 1}, {8, 2}};

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        made_system made = make_system(40 + i, 3, 4, antennas[i % 6][0], antennas[i % 6][1]);
        drop *d;
        two_bounds bound;
        double complex *R;

        made.system.sensing.random_path_phase = i % 2 == 1;
        made.system.frame.pilot_power_w = 1e-6;
        if (i % 3 == 1) {
            reuse_pilots(&made, 2);
        }
        d = make_drop(made);
        give_directions(d, i % 4 == 0 ? 0.0 : 20.0, i % 4 == 1 ? 0 : 3);
        assert_false(channel_is_iid(&d->network));
        if (i % 4 == 2) { /* the first one only senses, the second one only serves */
            memset(d->powers.p, 0, 4 * sizeof(double));
            d->powers.s[1] = 0.0;
        }
        bound = closed_forms(d);
        R = sent_covariance(d, false);
        for (size_t p = 0; p < 3; p++) { /* differences of the signal are good to 1e-9 or so */
            if (p == 0 && i % 4 == 2 && made.system.M == 1) {
                continue; /* no information */
            }
            assert_close(bound.own[p], bound_by_differences(d, R, p, false, 1.0), 1e-7);
            assert_close(bound.all[p], bound_by_differences(d, R, p, true, 1.0), 1e-7);
        }
        free(R);
        free_drop(d);
    }
}

/* White fading about no line of sight, told as if it had directions. */
static void without_directions_bounds_are_the_old_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        made_system made = make_system(60 + i, 4, 3, 1 + i, 1 + (i * 5) % 6);
        drop *d;
        two_bounds white, directed;

        made.system.sensing.random_path_phase = i % 2 == 1;
        d = make_drop(made);
        white = closed_forms(d);
        assert_null(d->link.directions.aim);
        give_directions(d, 0.0, 0);
        assert_non_null(d->link.directions.aim);
        directed = closed_forms(d);
        for (size_t p = 0; p < 4; p++) {
            assert_true(isinf(white.own[p]) ? isinf(directed.own[p])
                                            : fabs(directed.own[p] / white.own[p] - 1.0) < 1e-12);
            assert_true(isinf(white.all[p]) ? isinf(directed.all[p])
                                            : fabs(directed.all[p] / white.all[p] - 1.0) < 1e-12);
        }
        free_drop(d);
    }
}

/* Weak lines of sight, and scatterers all around: closer and closer to white fading. */
static void bounds_tend_to_those_of_white_fading(void **state)
{
    made_system made = make_system(71, 3, 3, 4, 4);
    drop *d = make_drop(made);
    two_bounds white = closed_forms(d);
    double before = INFINITY;

    (void)state;
    for (double factor = 1.0; factor > 1e-7; factor *= 0.1) {
        double apart = 0.0;
        two_bounds weak;

        give_directions(d, factor, 0);
        weak = closed_forms(d);
        for (size_t p = 0; p < 3; p++) {
            apart = fmax(apart, fabs(weak.own[p] / white.own[p] - 1.0) + fabs(weak.all[p] / white.all[p] - 1.0));
        }
        assert_true(apart < 0.5 * before);
        before = apart;
    }
    assert_true(before < 1e-6);
    free_drop(d);
}

/* Lit along nothing but one line of sight an array with one receive antenna learns nothing: what turns the phase of the
 * only path is taken for its gain. */
static void a_single_ray_tells_one_antenna_nothing(void **state)
{
    made_system made = make_system(72, 2, 1, 4, 1);
    drop *d = make_drop(made);
    two_bounds bound;

    (void)state;
    give_directions(d, 1e17, 1);
    d->powers.s[0] = d->powers.s[1] = 0.0;
    bound = closed_forms(d);
    assert_true(isinf(bound.own[0]) && isinf(bound.all[0]));
    free_drop(d);
}

static void expect_estimate(double estimate, double std_error, double expected)
{
    assert_true(std_error < 0.05 * expected);
    if (!(fabs(estimate - expected) <= 5.0 * std_error + 1e-10 * expected)) {
        fail_msg("%.6g +- %.2g, expected %.6g", estimate, std_error, expected);
    }
}

/* From raw draws, shared pilots and factors up to 300 included. */
static void the_monte_carlo_meets_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        made_system made = make_system(80 + i, 3, 4, 4, i == 4 ? 1 : 3);
        cfi_monte_carlo estimate;
        two_bounds bound;
        drop *d;

        made.system.monte_carlo.realizations = 4000;
        made.system.sensing.random_path_phase = true;
        made.system.frame.pilot_power_w = i % 2 == 0 ? 1e-3 : 1e-6;
        if (i >= 2) {
            reuse_pilots(&made, 2);
        }
        d = make_drop(made);
        give_directions(d, (const double[]){0.0, 3.0, 300.0, 1.0, 10.0}[i], i == 1 ? 0 : 3);
        bound = closed_forms(d);
        assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &estimate, NULL), CFI_OK);
        for (size_t p = 0; p < 3; p++) {
            expect_estimate(estimate.crlb_own_echo_rad2[p], estimate.crlb_own_echo_std_error[p], bound.own[p]);
            expect_estimate(estimate.crlb_multistatic_rad2[p], estimate.crlb_multistatic_std_error[p], bound.all[p]);
        }
        free_drop(d);
    }
}

/* Of precoders whose moments are simulated, aims are estimates as well. Their error is small beside the Monte Carlo's:
 * so many draws. */
static void simulated_aims_meet_it_too(void **state)
{
    const cfi_precoder_kind kind[] = {CFI_PRECODER_ZF, CFI_PRECODER_RZF, CFI_PRECODER_LP_MMSE};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        made_system made = make_system(100 + i, 2, 3, 6, 3);
        cfi_monte_carlo estimate;
        two_bounds bound;
        drop *d;

        made.system.precoding.kind = kind[i];
        made.system.precoding.draws = 40000;
        made.system.monte_carlo.realizations = 3000;
        made.system.frame.pilot_power_w = 1e-5;
        d = make_drop(made);
        give_directions(d, 5.0, 3);
        assert_string_equal(d->link.kind, "simulated");
        bound = closed_forms(d);
        assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &estimate, NULL), CFI_OK);
        for (size_t p = 0; p < 2; p++) {
            expect_estimate(estimate.crlb_own_echo_rad2[p], estimate.crlb_own_echo_std_error[p], bound.own[p]);
            expect_estimate(estimate.crlb_multistatic_rad2[p], estimate.crlb_multistatic_std_error[p], bound.all[p]);
        }
        free_drop(d);
    }
}

/* The same drop with users and access points in another order, fading and powers with them. */
static void orders_of_users_and_access_points_do_not_matter(void **state)
{
    enum { L = 4, K = 3, N = 4 };
    const size_t ap[L] = {2, 0, 3, 1}, ue[K] = {1, 2, 0};
    made_system made = make_system(90, L, K, N, 3), other = make_system(90, L, K, N, 3);
    drop *d = make_drop(made), *e;
    double rician[K * L], sight[K * L];
    double complex scatter[N * K * L];
    two_bounds first, second;

    (void)state;
    give_directions(d, 8.0, 2);
    for (size_t l = 0; l < L; l++) {
        other.angle[l] = d->made.angle[ap[l]];
        for (size_t k = 0; k < K; k++) {
            other.gain[k + K * l] = d->made.gain[ue[k] + K * ap[l]];
        }
    }
    e = make_drop(other);
    for (size_t l = 0; l < L; l++) {
        e->powers.s[l] = d->powers.s[ap[l]];
        for (size_t k = 0; k < K; k++) {
            size_t from = ue[k] + K * ap[l], to = k + K * l;

            e->powers.p[to] = d->powers.p[from];
            rician[to] = d->network.fading.rician[from];
            sight[to] = d->network.fading.sight[from];
            memcpy(scatter + N * to, d->network.fading.scatter + N * from, N * sizeof *scatter);
        }
    }
    e->network.fading = (cfi_fading){.rician = rician, .sight = sight, .scatter = scatter};
    remake_link(e);
    first = closed_forms(d);
    second = closed_forms(e);
    for (size_t l = 0; l < L; l++) {
        assert_close(second.own[l], first.own[ap[l]], 1e-12);
        assert_close(second.all[l], first.all[ap[l]], 1e-12);
    }
    free_drop(d);
    free_drop(e);
}

/* No bit of the link depends on threads. */
static void threads_change_no_bit(void **state)
{
    made_system made = make_system(91, 7, 3, 4, 3);
    drop *d = make_drop(made);
    cfi_link one;

    (void)state;
    give_directions(d, 8.0, 2);
    one = d->link;
    d->network.threads = 3;
    remake_link(d);
    assert_memory_equal(one.directions.aim, d->link.directions.aim, 3 * 7 * sizeof(cfi_aim));
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_are_those_of_differences),
                                       cmocka_unit_test(without_directions_bounds_are_the_old_ones),
                                       cmocka_unit_test(bounds_tend_to_those_of_white_fading),
                                       cmocka_unit_test(a_single_ray_tells_one_antenna_nothing),
                                       cmocka_unit_test(the_monte_carlo_meets_them),
                                       cmocka_unit_test(simulated_aims_meet_it_too),
                                       cmocka_unit_test(orders_of_users_and_access_points_do_not_matter),
                                       cmocka_unit_test(threads_change_no_bit)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
