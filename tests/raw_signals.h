/* Channels, and precoding vectors made from their estimates, of one access point. Include after <cmocka.h>. */
#ifndef TESTS_RAW_SIGNALS_H
#define TESTS_RAW_SIGNALS_H

#include "drops.h"
#include "raw_draws.h"

/* The estimates have become precoding vectors, but for a factor a user. */
enum { MOST_SIGNALS = 8 };
typedef struct signals {
    drawn raw;
    double factor[MOST_SIGNALS];
} signals;

static inline signals draw_signals(drop *d, size_t l, size_t draws)
{
    const cfi_precoder *precoder = channel_precoder(&d->made.system);
    signals s = {.raw = draw_range(&d->network, l, 0, draws, d->arena)};
    cfi_channel_range range = {0, draws, s.raw.K * s.raw.N};

    precoder->apply(precoder->prepare(&d->network, d->arena), l, &range, s.raw.h_hat, s.factor);
    return s;
}

/* Entry n of the vector of user k in draw i. */
static inline double complex signals_vector(const signals *s, size_t i, size_t n, size_t k)
{
    return s->factor[k] * drawn_entry(&s->raw, s->raw.h_hat, i, n, k);
}

/* norm(v_j)^2 in draw i. */
static inline double signals_square(const signals *s, size_t i, size_t j)
{
    double sum = 0.0;

    for (size_t n = 0; n < s->raw.N; n++) {
        double complex v = signals_vector(s, i, n, j);

        sum += creal(v * conj(v));
    }
    return sum;
}

/* h_k^H x of draw i, x = v_j, or the beam for j = K. */
static inline double complex signals_product(const signals *s, const double complex *beam, size_t i, size_t k, size_t j)
{
    double complex sum = 0.0;

    for (size_t n = 0; n < s->raw.N; n++) {
        double complex x = j < s->raw.K ? signals_vector(s, i, n, j) : beam[n];

        sum += conj(drawn_entry(&s->raw, s->raw.h, i, n, k)) * x;
    }
    return sum;
}

/* The unit beam at the target; `beam` has room for 2 N numbers. */
static inline void target_beam(const drop *d, size_t l, double complex *beam)
{
    size_t N = d->made.system.N;

    channel_steering(d->network.angle_rad[l], N, beam, beam + N);
    for (size_t n = 0; n < N; n++) {
        beam[n] /= sqrt((double)N);
    }
}

#endif
