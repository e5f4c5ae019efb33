/* Numbers as decimal text.
 *
 * A double below 2^53 is v = m 2^-s, m < 2^53. With q such that x = 10^q v has 17 digits before the point, 2^s x = m
 * 10^q is an integer of at most 256 bits: its bits above s are those digits, the ones below what is cut off. A decimal
 * of fewer digits reads back to v where it is nearer to v than half a unit of m, 10^q / 2 in 2^s x. */
#include "base/decimal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum {
    LIMBS = 4,        /* of 64 bits, the least first: 100 10^q < 2^(7 + 190), and m 10^q < 2^(53 + 190) with q <= 57 */
    DIGITS = 17,      /* that tell any double from its neighbours */
    FEWEST = 15,      /* that any decimal keeps through a double */
    POWERS = 20,      /* of ten below 2^64 */
    LEAST_PLAIN = -4, /* exponents below are written as such by %g, and those from the number of digits on */
};

__extension__ typedef unsigned __int128 wide;

typedef struct natural {
    uint64_t limb[LIMBS];
} natural;

static const uint64_t power_of_ten[POWERS] = {1u,
                                              10u,
                                              100u,
                                              1000u,
                                              10000u,
                                              100000u,
                                              1000000u,
                                              10000000u,
                                              100000000u,
                                              1000000000u,
                                              10000000000u,
                                              100000000000u,
                                              1000000000000u,
                                              10000000000000u,
                                              100000000000000u,
                                              1000000000000000u,
                                              10000000000000000u,
                                              100000000000000000u,
                                              1000000000000000000u,
                                              10000000000000000000u};

