/* The Monte Carlo estimates against the closed forms, and their standard errors against the spread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "memory_requests.h"
#include "metrics/jackknife.h"

#include <stdio.h>

static cfi_monte_carlo simulate(drop *d, size_t realizations, size_t threads)
{
    cfi_monte_carlo mc;
    cfi_error error = {.text = ""};

    d->made.system.monte_carlo.realizations = realizations;
    if (metrics_monte_carlo(&d->network, &d->powers, threads, NULL, d->arena, &mc, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return mc;
}

static void closed_rates(drop *d, cfi_rate_model model, double *rate)
{
    assert_int_equal(metrics_sinr(&d->link, &d->powers, model, d->arena, rate, NULL), CFI_OK);
    metrics_rates(&d->made.system, rate, rate);
}

/* z-scores met so far: how many, their squares, the largest. */
typedef struct scores {
    double count, squares, largest;
} scores;

static void score(scores *all, double estimate, double std_error, double exact)
{
    double z = (estimate - exact) / std_error;

    assert_true(isfinite(z));
    all->count++;
    all->squares += z * z;
    all->largest = fmax(all->largest, fabs(z));
}

/* Scores of every rate and bound of a drop. */
static void score_drop(drop *d, size_t realizations, scores *rates, scores *bounds)
{
    size_t K = d->made.system.K, L = d->made.system.L;
    cfi_monte_carlo mc = simulate(d, realizations, 1);
    double *exact = arena_alloc(d->arena, K + 2 * L, sizeof *exact), *own = exact + K, *all = own + L, sum = 0.0;

    closed_rates(d, CFI_RATE_EXACT, exact);
    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, own, NULL), CFI_OK);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, all, NULL), CFI_OK);
    for (size_t k = 0; k < K; k++) {
        score(rates, mc.rate_bit_s_hz[k], mc.rate_std_error[k], exact[k]);
        sum += exact[k];
    }
    score(rates, mc.sum_rate_bit_s_hz, mc.sum_rate_std_error, sum);
    for (size_t p = 0; p < L; p++) {
        score(bounds, mc.crlb_own_echo_rad2[p], mc.crlb_own_echo_std_error[p], own[p]);
        score(bounds, mc.crlb_multistatic_rad2[p], mc.crlb_multistatic_std_error[p], all[p]);
        assert_true(mc.crlb_own_echo_block_mean_rad2[p] > mc.crlb_own_echo_rad2[p]); /* Jensen */
    }
}

static const size_t SHAPES[][5] = {
    /* L, K, N, M, tau_p */
    {4, 3, 4, 4, 3}, {6, 4, 4, 4, 2}, {3, 4, 2, 5, 2}, {5, 2, 5, 2, 1},
    {4, 3, 1, 4, 3}, {4, 3, 4, 1, 2}, {3, 9, 4, 4, 5},
};

static drop *shaped(size_t shape, uint64_t seed)
{
    const size_t *s = SHAPES[shape];
    made_system made = make_system(seed, s[0], s[1], s[2], s[3]);

    reuse_pilots(&made, s[4]);
    made.system.sensing.random_path_phase = shape % 2 == 1;
    return make_drop(made);
}

static void closed_forms_lie_within_five_standard_errors(void **state)
{
    (void)state;
    scores rates = {0}, bounds = {0};

    for (size_t shape = 0; shape < 7; shape++) {
        for (uint64_t seed = 0; seed < 100; seed++) {
            drop *d = shaped(shape, 1000 * shape + seed);

            score_drop(d, 400, &rates, &bounds);
            free_drop(d);
        }
    }
    /* 700 drops, scores correlated within each: an rms of 1 within 0.05. (The jackknife over 50 blocks makes it
     * sqrt(49 / 47), 0.02 more than 1.) */
    assert_true(rates.largest < 5.0 && bounds.largest < 5.0);
    assert_close(sqrt(rates.squares / rates.count), 1.0, 0.05);
    assert_close(sqrt(bounds.squares / bounds.count), 1.0, 0.05);
}

