/* Logarithms and exponentials in vectors. */
#include "alloc/logarithms.h"

#include "alloc/lanes.h"

#include <string.h>

/* ln 2 in two parts, the first of which has 20 zeros at its end: products with exponents are exact. */
static const double LN2_HIGH = 0x1.62e42feep-1, LN2_LOW = 0x1.a39ef35793c76p-33;
/* Added to a number below 2^51 it leaves the nearest integer in the last bits. */
static const double TO_INTEGER = 0x1.8p52;
static const double WIDEST_EXPONENT = 700.0;

enum { FRACTION_BITS = 52 };
/* Of a double: 1, root(1/2), and 2^52, whose last bits count. */
static const unsigned long long ONE_BITS = 0x3ff0000000000000, ROOT_HALF_BITS = 0x3fe6a09e667f3bcd,
                                COUNT_BITS = 0x4330000000000000;

INLINE unsigned long long lane_bits(double number)
{
    unsigned long long bits;

    memcpy(&bits, &number, sizeof bits);
    return bits;
}

INLINE double bits_lane(unsigned long long bits)
{
    double number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

/* x = 2^e m with m between root(1/2) and root(2), ln m = 2 artanh((m - 1) / (m + 1)) by its series. */
INLINE double lane_logarithm(double x)
{
    unsigned long long bits = lane_bits(x);
    unsigned long long biased = (bits + (ONE_BITS - ROOT_HALF_BITS)) >> FRACTION_BITS; /* e + 1023 */
    double m = bits_lane(bits + ONE_BITS - (biased << FRACTION_BITS));
    double exponent = bits_lane(biased | COUNT_BITS) - (0x1p52 + 1023.0);
    double t = (m - 1.0) / (m + 1.0), square = t * t, sum = square * (1.0 / 23.0) + 1.0 / 21.0;

#pragma GCC unroll 9
    for (int term = 19; term >= 3; term -= 2) {
        sum = sum * square + 1.0 / term;
    }
    return exponent * LN2_HIGH + (exponent * LN2_LOW + (t + t + (t + t) * (square * sum)));
}

/* x = k ln 2 + r, and e^r by its series. */
INLINE double lane_exponential(double number)
{
    double low = number > -WIDEST_EXPONENT ? number : -WIDEST_EXPONENT;
    double x = low < WIDEST_EXPONENT ? low : WIDEST_EXPONENT;
    double shifted = x * 0x1.71547652b82fep0 + TO_INTEGER; /* 1 / ln 2 */
    double k = shifted - TO_INTEGER, r = (x - k * LN2_HIGH) - k * LN2_LOW, sum = 1.0;

#pragma GCC unroll 14
    for (int term = 14; term >= 1; term--) {
        sum = sum * (r * (1.0 / term)) + 1.0;
    }
    return sum * bits_lane((lane_bits(shifted) << FRACTION_BITS) + ONE_BITS);
}

CLONES(static, void, take_logarithms, (size_t count, double *number), (count, number))
{
    for (size_t first = 0; first < count; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            number[first + i] = lane_logarithm(number[first + i]);
        }
    }
}

CLONES(static, void, take_exponentials, (size_t count, double *number), (count, number))
{
    for (size_t first = 0; first < count; first += LANES) {
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            number[first + i] = lane_exponential(number[first + i]);
        }
    }
}

/* Whole vectors, and what is left in one that is filled up. */
static void take_each(size_t count, double *number, void (*take)(size_t count, double *number))
{
    size_t whole = count - count % LANES;
    double rest[LANES] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};

    take(whole, number);
    if (whole < count) {
        memcpy(rest, number + whole, (count - whole) * sizeof *rest);
        take(LANES, rest);
        memcpy(number + whole, rest, (count - whole) * sizeof *rest);
    }
}

void logarithms_take(size_t count, double *number)
{
    take_each(count, number, take_logarithms);
}

void exponentials_take(size_t count, double *number)
{
    take_each(count, number, take_exponentials);
}
