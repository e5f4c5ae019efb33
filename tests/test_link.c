/* The link: second moments by hand and from raw draws, what closed forms make of them, and the information in echoes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "raw_signals.h"

/* One access point; tau_p p_p = 1 and noise 1/2 at users, 2 T / sigma_s^2 = 1, abs(alpha)^2 = 1/4, target straight
 * ahead: numbers for pencil and paper. */
static drop *plain_drop(size_t K, size_t N, size_t M, const double *beta)
{
    made_system made = make_system(1, 1, K, N, M);

    memcpy(made.gain, beta, K * sizeof(double));
    reuse_pilots(&made, 1);
    made.system.frame.pilot_power_w = 1.0;
    made.system.frame.T = 1;
    made.system.power.comm_noise_w = 0.5;
    made.system.power.sensing_noise_w = 2.0;
    made.system.sensing.path_gain = 0.5;
    made.angle[0] = 0.0;
    return make_drop(made);
}

static void expect_sinr(drop *d, cfi_rate_model model, const double *expected)
{
    double sinr[4];

    assert_int_equal(metrics_sinr(&d->link, &d->powers, model, d->arena, sinr, NULL), CFI_OK);
    for (size_t k = 0; k < d->link.K; k++) {
        assert_close(sinr[k], expected[k], 1e-14);
    }
}

static void one_of_everything_by_hand(void **state)
{
    (void)state;
    const double beta = 0.5, expected = 0.25; /* 0.25 2 / (0.5 3 + 0.5) */
    drop *d = plain_drop(1, 1, 1, &beta);
    double share;

    link_share(&d->link, 0, 1, &share);
    assert_string_equal(d->link.kind, "closed_form");
    assert_true(d->link.largest_relative_std_error == 0.0);
    assert_close(share, 0.25, 1e-15); /* xi = 0.25 / (0.5 + 0.5) */
    assert_close(d->link.g[0], 0.5, 1e-15);
    assert_close(d->link.V[0], 0.5, 1e-15);
    assert_close(d->link.S[0], 0.5, 1e-15);
    assert_true(d->link.own_echo.comm[0] == 0.0 && d->link.own_echo.sens[0] == 0.0); /* no array sees an angle */
    d->powers.p[0] = 2.0;
    d->powers.s[0] = 1.0;
    expect_sinr(d, CFI_RATE_EXACT, &expected);
    free_drop(d);
}

/* xi = (1/8, 1/2), g = (1/2, 1). */
static void two_users_of_one_pilot_by_hand(void **state)
{
    (void)state;
    const double beta[] = {0.5, 1.0}, exact[] = {1.0 / 4.25, 1.0 / 11.5}, theorem1[] = {1.0 / 4.0, 1.0 / 7.5};
    drop *d = plain_drop(2, 2, 1, beta);

    assert_close(d->link.g[0], 0.5, 1e-15);
    assert_close(d->link.g[1], 1.0, 1e-15);
    assert_true(d->link.pilots_overlap && link_coherent_pair(&d->link, 0, 1) && !link_coherent_pair(&d->link, 1, 1));
    assert_close(creal(link_coherent(&d->link, 0, 1, 0)), 0.5, 1e-15);
    assert_close(creal(link_coherent(&d->link, 1, 0, 0)), 1.0, 1e-15);
    d->powers.p[0] = 4.0;
    d->powers.p[1] = 1.0;
    d->powers.s[0] = 2.0;
    expect_sinr(d, CFI_RATE_EXACT, exact); /* 0.5 7 + (0.5 1)^2 + 0.5; 1 7 + (1 2)^2 + 0.5 */
    expect_sinr(d, CFI_RATE_THEOREM1, theorem1);
    free_drop(d);
}

/* S_2 = 1/2, S_3 = 2: comm = pi^2 (S_M + M S_N / N) / 4, sens = pi^2 N S_M / 4. */
static void information_of_one_access_point_by_hand(void **state)
{
    (void)state;
    const double beta = 1.0;
    drop *d = plain_drop(1, 2, 3, &beta);
    double own, all;

    assert_close(d->link.own_echo.comm[0], 0.6875 * M_PI * M_PI, 1e-15);
    assert_close(d->link.own_echo.sens[0], M_PI * M_PI, 1e-15);
    assert_close(d->link.echoes.arrival[0], 2.0 * M_PI * M_PI, 1e-15);
    assert_close(d->link.echoes.departure[0], 0.1875 * M_PI * M_PI, 1e-15);
    d->powers.p[0] = 1.0;
    d->powers.s[0] = 2.0;
    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, &own, NULL), CFI_OK);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, &all, NULL), CFI_OK);
    assert_close(own, 1.0 / (2.6875 * M_PI * M_PI), 1e-14);
    assert_close(all, own, 1e-14); /* there is no other echo */
    free_drop(d);
}

