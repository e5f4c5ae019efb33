/* The Monte Carlo where there is little to estimate from: no information, one user, few channels, many access points.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "fading_systems.h"
#include "metrics/simulation.h"

static cfi_monte_carlo simulate(drop *d, size_t realizations)
{
    cfi_monte_carlo mc;
    cfi_error error = {.text = ""};

    d->made.system.monte_carlo.realizations = realizations;
    if (metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return mc;
}

/* A single antenna on each side: what is left of the derivatives is rounding, and must not pass for information. */
static void simulated_bounds_without_information_are_infinite(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        drop *d = make_drop(make_system(seed, 3, 2, 1, 1));
        cfi_monte_carlo mc = simulate(d, 60);

        for (size_t l = 0; l < 3; l++) {
            assert_true(mc.crlb_own_echo_rad2[l] == INFINITY);
            assert_true(isnan(mc.crlb_own_echo_block_mean_rad2[l])); /* it has no expectation */
            assert_true(mc.crlb_multistatic_rad2[l] == INFINITY);
        }
        free_drop(d);
    }
}

/* Several receive antennas, a target at 90 degrees: the array does not see the angle change. */
static void simulated_bounds_of_a_target_in_line_with_the_array_are_far_worse(void **state)
{
    (void)state;
    made_system made = make_system(3, 2, 2, 4, 4);
    drop *d;
    cfi_monte_carlo mc;

    made.angle[0] = 0.5 * M_PI;
    d = make_drop(made);
    mc = simulate(d, 60);
    assert_true(mc.crlb_own_echo_rad2[0] > 1e20 * mc.crlb_own_echo_rad2[1]);
    free_drop(d);
}

/* Signals that hardly vary: what a billionth of a billionth part of them leaves undone is still found. */
static void rates_of_forced_signals_keep_their_digits_at_any_power(void **state)
{
    (void)state;
    for (size_t c = 0; c < 18; c++) { /* i.i.d. fading, and lines of sight */
        made_system made = make_system(40 + c, 3, 4, 8, 4);
        double sinr[4];
        placed_system placed;
        drop *d;
        cfi_monte_carlo mc;

        made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_ZF + c % 3, .draws = 2000};
        made.system.power.budget_w = 1e-6 * pow(10.0, 11.0 + (double)(c / 3 % 3) * 2.0); /* 110, 130 and 150 dB */
        made.system.frame.pilot_power_w = made.system.power.budget_w;
        placed = place_system(made, -1.0, c < 9 ? 0.0 : 2.0);
        d = make_drop(placed.made);
        memset(d->powers.s, 0, 3 * sizeof *d->powers.s); /* beams would disturb */
        d->network.mean_square = d->link.mean_square;
        mc = simulate(d, 400);
        assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, sinr, NULL), CFI_OK);
        for (size_t k = 0; k < 4; k++) {
            double rate = made.system.frame.prelog * log2(1.0 + sinr[k]);

            assert_true(rate > 30.0 && mc.rate_std_error[k] > 0.0 && mc.rate_std_error[k] < 0.05);
            assert_true(fabs(mc.rate_bit_s_hz[k] - rate) < 5.0 * hypot(mc.rate_std_error[k], 0.05));
        }
        free_drop(d);
        free_places(&placed);
    }
}

/* A_kk is 1 and 3 in two channels, A_kj is 1 in both: the mean 2 has the variance 1, abs(DS)^2 is 4 - 1, and what is
 * left of the power (1 + 1 + 9 + 1) / 2 is noise. */
