/* Arithmetic of the peers' blocks: vectors as long as the machine's own. */
#ifndef BENCH_PEER_LANES_H
#define BENCH_PEER_LANES_H

#include "peer.h"

#include <string.h>

static inline void peer_clear(const peer_problem *problem, peer_sums sums)
{
    memset(sums.u, 0, problem->K * sizeof *sums.u);
    memset(sums.interference, 0, problem->K * sizeof *sums.interference);
}

static inline double peer_total(peer_vector v)
{
    double total = 0.0;

    for (size_t i = 0; i < PEER_LANES; i++) {
        total += v[i];
    }
    return total;
}

/* max(v, 0) */
static inline peer_vector peer_positive(peer_vector v)
{
    typedef long long mask __attribute__((vector_size(8 * PEER_LANES)));
    union {
        peer_vector value;
        mask bits;
    } part = {.value = v};

    part.bits &= (mask)(v > 0.0);
    return part.value;
}

/* The factors that bring amplitudes of these squared norms into unit balls. */
static inline peer_vector peer_shrink(peer_vector norm2)
{
    peer_vector factor;

    for (size_t i = 0; i < PEER_LANES; i++) {
        factor[i] = norm2[i] > 1.0 ? 1.0 / __builtin_sqrt(norm2[i]) : 1.0;
    }
    return factor;
}

/* Adds a block of amplitudes w whose squared norms are norm2. */
static inline void peer_add(const peer_problem *problem, size_t block, const peer_pair *w, const peer_pair *norm2,
                            peer_sums sums)
{
    const peer_pair *g = problem->g + block * problem->K, *V = problem->V + block * problem->K;

    for (size_t k = 0; k < problem->K; k++) {
        sums.u[k] += g[k].half[0] * w[k].half[0] + g[k].half[1] * w[k].half[1];
        sums.interference[k] += V[k].half[0] * norm2->half[0] + V[k].half[1] * norm2->half[1];
    }
}

/* sum_k weight_k V_kl of a block. */
static inline peer_pair peer_price(const peer_problem *problem, size_t block, const double *weight)
{
    const peer_pair *V = problem->V + block * problem->K;
    peer_pair price = {{{0.0}}};

    for (size_t k = 0; k < problem->K; k++) {
        price.half[0] += weight[k] * V[k].half[0];
        price.half[1] += weight[k] * V[k].half[1];
    }
    return price;
}

/* The same number in every lane. */
static inline peer_vector peer_every(double value)
{
    return value - (peer_vector){0.0};
}

#endif
