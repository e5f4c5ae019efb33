/* Random feasible powers of made drops, to hold a bound against. Include after <cmocka.h>. */
#ifndef TESTS_FEASIBLE_POWERS_H
#define TESTS_FEASIBLE_POWERS_H

#include "coupled_drops.h"

typedef double violation_of(const void *context, const cfi_powers *powers);

static inline double violation_of_link(const void *context, const cfi_powers *powers)
{
    return raw_violation(context, powers);
}

static inline double violation_of_coupled(const void *context, const cfi_powers *powers)
{
    return raw_coupled_violation(context, powers);
}

/* Any powers: users and beams left out at random, the others spread over decades. */
static inline void draw_powers(const drop *d, cfi_stream *stream, cfi_powers *to)
{
    size_t K = d->link.K, L = d->link.L;
    double spread = made_uniform(stream, 0.0, 4.0), beams = made_uniform(stream, -4.0, 0.5), total = 0.0;
    unsigned silent = (unsigned)made_uniform(stream, 0.0, (double)(1U << K));

    for (size_t i = 0; i < K * L; i++) {
        bool sends = link_serves(&d->link, i % K, i / K) && !(silent >> (i % K) & 1U);

        to->p[i] = sends ? exp(spread * made_uniform(stream, -1.0, 1.0)) : 0.0;
        total += to->p[i];
        if (i % K == 0) {
            to->s[i / K] = exp(beams + spread * made_uniform(stream, -1.0, 1.0));
            total += to->s[i / K];
        }
    }
    for (size_t i = 0; i < K * L; i++) {
        to->p[i] *= d->made.system.power.budget_w / total;
        to->s[i / K] *= i % K == 0 ? d->made.system.power.budget_w / total : 1.0;
    }
}

/* (1 - share) from + share to */
static inline void mix_powers(const drop *d, const cfi_powers *from, const cfi_powers *to, double share,
                              cfi_powers *out)
{
    for (size_t i = 0; i < d->link.K * d->link.L; i++) {
        out->p[i] = (1.0 - share) * from->p[i] + share * to->p[i];
    }
    for (size_t l = 0; l < d->link.L; l++) {
        out->s[l] = (1.0 - share) * from->s[l] + share * to->s[l];
    }
}

/* Random powers, moved as little as is needed towards feasible ones: those that meet all constraints are a convex set.
 */
static inline void draw_feasible(const drop *d, violation_of *violation, const void *context, const cfi_powers *anchor,
                                 cfi_stream *stream, cfi_powers *to)
{
    cfi_powers from = {.p = malloc(d->link.K * d->link.L * sizeof(double)), .s = malloc(d->link.L * sizeof(double))};
    double low = 0.0, high = 1.0;

    draw_powers(d, stream, &from);
    for (int i = 0; i < 40; i++) {
        double share = i == 0 ? 0.0 : 0.5 * (low + high);

        mix_powers(d, &from, anchor, share, to);
        *(violation(context, to) <= 1e-12 ? &high : &low) = share;
    }
    mix_powers(d, &from, anchor, high, to);
    free(from.p);
    free(from.s);
}

#endif
