/* Channels as channel_draw leaves them. Include after <cmocka.h>. */
#ifndef TESTS_RAW_DRAWS_H
#define TESTS_RAW_DRAWS_H

#include "cfisac/channel.h"

#include <complex.h>
#include <stdlib.h>

/* Of one access point; memory is the caller's to free. */
typedef struct drawn {
    size_t K, N, count;
    cfi_channels h, h_hat;
    double *memory;
} drawn;

static inline drawn draw_range(const cfi_network *network, size_t l, size_t first, size_t count, cfi_arena *arena)
{
    size_t K = network->K, N = network->system->N, all = K * N * count;
    drawn d = {.K = K, .N = N, .count = count, .memory = malloc(4 * all * sizeof(double))};
    cfi_channel_range range = {first, count, K * N};

    d.h = (cfi_channels){d.memory, d.memory + all};
    d.h_hat = (cfi_channels){d.memory + 2 * all, d.memory + 3 * all};
    channel_draw(network, l, &range, channel_scratch_make(network, arena), &(cfi_estimated_channels){d.h, d.h_hat});
    return d;
}

/* Entry n of user k in realisation i. */
static inline double complex drawn_entry(const drawn *d, cfi_channels from, size_t i, size_t n, size_t k)
{
    size_t at = (i * d->N + n) * d->K + k;

    return from.re[at] + I * from.im[at];
}

#endif
