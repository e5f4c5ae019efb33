/* What a number of realisations can estimate: the multistatic bound, and the mean of the realisations' own bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "metrics/estimable.h"

static cfi_monte_carlo simulate(drop *d, uint32_t replication, size_t realizations)
{
    cfi_monte_carlo mc;
    cfi_error error = {.text = ""};

    d->network.drop = replication;
    d->made.system.monte_carlo.realizations = realizations;
    if (metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return mc;
}

/* Every user of an AP gets the same power there, nobody senses. */
static void share_equally(drop *d)
{
    size_t K = d->made.system.K, L = d->made.system.L;

    memset(d->powers.s, 0, L * sizeof(double));
    for (size_t i = 0; i < K * L; i++) {
        d->powers.p[i] = d->made.system.power.budget_w / (double)(L * K);
    }
}

/* ------------------------------------------------------------------------- multistatic ---- */

/* Of the information over the exact one at AP p, over replications: mean and spread, those that are given, mean square
 * of the scores of those that have a standard error. */
typedef struct quality {
    double mean, error, given, scored, squares;
} quality;

static quality judge_multistatic(drop *d, size_t p, size_t realizations, uint32_t replications)
{
    quality q = {0};
    double exact[16], squares = 0.0;

    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, exact, NULL), CFI_OK);
    for (uint32_t r = 0; r < replications; r++) {
        cfi_arena_mark mark = arena_mark(d->arena);
        cfi_monte_carlo mc = simulate(d, r, realizations);
        double bound = mc.crlb_multistatic_rad2[p], z = (bound - exact[p]) / mc.crlb_multistatic_std_error[p];

        if (isfinite(bound)) {
            q.given++;
            q.mean += exact[p] / bound;
            squares += exact[p] * exact[p] / (bound * bound);
        }
        if (isfinite(z)) {
            q.scored++;
            q.squares += z * z;
        }
        arena_release(d->arena, mark);
    }
    q.mean /= q.given;
    q.squares /= q.scored;
    q.error = sqrt((squares / q.given - q.mean * q.mean) / q.given);
    return q;
}

/* A residual's mean takes one realisation, the gain of the own path one of two observations of another: one and a half
 * must be left when a block (of one) is left out, however many access points there are. What is left of the bias is
 * below a fifth of the spread where few are left (M18); without the jackknife it would be (1 + 1 / 2) / n, half of it.
 */
static void multistatic_bound_needs_every_leave_one_out(void **state)
{
    (void)state;
    for (size_t realizations = 1; realizations <= 8; realizations++) {
        drop *d = make_drop(make_system(3, 9, 2, 16, 2));
        quality q;

        share_equally(d);
        q = judge_multistatic(d, 4, realizations, 1000);
        if (realizations < 3) {
            assert_true(q.given == 0.0 && q.scored == 0.0);
        } else {
            assert_true(q.given == 1000.0 && q.scored == 1000.0);
            assert_true(fabs(q.mean - 1.0) < 0.2 * sqrt(1000.0) * q.error && q.error < 0.02);
        }
        free_drop(d);
    }
}

/* Eight gains and two users: of the bias, 0.09 before the jackknife, m / (m + n)^2 is left, with m = 8 / 2. */
static void jackknife_takes_the_bias_off_the_multistatic_bound(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(3, 8, 2, 16, 1)); /* M = 1: the residual is all there is */
    quality q;

    share_equally(d);
    q = judge_multistatic(d, 0, 16, 4000);
    assert_true(fabs(q.mean - 1.0) < 0.01 + 4.0 * q.error && q.error < 0.004);
    free_drop(d);
}

/* At the edge each leave-one-out leaves nothing, so that all blocks agree: one user makes a realisation one
 * observation, and the mean and the own gain take two realisations. */
static void multistatic_error_needs_one_observation_more(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(3, 8, 1, 16, 2));
    quality edge, above;

    share_equally(d);
    edge = judge_multistatic(d, 0, 3, 1000);
    above = judge_multistatic(d, 0, 4, 1000);
    assert_true(edge.given == 1000.0 && edge.scored == 0.0);
    assert_true(above.given == 1000.0 && above.scored == 1000.0);
    free_drop(d);
}

/* Ten realisations of one user: without the factor 1 / (1 - 2 / 10) of M18 the claimed variance is 0.81 of the
 * spread's. In information, which is linear in the residual, so that nothing else bends it. */
