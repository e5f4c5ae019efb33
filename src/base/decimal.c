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
    LIMBS = 4,        /* of 64 bits, the least first */
    DIGITS = 17,      /* that tell any double from its neighbours */
    FEWEST = 15,      /* that any decimal keeps through a double */
    MOST_SCALE = 57,  /* q: m 10^q < 2^(53 + 190), with 100 in the place of m as well */
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

static void multiply(natural *x, uint64_t factor)
{
    uint64_t carry = 0;

    for (size_t i = 0; i < LIMBS; i++) {
        wide product = (wide)x->limb[i] * factor + carry;

        x->limb[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
}

/* factor 10^q */
static natural scaled(uint64_t factor, unsigned q)
{
    natural x = {{factor}};

    for (; q >= POWERS; q -= POWERS - 1) {
        multiply(&x, power_of_ten[POWERS - 1]);
    }
    multiply(&x, power_of_ten[q]);
    return x;
}

/* The bits from s on, as far as they fit. */
static uint64_t above(const natural *x, unsigned s)
{
    unsigned i = s / 64, shift = s % 64;
    uint64_t low = i < LIMBS ? x->limb[i] >> shift : 0;

    return shift > 0 && i + 1 < LIMBS ? low | x->limb[i + 1] << (64 - shift) : low;
}

/* value 2^s + (the bits of x below s); value < 2^64 */
static natural joined(uint64_t value, const natural *x, unsigned s)
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

static int compare(const natural *a, const natural *b)
{
    for (size_t i = LIMBS; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

static natural difference(const natural *a, const natural *b)
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

/* A double without its sign: m 2^-s, and 2^s x = m 10^q. */
typedef struct number {
    uint64_t m;
    unsigned s, q;
    natural x, unit; /* m 10^q, 10^q */
} number;

static const natural nothing;

/* x to a multiple of unit = 1, 10, 100: the quotient, ties to the even one. *reads_back says whether it does. */
static uint64_t rounded_to(const number *n, uint64_t unit, bool *reads_back)
{
    uint64_t digits = above(&n->x, n->s), quotient = digits / unit;
    natural rest = joined(digits % unit, &n->x, n->s), whole = joined(unit, &nothing, n->s);
    natural left = difference(&whole, &rest); /* to the next quotient */
    int side = compare(&rest, &left);

    if (side > 0 || (side == 0 && quotient % 2 == 1)) {
        quotient++;
        rest = left;
    }
    multiply(&rest, 2);
    side = compare(&rest, &n->unit);
    *reads_back = side < 0 || (side == 0 && n->m % 2 == 0);
    return quotient;
}

/* m, s, q and x of a value in range; q from an estimate of the exponent that is one too large where it is wrong. */
static void take_apart(double value, number *n)
{
    int binary, ten;
    double fraction = frexp(value, &binary);

    n->m = (uint64_t)(0x1p53 * fraction);
    n->s = (unsigned)(53 - binary);
    ten = (int)floor(log10(value)) + 1;
    n->q = (unsigned)(DIGITS > ten ? DIGITS - ten : 0);
    n->x = scaled(n->m, n->q);
    if (above(&n->x, n->s) < power_of_ten[DIGITS - 1]) {
        n->q++;
        multiply(&n->x, 10);
    }
    n->unit = scaled(1, n->q);
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
    bool reads_back = false;
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
    for (count = FEWEST; !reads_back; count++) {
        quotient = rounded_to(&n, power_of_ten[DIGITS - count], &reads_back);
        reads_back = reads_back || count == DIGITS;
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
