/* Channels of a small network whose estimates a precoder has made vectors of. Include after <cmocka.h>. */
#ifndef TESTS_PRECODED_H
#define TESTS_PRECODED_H

#include "check.h"
#include "drops.h"

enum { CHANNELS = 21, MOST_ENTRIES = 16 }; /* not a whole number of batches */

/* Estimates, and what a precoder makes of them, of one access point: entry (n, k) of realisation i. */
typedef struct precoded {
    size_t K, N;
    double *memory, factor[MOST_ENTRIES];
    cfi_channels estimate, v;
} precoded;

static inline precoded precode(drop *d, size_t l)
{
    size_t K = d->network.K, N = d->made.system.N, all = K * N * CHANNELS;
    cfi_channel_range range = {3, CHANNELS, K * N};
    const cfi_precoder *precoder = channel_precoder(&d->made.system);
    precoded p = {.K = K, .N = N, .memory = malloc(6 * all * sizeof(double))};

    p.estimate = (cfi_channels){p.memory, p.memory + all};
    p.v = (cfi_channels){p.memory + 2 * all, p.memory + 3 * all};
    channel_draw(&d->network, l, &range, channel_scratch_make(&d->network, d->arena),
                 &(cfi_estimated_channels){{p.memory + 4 * all, p.memory + 5 * all}, p.estimate});
    memcpy(p.v.re, p.estimate.re, 2 * all * sizeof(double));
    precoder->apply(precoder->prepare(&d->network, d->arena), l, &range, p.v, p.factor);
    return p;
}

static inline double complex number(const precoded *p, cfi_channels from, size_t i, size_t n, size_t k)
{
    size_t at = (i * p->N + n) * p->K + k;

    return from.re[at] + I * from.im[at];
}

/* More antennas than pilots and fewer, shared pilots and orthogonal ones, with limits and without. */
static inline made_system system_of(uint64_t seed, cfi_precoder_kind kind, size_t N, size_t pilots, bool limited)
{
    enum { L = 2, K = 6 };
    made_system made = make_system(seed, L, K, N, 4);

    reuse_pilots(&made, pilots);
    made.system.precoding.kind = kind;
    made.system.frame.pilot_power_w = 1e-5;
    made.limit[0] = 3e-4;
    made.limit[1] = 7e-5;
    made.system.power.ap_limit_w = limited ? made.limit : NULL;
    return made;
}

static inline drop *drop_of(uint64_t seed, cfi_precoder_kind kind, size_t N, size_t pilots, bool limited)
{
    return make_drop(system_of(seed, kind, N, pilots, limited));
}

#endif
