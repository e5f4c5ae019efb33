/* Probabilities of detection: closed forms, and drawn echoes. docs/model.md (M26) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "drops.h"
#include "exponential_sums.h"

#include <float.h>

/* ---------------------------------------------------------------------------- own echoes ---- */

/* exp(ln 1e-3 / 4) */
static void one_echo_by_hand(void **state)
{
    (void)state;
    assert_close(detection_own_echo(3.0, 1e-3, 1), 0.17782794100389228, 1e-14);
    assert_close(detection_least_snr(0.17782794100389228, 1e-3, 1), 3.0, 1e-13);
    for (size_t swerling = 0; swerling <= 1; swerling++) {
        assert_close(detection_own_echo(0.0, 1e-3, swerling), 1e-3, 1e-13);
        assert_close(detection_own_echo(0.0, 1e-300, swerling), 1e-300, 1e-12);
        assert_true(detection_own_echo(1e6, 1e-300, swerling) > 0.999);
        assert_true(detection_least_snr(1e-3, 1e-3, swerling) == 0.0);
        assert_true(detection_least_snr(1e-4, 1e-3, swerling) == 0.0);
    }
    assert_true(detection_own_echo(1e300, 1e-300, 0) == 1.0);
}

static void steady_echoes_are_marcums(void **state)
{
    (void)state;
    for (double snr = 0.1; snr < 400.0; snr *= 3.3) {
        for (double false_alarm = 1e-250; false_alarm < 0.9; false_alarm = pow(false_alarm, 0.2)) {
            long double above, below;

            marcum(snr, -log(false_alarm), &above, &below);
            assert_close(detection_own_echo(snr, false_alarm, 0), (double)above, FINE);
        }
    }
}

static void least_snr_is_the_inverse(void **state)
{
    const double wanted[] = {1e-200, 1e-9, 0.01, 0.3, 0.5, 0.9, 0.999, 1.0 - 1e-9, 1.0 - DBL_EPSILON};

    (void)state;
    for (size_t swerling = 0; swerling <= 1; swerling++) {
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
            for (double false_alarm = 1e-300; false_alarm < wanted[i]; false_alarm = pow(false_alarm, 0.2)) {
                double snr = detection_least_snr(wanted[i], false_alarm, swerling);
                double got = detection_own_echo(snr, false_alarm, swerling);

                assert_close(got, wanted[i], 1e-11);
                if (wanted[i] < 0.999) { /* nearer to 1 a double does not tell */
                    assert_close(detection_least_snr(got, false_alarm, swerling), snr, 1e-9);
                }
            }
        }
    }
}

static void more_light_detects_more(void **state)
{
    (void)state;
    for (size_t swerling = 0; swerling <= 1; swerling++) {
        double last = 1e-6;

        for (double snr = 0.01; snr < 30.0; snr *= 1.2) {
            double next = detection_own_echo(snr, 1e-6, swerling);

            assert_true(next > last);
            assert_true(detection_own_echo(snr, 1e-5, swerling) > next);
            last = next;
        }
    }
}

/* --------------------------------------------------------------------------- all together ---- */

static double fused(size_t L, const double *snr, double false_alarm, size_t swerling)
{
    static double scratch[3 * MOST];

    return detection_fused(L, snr, false_alarm, swerling, scratch);
}

/* Threshold and probability by partial fractions, the threshold by bisection. */
static double fused_by_fractions(size_t L, const double *snr, double false_alarm)
{
    double weight[8], low = 0.0, high = 1e4;

    for (size_t p = 0; p < L; p++) {
        weight[p] = snr[p] / (1.0 + snr[p]);
    }
    while (high - low > 1e-14 * high) {
        double t = 0.5 * (low + high);

        *(by_partial_fractions(L, weight, t) > false_alarm ? &low : &high) = t;
    }
    return (double)by_partial_fractions(L, snr, low);
}

static void fused_detection_is_partial_fractions(void **state)
{
    const double snr[][3] = {{8.0, 1.2, 0.05}, {0.3, 40.0, 3.0}, {1e-3, 1.0, 1e3}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t L = 1; L <= 3; L++) {
            for (double false_alarm = 1e-9; false_alarm < 1.0; false_alarm *= 20.0) {
                assert_close(fused(L, snr[i], false_alarm, 1), fused_by_fractions(L, snr[i], false_alarm), 1e-10);
            }
        }
    }
}

/* Of echoes that do not fluctuate: two numbers by the midpoint rule over the first one's phase and power, from the law
 * of one alone. */