static void published_theorem_1_is_refuted_under_pilot_reuse(void **state)
{
    (void)state;
    drop *d = shaped(1, 5);
    cfi_monte_carlo mc = simulate(d, 4000, 1);
    double rate[4], published, exact;

    closed_rates(d, CFI_RATE_THEOREM1, rate);
    published = rate[0] + rate[1] + rate[2] + rate[3];
    closed_rates(d, CFI_RATE_EXACT, rate);
    exact = rate[0] + rate[1] + rate[2] + rate[3];
    assert_true(published - mc.sum_rate_bit_s_hz > 20.0 * mc.sum_rate_std_error);
    assert_true(fabs(exact - mc.sum_rate_bit_s_hz) < 5.0 * mc.sum_rate_std_error);
    free_drop(d);
}

static void few_realisations_are_not_biased(void **state)
{
    (void)state;
    /* |DS|^2 enters linearly at low SINR: the mean over replications shows a bias of the plug-in estimate at once */
    made_system made = make_system(7, 2, 2, 1, 4);
    double exact[2], sum = 0.0, squares = 0.0, n = 3000.0, mean, error;
    drop *d;

    made.system.power.comm_noise_w = 1e-2;
    made.system.frame.pilot_power_w = 1.0;
    d = make_drop(made);
    closed_rates(d, CFI_RATE_EXACT, exact);
    for (uint32_t replication = 0; replication < 3000; replication++) {
        d->network.drop = replication;
        double value = simulate(d, 5, 1).sum_rate_bit_s_hz;
        sum += value;
        squares += value * value;
    }
    mean = sum / n;
    error = sqrt((squares / n - mean * mean) / n);
    assert_true(fabs(mean - exact[0] - exact[1]) < 5.0 * error);
    free_drop(d);
}

/* Mean and standard error, over replications, of the sum rate minus the exact one; it is the sum of the users' rates.
 */
static double sum_rate_bias(drop *d, size_t realizations, uint32_t replications, double *error)
{
    double exact[4], sum = 0.0, squares = 0.0, n = (double)replications;

    closed_rates(d, CFI_RATE_EXACT, exact);
    for (uint32_t r = 0; r < replications; r++) {
        cfi_arena_mark mark = arena_mark(d->arena);
        cfi_monte_carlo mc;
        double difference, users = 0.0;

        d->network.drop = r;
        mc = simulate(d, realizations, 1);
        difference = mc.sum_rate_bit_s_hz - exact[0] - exact[1] - exact[2] - exact[3];
        for (size_t k = 0; k < 4; k++) {
            users += mc.rate_bit_s_hz[k];
        }
        assert_close(users, mc.sum_rate_bit_s_hz, 1e-11);
        sum += difference;
        squares += difference * difference;
        arena_release(d->arena, mark);
    }
    *error = sqrt((squares / n - sum * sum / n / n) / n);
    return sum / n;
}

static void curvature_does_not_bias_the_rates(void **state)
{
    (void)state;
    /* With orthogonal pilots the plug-in rate is eight standard errors of this mean high; coherent interference leaves
     * SINRs so low that it is hardly biased, and nothing must be taken off. */
    for (size_t tau_p = 2; tau_p <= 4; tau_p += 2) {
        made_system made = make_system(2, 4, 4, 4, 4);
        double bias, error;
        drop *d;

        made.system.monte_carlo.bounds = CFI_MC_BOUNDS_NONE;
        reuse_pilots(&made, tau_p);
        d = make_drop(made);
        bias = sum_rate_bias(d, 25, 8000, &error);
        assert_true(fabs(bias) < 4.0 * error);
        free_drop(d);
    }
}

