/* Closed forms of rates and bounds, against the formulas by hand and the raw signal model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <lapacke.h>
#include <string.h>

#include "brute_bounds.h"
#include "check.h"

static double sum_rate(drop *d, cfi_rate_model model)
{
    double *sinr = arena_alloc(d->arena, d->made.system.K, sizeof *sinr);

    assert_int_equal(metrics_sinr(&d->link, &d->powers, model, d->arena, sinr, NULL), CFI_OK);
    return metrics_rates(&d->made.system, sinr, NULL);
}

static void rate_of_one_user_and_one_ap_by_hand(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(1, 1, 1, 4, 4));
    const cfi_system *s = &d->made.system;
    double beta = 0.25, energy = 1e-3, xi, signal, noise;

    d->made.gain[0] = beta;
    remake_link(d);
    xi = energy * beta * beta / (energy * beta + 1e-6);
    assert_close(d->xi[0], xi, 1e-14);
    d->powers.p[0] = 4.0 * 2e-4; /* gamma = 2e-4 / xi */
    d->powers.s[0] = 4.0 * 5e-5; /* eta = 5e-5 */
    signal = 4.0 * xi * sqrt(2e-4 / xi);
    noise = 4.0 * beta * 2.5e-4 + 1e-6;
    assert_close(sum_rate(d, CFI_RATE_EXACT), s->frame.prelog * log2(1.0 + signal * signal / noise), 1e-14);
    free_drop(d);
}

static void rate_forms_agree_without_pilot_reuse_and_differ_with_it(void **state)
{
    (void)state;
    made_system made = make_system(2, 6, 4, 4, 4);
    drop *d = make_drop(made);

    assert_true(sum_rate(d, CFI_RATE_EXACT) == sum_rate(d, CFI_RATE_THEOREM1));
    free_drop(d);
    made = make_system(2, 6, 4, 4, 4);
    reuse_pilots(&made, 2);
    d = make_drop(made);
    assert_true(sum_rate(d, CFI_RATE_EXACT) < 0.95 * sum_rate(d, CFI_RATE_THEOREM1));
    free_drop(d);
}

static void exact_rate_follows_the_formula_term_by_term(void **state)
{
    (void)state;
    made_system made = make_system(3, 5, 4, 3, 2);
    drop *d;
    double expected = 0.0;

    reuse_pilots(&made, 2);
    d = make_drop(made);
    for (size_t k = 0; k < 4; k++) {
        double u = 0.0, load = 1e-6;

        for (size_t j = 0; j < 4; j++) {
            double coherent = 0.0;

            for (size_t l = 0; l < 5; l++) {
                size_t jl = j + 4 * l, kl = k + 4 * l;

                load += 3.0 * made.gain[kl] * (d->xi[jl] * gamma_of(d, &d->powers, jl) + eta_of(d, &d->powers, l));
                u += j == k ? 3.0 * d->xi[kl] * sqrt(gamma_of(d, &d->powers, kl)) : 0.0;
                coherent += 3.0 * sqrt(gamma_of(d, &d->powers, jl)) * d->xi[jl] * made.gain[kl] / made.gain[jl];
            }
            load += j != k && j % 2 == k % 2 ? coherent * coherent : 0.0;
        }
        expected += made.system.frame.prelog * log2(1.0 + u * u / load);
    }
    assert_close(sum_rate(d, CFI_RATE_EXACT), expected, 1e-13);
    free_drop(d);
}

static void interference_depends_on_the_radiated_powers_alone(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(4, 5, 3, 4, 4));
    double before[3], after[3];

    assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, before, NULL), CFI_OK);
    for (size_t l = 0; l < 5; l++) { /* power of one user goes to another and to the beam */
        double *p = d->powers.p + 3 * l, moved = 0.5 * p[0];

        p[0] -= moved;
        p[1] += 0.25 * moved;
        d->powers.s[l] += 0.75 * moved;
    }
    assert_int_equal(metrics_sinr(&d->link, &d->powers, CFI_RATE_EXACT, d->arena, after, NULL), CFI_OK);
    assert_close(after[0] / before[0], 0.5, 1e-14);
    assert_true(after[1] > 1.01 * before[1]);
    assert_close(after[2] / before[2], 1.0, 1e-14);
    free_drop(d);
}

