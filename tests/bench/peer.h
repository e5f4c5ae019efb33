/* What the two published first-order methods work on that the allocation is timed against: the problem of one network
 * with orthogonal pilots and no thresholds (so that no sensing power is of use), in amplitudes.
 *
 * Units: power P / L, noise 1. With w_kl = sqrt(p_kl), g and V those of the link in these units,
 *   u_k = sum_l g_kl w_kl,    I_k = 1 + sum_l V_kl sum_j w_jl^2,
 *   maximise  f(w), a utility of the rates R_k = ln(1 + u_k^2 / I_k),  over w >= 0 and
 *   either  sum_kl w_kl^2 <= L  (one budget),  or  sum_k w_kl^2 <= 1 for every l  (limits of P / L, as in the papers).
 *
 * Access points stand in blocks of PEER_BLOCK, two vectors of PEER_LANES of the machine's own length, users in rows of
 * a block: access point l of user k is element l % PEER_BLOCK of row k + K floor(l / PEER_BLOCK). Those beyond L have
 * no gain and no power. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "cfisac/alloc.h"

#if defined(__AVX512F__)
enum { PEER_LANES = 8 };
#elif defined(__AVX__)
enum { PEER_LANES = 4 };
#else
enum { PEER_LANES = 2 };
#endif
enum { PEER_BLOCK = 2 * PEER_LANES };

typedef double peer_vector __attribute__((vector_size(8 * PEER_LANES)));
typedef struct peer_pair {
    peer_vector half[2]; /* a row of a block */
} peer_pair;

/* f(w), and what is meant by it where that has no gradient. */
typedef enum peer_utility {
    PEER_SUM,     /* sum_k R_k */
    PEER_FAIR,    /* sum_k ln R_k */
    PEER_SOFT_MIN /* -ln(sum_k exp(-t R_k) / K) / t, from min_k R_k to ln(K) / t above it */
} peer_utility;

typedef struct peer_problem {
    const cfi_link *link;
    size_t K, L, blocks;
    double unit_w;          /* P / L */
    bool per_ap;            /* limits per access point, else one budget */
    const peer_pair *g, *V; /* K rows a block */
    peer_utility utility;
    double sharpness; /* t */
} peer_problem;

/* The amplitudes scale * w, and what the users have there. */
typedef struct peer_point {
    peer_pair *w;
    double scale;
    double *u, *interference; /* K */
    double *rate, *weight;    /* K: R_k and df / dR_k */
    double value;             /* f */
} peer_point;

/* Sums over access points, a vector a user. */
typedef struct peer_sums {
    peer_vector *u, *interference;
} peer_sums;

/* Everything comes from the arena; NULL members when out of memory. */
peer_problem peer_problem_make(const cfi_link *link, peer_utility utility, bool per_ap, cfi_arena *arena);
peer_point peer_point_make(const peer_problem *problem, cfi_arena *arena);
bool peer_point_is_whole(const peer_point *point);
peer_sums peer_sums_make(const peer_problem *problem, cfi_arena *arena);

/* Radiated watts of a point, and back; the latter evaluates it. */
void peer_to_powers(const peer_problem *problem, const peer_point *point, cfi_powers *powers);
void peer_from_powers(const peer_problem *problem, const cfi_powers *powers, peer_sums sums, peer_point *point);

/* Sets u, I, R, f and its slopes of a point from sums of its w (without its scale). */
void peer_collect(const peer_problem *problem, peer_sums sums, peer_point *point);

/* f and its slopes from the rates. */
void peer_set_value(const peer_problem *problem, peer_point *point);

/* What is meant: min_k R_k for the soft minimum, else f. */
double peer_goal(const peer_problem *problem, const peer_point *point);

#endif
