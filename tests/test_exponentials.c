/* Tails of sums of exponential variables. docs/model.md (M26) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "exponential_sums.h"

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

/* Of means that are almost no numbers any more: what they add is rounding, whatever their offsets. */
static void the_smallest_means_add_nothing(void **state)
{
    const double scale[2] = {1.0, 1e-310}, offset[2] = {3.0, 5.0};

    (void)state;
    for (double t = 0.01; t < 300.0; t *= 3.0) {
        tails one = tails_of(1, scale, offset, t), two = tails_of(2, scale, offset, t);

        assert_close(two.above, one.above, FINE);
        assert_close(two.below, one.below, FINE);
    }
}

/* Tails far below the smallest number are 0, not something else. */
static void tails_beyond_numbers_are_nothing(void **state)
{
    const double scale[2] = {1.0, 0.5}, offset[2] = {1e8, 1e12};
    double mean = 1.0 + 1e8 + 0.5 * (1.0 + 1e12);

    (void)state;
    assert_true(tails_of(2, scale, offset, 1.0).below == 0.0 && tails_of(2, scale, offset, 1.0).above == 1.0);
    assert_true(tails_of(2, scale, offset, 2.0 * mean).above == 0.0);
    assert_close(tails_of(2, scale, offset, mean).above, 0.5, 1e-5); /* nearly normal */
    assert_true(tails_of(2, scale, NULL, 1e9).above == 0.0 && tails_of(2, scale, NULL, 1e-200).below == 0.0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_scales_are_erlangs),
        cmocka_unit_test(nearly_equal_scales_are_no_trouble),
        cmocka_unit_test(scales_far_apart_are_partial_fractions),
        cmocka_unit_test(small_sums_are_volumes),
        cmocka_unit_test(offsets_are_marcums),
        cmocka_unit_test(many_small_ones_move_the_large_one),
        cmocka_unit_test(the_smallest_means_add_nothing),
        cmocka_unit_test(tails_beyond_numbers_are_nothing),
        cmocka_unit_test(quantiles_are_inverses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