static void multistatic_error_counts_the_observations_that_are_used_up(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(3, 8, 1, 16, 1)); /* M = 1: the residual is all there is */
    double exact[8], sum = 0.0, squares = 0.0, claimed = 0.0, n = 4000.0;

    share_equally(d);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, exact, NULL), CFI_OK);
    for (uint32_t r = 0; r < 4000; r++) {
        cfi_arena_mark mark = arena_mark(d->arena);
        cfi_monte_carlo mc = simulate(d, r, 10);
        double information = exact[0] / mc.crlb_multistatic_rad2[0];
        double error = mc.crlb_multistatic_std_error[0] / mc.crlb_multistatic_rad2[0] * information;

        sum += information;
        squares += information * information;
        claimed += error * error;
        arena_release(d->arena, mark);
    }
    /* the variance of 4000 values is known to 1 / sqrt(2000) = 2.2 % and a little more, as they are skew */
    assert_close(claimed / n, (squares - sum * sum / n) / (n - 1.0), 0.12);
    free_drop(d);
}

/* One user radiates next to nothing, or all share a pilot: then a realisation is one observation and not two. */
static void streams_that_say_nothing_do_not_count(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < 4; kind++) {
        made_system made = make_system(3, 9, 2, 16, 2);
        drop *d;

        if (kind == 2) {
            reuse_pilots(&made, 1);
        }
        d = make_drop(made);
        share_equally(d);
        for (size_t l = 0; l < 9 && kind < 2; l++) {
            d->powers.p[1 + 2 * l] *= kind == 0 ? 0.0 : 1e-8;
        }
        assert_true(judge_multistatic(d, 0, 2, 2).given == 0.0);
        assert_true(judge_multistatic(d, 0, 3, 2).given == 2.0);
        assert_true(judge_multistatic(d, 0, 3, 2).scored == (kind == 3 ? 2.0 : 0.0)); /* kind 3: two users alike */
        assert_true(judge_multistatic(d, 0, 4, 2).scored == 2.0);
        free_drop(d);
    }
}

/* Sensing beams do not vary: one realisation tells what there is. */
static void pure_sensing_needs_no_realisations(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(5, 9, 2, 4, 4));
    double exact[9];
    cfi_monte_carlo mc;

    memset(d->powers.p, 0, 18 * sizeof(double));
    mc = simulate(d, 0, 2);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, exact, NULL), CFI_OK);
    for (size_t p = 0; p < 9; p++) {
        assert_close(mc.crlb_multistatic_rad2[p], exact[p], 1e-9);
    }
    free_drop(d);
}

/* ---------------------------------------------------------------- mean of the blocks' bounds ---- */

typedef struct block_case {
    size_t K, N, M, pilots;
    double second, sensing; /* power of the second user relative to the first's; of the beam at the target */
    double order;           /* derived in docs/model.md (M17) */
} block_case;

static const block_case CASES[] = {
    {1, 4, 4, 1, 1.0, 0.0, 1.0},      {1, 4, 4, 1, 1.0, 0.2, 1.0}, /* the beam does not help: the user's signal cancels
                                                                      it */
    {2, 4, 4, 2, 1.0, 0.0, 3.0},      {2, 4, 4, 2, 1.0, 0.2, 3.0}, {2, 1, 4, 2, 1.0, 0.0, 2.0},
    {2, 4, 1, 2, 1.0, 0.0, 1.0},      {3, 4, 1, 3, 1.0, 0.0, 2.0}, {2, 4, 4, 1, 0.3, 0.0, 1.0},
    {2, 4, 4, 2, 0.0, 0.0, 1.0},      {2, 4, 1, 1, 0.3, 0.2, 1.0}, {2, 4, 4, 1, 0.3, 0.2, INFINITY},
    {2, 4, 4, 2, 0.0, 0.2, INFINITY}, {2, 4, 4, 1, 1.0, 0.2, 1.0},
};
enum { CASE_COUNT = sizeof CASES / sizeof CASES[0] };

static drop *drop_of(const block_case *c)
{
    made_system made = make_system(8, 1, c->K, c->N, c->M);
    drop *d;

    reuse_pilots(&made, c->pilots);
    d = make_drop(made);
    share_equally(d);
    d->powers.s[0] = c->sensing * (double)c->K * d->powers.p[0] / (double)c->N;
    d->powers.p[1 % c->K] *= c->K > 1 ? c->second : 1.0;
    return d;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

/* Hill's estimate of the tail index of the bounds that single realisations give: P(1 / bound < t) ~ t^order. */
static double tail_index(drop *d, double *bound, size_t samples, size_t largest)
{
    double sum = 0.0;

    for (uint32_t r = 0; r < samples; r++) {
        cfi_arena_mark mark = arena_mark(d->arena);

        bound[r] = simulate(d, r, 1).crlb_own_echo_rad2[0]; /* averaged over one realisation: its own */
        arena_release(d->arena, mark);
    }
    qsort(bound, samples, sizeof *bound, descending);
    for (size_t i = 0; i < largest; i++) {
        sum += log(bound[i] / bound[largest]);
    }
    return (double)largest / sum;
}

static void bounds_of_blocks_have_the_derived_tail(void **state)
{
    (void)state;
    enum { SAMPLES = 60000, LARGEST = 300 }; /* a relative error of 1 / sqrt(300) = 6 %, and up to 12 % of bias */
    double *bound = malloc(SAMPLES * sizeof *bound);

    for (size_t c = 0; c < CASE_COUNT; c++) {
        drop *d = drop_of(&CASES[c]);
        double index = tail_index(d, bound, SAMPLES, LARGEST);

        if (isfinite(CASES[c].order)) {
            assert_close(index, CASES[c].order, 0.25);
        } else {
            assert_true(index > 3.4);
        }
        free_drop(d);
    }
    free(bound);
}

static void block_mean_is_given_where_it_has_an_expectation(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASE_COUNT; c++) {
        drop *d = drop_of(&CASES[c]);
        cfi_monte_carlo mc = simulate(d, 0, 100);
        double order = estimable_block_order(&d->network, &d->powers, 0);

        assert_true(order == CASES[c].order);
        assert_int_equal(isfinite(mc.crlb_own_echo_block_mean_rad2[0]), order > 1.0);
        assert_int_equal(isfinite(mc.crlb_own_echo_block_mean_std_error[0]), order > 2.0);
        assert_true(isfinite(mc.crlb_own_echo_rad2[0]));
        free_drop(d);
    }
}