static void two_realisations_leave_the_rates_alone(void **state)
{
    (void)state;
    /* leaving one of two out would leave a user's abs(DS)^2 with its variance, twice too large, and the jackknife would
     * take off bits; the plug-in's own bias is upwards */
    double error, bias;
    drop *d = make_drop(make_system(7, 4, 4, 4, 4));

    bias = sum_rate_bias(d, 2, 1000, &error);
    assert_true(bias > 5.0 * error);
    free_drop(d);
}

static void standard_error_is_the_spread_over_replications(void **state)
{
    (void)state;
    drop *d = shaped(0, 3);
    double sum = 0.0, squares = 0.0, claimed = 0.0, n = 300.0, bound = 0.0, bounds = 0.0, bound_claimed = 0.0;

    for (uint32_t replication = 0; replication < 300; replication++) {
        cfi_monte_carlo mc;

        d->network.drop = replication;
        mc = simulate(d, 200, 1);
        sum += mc.sum_rate_bit_s_hz;
        squares += mc.sum_rate_bit_s_hz * mc.sum_rate_bit_s_hz;
        claimed += mc.sum_rate_std_error * mc.sum_rate_std_error;
        bound += mc.crlb_multistatic_rad2[0];
        bounds += mc.crlb_multistatic_rad2[0] * mc.crlb_multistatic_rad2[0];
        bound_claimed += mc.crlb_multistatic_std_error[0] * mc.crlb_multistatic_std_error[0];
    }
    /* the spread of 300 values is known to 1 / sqrt(600) = 4 % */
    assert_close(sqrt(claimed / n), sqrt((squares - sum * sum / n) / (n - 1.0)), 0.16);
    assert_close(sqrt(bound_claimed / n), sqrt((bounds - bound * bound / n) / (n - 1.0)), 0.16);
    free_drop(d);
}

static void standard_error_of_a_user_without_signal_is_fair(void **state)
{
    (void)state;
    /* abs(mean)^2 minus its bias: when the mean happens to be near 0 all jackknife blocks agree on a wrong value */
    drop *d = make_drop(make_system(11, 3, 2, 2, 4));
    scores silent = {0};
    double exact[2];

    for (size_t l = 0; l < 3; l++) {
        d->powers.p[2 * l] *= 1e-12;
    }
    closed_rates(d, CFI_RATE_EXACT, exact);
    for (uint32_t replication = 0; replication < 1000; replication++) {
        cfi_monte_carlo mc;

        d->network.drop = replication;
        mc = simulate(d, 100, 1);
        score(&silent, mc.rate_bit_s_hz[0], mc.rate_std_error[0], exact[0]);
    }
    assert_true(silent.largest < 4.0);
    /* on the safe side: the jackknife counts the variance of a quadratic twice */
    assert_true(silent.squares / silent.count > 0.25 && silent.squares / silent.count < 1.0);
    free_drop(d);
}

static void a_second_run_of_the_same_size_takes_no_memory(void **state)
{
    (void)state;
    for (size_t threads = 1; threads <= 2; threads++) {
        drop *d = shaped(1, 2);
        cfi_arena_mark mark = arena_mark(d->arena);
        size_t before = requests;

        simulate(d, 300, threads);
        assert_true(requests > before); /* they are counted */
        arena_release(d->arena, mark);
        d->network.drop = 1;
        before = requests;
        simulate(d, 300, threads);
        assert_int_equal(requests, before);
        free_drop(d);
    }
}

static void assert_same(const double *a, const double *b, size_t count)
{
    assert_memory_equal(a, b, count * sizeof *a);
}

static void threads_change_no_byte(void **state)
{
    (void)state;
    const size_t counts[] = {1, 7, 50, 99, 101, 250, 1000};

    for (size_t i = 0; i < 7; i++) {
        drop *d = shaped(1, 9);
        cfi_monte_carlo one = simulate(d, counts[i], 1), two = simulate(d, counts[i], 2);

        assert_same(one.rate_bit_s_hz, two.rate_bit_s_hz, 4);
        assert_same(one.rate_std_error, two.rate_std_error, 4);
        assert_same(one.crlb_own_echo_rad2, two.crlb_own_echo_rad2, 6);
        assert_same(one.crlb_own_echo_block_mean_rad2, two.crlb_own_echo_block_mean_rad2, 6);
        assert_same(one.crlb_multistatic_rad2, two.crlb_multistatic_rad2, 6);
        free_drop(d);
    }
}