/* ------------------------------------------------- bounds from the raw signal's covariance ---- */

/* Averaged transmit covariance of all APs, NL x NL: (39) of the paper. */
static double complex *covariance(const drop *d, double first)
{
    size_t N = d->made.system.N, L = d->made.system.L, K = d->made.system.K, NL = N * L;
    double complex *R = calloc(NL * NL, sizeof *R);

    for (size_t l = 0; l < L; l++) {
        for (size_t q = 0; q < L; q++) {
            for (size_t i = 0; i < N * N; i++) {
                size_t n = i % N, m = i / N;
                double complex *entry = &R[N * l + n + NL * (N * q + m)];

                for (size_t k = 0; k < K; k++) {
                    *entry += sqrt(eta_of(d, &d->powers, l) * eta_of(d, &d->powers, q)) *
                              response(d->made.angle[l], n, first) * conj(response(d->made.angle[q], m, first));
                    if (l == q && n == m) {
                        *entry += d->xi[k + K * l] * gamma_of(d, &d->powers, k + K * l);
                    }
                }
            }
        }
    }
    return R;
}

static double bound_by_brute_force(const drop *d, size_t p, bool multistatic, double first)
{
    double complex *R = covariance(d, first);
    double bound = bound_by_differences(d, R, p, multistatic, first);

    free(R);
    return bound;
}

static void bounds_are_the_inverse_of_the_averaged_fisher_matrix(void **state)
{
    (void)state;
    const size_t antennas[][2] = {{4, 4}, {3, 5}, {5, 2}, {1, 4}, {4, 1}};

    for (size_t i = 0; i < 5; i++) {
        made_system made = make_system(20 + i, 3, 2, antennas[i][0], antennas[i][1]);
        drop *d;
        double own[3], all[3];

        made.system.sensing.random_path_phase = i % 2 == 1;
        d = make_drop(made);
        assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, own, NULL), CFI_OK);
        assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, all, NULL), CFI_OK);
        for (size_t p = 0; p < 3; p++) { /* differences of the signal are good to 1e-9 or so */
            assert_close(own[p], bound_by_brute_force(d, p, false, 1.0), 1e-7);
            assert_close(all[p], bound_by_brute_force(d, p, true, 1.0), 1e-7);
            assert_close(bound_by_brute_force(d, p, true, 0.0), all[p], 1e-7);
        }
        free_drop(d);
    }
}

static void own_echo_bound_is_theorem_2(void **state)
{
    (void)state;
    /* (15)-(18) with explicit traces: B = b a^H, its derivative, R = x I + y a a^H */
    const size_t N = 4, M = 3;
    drop *d = make_drop(make_system(30, 2, 2, N, M));
    const cfi_system *s = &d->made.system;
    double own[2];

    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, own, NULL), CFI_OK);
    for (size_t p = 0; p < 2; p++) {
        double complex a[8], b[6], B[12], Bdot[12], hat = 0.0;
        double x = metrics_comm_power(2, &d->powers, p) / (double)N, y = d->powers.s[p] / (double)N;
        double tau = 0.0, tilde = 0.0;

        channel_steering(s->sensing.angle_rad[p], N, a, a + N);
        channel_steering(s->sensing.angle_rad[p], M, b, b + M);
        for (size_t i = 0; i < N * M; i++) {
            size_t m = i % M, n = i / M;

            B[i] = b[m] * conj(a[n]);
            Bdot[i] = b[M + m] * conj(a[n]) + b[m] * conj(a[N + n]);
        }
        for (size_t m = 0; m < M; m++) { /* rows: tr(X R Y^H) = x sum X Y^* + y (X a)(Y a)^* */
            double complex Ba = 0.0, Da = 0.0;

            for (size_t n = 0; n < N; n++) {
                double complex B_mn = B[m + M * n], D_mn = Bdot[m + M * n];

                tau += x * creal(B_mn * conj(B_mn));
                tilde += x * creal(D_mn * conj(D_mn));
                hat += x * B_mn * conj(D_mn);
                Ba += B_mn * a[n];
                Da += D_mn * a[n];
            }
            tau += y * creal(Ba * conj(Ba));
            tilde += y * creal(Da * conj(Da));
            hat += y * Ba * conj(Da);
        }
        double g = s->sensing.path_gain * s->sensing.path_gain, spread = tilde * tau - creal(hat * conj(hat));
        assert_close(own[p], s->power.sensing_noise_w / (2.0 * 30.0) * tau / (g * spread), 1e-12);
    }
    free_drop(d);
}

