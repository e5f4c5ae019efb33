/* Tails of sums of exponential variables by a contour integral. docs/model.md (M26).
 *
 * With K(s) = ln E exp(s S) = sum_i [ -ln(1 - c_i s) + d_i c_i s / (1 - c_i s) ] of scales c_i and offsets d_i,
 *
 *     P(S > t) = 1 / (2 pi i) int exp(K(s) - s t) / s ds     from s_0 - i inf to s_0 + i inf,  0 < s_0 < 1 / max c
 *     P(S < t) = the same with the opposite sign,                                              s_0 < 0
 *
 * Poles may lie as near to each other as they like: nothing is divided by their differences. s_0 is the saddle of the
 * integrand, so that all that is small is a factor in front of the integral. From there the contour is a branch of a
 * hyperbola, s_0 + R (cosh v - 1 + i sinh v): it leaves the saddle with the curvature of steepest descent and bends
 * round the poles, all of which lie to its right, at no more than 45 degrees, so that each factor of the integrand but
 * 1 / s decreases along it. The trapezoidal rule in v then converges exponentially. */
#include "metrics/exponentials.h"

#include <math.h>
#include <stdbool.h>

/* Where the logarithm of the integrand's modulus is that much below its largest, the rest is rounding. */
static const double NEGLIGIBLE = -44.0;
/* Two steps of the trapezoidal rule that agree so well: the error of the finer one is about the square. */
static const double AGREED = 1e-8;
/* The first step, of the width of the saddle; and the largest step, which the contour's own shape asks for. */
static const double FIRST_STEP = 0.7, LARGEST_STEP = 0.35;
/* Halvings of the step: 2 or 3 are needed. */
enum { MOST_HALVINGS = 10 };
/* Logarithm of a tail far below the smallest number: where it is is all that matters. */
static const double BEYOND_NUMBERS = -900.0;
/* Of the saddle's distance from 0 and from the nearest pole: the integral is the same wherever the contour begins. */
static const double SADDLE_TOLERANCE = 1e-3;
enum { MOST_SADDLE_STEPS = 200 };
/* Relative, of a quantile: Newton's next step would be its square. */
static const double QUANTILE_TOLERANCE = 1e-9;
enum { MOST_QUANTILE_STEPS = 200 };

/* K' , K'' and K''' at s. */
typedef struct cumulants {
    double first, second, third;
} cumulants;

static cumulants cumulants_at(const exponential_sum *sum, double s)
{
    cumulants k = {0.0, 0.0, 0.0};

    for (size_t i = 0; i < sum->count; i++) {
        double w = 1.0 - sum->scale[i] * s, r = sum->scale[i] / w, d = sum->offset ? sum->offset[i] / w : 0.0;

        k.first += r * (1.0 + d);
        k.second += r * r * (1.0 + 2.0 * d);
        k.third += 2.0 * r * r * r * (1.0 + 3.0 * d);
    }
    return k;
}

static double longest_mean(const exponential_sum *sum)
{
    double largest = 0.0;

    for (size_t i = 0; i < sum->count; i++) {
        largest = fmax(largest, sum->scale[i]);
    }
    return largest;
}

/* Of two numbers of one sign, or of which one is 0, one between them: in the middle of their logarithms if they have.
 */
static double point_between(double low, double high)
{
    return low * high > 0.0 ? copysign(sqrt(fabs(low)) * sqrt(fabs(high)), low) : 0.5 * (low + high);
}

/* The root of K'(s) - t - 1/s, which increases from `low` to `high`. */
static double find_saddle(const exponential_sum *sum, double t, double low, double high)
{
    double s = point_between(low, high), pole = 1.0 / longest_mean(sum);

    for (int i = 0; i < MOST_SADDLE_STEPS; i++) {
        cumulants k = cumulants_at(sum, s);
        double value = k.first - t - 1.0 / s, step = value / (k.second + 1.0 / (s * s)), next = s - step;

        if (fabs(step) <= SADDLE_TOLERANCE * fmin(fabs(s), pole - s)) {
            break;
        }
        if (value > 0.0) {
            high = s;
        } else {
            low = s;
        }
        s = next > low && next < high ? next : point_between(low, high);
    }
    return s;
}