static void steady_fused_detection_is_a_convolution(void **state)
{
    enum { PARTS = 4000 };
    const double snr[2] = {5.0, 1.5}, false_alarm = 1e-2, weight[2] = {1.0, (1.5 / 2.5) / (5.0 / 6.0)};
    double threshold = quantile_of(2, weight, false_alarm), sum = 0.0;

    (void)state;
    for (size_t i = 0; i < PARTS; i++) {
        double width = threshold / weight[1] / PARTS, y = ((double)i + 0.5) * width, one = 1.0;
        double density = (tails_of(1, &one, &snr[1], y + 0.5 * width).below -
                          tails_of(1, &one, &snr[1], fmax(y - 0.5 * width, 1e-12)).below);

        sum += density * tails_of(1, &one, &snr[0], (threshold - weight[1] * y) / weight[0]).above;
    }
    sum += tails_of(1, &(double){1.0}, &snr[1], threshold / weight[1]).above;
    assert_close(fused(2, snr, false_alarm, 0), sum, 2e-7);
}

static void one_alone_is_fused_with_nobody(void **state)
{
    const double snr[3] = {2.0, 0.0, 0.0}, dark[3] = {0.0, 0.0, 0.0};

    (void)state;
    for (size_t swerling = 0; swerling <= 1; swerling++) {
        for (double false_alarm = 1e-300; false_alarm < 0.9; false_alarm = pow(false_alarm, 0.3)) {
            assert_close(fused(1, snr, false_alarm, swerling), detection_own_echo(2.0, false_alarm, swerling), 1e-11);
            assert_close(fused(3, snr, false_alarm, swerling), detection_own_echo(2.0, false_alarm, swerling), 1e-11);
            assert_true(fused(3, dark, false_alarm, swerling) == false_alarm);
        }
    }
}

/* The sum of L equal ones is an Erlang number without and with the target. */
static void equal_echoes_are_erlangs(void **state)
{
    static double snr[MOST];
    long double above, below;

    (void)state;
    for (size_t L = 1; L <= MOST; L *= 4) {
        double low = 0.0, high = 1e5;

        for (size_t p = 0; p < L; p++) {
            snr[p] = 0.4;
        }
        while (high - low > 1e-14 * high) {
            double t = 0.5 * (low + high);

            erlang(L, t, &above, &below);
            *(above > 1e-6L ? &low : &high) = t;
        }
        erlang(L, low / 1.4, &above, &below);
        assert_close(fused(L, snr, 1e-6, 1), (double)above, 1e-10);
    }
}

/* The likelihood ratio's test is better than any other, such as one that knows a single echo. */
static void others_never_hurt(void **state)
{
    double snr[4] = {4.0, 0.5, 1e-3, 1e-9}, alone = detection_own_echo(4.0, 1e-4, 1), last = 0.0;

    (void)state;
    for (size_t L = 1; L <= 4; L++) {
        assert_true(fused(L, snr, 1e-4, 1) >= alone * (1.0 - 1e-12));
    }
    for (snr[1] = 0.1; snr[1] < 100.0; snr[1] *= 1.5) {
        assert_true(fused(4, snr, 1e-4, 1) > last);
        last = fused(4, snr, 1e-4, 1);
    }
    last = 0.0;
    for (double false_alarm = 1e-300; false_alarm < 0.95; false_alarm = pow(false_alarm, 0.7)) {
        assert_true(fused(4, snr, false_alarm, 1) > fmax(last, false_alarm));
        last = fused(4, snr, false_alarm, 1);
    }
}

/* -------------------------------------------------------------------------------- of a drop ---- */

/* The first access point of the worked example: M T abs(alpha)^2 (N x + N^2 y) / sigma_s^2, x = 3e-5, y = 2e-5. */
static void echo_snr_by_hand(void **state)
{
    made_system made = make_system(3, 1, 2, 4, 4);
    double snr, gain = 7.692308e-3;
    drop *d;

    (void)state;
    made.system.frame.T = 30;
    made.system.power.sensing_noise_w = 1e-6;
    made.system.sensing.path_gain = gain;
    d = make_drop(made);
    d->powers.p[0] = 4.0 * 2e-5;
    d->powers.p[1] = 4.0 * 1e-5;
    d->powers.s[0] = 4.0 * 2.0 * 1e-5;
    metrics_echo_snr(&d->link, &d->powers, &snr);
    assert_close(snr, 4.0 * 30.0 * gain * gain * (4.0 * 3e-5 + 16.0 * 2e-5) / 1e-6, 1e-12);
    free_drop(d);
}

