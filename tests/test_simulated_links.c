/* Links by simulation: limits, what the simulated numbers must not depend on, and their standard errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fading_systems.h"
#include "precoded.h"

static double cosine_of(const precoded *a, const precoded *b, size_t i, size_t k)
{
    double complex inner = 0.0;
    double left = 0.0, right = 0.0;

    for (size_t n = 0; n < a->N; n++) {
        double complex x = number(a, a->v, i, n, k), y = number(b, b->v, i, n, k);

        inner += conj(x) * y;
        left += creal(x * conj(x));
        right += creal(y * conj(y));
    }
    return creal(inner) / sqrt(left * right);
}

/* With power without end regularised zero-forcing points where zero-forcing does, and has its moments. */
static void regularised_zero_forcing_without_noise_is_zero_forcing(void **state)
{
    (void)state;
    for (size_t c = 0; c < 4; c++) {
        drop *d = drop_of(560 + c, CFI_PRECODER_ZF, 9, c % 2 ? 3 : 6, false);
        precoded zf = precode(d, 1), rzf;
        cfi_link forced = d->link;

        d->made.system.power.budget_w = 1e6;
        d->made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_RZF, .draws = 20000};
        remake_link(d);
        rzf = precode(d, 1);
        for (size_t i = 0; i < CHANNELS; i++) {
            for (size_t k = 0; k < zf.K; k++) {
                assert_close(cosine_of(&zf, &rzf, i, k), 1.0, 1e-9);
            }
        }
        for (size_t i = 0; i < d->link.K * d->link.L; i++) { /* five standard errors of both, or of the worst */
            double error = 5.0 * d->link.largest_relative_std_error;

            assert_true(error < 0.1);
            assert_close(d->link.g[i], forced.g[i], error);
            for (size_t j = 0; j < d->link.K; j++) {
                size_t k = i % d->link.K, l = i / d->link.K;

                assert_close(d->link.V_by_stream[k + d->link.K * (j + d->link.K * l)], forced.V[i], error);
            }
        }
        free(zf.memory);
        free(rzf.memory);
        free_drop(d);
    }
}

/* Where noise is all that matters both are maximum ratio, in every realisation. With one antenna a vector is a number,
 * which always has the phase of maximum ratio's. */
static void regularised_precoders_in_noise_are_maximum_ratio(void **state)
{
    (void)state;
    for (size_t c = 0; c < 8; c++) {
        bool noisy = c / 2 % 2;
        drop *d = drop_of(570 + c, CFI_PRECODER_MR, noisy ? 4 : 1, c / 4 ? 2 : 6, false);
        precoded mr = precode(d, 0), other;
        cfi_link ratio = d->link;

        d->made.system.power.budget_w *= noisy ? 1e-12 : 1.0;
        d->made.system.precoding =
            (cfi_precoding){.kind = c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, .draws = 20000};
        remake_link(d);
        other = precode(d, 0);
        for (size_t i = 0; i < CHANNELS * mr.K; i++) {
            assert_close(cosine_of(&mr, &other, i / mr.K, i % mr.K), 1.0, 1e-9);
        }
        for (size_t i = 0; noisy && i < d->link.K * d->link.L; i++) {
            double error = 5.0 * d->link.largest_relative_std_error;
            size_t k = i % d->link.K, l = i / d->link.K;

            assert_true(error < 0.1);
            assert_close(d->link.g[i], ratio.g[i], error);
            assert_close(d->link.V_by_stream[k + d->link.K * (k + d->link.K * l)], ratio.V[i], error);
        }
        free(mr.memory);
        free(other.memory);
        free_drop(d);
    }
}

static double sum_rate_with(drop *d, cfi_precoder_kind kind)
{
    double sinr[MOST_ENTRIES];

    d->made.system.precoding.kind = kind;
    remake_link(d);
    assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, sinr, NULL), CFI_OK);
    return metrics_rates(&d->made.system, sinr, NULL);
}

/* The errors of the estimates are worth knowing: on shared pilots they are large. */
static void knowing_the_errors_of_the_estimates_pays_on_average(void **state)
{
    double sum = 0.0, squares = 0.0;
    const double drops = 40.0;

    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        drop *d = drop_of(600 + seed, CFI_PRECODER_RZF, 4, 2, false);
        double gain;

        gain = sum_rate_with(d, CFI_PRECODER_LP_MMSE) / sum_rate_with(d, CFI_PRECODER_RZF) - 1.0;
        sum += gain;
        squares += gain * gain;
        free_drop(d);
    }
    assert_true(sum / drops > 3.0 * sqrt((squares / drops - sum * sum / (drops * drops)) / (drops - 1.0)));
}

/* -------------------------------------------------------------------- simulated numbers ---- */

static void expect_same_links(const cfi_link *a, const cfi_link *b)
{
    size_t pairs = a->K * a->L;

    assert_memory_equal(a->g, b->g, pairs * sizeof(double));
    assert_memory_equal(a->V_by_stream, b->V_by_stream, pairs * a->K * sizeof(double));
    assert_true(a->largest_relative_std_error == b->largest_relative_std_error);
}

/* Enough draws that access points are worth a thread each. */
static void simulated_links_do_not_depend_on_threads(void **state)
{
    made_system made = make_system(3, 5, 6, 4, 4);
    drop *d;
    cfi_link alone;

    (void)state;
    made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_LP_MMSE, .draws = 30011};
    d = make_drop(made);
    alone = d->link;
    d->network.threads = 3;
    remake_link(d);
    expect_same_links(&alone, &d->link);
    free_drop(d);
}

