/* A drop of a made system with its MMSE statistics and powers. Include after <cmocka.h>. */
#ifndef TESTS_DROPS_H
#define TESTS_DROPS_H

#include "cfisac/metrics.h"
#include "systems.h"

typedef struct drop {
    made_system made;
    cfi_network network;
    double *xi;
    cfi_powers powers;
    cfi_arena *arena;
} drop;

/* The system must not be changed afterwards, except in what the network does not depend on. Powers start as the equal
 * split with a random share per user. */
static inline drop *make_drop(made_system made)
{
    size_t K = made.system.K, L = made.system.L;
    drop *d = malloc(sizeof *d);
    cfi_stream stream = stream_make(made.system.seed, 1, CFI_DRAW_START, 3);

    d->made = made;
    d->arena = arena_create();
    d->xi = arena_alloc(d->arena, K * L, sizeof(double));
    d->powers.gamma = arena_alloc(d->arena, K * L, sizeof(double));
    d->powers.eta = arena_alloc(d->arena, K * L, sizeof(double));
    assert_int_equal(network_draw(&d->made.system, 0, d->arena, &d->network, NULL), CFI_OK);
    channel_mmse_variance(&d->network, d->xi);
    for (size_t i = 0; i < K * L; i++) {
        double share = made.system.power.budget_w / (double)(made.system.N * L * K);

        d->powers.gamma[i] = share * made_uniform(&stream, 0.2, 1.2) / d->xi[i];
        d->powers.eta[i] = share * made_uniform(&stream, 0.1, 0.8);
    }
    return d;
}

static inline void free_drop(drop *d)
{
    arena_destroy(d->arena);
    free_system(&d->made);
    free(d);
}

#endif
