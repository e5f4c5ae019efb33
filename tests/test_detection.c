/* Probabilities of detection, and the tails of sums of exponential variables behind them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/metrics.h"
#include "check.h"
#include "metrics/exponentials.h"

#include <float.h>

enum { MOST = 1024 };

/* Scratch of one sum. */
static double work[2 * MOST];

/* ----------------------------------------------------------------- independent formulas ---- */

/* e^-y y^m / m! */
static long double poisson(size_t m, long double y)
{
    return expl(-y + (long double)m * logl(y) - lgammal((long double)m + 1.0L));
}

/* P(E_1 + .. + E_n > y) and < y of exponential numbers of mean 1: Poisson sums of positive terms. */
static void erlang(size_t n, long double y, long double *above, long double *below)
{
    *above = *below = 0.0L;
    for (size_t m = 0; m < n; m++) {
        *above += poisson(m, y);
    }
    for (size_t m = n;; m++) {
        long double term = poisson(m, y);

        *below += term;
        if ((long double)m > y && term <= 1e-22L * *below) {
            break;
        }
    }
}

/* abs(z + sqrt(offset))^2 is an Erlang number of a Poisson number of stages more than one: P(stage after m) is a sum of
 * poisson(.., y) up to m, or from m + 1 on. */
static void marcum(double offset, double y, long double *above, long double *below)
{
    enum { STAGES = 3000 }; /* offset, y < 900 */
    static long double rest[STAGES + 1];
    long double sum = 0.0L;

    rest[STAGES] = 0.0L;
    for (size_t m = STAGES; m-- > 0;) {
        rest[m] = rest[m + 1] + poisson(m, y);
    }
    *above = *below = 0.0L;
    for (size_t m = 0; m < STAGES; m++) {
        long double weight = poisson(m, offset);

        sum += poisson(m, y);
        *above += weight * sum;
        *below += weight * rest[m + 1];
    }
}

/* P(S > t) of scales that lie far apart, by partial fractions. */
static long double by_partial_fractions(size_t n, const double *scale, double t)
{
    long double sum = 0.0L;

    for (size_t i = 0; i < n; i++) {
        long double term = expl(-(long double)t / scale[i]);

        for (size_t j = 0; j < n; j++) {
            term *= j == i ? 1.0L : (long double)scale[i] / ((long double)scale[i] - scale[j]);
        }
        sum += term;
    }
    return sum;
}

static tails tails_of(size_t n, const double *scale, const double *offset, double t)
{
    exponential_sum sum = {.count = n, .scale = scale, .offset = offset, .work = work};

    return exponentials_tails(&sum, t);
}

static double quantile_of(size_t n, const double *scale, double above)
{
    exponential_sum sum = {.count = n, .scale = scale, .work = work};

    return exponentials_quantile(&sum, above);
}

/* Of a number that may be too small for a double. */
#define assert_tail(actual, expected, relative)                                                                        \
    do {                                                                                                               \
        if ((expected) > 1e-300L) {                                                                                    \
            assert_close(actual, (double)(expected), relative);                                                        \
        } else {                                                                                                       \
            assert_true((actual) <= 2e-300);                                                                           \
        }                                                                                                              \
    } while (0)

/* ------------------------------------------------------------------------------- the tails ---- */

/* Relative accuracy of a logarithm of some hundreds. */
static const double FINE = 2e-12;

static void equal_scales_are_erlangs(void **state)
{
    static double scale[MOST];
    const size_t counts[] = {1, 2, 3, 8, 64, 1024};

    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (size_t i = 0; i < counts[c]; i++) {
            scale[i] = 2.5;
        }
        for (double x = 0.01; x < 40.0; x *= 2.9) {
            double y = x * (double)counts[c];
            tails q = tails_of(counts[c], scale, NULL, 2.5 * y);
            long double above, below;

            erlang(counts[c], y, &above, &below);
            assert_tail(q.above, above, FINE);
            assert_tail(q.below, below, FINE);
        }
    }
}

/* Neighbours so near that their differences are rounding: an Erlang number of their mean, but for terms of second order
 * in the differences. */
