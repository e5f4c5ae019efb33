/* WMMSE with ADMM inside, of S. Chakraborty, O. T. Demir, E. Bjornson, P. Giselsson (2020): see peer_wmmse.c. */
#ifndef BENCH_PEER_WMMSE_H
#define BENCH_PEER_WMMSE_H

#include "peer.h"

typedef struct wmmse_rule {
    const char *name;
    double penalty; /* half the penalty over the mean price of an amplitude's square at the start */
    size_t inner; /* rounds of ADMM between weights; 0: until it agrees with its copy to `agreement`, as in the paper */
    double agreement; /* relative */
    bool reset;       /* ADMM starts anew with the weights, multipliers 0, as in the paper; else it goes on */
} wmmse_rule;

typedef struct wmmse_work {
    const peer_problem *problem;
    peer_point q;     /* the feasible copy: the result, and the start */
    peer_pair *m, *t; /* amplitudes less multipliers, before the projection; minimisers without the rank-one term */
    peer_pair *inverse, *factor; /* a row a block: 1 / (price + half the penalty); P(m) = factor max(m, 0) */
    double half_penalty;
    double *linear, *square; /* K: w_k v_k and w_k v_k^2 */
    peer_vector *g_t, *g_g;  /* K: sums of g t and of g^2 inverse */
    double *pull;            /* K: what the rank-one term takes off a unit of g inverse */
    peer_sums sums;
} wmmse_work;

/* From the arena; false when out of memory. */
bool wmmse_init(wmmse_work *work, const peer_problem *problem, cfi_arena *arena);

/* At most `rounds` rounds of ADMM from work->q, which becomes the last copy, evaluated; trace[i], if not NULL, is its
 * value after i of them, and then it also ends when 400 gained less than 1e-10. Returns their number. */
size_t wmmse_run(wmmse_work *work, const wmmse_rule *rule, size_t rounds, double *trace);

#endif
