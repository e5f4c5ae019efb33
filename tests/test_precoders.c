/* Precoders that invert a matrix: vectors recomputed one by one, and closed forms by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fading_systems.h"
#include "precoded.h"

/* A += power (hhat_j hhat_j^H + C_j), C_j only where the precoder knows it. */
static void add_user(const drop *d, const precoded *p, size_t l, size_t i, size_t j, double complex *A)
{
    size_t N = p->N;
    double power = power_of_each(d, l);
    double complex R[MOST_ENTRIES * MOST_ENTRIES], B[MOST_ENTRIES * MOST_ENTRIES], work[MOST_ENTRIES * MOST_ENTRIES];
    bool knows = d->made.system.precoding.kind == CFI_PRECODER_LP_MMSE;

    channel_covariance_of(&d->network, j, l, R);
    channel_estimate_covariance_of(&d->network, j, l, B, work);
    for (size_t n = 0; n < N; n++) {
        for (size_t m = 0; m < N; m++) {
            A[n * N + m] += power * number(p, p->estimate, i, n, j) * conj(number(p, p->estimate, i, m, j));
            A[n * N + m] += knows ? power * (R[n + N * m] - B[n + N * m]) : 0.0;
        }
    }
}

/* (sum_i pbar (hhat_i hhat_i^H + C_i) + sigma^2 I)^-1 hhat_k over served users i, as it is written. */
static void plain_vector(const drop *d, const precoded *p, size_t l, size_t i, size_t k, double complex *x)
{
    size_t N = p->N;
    double complex A[MOST_ENTRIES * MOST_ENTRIES] = {0.0};

    for (size_t j = 0; j < p->K; j++) {
        if (is_served(d, j, l)) {
            add_user(d, p, l, i, j, A);
        }
    }
    for (size_t n = 0; n < N; n++) {
        A[n * N + n] += d->made.system.power.comm_noise_w;
        x[n] = number(p, p->estimate, i, n, k);
    }
    eliminate(N, A, x);
}

/* Up to one factor for all realisations of a user that is served. */
static void expect_plain_vectors(drop *d, size_t l)
{
    precoded p = precode(d, l);

    for (size_t k = 0; k < p.K; k++) {
        double complex ratio = 0.0;

        for (size_t i = 0; is_served(d, k, l) && i < CHANNELS; i++) {
            double complex x[MOST_ENTRIES];
            double size = 0.0;

            plain_vector(d, &p, l, i, k, x);
            for (size_t n = 0; n < p.N; n++) {
                size = fmax(size, cabs(x[n]));
                ratio = i + n == 0 ? p.factor[k] * number(&p, p.v, i, n, k) / x[n] : ratio;
            }
            for (size_t n = 0; n < p.N; n++) {
                double complex v = p.factor[k] * number(&p, p.v, i, n, k);

                assert_true(cabs(v - ratio * x[n]) <= 1e-8 * cabs(ratio) * size);
            }
        }
        assert_true(!is_served(d, k, l) || (creal(ratio) > 0.0 && fabs(cimag(ratio)) <= 1e-8 * creal(ratio)));
    }
    free(p.memory);
}

static const size_t SHAPES[][2] = {{2, 6}, {3, 3}, {4, 2}, {8, 6}, {1, 6}, {6, 6}, {5, 1}}; /* N, pilots */
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

static void regularised_vectors_solve_the_systems_they_are_defined_by(void **state)
{
    (void)state;
    for (size_t c = 0; c < 4 * SHAPE_COUNT; c++) {
        const size_t *shape = SHAPES[c / 4];
        drop *d = drop_of(500 + c, c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, shape[0], shape[1], c / 2 % 2);

        expect_plain_vectors(d, 1);
        free_drop(d);
    }
}

/* The same with errors that have directions, lines of sight, and both, and estimates that are not parallel. */
static void they_do_over_correlated_and_rician_fading(void **state)
{
    (void)state;
    for (size_t c = 0; c < 6 * SHAPE_COUNT; c++) {
        const size_t *shape = SHAPES[c / 6];
        made_system made =
            system_of(800 + c, c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, shape[0], shape[1], false);
        placed_system placed = place_system(made, c / 2 % 3 == 0 ? -1.0 : 0.3, c / 2 % 3 == 1 ? 0.0 : 2.0);
        drop *d = make_drop(placed.made);

        expect_plain_vectors(d, 1);
        free_drop(d);
        free_places(&placed);
    }
}

/* Of two access points each serves the users that are its own; users of one pilot on both sides. */
static void users_that_are_not_served_do_not_shape_vectors(void **state)
{
    (void)state;
    for (size_t c = 0; c < 2 * SHAPE_COUNT; c++) {
        const size_t *shape = SHAPES[c / 2];
        made_system made =
            system_of(840 + c, c % 2 ? CFI_PRECODER_RZF : CFI_PRECODER_LP_MMSE, shape[0], shape[1], true);
        drop *d;
        size_t unserved = 0;

        made.system.clusters = (cfi_clusters){.mode = CFI_CLUSTERS_STRONGEST, .aps_per_user = 1};
        d = make_drop(made);
        for (size_t l = 0; l < 2; l++) {
            expect_plain_vectors(d, l);
            for (size_t k = 0; k < 6; k++) {
                assert_true((d->link.g[k + 6 * l] > 0.0) == is_served(d, k, l));
                unserved += !is_served(d, k, l);
            }
        }
        assert_int_equal(unserved, 6);
        free_drop(d);
    }
}