/* The Monte Carlo sends with the normalisation of the link, whether it is told or finds it itself. */
static void draws_are_normalised_as_the_link_is(void **state)
{
    (void)state;
    for (size_t c = 0; c < 2; c++) {
        drop *d = drop_of(660 + c, CFI_PRECODER_RZF, c ? 2 : 8, 3, true);
        precoded found = precode(d, 1), told;

        d->network.mean_square = d->link.mean_square;
        told = precode(d, 1);
        assert_memory_equal(found.factor, told.factor, found.K * sizeof(double));
        assert_memory_equal(found.v.re, told.v.re, 2 * found.K * found.N * CHANNELS * sizeof(double));
        free(found.memory);
        free(told.memory);
        free_drop(d);
    }
}

/* The users of a network in another order, each with its own pilot. */
static void permuted_users_have_the_permuted_link(void **state)
{
    enum { L = 2, K = 6 };
    const size_t order[K] = {4, 2, 5, 0, 3, 1};

    (void)state;
    for (cfi_precoder_kind kind = CFI_PRECODER_ZF; kind <= CFI_PRECODER_LP_MMSE; kind++) {
        drop *d = drop_of(670, kind, 5, 3, false), *e = drop_of(670, kind, 5, 3, false);

        for (size_t k = 0; k < K; k++) {
            e->made.pilot[k] = d->made.pilot[order[k]];
            for (size_t l = 0; l < L; l++) {
                e->made.gain[k + K * l] = d->made.gain[order[k] + K * l];
            }
        }
        assert_int_equal(network_draw(&e->made.system, 0, e->arena, &e->network, NULL), CFI_OK);
        remake_link(e);
        for (size_t i = 0; i < K * K * L; i++) {
            size_t k = i % K, j = i / K % K, l = i / (K * K);
            const cfi_link *a = &d->link, *b = &e->link;

            assert_close(b->g[k + K * l], a->g[order[k] + K * l], 1e-11);
            if (a->V) {
                assert_close(b->V[k + K * l], a->V[order[k] + K * l], 1e-11);
            } else {
                assert_close(b->V_by_stream[i], a->V_by_stream[order[k] + K * (order[j] + K * l)], 1e-9);
            }
        }
        free_drop(d);
        free_drop(e);
    }
}

/* Lines of sight that are too faint to matter: the moments of i.i.d. fading, simulated in another way. */
static void faint_lines_of_sight_leave_the_moments_of_iid_fading(void **state)
{
    (void)state;
    for (cfi_precoder_kind kind = CFI_PRECODER_ZF; kind <= CFI_PRECODER_LP_MMSE; kind++) {
        made_system made = system_of(690 + kind, kind, 8, 3, false);
        placed_system placed;
        drop *d;
        cfi_link plain;
        size_t K = 6;

        made.system.precoding.draws = 20000;
        placed = place_system(made, -1.0, 0.0);
        d = make_drop(placed.made);
        plain = d->link;
        d->made.system.fading.rician = CFI_RICIAN_NUMBER;
        d->made.system.fading.rician_factor = 1e-12;
        assert_int_equal(network_draw(&d->made.system, 0, d->arena, &d->network, NULL), CFI_OK);
        remake_link(d);
        for (size_t i = 0; i < K * K * 2; i++) {
            size_t k = i % K, j = i / K % K, l = i / (K * K);
            double V = plain.V ? plain.V[k + K * l] : plain.V_by_stream[i];
            double error = 5.0 * hypot(plain.largest_relative_std_error, d->link.largest_relative_std_error);

            assert_true(error < 0.25);
            assert_close(d->link.g[k + K * l], plain.g[k + K * l], error);
            assert_close(d->link.V_by_stream[i], V, error);
            assert_close(d->link.S[k + K * l], plain.S[k + K * l], 1e-9);
            if (link_coherent_pair(&d->link, k, j)) {
                assert_true(cabs(link_coherent(&d->link, k, j, l) - plain.g[k + K * l]) <= error * plain.g[k + K * l]);
            }
        }
        free_drop(d);
        free_places(&placed);
    }
}

/* One user: the standard error that is told is that of g or V, whichever is larger; over seeds V / g^2 and so on spread
 * as much. */
static void standard_errors_are_those_of_repeated_simulations(void **state)
{
    enum { SEEDS = 400 };
    double told = 0.0, sum[2] = {0.0}, squares[2] = {0.0}, spread[2];

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        made_system made = make_system(1, 1, 1, 2, 1);
        drop *d;

        made.system.seed = 9000 + seed;
        made.system.frame.pilot_power_w = 1e-5;
        made.system.power.budget_w = 1e-4;
        made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_RZF, .draws = 500};
        d = make_drop(made);
        told += d->link.largest_relative_std_error / SEEDS;
        for (size_t i = 0; i < 2; i++) {
            double value = i ? d->link.V_by_stream[0] : d->link.g[0];

            sum[i] += value;
            squares[i] += value * value;
        }
        free_drop(d);
    }
    for (size_t i = 0; i < 2; i++) {
        double mean = sum[i] / SEEDS;

        spread[i] = sqrt(squares[i] / SEEDS - mean * mean) / mean;
    }
    assert_close(told, fmax(spread[0], spread[1]), 5.0 / sqrt(2.0 * SEEDS)); /* 400 draws of a spread */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regularised_zero_forcing_without_noise_is_zero_forcing),
        cmocka_unit_test(regularised_precoders_in_noise_are_maximum_ratio),
        cmocka_unit_test(knowing_the_errors_of_the_estimates_pays_on_average),
        cmocka_unit_test(simulated_links_do_not_depend_on_threads),
        cmocka_unit_test(draws_are_normalised_as_the_link_is),
        cmocka_unit_test(permuted_users_have_the_permuted_link),
        cmocka_unit_test(faint_lines_of_sight_leave_the_moments_of_iid_fading),
        cmocka_unit_test(standard_errors_are_those_of_repeated_simulations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