/* Blocks have been merged in the one and have their size from the start in the other: sums in another order. */
static void assert_rounded_alike(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_true(fabs(a[i] - b[i]) <= 1e-12 * fabs(a[i]));
    }
}

static void stop_rule_ends_early_with_the_numbers_of_a_run_of_that_length(void **state)
{
    (void)state;
    drop *d = shaped(0, 4);
    cfi_monte_carlo stopped, plain;

    d->made.system.monte_carlo.max_std_error = 0.05;
    stopped = simulate(d, 100000, 1);
    assert_true(stopped.realizations < 100000 && stopped.sum_rate_std_error <= 0.05);
    d->made.system.monte_carlo.max_std_error = 0.0;
    plain = simulate(d, stopped.realizations, 2);
    assert_rounded_alike(stopped.rate_bit_s_hz, plain.rate_bit_s_hz, 3);
    assert_rounded_alike(&stopped.sum_rate_std_error, &plain.sum_rate_std_error, 1);
    assert_rounded_alike(stopped.crlb_multistatic_rad2, plain.crlb_multistatic_rad2, 4);
    free_drop(d);
}

static void one_realisation_has_no_standard_error(void **state)
{
    (void)state;
    drop *d = shaped(0, 4);
    cfi_monte_carlo mc = simulate(d, 1, 1);

    assert_true(isnan(mc.sum_rate_std_error) && isnan(mc.rate_std_error[0]) && isnan(mc.crlb_own_echo_std_error[0]));
    assert_true(isfinite(mc.sum_rate_bit_s_hz));
    assert_true(isnan(mc.crlb_multistatic_rad2[0])); /* a mean and a residual about it cannot be told apart */
    free_drop(d);
}

static void silent_access_points_do_no_harm(void **state)
{
    (void)state;
    drop *d = shaped(0, 6);
    cfi_monte_carlo mc;
    double all[4];

    memset(d->powers.p + 3, 0, 3 * sizeof(double));
    d->powers.s[1] = 0.0;
    mc = simulate(d, 300, 1);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, all, NULL), CFI_OK);
    assert_true(mc.crlb_own_echo_rad2[1] == INFINITY);
    assert_true(fabs(mc.crlb_multistatic_rad2[0] - all[0]) < 5.0 * mc.crlb_multistatic_std_error[0]);
    assert_true(fabs(mc.crlb_multistatic_rad2[1] - all[1]) < 5.0 * mc.crlb_multistatic_std_error[1]);
    free_drop(d);
}

/* Then the information is the same in every channel, and what is left of the error is rounding. */
static void bounds_of_pure_sensing_lie_within_five_standard_errors(void **state)
{
    (void)state;
    for (uint64_t seed = 20; seed < 40; seed++) {
        made_system made = make_system(seed, 6, 1 + seed % 6, 2 + seed % 6, 2 + seed % 5);
        double own[6], all[6];
        cfi_monte_carlo mc;
        drop *d;

        made.system.sensing.random_path_phase = seed % 2 == 1;
        d = make_drop(made);
        memset(d->powers.p, 0, d->made.system.K * 6 * sizeof(double));
        mc = simulate(d, 400, 1);
        assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, own, NULL), CFI_OK);
        assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, all, NULL), CFI_OK);
        for (size_t l = 0; l < 6; l++) {
            assert_true(fabs(mc.crlb_own_echo_rad2[l] - own[l]) < 5.0 * mc.crlb_own_echo_std_error[l]);
            assert_true(mc.crlb_own_echo_std_error[l] < 1e-10 * own[l]);
            assert_true(fabs(mc.crlb_multistatic_rad2[l] - all[l]) < 5.0 * mc.crlb_multistatic_std_error[l]);
            assert_true(mc.crlb_multistatic_std_error[l] < 1e-10 * all[l]);
        }
        free_drop(d);
    }
}