/* Two beams of equal power that arrive in opposite phase cancel; the users' signals still light the target. */
static void beams_in_opposite_phase_cancel(void **state)
{
    (void)state;
    const double phases[] = {0.0, M_PI, 0.0, M_PI};
    made_system made = make_system(3, 2, 2, 3, 4);
    drop *d;
    double all[2], diffuse;

    made.system.sensing.path_phases_rad = phases;
    d = make_drop(made);
    d->powers.s[0] = d->powers.s[1] = 1e-4;
    diffuse = 1e-4 * (metrics_comm_power(2, &d->powers, 0) + metrics_comm_power(2, &d->powers, 1));
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, all, NULL), CFI_OK);
    for (size_t p = 0; p < 2; p++) {
        double own = d->link.echoes.departure[p] * metrics_comm_power(2, &d->powers, p);

        assert_close(1.0 / all[p], d->link.echoes.arrival[p] * diffuse + own, 1e-12);
    }
    free_drop(d);
}

/* (M4), (M5) as the paper writes them, in gamma and eta, term by term. */
static double paper_sinr(const drop *d, cfi_rate_model model, size_t k)
{
    const cfi_system *s = &d->made.system;
    double N = (double)s->N, u = 0.0, interference = s->power.comm_noise_w;

    for (size_t l = 0; l < s->L; l++) {
        size_t kl = k + s->K * l;

        u += N * d->xi[kl] * sqrt(gamma_of(d, &d->powers, kl));
        for (size_t j = 0; j < s->K; j++) {
            size_t jl = j + s->K * l;

            interference +=
                N * s->propagation.gain[kl] * (d->xi[jl] * gamma_of(d, &d->powers, jl) + eta_of(d, &d->powers, l));
        }
    }
    for (size_t j = 0; j < s->K; j++) {
        double coherent = 0.0;

        for (size_t l = 0; l < s->L; l++) {
            size_t kl = k + s->K * l, jl = j + s->K * l;

            coherent +=
                N * sqrt(gamma_of(d, &d->powers, jl)) * d->xi[jl] * s->propagation.gain[kl] / s->propagation.gain[jl];
        }
        interference +=
            j != k && s->frame.pilot[j] == s->frame.pilot[k] && model == CFI_RATE_EXACT ? coherent * coherent : 0.0;
    }
    return u * u / interference;
}

static void sinr_is_the_papers_formula_in_gamma_and_eta(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        size_t K = 1 + seed % 7;
        made_system made = make_system(100 + seed, 1 + seed % 9, K, 1 + seed % 5, 4);
        drop *d;

        reuse_pilots(&made, 1 + seed % K);
        d = make_drop(made);
        for (cfi_rate_model model = CFI_RATE_THEOREM1; model <= CFI_RATE_EXACT; model++) {
            double sinr[7];

            assert_int_equal(metrics_sinr(&d->link, &d->powers, model, d->arena, sinr, NULL), CFI_OK);
            for (size_t k = 0; k < K; k++) {
                assert_close(sinr[k], paper_sinr(d, model, k), 1e-12);
            }
        }
        free_drop(d);
    }
}

/* ------------------------------------------------------------------ moments of raw draws ---- */

enum { DRAWS = 40000, MOST_ANTENNAS = 8 };

/* The mean is the expected one within five standard errors, which are below `error`. Simulated moments have an error of
 * their own, at most that of a mean of as many raw draws. */
static void expect_mean(const double *sample, bool simulated, double expected, double error)
{
    double sum = 0.0, squares = 0.0, n = DRAWS, mean, deviation;

    for (size_t i = 0; i < DRAWS; i++) {
        sum += sample[i];
        squares += sample[i] * sample[i];
    }
    mean = sum / n;
    deviation = sqrt(fmax(squares / n - mean * mean, 0.0) / n);
    assert_true(deviation < error);
    if (!(fabs(mean - expected) <= 5.0 * (simulated ? M_SQRT2 : 1.0) * deviation + 1e-12 * error)) {
        fail_msg("mean %.6g +- %.2g, expected %.6g", mean, deviation, expected);
    }
}