static void natural_multiply(natural *x, uint64_t factor)
{
    uint64_t carry = 0;

    for (size_t i = 0; i < LIMBS; i++) {
        wide product = (wide)x->limb[i] * factor + carry;

        x->limb[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
}

/* factor 10^q */
static natural natural_scaled(uint64_t factor, unsigned q)
{
    natural x = {{factor}};

    for (; q >= POWERS; q -= POWERS - 1) {
        natural_multiply(&x, power_of_ten[POWERS - 1]);
    }
    natural_multiply(&x, power_of_ten[q]);
    return x;
}

/* The bits from s on, as far as they fit. */
static uint64_t natural_above(const natural *x, unsigned s)
{
    unsigned i = s / 64, shift = s % 64;
    uint64_t low = i < LIMBS ? x->limb[i] >> shift : 0;

    return shift > 0 && i + 1 < LIMBS ? low | x->limb[i + 1] << (64 - shift) : low;
}

/* value 2^s + (the bits of x below s); value < 2^64 */
static natural natural_joined(uint64_t value, const natural *x, unsigned s)
{
    natural out = *x;
    unsigned i = s / 64, shift = s % 64;

    for (unsigned j = i; j < LIMBS; j++) {
        out.limb[j] = j == i && shift > 0 ? out.limb[j] << (64 - shift) >> (64 - shift) : 0;
    }
    out.limb[i] |= value << shift;
    if (shift > 0 && i + 1 < LIMBS) {
        out.limb[i + 1] = value >> (64 - shift);
    }
    return out;
}

static int natural_compare(const natural *a, const natural *b)
{
    for (size_t i = LIMBS; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

static natural natural_difference(const natural *a, const natural *b)
{
    natural out;
    uint64_t borrow = 0;

    for (size_t i = 0; i < LIMBS; i++) {
        wide left = (wide)a->limb[i] - b->limb[i] - borrow;

        out.limb[i] = (uint64_t)left;
        borrow = (uint64_t)(left >> 64) & 1;
    }
    return out;
}

static const natural nothing;

/* A double without its sign: m 2^-s, and 2^s x = m 10^q. */
typedef struct number {
    uint64_t m;
    unsigned s, q;
    natural x, unit;  /* m 10^q, 10^q */
    uint64_t digits;  /* of x, before the point */
    uint64_t nearest; /* half a unit of m in x, rounded down: what is nearer reads back */
} number;

/* Which way x goes to the nearest multiple of `unit`, even or not: 1 up, -1 down, 0 both are as near. */
static int nearer_side(const number *n, uint64_t unit)
{
    uint64_t rest = n->digits % unit;
    natural below, whole, above_it;

    if (unit > 1 && 2 * rest != unit) {
        return 2 * rest > unit ? 1 : -1;
    }
    below = natural_joined(rest, &n->x, n->s);
    whole = natural_joined(unit, &nothing, n->s);
    above_it = natural_difference(&whole, &below);
    return natural_compare(&below, &above_it);
}

/* Whether the multiple of `unit` above or below x is nearer than half a unit of m, or as far and m even. */
static bool reads_back(const number *n, uint64_t unit, bool up)
{
    uint64_t rest = n->digits % unit, away = up ? unit - rest - 1 : rest; /* rounded down, or exact less one */
    natural distance, whole;
    int side;

    if (away + 1 < n->nearest || away > n->nearest + 1) {
        return away < n->nearest;
    }
    distance = natural_joined(rest, &n->x, n->s);
    if (up) {
        whole = natural_joined(unit, &nothing, n->s);
        distance = natural_difference(&whole, &distance);
    }
    natural_multiply(&distance, 2);
    side = natural_compare(&distance, &n->unit);
    return side < 0 || (side == 0 && n->m % 2 == 0);
}

/* x as a multiple of unit = 1, 10, 100, to the nearest, of two the even one; *good: it reads back. */
static uint64_t rounded_to(const number *n, uint64_t unit, bool *good)
{
    uint64_t quotient = n->digits / unit;
    int side = nearer_side(n, unit);
    bool up = side > 0 || (side == 0 && quotient % 2 == 1);

    *good = unit == 1 || reads_back(n, unit, up);
    return quotient + up;
}

/* A value in range. The logarithm may be wrong in its last bit: q is put right from the digits. */
static void take_apart(double value, number *n)
{
    int binary, q = DIGITS - 1 - (int)floor(log10(value));
    double fraction = frexp(value, &binary);

    n->m = (uint64_t)(0x1p53 * fraction);
    n->s = (unsigned)(53 - binary);
    n->q = (unsigned)q;
    n->x = natural_scaled(n->m, n->q);
    if (natural_above(&n->x, n->s) < power_of_ten[DIGITS - 1]) {
        n->x = natural_scaled(n->m, ++n->q);
    } else if (natural_above(&n->x, n->s) >= power_of_ten[DIGITS]) {
        n->x = natural_scaled(n->m, --n->q);
    }
    n->unit = natural_scaled(1, n->q);
    n->digits = natural_above(&n->x, n->s);
    n->nearest = natural_above(&n->unit, n->s + 1);
}

/* The text of `count` digits, the first of which counts 10^exponent, as %g writes it for as many of them. */
static void write_digits(const char *digit, int count, int exponent, char *text)
{
    int precision = count, point = exponent + 1;

    while (count > 1 && digit[count - 1] == '0') {
        count--;
    }
    if (exponent < LEAST_PLAIN || exponent >= precision) {
        *text++ = digit[0];
        if (count > 1) {
            *text++ = '.';
            memcpy(text, digit + 1, (size_t)count - 1);
            text += count - 1;
        }
        *text++ = 'e';
        *text++ = exponent < 0 ? '-' : '+';
        exponent = exponent < 0 ? -exponent : exponent; /* of two digits in this range */
        *text++ = (char)('0' + exponent / 10);
        *text++ = (char)('0' + exponent % 10);
        *text = '\0';
        return;
    }
    if (point <= 0) {
        memcpy(text, "0.0000", (size_t)(2 - point));
        text += 2 - point;
        memcpy(text, digit, (size_t)count);
    } else {
        for (int i = 0; i < count || i < point; i++) {
            if (i == point) {
                *text++ = '.';
            }
            *text++ = i < count ? digit[i] : '0';
        }
        count = 0;
    }
    text[count] = '\0';
}

bool decimal_write(double value, char text[DECIMAL_LENGTH])
{
    double magnitude = fabs(value);
    char digit[DIGITS + 1];
    bool good = false;
    uint64_t quotient = 0;
    int count, exponent;
    number n;

    if (!(magnitude >= 1e-40 && magnitude < 0x1p53)) {
        return false;
    }
    take_apart(magnitude, &n);
    if ((n.m & (n.m - 1)) == 0) { /* the neighbour below is nearer than the one above */
        return false;
    }
    for (count = FEWEST; !good; count++) {
        quotient = rounded_to(&n, power_of_ten[DIGITS - count], &good);
    }
    count--;
    exponent = DIGITS - 1 - (int)n.q;
    if (quotient == power_of_ten[count]) { /* rounded up to the next power of ten */
        quotient /= 10;
        exponent++;
    }
    for (int i = count; i-- > 0; quotient /= 10) {
        digit[i] = (char)('0' + quotient % 10);
    }
    if (value < 0.0) {
        *text++ = '-';
    }
    write_digits(digit, count, exponent, text);
    return true;
}