static void jackknife_of_a_mean_is_the_textbook_error(void **state)
{
    (void)state;
    /* blocks of one: the standard error of the mean; the squared mean loses its bias s^2 / n */
    const double value[] = {1.0, 4.0, 2.0, 8.0};
    const size_t size[] = {1, 1, 1, 1};
    double without[4], squared[4], mean = 15.0 / 4.0, variance = 0.0;

    for (size_t i = 0; i < 4; i++) {
        without[i] = (15.0 - value[i]) / 3.0;
        squared[i] = without[i] * without[i];
        variance += (value[i] - mean) * (value[i] - mean) / 3.0;
    }
    assert_close(jackknife_estimate(4, size, mean, without).std_error, sqrt(variance / 4.0), 1e-14);
    assert_close(jackknife_estimate(4, size, mean, without).corrected, mean, 1e-14);
    assert_close(jackknife_estimate(4, size, mean * mean, squared).corrected, mean * mean - variance / 4.0, 1e-14);
}

static void jackknife_weighs_unequal_blocks(void **state)
{
    (void)state;
    /* blocks {1, 3}, {2}: pseudo-values of the mean are the block means */
    const size_t size[] = {2, 1};
    const double without[] = {2.0, 2.0};
    double whole = 2.0;
    jackknife same = jackknife_estimate(2, size, whole, without);
    const double other[] = {5.0, 1.0}; /* values {1, 1}, {5}: mean 7/3 */
    jackknife j = jackknife_estimate(2, size, 7.0 / 3.0, other);

    assert_close(same.corrected, 2.0, 1e-14);
    assert_true(same.std_error < 1e-14);
    /* h = 3/2, 3; pseudo-values 1 and 5; corrected 7/3; variance ((4/3)^2 / 0.5 + (8/3)^2 / 2) / 2 */
    assert_close(j.corrected, 7.0 / 3.0, 1e-14);
    assert_close(j.std_error, sqrt((32.0 / 9.0 + 32.0 / 9.0) / 2.0), 1e-14);
}

static void raised_stop_flag_interrupts(void **state)
{
    (void)state;
    drop *d = shaped(0, 4);
    volatile sig_atomic_t stop = 1;
    cfi_monte_carlo mc;

    d->made.system.monte_carlo.realizations = 1000;
    assert_int_equal(metrics_monte_carlo(&d->network, &d->powers, 2, &stop, d->arena, &mc, NULL), CFI_INTERRUPTED);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms_lie_within_five_standard_errors),
        cmocka_unit_test(published_theorem_1_is_refuted_under_pilot_reuse),
        cmocka_unit_test(few_realisations_are_not_biased),
        cmocka_unit_test(curvature_does_not_bias_the_rates),
        cmocka_unit_test(two_realisations_leave_the_rates_alone),
        cmocka_unit_test(standard_error_is_the_spread_over_replications),
        cmocka_unit_test(standard_error_of_a_user_without_signal_is_fair),
        cmocka_unit_test(a_second_run_of_the_same_size_takes_no_memory),
        cmocka_unit_test(threads_change_no_byte),
        cmocka_unit_test(stop_rule_ends_early_with_the_numbers_of_a_run_of_that_length),
        cmocka_unit_test(one_realisation_has_no_standard_error),
        cmocka_unit_test(silent_access_points_do_no_harm),
        cmocka_unit_test(bounds_of_pure_sensing_lie_within_five_standard_errors),
        cmocka_unit_test(jackknife_of_a_mean_is_the_textbook_error),
        cmocka_unit_test(jackknife_weighs_unequal_blocks),
        cmocka_unit_test(raised_stop_flag_interrupts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