static void rate_of_two_channels_by_hand(void **state)
{
    const cfi_system system = {.K = 1, .frame.prelog = 0.5, .power.comm_noise_w = 0.25};
    const sums_layout layout = sums_make_layout(1, 1, false);
    double sums[16] = {4.0, 0.0, 10.0, 12.0}, rate, std_error;

    (void)state;
    assert_true(layout.users == 0 && layout.length <= 16);
    assert_close(sums_rates(&layout, &system, sums, 2.0, &rate), 0.5 * log2(1.0 + 3.0 / (6.0 - 3.0 + 0.25)), 1e-14);
    assert_close(rate, 0.5 * log2(1.0 + 3.0 / 3.25), 1e-14);
    assert_close(sums_rates_second_order(&layout, &system, sums, 2.0, &std_error), 0.5 / (3.25 * log(2.0)), 1e-14);
    sums[0] = 1.0; /* one channel: no variance to take off */
    sums[2] = 1.0;
    sums[3] = 2.0;
    assert_close(sums_rates(&layout, &system, sums, 1.0, NULL), 0.5 * log2(1.0 + 1.0 / (2.0 - 1.0 + 0.25)), 1e-14);
}

static void sum_rate_of_one_user_is_its_rate_with_its_error(void **state)
{
    (void)state;
    for (size_t silent = 0; silent < 2; silent++) {
        drop *d = make_drop(make_system(5, 3, 1, 2, 4));
        cfi_monte_carlo mc;

        for (size_t l = 0; silent && l < 3; l++) { /* then the error is of second order */
            d->powers.p[l] *= 1e-12;
        }
        mc = simulate(d, 100);
        assert_true(mc.sum_rate_bit_s_hz == mc.rate_bit_s_hz[0]);
        assert_true(mc.sum_rate_std_error == mc.rate_std_error[0]);
        assert_true(mc.sum_rate_std_error > 0.0);
        free_drop(d);
    }
}

/* One channel of one stream leaves no residual; of n, all but 1 / n of it. Averaged over replications the information
 * is the closed form's all the same. */
static void few_channels_do_not_bias_the_information_of_the_own_echo(void **state)
{
    (void)state;
    enum { REPLICATIONS = 4000 };
    drop *d = make_drop(make_system(9, 2, 1, 4, 1)); /* one receive antenna: all information is residual */
    double exact[2], sum = 0.0, squares = 0.0, n = REPLICATIONS, mean, error;

    memset(d->powers.s, 0, 2 * sizeof(double));
    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, exact, NULL), CFI_OK);
    for (uint32_t replication = 0; replication < REPLICATIONS; replication++) {
        cfi_arena_mark mark = arena_mark(d->arena);
        double information;

        d->network.drop = replication;
        information = exact[0] / simulate(d, 8).crlb_own_echo_rad2[0];
        sum += information;
        squares += information * information;
        arena_release(d->arena, mark);
    }
    mean = sum / n;
    error = sqrt((squares / n - mean * mean) / n);
    assert_true(error < 0.02); /* the bias of the plain estimate is 1 / 8 */
    assert_true(fabs(mean - 1.0) < 5.0 * error);
    free_drop(d);
}

static void the_stop_rule_looks_first_after_fifty_channels(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(4, 3, 2, 2, 2));

    d->made.system.monte_carlo.max_std_error = 1e9; /* always good enough */
    assert_int_equal(simulate(d, 1000).realizations, 50);
    assert_int_equal(simulate(d, 30).realizations, 30);
    d->made.system.monte_carlo.max_std_error = 1e-9; /* never */
    assert_int_equal(simulate(d, 333).realizations, 333);
    free_drop(d);
}

static void multistatic_bounds_of_more_than_512_access_points_are_left_out(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(6, CFI_MULTISTATIC_MC_MAX_APS + 1, 1, 1, 2));
    cfi_monte_carlo mc = simulate(d, CFI_MULTISTATIC_MC_MAX_APS + 20); /* enough channels for them */

    for (size_t l = 0; l <= CFI_MULTISTATIC_MC_MAX_APS; l++) {
        assert_true(isnan(mc.crlb_multistatic_rad2[l]) && isnan(mc.crlb_multistatic_std_error[l]));
        assert_true(isfinite(mc.crlb_own_echo_rad2[l]));
    }
    free_drop(d);
}

