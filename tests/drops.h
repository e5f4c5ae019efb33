/* A drop of a made system with its MMSE statistics and powers. Include after <cmocka.h>. */
#ifndef TESTS_DROPS_H
#define TESTS_DROPS_H

#include "cfisac/metrics.h"
#include "systems.h"

typedef struct drop {
    made_system made;
    cfi_network network;
    double *xi; /* K x L, for formulas that use it; the link has its own */
    cfi_link link;
    cfi_powers powers;
    cfi_arena *arena;
} drop;

/* After a change of something that estimates, moments or bounds depend on. */
static inline void remake_link(drop *d)
{
    channel_mmse_variance(&d->network, d->xi);
    assert_int_equal(link_make(&d->network, d->arena, &d->link, NULL), CFI_OK);
}

/* The paper's factors of powers under maximum ratio. */
static inline double gamma_of(const drop *d, const cfi_powers *powers, size_t i)
{
    return powers->p[i] / ((double)d->made.system.N * d->xi[i]);
}

static inline double eta_of(const drop *d, const cfi_powers *powers, size_t l)
{
    return powers->s[l] / (double)(d->made.system.N * d->made.system.K);
}

/* The system must not be changed afterwards, except in what network and link do not depend on. Powers start as the
 * equal split with a random share per user. */
static inline drop *make_drop(made_system made)
{
    size_t K = made.system.K, L = made.system.L;
    drop *d = malloc(sizeof *d);
    cfi_stream stream = stream_make(made.system.seed, 1, CFI_DRAW_START, 3);

    d->made = made;
    d->arena = arena_create();
    d->xi = arena_alloc(d->arena, K * L, sizeof(double));
    d->powers.p = arena_alloc(d->arena, K * L, sizeof(double));
    d->powers.s = arena_zeros(d->arena, L, sizeof(double));
    assert_int_equal(network_draw(&d->made.system, 0, d->arena, &d->network, NULL), CFI_OK);
    remake_link(d);
    for (size_t i = 0; i < K * L; i++) {
        double share = made.system.power.budget_w / (double)(L * K);

        d->powers.p[i] = share * made_uniform(&stream, 0.2, 1.2);
        d->powers.s[i / K] += share * made_uniform(&stream, 0.1, 0.8);
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