/* hhat_k^H v_j = 0 for other pilots, sqrt((N - tau) xi_k) for the own one, in every realisation. */
static void zero_forcing_nulls_every_other_pilot(void **state)
{
    const size_t shapes[][2] = {{7, 6}, {4, 3}, {9, 2}, {2, 1}};

    (void)state;
    for (size_t c = 0; c < 4; c++) {
        drop *d = drop_of(540 + c, CFI_PRECODER_ZF, shapes[c][0], shapes[c][1], false);
        precoded p = precode(d, 0);

        for (size_t i = 0; i < CHANNELS * p.K * p.K; i++) {
            size_t k = i % p.K, j = i / p.K % p.K;
            bool same = d->network.pilot[k] == d->network.pilot[j];
            double expected = same ? sqrt((double)(p.N - shapes[c][1]) * d->xi[k]) : 0.0;
            double complex sum = 0.0;

            for (size_t n = 0; n < p.N; n++) {
                sum += conj(number(&p, p.estimate, i / p.K / p.K, n, k)) * p.factor[j] *
                       number(&p, p.v, i / p.K / p.K, n, j);
            }
            assert_true(cabs(sum - expected) <= 1e-10 * sqrt(d->xi[k] * (double)p.N));
        }
        free(p.memory);
        free_drop(d);
    }
}

/* Over correlated fading a column is the sum of its pilot's estimates; the vectors of a pilot are one. */
static void zero_forcing_nulls_the_sums_of_other_pilots_over_other_fading(void **state)
{
    made_system made = system_of(555, CFI_PRECODER_ZF, 5, 3, false);
    placed_system placed = place_system(made, 0.3, 1.0);
    drop *d = make_drop(placed.made);
    precoded p = precode(d, 0);

    (void)state;
    assert_string_equal(d->link.kind, "simulated");
    for (size_t i = 0; i < CHANNELS * 3 * p.K; i++) {
        size_t t = i % 3, j = i / 3 % p.K, r = i / 3 / p.K;
        double complex sum = 0.0;
        double scale = 0.0;

        for (size_t n = 0; n < p.N; n++) {
            double complex column = number(&p, p.estimate, r, n, t) + number(&p, p.estimate, r, n, t + 3);

            sum += conj(column) * number(&p, p.v, r, n, j);
            scale += cabs(column) * cabs(number(&p, p.v, r, n, j));
        }
        assert_true(d->network.pilot[j] == t ? cabs(sum - 1.0) <= 1e-9 : cabs(sum) <= 1e-11 * scale);
    }
    free(p.memory);
    free_drop(d);
    free_places(&placed);
}

/* One user, tau_p p_p = 1, beta = noise = 1/2, N = 3: xi = 1/4, so g = sqrt(2 / 4), V = 1/4, S = 1/2. */
static void zero_forcing_of_one_user_by_hand(void **state)
{
    made_system made = make_system(1, 1, 1, 3, 1);
    drop *d;

    (void)state;
    made.gain[0] = 0.5;
    made.system.frame.pilot_power_w = 1.0;
    made.system.power.comm_noise_w = 0.5;
    made.system.precoding.kind = CFI_PRECODER_ZF;
    d = make_drop(made);
    assert_string_equal(d->link.kind, "closed_form");
    assert_close(d->link.g[0], sqrt(0.5), 1e-15);
    assert_close(d->link.V[0], 0.25, 1e-15);
    assert_close(d->link.S[0], 0.5, 1e-15);
    free_drop(d);
}

/* What zero-forcing leaves is known to the last digits where pilots are strong: beta - xi would not be. */
static void errors_of_good_estimates_keep_their_digits(void **state)
{
    const double gain[] = {3.0, 2e-9, 5e-17, 1.0};
    made_system made = make_system(1, 1, 4, 4, 1);
    drop *d;
    double error[4];

    (void)state;
    memcpy(made.gain, gain, sizeof gain);
    reuse_pilots(&made, 3); /* users 0 and 3 share one */
    made.system.frame.pilot_power_w = 1.0 / 3.0;
    made.system.power.comm_noise_w = 1e-18;
    d = make_drop(made);
    channel_error_variance_of(&d->network, 0, error);
    assert_close(error[0], 0.75, 1e-14); /* 3 (1 + 1e-18) / (4 + 1e-18) */
    assert_close(error[1], 1e-18, 1e-8); /* noise / (1 + noise / beta), 5e-10 less */
    assert_close(error[1], 1e-18 / (1.0 + 5e-10), 1e-14);
    assert_close(error[2], 5e-17 / 51.0, 1e-14);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regularised_vectors_solve_the_systems_they_are_defined_by),
        cmocka_unit_test(they_do_over_correlated_and_rician_fading),
        cmocka_unit_test(users_that_are_not_served_do_not_shape_vectors),
        cmocka_unit_test(zero_forcing_nulls_every_other_pilot),
        cmocka_unit_test(zero_forcing_nulls_the_sums_of_other_pilots_over_other_fading),
        cmocka_unit_test(zero_forcing_of_one_user_by_hand),
        cmocka_unit_test(errors_of_good_estimates_keep_their_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
