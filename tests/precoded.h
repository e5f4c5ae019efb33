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

/* x <- A^-1 x by elimination with the largest pivot of each column. */
static inline void eliminate(size_t N, double complex *A, double complex *x)
{
    for (size_t c = 0; c < N; c++) {
        size_t best = c;

        for (size_t r = c; r < N; r++) {
            best = cabs(A[r * N + c]) > cabs(A[best * N + c]) ? r : best;
        }
        for (size_t j = 0; j < N; j++) {
            double complex kept = A[c * N + j];

            A[c * N + j] = A[best * N + j];
            A[best * N + j] = kept;
        }
        double complex kept = x[c];

        x[c] = x[best];
        x[best] = kept;
        for (size_t r = 0; r < N; r++) {
            double complex share = r == c ? 0.0 : A[r * N + c] / A[c * N + c];

            for (size_t j = 0; j < N; j++) {
                A[r * N + j] -= share * A[c * N + j];
            }
            x[r] -= share * x[c];
        }
    }
    for (size_t c = 0; c < N; c++) {
        x[c] /= A[c * N + c];
    }
}

static inline bool is_served(const drop *d, size_t k, size_t l)
{
    return !d->network.served || d->network.served[k + d->network.K * l];
}

/* pbar: of the access point's limit, where it has one. */
static inline double power_of_each(const drop *d, size_t l)
{
    const cfi_system *system = &d->made.system;
    size_t users = 0;

    for (size_t k = 0; k < system->K; k++) {
        users += is_served(d, k, l);
    }
    return (system->power.ap_limit_w ? system->power.ap_limit_w[l] : system->power.budget_w / (double)system->L) /
           (double)users;
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