static void bounds_that_are_left_out_have_no_arrays_and_change_no_rate(void **state)
{
    (void)state;
    double rate[3][2];

    for (int kind = 0; kind < 3; kind++) {
        static const cfi_mc_bounds bounds[] = {CFI_MC_BOUNDS_NONE, CFI_MC_BOUNDS_OWN_ECHO, CFI_MC_BOUNDS_ALL};
        drop *d = make_drop(make_system(7, 3, 2, 2, 2));
        cfi_monte_carlo mc;

        d->made.system.monte_carlo.bounds = bounds[kind];
        mc = simulate(d, 70);
        assert_true((mc.crlb_own_echo_rad2 != NULL) == (kind > 0));
        assert_true((mc.crlb_own_echo_std_error != NULL) == (kind > 0));
        assert_true((mc.crlb_own_echo_block_mean_rad2 != NULL) == (kind > 0));
        assert_true((mc.crlb_multistatic_rad2 != NULL) == (kind > 1));
        assert_true((mc.crlb_multistatic_std_error != NULL) == (kind > 1));
        memcpy(rate[kind], mc.rate_bit_s_hz, sizeof rate[kind]);
        free_drop(d);
    }
    assert_memory_equal(rate[0], rate[1], sizeof rate[0]);
    assert_memory_equal(rate[0], rate[2], sizeof rate[0]);
}

/* An observer that asks to stop when it concludes its first realisation. */
static sig_atomic_t stopped;
static size_t concluded;

static void *stopper_prepare(const simulation *sim, sums_layout *layout, cfi_arena *arena)
{
    (void)sim, (void)layout;
    return arena_alloc(arena, 1, sizeof(double));
}

static void *stopper_make(const void *shared, cfi_arena *arena)
{
    (void)shared;
    return arena_alloc(arena, 1, sizeof(double));
}

static void stopper_observe(void *state, const observed *seen, double *sums)
{
    (void)state, (void)seen, (void)sums;
}

static void stopper_conclude(void *state, size_t realization, size_t place, double *sums)
{
    (void)state, (void)realization, (void)place, (void)sums;
    stopped = 1;
    concluded++;
}

/* What observers conclude takes long in large networks: the flag is looked at between two realisations of a chunk. */
static void a_stop_flag_ends_the_conclusions_of_a_chunk(void **state)
{
    static const observer STOPPER = {
        .prepare = stopper_prepare, .make = stopper_make, .observe = stopper_observe, .conclude = stopper_conclude};
    drop *d = make_drop(make_system(1, 3, 2, 4, 4));
    simulation sim = {.network = &d->network,
                      .precoder = channel_precoder(&d->made.system),
                      .powers = &d->powers,
                      .n = SIMULATION_CHUNK,
                      .block_size = 1,
                      .without_rates = true,
                      .threads = 1,
                      .stop = &stopped};
    cfi_error error = {.status = CFI_OK};

    (void)state;
    sim.layout = sums_make_layout(2, 3, false);
    assert_true(observers_prepare_one(&sim, &STOPPER, d->arena));
    assert_int_equal(simulation_share_scratch(&sim, d->arena, &error), CFI_OK);
    assert_int_equal(simulation_prepare(&sim, d->arena, &error), CFI_OK);
    assert_int_equal(simulation_run_blocks(&sim, MOST_BLOCKS, &error), CFI_INTERRUPTED);
    assert_int_equal(error.status, CFI_INTERRUPTED);
    assert_int_equal(concluded, 1);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated_bounds_without_information_are_infinite),
        cmocka_unit_test(simulated_bounds_of_a_target_in_line_with_the_array_are_far_worse),
        cmocka_unit_test(rates_of_forced_signals_keep_their_digits_at_any_power),
        cmocka_unit_test(rate_of_two_channels_by_hand),
        cmocka_unit_test(sum_rate_of_one_user_is_its_rate_with_its_error),
        cmocka_unit_test(few_channels_do_not_bias_the_information_of_the_own_echo),
        cmocka_unit_test(the_stop_rule_looks_first_after_fifty_channels),
        cmocka_unit_test(multistatic_bounds_of_more_than_512_access_points_are_left_out),
        cmocka_unit_test(bounds_that_are_left_out_have_no_arrays_and_change_no_rate),
        cmocka_unit_test(a_stop_flag_ends_the_conclusions_of_a_chunk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
