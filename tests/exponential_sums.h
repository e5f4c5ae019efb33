/* Tails of sums of exponential variables by formulas of their own. Include after <cmocka.h>. */
#ifndef TESTS_EXPONENTIAL_SUMS_H
#define TESTS_EXPONENTIAL_SUMS_H

#include "metrics/exponentials.h"

#include <math.h>

enum { MOST = 1024 };

/* ----------------------------------------------------------------- independent formulas ---- */

/* e^-y y^m / m! */
static inline long double poisson(size_t m, long double y)
{
    return expl(-y + (long double)m * logl(y) - lgammal((long double)m + 1.0L));
}

/* P(E_1 + .. + E_n > y) and < y of exponential numbers of mean 1: Poisson sums of positive terms. */
static inline void erlang(size_t n, long double y, long double *above, long double *below)
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
static inline void marcum(double offset, double y, long double *above, long double *below)
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
static inline long double by_partial_fractions(size_t n, const double *scale, double t)
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

static inline tails tails_of(size_t n, const double *scale, const double *offset, double t)
{
    static double work[2 * MOST];
    exponential_sum sum = {.count = n, .scale = scale, .offset = offset, .work = work};

    return exponentials_tails(&sum, t);
}

static inline double quantile_of(size_t n, const double *scale, double above)
{
    static double work[2 * MOST];
    exponential_sum sum = {.count = n, .scale = scale, .work = work};

    return exponentials_quantile(&sum, above);
}

/* Relative accuracy of a logarithm of some hundreds. */
static const double FINE = 2e-12;

/* Of a number that may be too small for a double. */
#define assert_tail(actual, expected, relative)                                                                        \
    do {                                                                                                               \
        if ((expected) > 1e-300L) {                                                                                    \
            assert_close(actual, (double)(expected), relative);                                                        \
        } else {                                                                                                       \
            assert_true((actual) <= 2e-300);                                                                           \
        }                                                                                                              \
    } while (0)

#endif