static double link_variance(const cfi_link *link, size_t k, size_t j, size_t l)
{
    return link->V ? link->V[k + link->K * l] : link->V_by_stream[k + link->K * (j + link->K * l)];
}

/* Mean and mean square of h_k^H v_j, of h_k^H a / sqrt(N), and the mean square of v_j. */
static void compare_moments(drop *d, size_t l)
{
    signals s = draw_signals(d, l, DRAWS);
    size_t K = s.raw.K;
    const cfi_link *link = &d->link;
    bool simulated = link->mean_square;
    double complex beam[2 * MOST_ANTENNAS];
    double *re = malloc(3 * DRAWS * sizeof(double)), *im = re + DRAWS, *square = im + DRAWS;

    target_beam(d, l, beam);
    for (size_t j = 0; j <= K; j++) {
        for (size_t k = 0; k < K; k++) {
            bool heard = j < K && (j == k || link_coherent_pair(link, k, j));
            double mean = j == k ? link->g[k + K * l] : heard ? creal(link_coherent(link, k, j, l)) : 0.0;
            double variance = j < K ? link_variance(link, k, j, l) : link->S[k + K * l], scale;

            for (size_t i = 0; i < DRAWS; i++) {
                double complex A = signals_product(&s, beam, i, k, j);

                re[i] = creal(A);
                im[i] = cimag(A);
                square[i] = creal(A * conj(A));
            }
            scale = sqrt(variance);
            expect_mean(re, simulated, mean, 0.01 * scale);
            expect_mean(im, simulated, 0.0, 0.01 * scale);
            expect_mean(square, simulated, variance + mean * mean, 0.02 * (variance + mean * mean));
        }
        for (size_t i = 0; j < K && i < DRAWS; i++) {
            square[i] = signals_square(&s, i, j);
        }
        if (j < K) {
            expect_mean(square, simulated, 1.0, 0.02);
        }
    }
    free(re);
    free(s.raw.memory);
}

/* Of every precoder of the table; more antennas than pilots by a few, so that no precoder is heavy-tailed. */
static void moments_are_those_of_raw_draws(void **state)
{
    (void)state;
    const size_t shapes[][3] = {{8, 3, 3}, {8, 4, 2}, {6, 3, 1}}; /* N, K, tau_p */

    for (size_t i = 0; i < 3 * CFI_PRECODER_COUNT; i++) {
        const size_t *shape = shapes[i % 3];
        made_system made = make_system(60 + i, 2, shape[1], shape[0], 4);
        drop *d;

        reuse_pilots(&made, shape[2]);
        made.system.precoding = (cfi_precoding){.kind = (cfi_precoder_kind)(i / 3), .draws = DRAWS};
        made.system.frame.pilot_power_w = 2e-6; /* estimates far from perfect */
        d = make_drop(made);
        assert_int_equal(d->link.pilots_overlap, i % 3 > 0);
        assert_int_equal(d->link.theorem1, i / 3 == CFI_PRECODER_MR);
        for (size_t l = 0; l < 2; l++) {
            compare_moments(d, l);
        }
        free_drop(d);
    }
}

/* The words of the scenario's key and the rows of the table are one list; a row says the same name. */
static void precoders_have_the_names_of_their_kinds(void **state)
{
#define WORD(constant, word) #word,
    static const char *const words[] = {CFI_PRECODERS(WORD)};

    (void)state;
    for (size_t i = 0; i < CFI_PRECODER_COUNT; i++) {
        const cfi_system system = {.precoding.kind = (cfi_precoder_kind)i};

        assert_string_equal(channel_precoder(&system)->name, words[i]);
    }
    assert_string_equal(words[0], "mr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_everything_by_hand),
        cmocka_unit_test(two_users_of_one_pilot_by_hand),
        cmocka_unit_test(information_of_one_access_point_by_hand),
        cmocka_unit_test(beams_in_opposite_phase_cancel),
        cmocka_unit_test(sinr_is_the_papers_formula_in_gamma_and_eta),
        cmocka_unit_test(moments_are_those_of_raw_draws),
        cmocka_unit_test(precoders_have_the_names_of_their_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
