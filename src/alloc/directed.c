/* Sensing by signals that have directions. docs/model.md (M10), (M21) */
#include "alloc/directed.h"

#include "alloc/constants.h"

#include <complex.h>
#include <math.h>

directed_ap directed_of(const cfi_link *link, size_t l, double unit_w)
{
    const double *threshold = link->system->sensing.crlb_threshold_rad2;
    double per_need = unit_w * (threshold ? threshold[l] : 1.0);

    return (directed_ap){.link = link,
                         .l = l,
                         .along = link->directions.along[l] * per_need,
                         .across = link->directions.across[l] * per_need};
}

static double modulus_squared(double complex z)
{
    return creal(z) * creal(z) + cimag(z) * cimag(z);
}

double directed_information(const directed_ap *ap, const cfi_aim *all)
{
    double share = all->lit > 0.0 ? 1.0 / all->lit : 0.0;

    return ap->along * all->lit + ap->across * link_aim_residual(all, share);
}

/* The larger root of a x^2 + b x + c with c <= 0 <= a; infinite where a = 0 >= b. */
static double positive_root(double a, double b, double c)
{
    double root = sqrt(b * b - 4.0 * a * c);

    if (b > 0.0) {
        return -2.0 * c / (b + root);
    }
    return a > 0.0 ? (root - b) / (2.0 * a) : INFINITY;
}

/* along V^2 + (across turned - 1) V >= across abs(mixed)^2 for V = lit + N s. */
double directed_least_beam(const directed_ap *ap, const cfi_aim *users)
{
    double N = (double)ap->link->system->N;

    if (directed_information(ap, users) >= 1.0) {
        return 0.0;
    }
    return fmax(
               positive_root(ap->along, ap->across * users->turned - 1.0, -ap->across * modulus_squared(users->mixed)) -
                   users->lit,
               0.0) /
           N;
}

/* (along (f lit + n) + across f turned - 1) (f lit + n) >= across f^2 abs(mixed)^2 for n = N s: a quadratic in f whose
 * value at f = 0 is that of the beam alone. */
double directed_least_factor(const directed_ap *ap, const cfi_aim *users, double s)
{
    double n = (double)ap->link->system->N * s, alone = ap->along * n - 1.0;
    double slope = ap->along * users->lit + ap->across * users->turned;

    if (alone >= 0.0) {
        return 0.0;
    }
    if (!(users->lit > 0.0) && !(n > 0.0)) { /* in the dark there is no path gain to be taken for the angle */
        return slope > 0.0 ? 1.0 / slope : INFINITY;
    }
    /* its leading coefficient, lit times the information; rounding must not say that there is some */
    return positive_root(users->lit * directed_information(ap, users), alone * users->lit + n * slope, alone * n);
}

/* --------------------------------------------------------------------------- the best mix ---- */

/* F11, F12 and F22 of a unit of power, of one stream or of a mix; F22 and F12 over a common factor. */
typedef struct fisher {
    double angle, gain;
    double complex cross;
} fisher;

static fisher fisher_of(const directed_ap *ap, size_t i)
{
    size_t K = ap->link->K;
    double N = (double)ap->link->system->N;
    const cfi_aim *aim = ap->link->directions.aim + K * ap->l + i;

    if (i == K) {
        return (fisher){.angle = ap->along * N, .gain = ap->across * N};
    }
    return (fisher){.angle = ap->along * aim->lit + ap->across * aim->turned,
                    .gain = ap->across * aim->lit,
                    .cross = ap->across * aim->mixed};
}

/* share of a, the rest of b */
static fisher mixed_fisher(const fisher *a, const fisher *b, double share)
{
    return (fisher){.angle = share * a->angle + (1.0 - share) * b->angle,
                    .gain = share * a->gain + (1.0 - share) * b->gain,
                    .cross = share * a->cross + (1.0 - share) * b->cross};
}

/* What g takes for a path gain: the regression of the derivative on the signal. */
static double complex regression(const fisher *f)
{
    return f->gain > 0.0 ? f->cross / f->gain : 0.0;
}

static double information_of(const fisher *f)
{
    double explained = f->gain > 0.0 ? modulus_squared(f->cross) / f->gain : 0.0;

    return fmax(f->angle - explained, 0.0);
}

/* q(g) */
static double bound_at(const fisher *f, double complex g)
{
    return fmax(f->angle - 2.0 * creal(conj(g) * f->cross) + modulus_squared(g) * f->gain, 0.0);
}

/* The share of a in the best mix of a and b. The derivative of the information, times the gain squared, is
 * e0 + e1 x + e2 x^2. */