static void nearly_equal_scales_are_no_trouble(void **state)
{
    static double scale[MOST];
    const size_t counts[] = {2, 8, 64, 1024};

    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        size_t n = counts[c];

        for (double apart = 1e-16; apart < 1e-6; apart *= 1e3) {
            for (size_t i = 0; i < n; i++) {
                scale[i] = 1.0 + apart * ((double)i - 0.5 * (double)(n - 1)) / (double)n;
            }
            for (double x = 0.3; x < 4.0; x *= 1.7) {
                double y = x * (double)n;
                tails q = tails_of(n, scale, NULL, y);
                long double above, below;

                erlang(n, y, &above, &below);
                assert_tail(q.above, above, FINE + 1e4 * apart * apart);
                assert_tail(q.below, below, FINE + 1e4 * apart * apart);
            }
        }
    }
}

static void scales_far_apart_are_partial_fractions(void **state)
{
    const double scale[] = {1.0, 0.31, 1e-1, 0.02, 3e-3, 1e-5, 4e-9, 0.0};

    (void)state;
    for (size_t n = 1; n <= 8; n++) {
        size_t fractions = n == 8 ? 7 : n; /* the last one adds nothing */

        for (double t = 0.7; t < 600.0; t *= 1.9) {
            assert_close(tails_of(n, scale, NULL, t).above, (double)by_partial_fractions(fractions, scale, t), 1e-12);
        }
    }
}

/* Small t: the volume of a simplex, t^n / (n! prod scale), less t / (n + 1) sum 1 / scale of it. */
static void small_sums_are_volumes(void **state)
{
    const double scale[] = {1.0, 0.5, 1e-2, 20.0, 3.0};
    double volume = 1.0;

    (void)state;
    for (size_t n = 1; n <= 5; n++) {
        double t = 1e-9;

        volume *= 1.0 / ((double)n * scale[n - 1]);
        assert_close(tails_of(n, scale, NULL, t).below, volume * pow(t, (double)n), 1e-7);
    }
}

static void offsets_are_marcums(void **state)
{
    const double offset[] = {1e-10, 1e-3, 0.5, 3.0, 30.0, 300.0, 700.0};
    double one = 1.0;

    (void)state;
    for (size_t i = 0; i < sizeof offset / sizeof *offset; i++) {
        for (double y = 1e-3; y < 700.0; y *= 31.0) {
            tails q = tails_of(1, &one, &offset[i], y);
            long double above, below;

            marcum(offset[i], y, &above, &below);
            assert_tail(q.above, above, FINE);
            assert_tail(q.below, below, FINE);
        }
    }
}

/* A hundred small ones beside a large one: the sum is nearly the large one, moved by their mean. */
static void many_small_ones_move_the_large_one(void **state)
{
    static double scale[MOST];
    double rest = 0.0;

    (void)state;
    scale[0] = 1.0;
    for (size_t i = 1; i < MOST; i++) {
        scale[i] = 1e-2;
        rest -= log1p(-scale[i]); /* E exp(x) of all of them: P(S > t) is exp(-t) times it where t lies beyond them */
    }
    for (double t = 30.0; t < 600.0; t *= 1.7) {
        assert_close(tails_of(MOST, scale, NULL, t).above, exp(rest - t), FINE);
    }
}

static void quantiles_are_inverses(void **state)
{
    static double scale[MOST];
    const double above[] = {1e-300, 1e-100, 1e-12, 1e-3, 0.3, 0.5, 0.9, 1.0 - 1e-6, 1.0 - 1e-13};

    (void)state;
    for (size_t n = 1; n <= MOST; n *= 4) {
        for (size_t i = 0; i < n; i++) {
            scale[i] = pow((double)(i + 1), -1.5);
        }
        for (size_t a = 0; a < sizeof above / sizeof *above; a++) {
            tails q = tails_of(n, scale, NULL, quantile_of(n, scale, above[a]));

            assert_close(q.above, above[a], FINE);
            assert_close(q.below, 1.0 - above[a], FINE);
        }
    }
}

/* ---------------------------------------------------------------------------- own echoes ---- */

/* design: lambda = 3, P_FA = 1e-3. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_scales_are_erlangs),
        cmocka_unit_test(nearly_equal_scales_are_no_trouble),
        cmocka_unit_test(scales_far_apart_are_partial_fractions),
        cmocka_unit_test(small_sums_are_volumes),
        cmocka_unit_test(offsets_are_marcums),
        cmocka_unit_test(many_small_ones_move_the_large_one),
        cmocka_unit_test(quantiles_are_inverses),
        cmocka_unit_test(one_echo_by_hand),
        cmocka_unit_test(steady_echoes_are_marcums),
        cmocka_unit_test(least_snr_is_the_inverse),
        cmocka_unit_test(more_light_detects_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
