/* The network on which the allocation and its peers are compared, and the judge of all of them. */
#ifndef BENCH_PEERS_NETWORK_H
#define BENCH_PEERS_NETWORK_H

#include "cfisac/alloc.h"
#include "peer_gradient.h"
#include "peer_wmmse.h"

/* A network and what works on it. */
typedef struct peers {
    cfi_arena *arena;
    cfi_system system; /* the scenario's, whose allocation.max_iterations may be changed */
    cfi_link link;
    cfi_alloc_options options;
    cfi_powers equal, powers; /* the start; scratch of the judge */
    peer_problem problem;
    peer_sums sums;
    gradient_work gradient;
    wmmse_work wmmse; /* of the sum rate alone */
} peers;

/* These end the bench with a line of text where something is wrong. */
void peers_stop(const char *text);
void *peers_need(void *memory);

/* The drop's network under the scenario's objective; refuses one on which the methods would not solve the same
 * problem. */
void peers_make(const cfi_system *system, uint32_t drop, peers *p);

/* The objective's value of powers, in nat without the pre-log factor, by the project's evaluation, whose limits they
 * must keep: the sum of the rates, of their logarithms, or the least of them. */
double peers_judge_powers(peers *p, const cfi_powers *powers);

/* A peer's point; its own value must be that. */
double peers_judge_point(peers *p, const peer_point *point);

/* How far a value is below the best, relative; of logarithms of rates, in the rates' geometric mean. */
double peers_gap(const peers *p, double value, double best);

/* Compares the first method's gradient with differences of the judge's values. */
void peers_check_gradient(peers *p);

#endif