/* The filter's output from the raw signal, sum_t b^H y_t (a^H x_t)^* over its deviation: that of the observer. */
static void filtered_echoes_are_what_is_drawn(void **state)
{
    enum { N = 3, M = 2, K = 2, T = 6, TRIALS = 20000 };
    double complex a[N], b[M], F[N][K], S[K][T];
    double lit = 0.0, noise_w = 0.3, power = 0.05, snr, mean[2] = {0.0, 0.0}, squares[2] = {0.0, 0.0};
    cfi_stream stream = stream_make(11, 0, CFI_DRAW_START, 0);
    double x[2 * (N * K + T * M + 1)];

    (void)state;
    channel_steering(0.4, N, a, NULL);
    channel_steering(0.4, M, b, NULL);
    random_normals(&stream, 2 * N * K, x);
    for (size_t k = 0; k < K; k++) {
        double complex v = 0.0;

        for (size_t n = 0; n < N; n++) {
            F[n][k] = x[2 * (K * n + k)] + I * x[2 * (K * n + k) + 1];
            v += conj(a[n]) * F[n][k];
        }
        for (size_t t = 0; t < T; t++) { /* S S^H = T I */
            S[k][t] = cexp(2.0 * M_PI * I * (double)(k * t) / T);
        }
        lit += creal(v) * creal(v) + cimag(v) * cimag(v);
    }
    snr = M * T * power * lit / noise_w;
    for (size_t i = 0; i < TRIALS; i++) {
        double complex gain, out[2] = {0.0, 0.0};

        random_normals(&stream, 2 * (T * M + 1), x);
        gain = sqrt(0.5 * power) * (x[2 * T * M] + I * x[2 * T * M + 1]);
        for (size_t t = 0; t < T; t++) {
            double complex at = 0.0;

            for (size_t k = 0; k < K; k++) {
                for (size_t n = 0; n < N; n++) {
                    at += conj(a[n]) * F[n][k] * S[k][t];
                }
            }
            for (size_t m = 0; m < M; m++) {
                double complex n = sqrt(0.5 * noise_w) * (x[2 * (M * t + m)] + I * x[2 * (M * t + m) + 1]);

                out[0] += conj(b[m]) * n * conj(at);
                out[1] += conj(b[m]) * (gain * b[m] * at + n) * conj(at);
            }
        }
        for (size_t h = 0; h < 2; h++) {
            double power_out =
                (creal(out[h]) * creal(out[h]) + cimag(out[h]) * cimag(out[h])) / (noise_w * M * T * lit);

            mean[h] += power_out / TRIALS;
            squares[h] += power_out * power_out / TRIALS;
        }
    }
    for (size_t h = 0; h < 2; h++) { /* exponential: mean square twice the mean's, errors 1 and sqrt(20) a trial */
        double expected = h == 0 ? 1.0 : 1.0 + snr;

        assert_close(mean[h], expected, 4.0 / sqrt(TRIALS));
        assert_close(squares[h], 2.0 * expected * expected, 4.0 * sqrt(5.0 / TRIALS));
    }
}

/* L access points of one transmit antenna that only send beams: the light is the same in every channel, and the closed
 * form exact. snr: L. */
static drop *steady_light(size_t L, const double *snr, double false_alarm, size_t swerling)
{
    made_system made = make_system(17 + L, L, 2, 2, 2);
    double own[MOST];
    drop *d;

    made.system.sensing.false_alarm_probability = false_alarm;
    made.system.sensing.detection_threshold = 0.5;
    made.system.sensing.swerling = swerling;
    made.system.monte_carlo.bounds = CFI_MC_BOUNDS_NONE;
    d = make_drop(made);
    memset(d->powers.p, 0, 2 * L * sizeof(double));
    metrics_echo_snr(&d->link, &d->powers, own);
    for (size_t l = 0; l < L; l++) {
        d->powers.s[l] *= snr[l] / own[l];
    }
    return d;
}