static double best_share(const fisher *a, const fisher *b)
{
    double d_angle = a->angle - b->angle, d_gain = a->gain - b->gain;
    double complex d_cross = a->cross - b->cross;
    double along = creal(conj(b->cross) * d_cross), turn = modulus_squared(d_cross);
    double e0 = d_angle * b->gain * b->gain - 2.0 * along * b->gain + d_gain * modulus_squared(b->cross);
    double e1 = 2.0 * b->gain * (d_angle * d_gain - turn), e2 = d_gain * (d_angle * d_gain - turn);
    double low = 0.0, high = 1.0;

    if (!(a->gain > 0.0) && !(b->gain > 0.0)) {
        return d_angle > 0.0 ? 1.0 : 0.0;
    }
    if (e0 + e1 + e2 >= 0.0 && e0 >= 0.0) {
        return 1.0;
    }
    for (int i = 0; i < HALVES && e0 > 0.0; i++) {
        double x = 0.5 * (low + high);

        *(e0 + x * (e1 + x * e2) > 0.0 ? &low : &high) = x;
    }
    return low;
}

/* Up to three streams and their shares. */
typedef struct mix {
    size_t count;
    fisher part[DIRECTED_MOST];
    size_t stream[DIRECTED_MOST];
    double share[DIRECTED_MOST];
    fisher all;
    double information;
} mix;

static void settle_mix(mix *m)
{
    m->all = (fisher){.angle = 0.0};
    for (size_t i = 0; i < m->count; i++) {
        m->all.angle += m->share[i] * m->part[i].angle;
        m->all.gain += m->share[i] * m->part[i].gain;
        m->all.cross += m->share[i] * m->part[i].cross;
    }
    m->information = information_of(&m->all);
}

/* The best mix of three: the share of the third by halves, on the sign of the derivative; the others' in between. */
static void mix_three(mix *m)
{
    double low = 0.0, high = 1.0;

    for (int i = 0; i < HALVES; i++) {
        double third = 0.5 * (low + high), first, rest, value;
        fisher a = mixed_fisher(&m->part[2], &m->part[0], third), b = mixed_fisher(&m->part[2], &m->part[1], third);
        fisher all;
        double complex g;

        first = best_share(&a, &b);
        all = mixed_fisher(&a, &b, first);
        g = regression(&all);
        rest = first * bound_at(&m->part[0], g) + (1.0 - first) * bound_at(&m->part[1], g);
        value = bound_at(&m->part[2], g) - rest;
        *(value > 0.0 ? &low : &high) = third;
        m->share[0] = (1.0 - third) * first;
        m->share[1] = (1.0 - third) * (1.0 - first);
        m->share[2] = third;
    }
    settle_mix(m);
}

static void mix_two(mix *m)
{
    m->share[0] = best_share(&m->part[0], &m->part[1]);
    m->share[1] = 1.0 - m->share[0];
    settle_mix(m);
}

static void keep_better(const mix *candidate, mix *best)
{
    *best = candidate->information > best->information ? *candidate : *best;
}

/* The best of `m` without its part `left_out` (m->count: with all of them) together with another stream. */
static mix exchange(const mix *m, size_t left_out, size_t stream, const fisher *part)
{
    mix next = {.count = 0};

    for (size_t i = 0; i < m->count; i++) {
        if (i != left_out) {
            next.part[next.count] = m->part[i];
            next.stream[next.count++] = m->stream[i];
        }
    }
    next.part[next.count] = *part;
    next.stream[next.count++] = stream;
    if (next.count == 3) {
        mix_three(&next);
    } else if (next.count == 2) {
        mix_two(&next);
    } else {
        next.share[0] = 1.0;
        settle_mix(&next);
    }
    return next;
}

/* The stream with the largest q(g), the beam included; *bound is that. */
static size_t most_violated(const directed_ap *ap, double complex g, double *bound)
{
    size_t K = ap->link->K, most = K;
    fisher beam = fisher_of(ap, K);

    *bound = bound_at(&beam, g);
    for (size_t k = 0; k < K; k++) {
        fisher f = fisher_of(ap, k);
        double value = link_serves(ap->link, k, ap->l) ? bound_at(&f, g) : 0.0;

        if (value > *bound) {
            *bound = value;
            most = k;
        }
    }
    return most;
}

/* From the beam alone: the stream that the certificate misses most comes in, for one of the others where there are
 * three. Information rises at every exchange, so that no mix comes back. */
directed_mix directed_best(const directed_ap *ap)
{
    enum { MOST_EXCHANGES = 1000 };
    mix best = {.count = 1, .part = {fisher_of(ap, ap->link->K)}, .stream = {ap->link->K}, .share = {1.0}};
    directed_mix out = {.bound = INFINITY};

    settle_mix(&best);
    for (int i = 0; i < MOST_EXCHANGES; i++) {
        double bound, before = best.information;
        size_t k = most_violated(ap, regression(&best.all), &bound);
        mix old = best;
        fisher part = fisher_of(ap, k);

        out.bound = fmin(out.bound, bound);
        for (size_t j = 0; j < old.count + (old.count < DIRECTED_MOST); j++) {
            mix next = exchange(&old, old.count < DIRECTED_MOST ? old.count - j : j, k, &part);

            keep_better(&next, &best);
        }
        if (!(best.information > before)) {
            break;
        }
    }
    out.information = best.information;
    for (size_t i = 0; i < best.count; i++) {
        if (best.share[i] > 0.0) {
            out.stream[out.count] = best.stream[i];
            out.share[out.count++] = best.share[i];
        }
    }
    return out;
}