/* The saddle left of 0: c / (1 - c s) is at most 1 / (-s), and c / (1 - c s)^2 a quarter of it. */
static double saddle_below(const exponential_sum *sum, double t)
{
    double terms = (double)sum->count + 1.0;

    for (size_t i = 0; sum->offset && i < sum->count; i++) {
        terms += 0.25 * sum->offset[i];
    }
    return find_saddle(sum, t, -2.0 * terms / t, -0.5 / t);
}

/* --------------------------------------------------------------------------- the contour ---- */

/* What the integrand is made of, relative to the saddle: a variable's factor is exp(A (1 / (1 - z ds) - 1)) / (1 - z
 * ds).
 */
typedef struct contour {
    size_t count;
    double t, saddle, radius;
    const double *z, *A; /* count each; A is NULL without offsets */
} contour;

/* A node's contributions to the tail and to the density times the tail's unit of length; both are real in the end. */
typedef struct node {
    double tail, density;
} node;

/* Real and imaginary part. */
typedef struct cartesian {
    double re, im;
} cartesian;

/* Sum of the logarithms of all variables' factors at s_0 + x + i y. */
static cartesian log_factors(const contour *c, double x, double y)
{
    enum { TOGETHER = 64 }; /* factors a logarithm: a product of them that overflows is of a node that is negligible */
    double real = 0.0, imag = 0.0;

    for (size_t i = 0; i < c->count;) {
        double re = 1.0, im = 0.0;
        size_t end = i + TOGETHER < c->count ? i + TOGETHER : c->count;

        for (; i < end; i++) {
            double a = 1.0 - c->z[i] * x, b = -c->z[i] * y, old = re;

            if (c->A && c->A[i] > 0.0) {
                double norm = a * a + b * b;

                /* 1 / (a + i b) - 1 without cancellation */
                real += c->A[i] * (a * c->z[i] * x - b * b) / norm;
                imag -= c->A[i] * b / norm;
            }
            re = old * a - im * b;
            im = old * b + im * a;
        }
        real -= 0.5 * log(re * re + im * im);
        imag -= atan2(im, re);
    }
    return (cartesian){real, imag};
}

/* False where the integrand is negligible from here on. */
static bool evaluate_node(const contour *c, double v, node *out)
{
    double half = sinh(0.5 * v), x = 2.0 * c->radius * half * half, y = c->radius * sinh(v), turn = c->radius * cosh(v);
    cartesian exponent = log_factors(c, x, y), value, pole = {1.0 + x / c->saddle, y / c->saddle};
    double level = exponent.re - c->t * x, angle = exponent.im - c->t * y, modulus;

    *out = (node){0.0, 0.0};
    if (!(level >= NEGLIGIBLE)) { /* or no number any more */
        return false;
    }
    modulus = exp(level);
    /* times ds / dv = y + i turn */
    value.re = modulus * (cos(angle) * y - sin(angle) * turn);
    value.im = modulus * (cos(angle) * turn + sin(angle) * y);
    out->density = value.im;
    out->tail = (value.im * pole.re - value.re * pole.im) / (pole.re * pole.re + pole.im * pole.im);
    return true;
}

/* Adds nodes first, first + stride, ... of step h. */
static void add_nodes(const contour *c, double h, size_t first, size_t stride, node *total)
{
    node one;

    for (size_t i = first; evaluate_node(c, h * (double)i, &one); i += stride) {
        double weight = i == 0 ? 0.5 : 1.0;

        total->tail += weight * one.tail;
        total->density += weight * one.density;
    }
}