static cfi_monte_carlo detect(drop *d, size_t realizations, size_t threads)
{
    cfi_monte_carlo mc;
    cfi_error error = {.text = ""};

    d->made.system.monte_carlo.realizations = realizations;
    if (metrics_monte_carlo(&d->network, &d->powers, threads, NULL, d->arena, &mc, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return mc;
}

#define assert_score(value, expected, std_error) assert_true(fabs((value) - (expected)) < 4.0 * (std_error))

/* The closed forms against drawn echoes: equal, nearly equal and very different ones. */
static void closed_forms_are_what_is_simulated(void **state)
{
    const size_t counts[] = {1, 2, 8, 64};
    double snr[64];

    (void)state;
    for (size_t c = 0; c < 4; c++) {
        size_t L = counts[c];

        for (size_t kind = 0; kind < 6; kind++) {
            size_t swerling = kind % 2;
            double false_alarm = 0.02;
            cfi_monte_carlo mc;
            drop *d;

            for (size_t l = 0; l < L; l++) {
                const double scale[3] = {1.0, 1.0 + 1e-9 * (double)l, pow(0.3, (double)l)};

                snr[l] = 3.0 * scale[kind / 2] / (kind < 4 ? sqrt((double)L) : 1.0);
            }
            d = steady_light(L, snr, false_alarm, swerling);
            mc = detect(d, 2000, 1);
            assert_score(mc.detection_probability_fused, fused(L, snr, false_alarm, swerling),
                         mc.detection_probability_fused_std_error);
            assert_score(mc.false_alarm_probability_fused, false_alarm, mc.false_alarm_probability_fused_std_error);
            for (size_t l = 0; l < L; l++) {
                assert_score(mc.detection_probability[l], detection_own_echo(snr[l], false_alarm, swerling),
                             mc.detection_probability_std_error[l]);
            }
            free_drop(d);
        }
    }
}

/* One stream over Rayleigh fading: the light is exponential. The mean over it is less than what the mean light gives
 * where detection is likely. */
static void light_that_fluctuates_is_averaged_over(void **state)
{
    enum { PARTS = 20000 };
    made_system made = make_system(23, 1, 1, 2, 4);
    double snr, mean = 0.0, averaged;
    cfi_monte_carlo mc;
    drop *d;

    (void)state;
    made.system.sensing.false_alarm_probability = 1e-3;
    made.system.sensing.detection_threshold = 0.5;
    made.system.sensing.swerling = 1;
    d = make_drop(made);
    d->powers.s[0] = 0.0;
    metrics_echo_snr(&d->link, &d->powers, &snr);
    d->powers.p[0] *= 20.0 / snr;
    for (size_t i = 0; i < PARTS; i++) {
        mean += detection_own_echo(-20.0 * log(((double)i + 0.5) / PARTS), 1e-3, 1) / PARTS;
    }
    averaged = detection_own_echo(20.0, 1e-3, 1);
    mc = detect(d, 20000, 1);
    assert_score(mc.detection_probability[0], mean, mc.detection_probability_std_error[0]);
    assert_score(mc.detection_probability_fused, mean, mc.detection_probability_fused_std_error);
    assert_true(averaged - mean > 10.0 * mc.detection_probability_std_error[0]);
    free_drop(d);
}

static void detections_do_not_depend_on_threads(void **state)
{
    const double snr[3] = {1.0, 3.0, 0.2};
    drop *d = steady_light(3, snr, 0.05, 1);
    cfi_monte_carlo one = detect(d, 500, 1), many = detect(d, 500, 3);

    (void)state;
    assert_memory_equal(one.detection_probability, many.detection_probability, 3 * sizeof(double));
    assert_true(one.detection_probability_fused == many.detection_probability_fused);
    assert_true(one.false_alarm_probability_fused == many.false_alarm_probability_fused);
    free_drop(d);
}

/* Neither is a share of none or all without an error, nor does somebody without light detect more than by chance. */
static void the_dark_is_left_to_chance(void **state)
{
    const double snr[2] = {0.0, 1e9}, dark[2] = {0.0, 0.0};
    drop *d = steady_light(2, snr, 0.05, 1), *night = steady_light(2, dark, 0.05, 1);
    cfi_monte_carlo mc = detect(d, 4000, 1), none = detect(night, 4000, 1);

    (void)state;
    assert_score(mc.detection_probability[0], 0.05, mc.detection_probability_std_error[0]);
    assert_true(mc.detection_probability[1] == 1.0 && mc.detection_probability_std_error[1] > 0.0);
    assert_true(mc.detection_probability_fused == 1.0 && mc.detection_probability_fused_std_error > 0.0);
    assert_score(none.detection_probability_fused, 0.05, none.detection_probability_fused_std_error);
    free_drop(d);
    free_drop(night);
}

static void nobody_asks_nobody_detects(void **state)
{
    drop *d = make_drop(make_system(5, 2, 2, 2, 2));
    cfi_monte_carlo mc = detect(d, 10, 1);

    (void)state;
    assert_null(mc.detection_probability);
    assert_true(isnan(mc.detection_probability_fused) && isnan(mc.false_alarm_probability_fused));
    free_drop(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_echo_by_hand),
        cmocka_unit_test(steady_echoes_are_marcums),
        cmocka_unit_test(least_snr_is_the_inverse),
        cmocka_unit_test(more_light_detects_more),
        cmocka_unit_test(fused_detection_is_partial_fractions),
        cmocka_unit_test(steady_fused_detection_is_a_convolution),
        cmocka_unit_test(one_alone_is_fused_with_nobody),
        cmocka_unit_test(equal_echoes_are_erlangs),
        cmocka_unit_test(others_never_hurt),
        cmocka_unit_test(echo_snr_by_hand),
        cmocka_unit_test(filtered_echoes_are_what_is_drawn),
        cmocka_unit_test(closed_forms_are_what_is_simulated),
        cmocka_unit_test(light_that_fluctuates_is_averaged_over),
        cmocka_unit_test(detections_do_not_depend_on_threads),
        cmocka_unit_test(the_dark_is_left_to_chance),
        cmocka_unit_test(nobody_asks_nobody_detects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