static void bounds_without_information_are_infinite(void **state)
{
    (void)state;
    drop *d = make_drop(make_system(31, 2, 2, 1, 1));
    double own[2], all[2];

    assert_int_equal(metrics_crlb_own_echo(&d->link, &d->powers, d->arena, own, NULL), CFI_OK);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, all, NULL), CFI_OK);
    assert_true(own[0] == INFINITY && all[1] == INFINITY);
    free_drop(d);
}

static void equal_paths_given_as_a_matrix_change_nothing(void **state)
{
    (void)state;
    made_system made = make_system(32, 4, 3, 4, 4);
    drop *d = make_drop(made);
    double gains[16], one[4], two[4];

    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, one, NULL), CFI_OK);
    for (size_t i = 0; i < 16; i++) {
        gains[i] = 0.01;
    }
    d->made.system.sensing.path_gains = gains;
    assert_int_equal(network_draw(&d->made.system, 0, d->arena, &d->network, NULL), CFI_OK);
    remake_link(d);
    assert_false(d->network.equal_paths);
    assert_int_equal(metrics_crlb_multistatic(&d->link, &d->powers, d->arena, two, NULL), CFI_OK);
    for (size_t p = 0; p < 4; p++) {
        assert_close(two[p], one[p], 1e-14);
    }
    free_drop(d);
}

/* (19c): the mean of trace(F F^H), F = Hhat diag(sqrt gamma) + a sqrt(eta)^T, is sum_k p_kl + s_l. */
static void an_access_point_radiates_the_watts_of_its_powers(void **state)
{
    (void)state;
    enum { N = 4, K = 3, COUNT = 4000, SIZE = N * K };
    drop *d = make_drop(make_system(12, 2, K, N, 4));
    double *memory = malloc(4 * SIZE * COUNT * sizeof *memory), sum = 0.0, squares = 0.0, radiated, error;
    cfi_channels h = {memory, memory + SIZE * COUNT}, h_hat = {h.im + SIZE * COUNT, h.im + 2 * SIZE * COUNT};
    double complex a[2 * N];

    channel_steering(d->network.angle_rad[1], N, a, a + N);
    channel_draw(&d->network, 1, &(cfi_channel_range){0, COUNT, SIZE}, channel_scratch_make(&d->network, d->arena),
                 &(cfi_estimated_channels){h, h_hat});
    for (size_t i = 0; i < COUNT; i++) {
        double power = 0.0;

        for (size_t at = 0; at < SIZE; at++) {
            double complex estimate = h_hat.re[i * SIZE + at] + I * h_hat.im[i * SIZE + at];
            double complex f =
                sqrt(gamma_of(d, &d->powers, at % K + K)) * estimate + a[at / K] * sqrt(eta_of(d, &d->powers, 1));

            power += creal(f * conj(f));
        }
        sum += power / COUNT;
        squares += power * power / COUNT;
    }
    error = sqrt((squares - sum * sum) / COUNT);
    radiated = metrics_comm_power(K, &d->powers, 1) + d->powers.s[1];
    assert_true(fabs(sum - radiated) < 4.0 * error && error < 0.01 * radiated);
    free(memory);
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_access_point_radiates_the_watts_of_its_powers),
        cmocka_unit_test(rate_of_one_user_and_one_ap_by_hand),
        cmocka_unit_test(rate_forms_agree_without_pilot_reuse_and_differ_with_it),
        cmocka_unit_test(exact_rate_follows_the_formula_term_by_term),
        cmocka_unit_test(interference_depends_on_the_radiated_powers_alone),
        cmocka_unit_test(bounds_are_the_inverse_of_the_averaged_fisher_matrix),
        cmocka_unit_test(own_echo_bound_is_theorem_2),
        cmocka_unit_test(bounds_without_information_are_infinite),
        cmocka_unit_test(equal_paths_given_as_a_matrix_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