/* Integrals over the whole contour, by halving the step until two agree, or not at all. */
static node integrate(const contour *c, double width, int halvings)
{
    double h = fmin(FIRST_STEP * width / c->radius, LARGEST_STEP);
    node sum = {0.0, 0.0}, last;

    add_nodes(c, h, 0, 1, &sum);
    for (int i = 0; i < halvings; i++) {
        last = (node){2.0 * sum.tail, 2.0 * sum.density}; /* in units of the new step */
        h *= 0.5;
        add_nodes(c, h, 1, 2, &sum);
        if (fabs(sum.tail - last.tail) <= AGREED * fabs(sum.tail) &&
            fabs(sum.density - last.density) <= AGREED * fabs(sum.density)) {
            break;
        }
    }
    return (node){sum.tail * h, sum.density * h};
}

/* The smaller tail, or nearly, and its hazard: density over tail. */
typedef struct log_tail {
    bool above;
    double value, hazard;
} log_tail;

/* Compensated: a thousand equal terms would all be rounded to the same side. */
static double log_integrand(const exponential_sum *sum, double t, double s)
{
    double value = -s * t - log(fabs(s)), lost = 0.0;

    for (size_t i = 0; i < sum->count; i++) {
        double x = sum->scale[i] * s;
        double term = (sum->offset ? sum->offset[i] * x / (1.0 - x) : 0.0) - log1p(-x) - lost, next = value + term;

        lost = (next - value) - term;
        value = next;
    }
    return value;
}

static log_tail evaluate_tail(const exponential_sum *sum, double t)
{
    bool above = t > cumulants_at(sum, 0.0).first;
    double s = above ? find_saddle(sum, t, 0.0, 1.0 / longest_mean(sum)) : saddle_below(sum, t);
    cumulants k = cumulants_at(sum, s);
    double *z = sum->work, *A = sum->work + sum->count;
    contour c = {.count = sum->count,
                 .t = t,
                 .saddle = s,
                 .radius = 3.0 * k.second / k.third,
                 .z = z,
                 .A = sum->offset ? A : NULL};
    node integral;
    double largest;

    for (size_t i = 0; i < sum->count; i++) {
        double w = 1.0 - sum->scale[i] * s;

        z[i] = sum->scale[i] / w;
        A[i] = sum->offset ? sum->offset[i] / w : 0.0;
    }
    largest = log_integrand(sum, t, s);
    integral = integrate(&c, 1.0 / sqrt(k.second + 1.0 / (s * s)), largest < BEYOND_NUMBERS ? 0 : MOST_HALVINGS);
    return (log_tail){.above = above,
                      .value = largest + log(integral.tail / M_PI),
                      .hazard = fabs(s) * integral.density / integral.tail};
}

tails exponentials_tails(const exponential_sum *sum, double t)
{
    log_tail log = evaluate_tail(sum, t);
    double small = exp(log.value), large = -expm1(log.value);

    return log.above ? (tails){.above = small, .below = large} : (tails){.above = large, .below = small};
}

tails exponentials_log_tails(const exponential_sum *sum, double t)
{
    log_tail log = evaluate_tail(sum, t);
    double large = log1p(-exp(log.value));

    return log.above ? (tails){.above = log.value, .below = large} : (tails){.above = large, .below = log.value};
}

/* The tail that is asked for, of which evaluate_tail may have found the other one. */
static log_tail evaluate_this_tail(const exponential_sum *sum, double t, bool above)
{
    log_tail log = evaluate_tail(sum, t);

    if (log.above != above) {
        double other = exp(log.value);

        log.value = log1p(-other);
        log.hazard *= other / (1.0 - other);
    }
    return log;
}

/* ln P(S > t) is concave in t: Newton's steps come back from beyond the root without passing it again. So is
 * ln P(S < t), which where it is small is nearly a straight line over ln t. */
double exponentials_quantile(const exponential_sum *sum, double above)
{
    double t = cumulants_at(sum, 0.0).first;
    bool small = above < 0.5;
    double wanted = small ? log(above) : log1p(-above);

    for (int i = 0; i < MOST_QUANTILE_STEPS; i++) {
        log_tail log = evaluate_this_tail(sum, t, small);
        double step = (log.value - wanted) / (log.hazard * t); /* of t, relative */

        t *= small ? 1.0 + step : exp(-step);
        if (fabs(step) <= QUANTILE_TOLERANCE) {
            break;
        }
    }
    return t;
}
