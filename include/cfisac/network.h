/* network: one drop. Geometry, large-scale gains, pilots, target angles, echo path gains. */
#ifndef CFISAC_NETWORK_H
#define CFISAC_NETWORK_H

#include "cfisac/scenario.h"

/* Arrays live in the arena given to network_draw (or are the system's own, when explicit). */
typedef struct cfi_network {
    const cfi_system *system;
    uint32_t drop;
    size_t L, K;
    const double *ap_position_m; /* 2 x L, or NULL when gains are given and positions are not */
    const double *ue_position_m; /* 2 x K, or NULL */
    const double *beta;          /* K x L, linear */
    const size_t *pilot;         /* K, below tau_p; rho_kj = (pilot[k] == pilot[j]) */
    bool pilots_overlap;         /* some pair of users shares a pilot */
    const double *angle_rad;     /* L */
} cfi_network;

/* Draws drop `drop`. Every user, AP and pair has its own stream, so that adding APs moves nothing.
 *   positions  uniform in the area. `reject`: users first, then each AP uniformly outside the discs of
 *              radius min_distance_m about the users; a user layout whose free area is below 0.1 % (judged on a
 *              fixed grid) is redrawn. `clamp`: r = max(r, min_distance_m). `none`: as drawn.
 *   beta_kl    z_kl (r_h / r_kl)^nu, z log-normal                                docs/model.md (M1)
 *   pilots     cyclic: k mod tau_p; random: uniform
 *   angles     uniform in [angle_min_rad, angle_max_rad]
 * Fails: CFI_INVALID when a placement finds no room, CFI_NO_MEMORY. */
cfi_status network_draw(const cfi_system *system, uint32_t drop, cfi_arena *arena, cfi_network *network,
                        cfi_error *error);

/* alpha_{l,p} for l = 0..L-1: gains of the echo paths AP l -> target -> AP p. O(L), no storage: random phases
 * are recomputed from their counters. */
void network_path_gains(const cfi_network *network, size_t p, double complex *restrict alpha);
/* abs(alpha_pp)^2, or of any pair. */
double network_path_power(const cfi_network *network, size_t l, size_t p);
/* True when alpha is the same for all pairs (then one column serves for all). */
bool network_equal_paths(const cfi_network *network);

#endif