/* What an allocation leaves of a power that it wants to be zero decides nothing: neither of the beam, which a user
 * without power would let light the target always, nor of a user. */
static void powers_at_rounding_level_change_no_order(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASE_COUNT; c++) {
        if (CASES[c].sensing == 0.0) {
            drop *d = drop_of(&CASES[c]);

            d->powers.s[0] = 1e-16 * d->powers.p[0];
            assert_true(estimable_block_order(&d->network, &d->powers, 0) == CASES[c].order);
            d->powers.s[0] = 0.0;
            if (CASES[c].K == 2 && CASES[c].second == 0.0) {
                d->powers.p[1] = 1e-16 * d->powers.p[0];
                assert_true(estimable_block_order(&d->network, &d->powers, 0) == CASES[c].order);
                assert_true(isnan(simulate(d, 0, 100).crlb_own_echo_block_mean_rad2[0]));
            }
            free_drop(d);
        }
    }
}

/* N = M = 1, or nobody radiates: no information, no mean. */
static void block_mean_is_missing_without_information(void **state)
{
    (void)state;
    const block_case no_array = {2, 1, 1, 2, 1.0, 0.2, 0.0};
    drop *d = drop_of(&no_array), *silent = drop_of(&CASES[2]);

    assert_true(estimable_block_order(&d->network, &d->powers, 0) == 0.0);
    assert_true(isnan(simulate(d, 0, 100).crlb_own_echo_block_mean_rad2[0]));
    memset(silent->powers.p, 0, 2 * sizeof(double));
    assert_true(estimable_block_order(&silent->network, &silent->powers, 0) == 0.0);
    assert_true(isnan(simulate(silent, 0, 100).crlb_own_echo_block_mean_rad2[0]));
    assert_true(isnan(simulate(silent, 0, 100).crlb_own_echo_block_mean_std_error[0]));
    free_drop(silent);
    free_drop(d);
}

static void block_mean_error_is_the_spread_over_replications(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(3, 2, 4, 4, 4));
    double sum = 0.0, squares = 0.0, claimed = 0.0, n = 1000.0;

    for (uint32_t r = 0; r < 1000; r++) {
        cfi_arena_mark mark = arena_mark(d->arena);
        cfi_monte_carlo mc = simulate(d, r, 100);

        sum += mc.crlb_own_echo_block_mean_rad2[0];
        squares += mc.crlb_own_echo_block_mean_rad2[0] * mc.crlb_own_echo_block_mean_rad2[0];
        claimed += mc.crlb_own_echo_block_mean_std_error[0] * mc.crlb_own_echo_block_mean_std_error[0];
        arena_release(d->arena, mark);
    }
    assert_close(sqrt(claimed / n), sqrt((squares - sum * sum / n) / (n - 1.0)), 0.1); /* known to 2.2 % */
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multistatic_bound_needs_every_leave_one_out),
        cmocka_unit_test(jackknife_takes_the_bias_off_the_multistatic_bound),
        cmocka_unit_test(multistatic_error_needs_one_observation_more),
        cmocka_unit_test(multistatic_error_counts_the_observations_that_are_used_up),
        cmocka_unit_test(streams_that_say_nothing_do_not_count),
        cmocka_unit_test(pure_sensing_needs_no_realisations),
        cmocka_unit_test(bounds_of_blocks_have_the_derived_tail),
        cmocka_unit_test(block_mean_is_given_where_it_has_an_expectation),
        cmocka_unit_test(powers_at_rounding_level_change_no_order),
        cmocka_unit_test(block_mean_is_missing_without_information),
        cmocka_unit_test(block_mean_error_is_the_spread_over_replications),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
