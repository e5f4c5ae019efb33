/* network: one drop. Geometry, large-scale gains, pilots, target angles, echo path gains. */
#ifndef CFISAC_NETWORK_H
#define CFISAC_NETWORK_H

#include "cfisac/scenario.h"

/* Arrays live in the arena given to network_draw (or are the system's own, when explicit). */
typedef struct cfi_network {
    const cfi_system *system;
    uint32_t drop;
    size_t L, K;
    size_t
        threads; /* that it was drawn on, for what is made of it; 0 counts as 1, and no bit of anything depends on it */
    const double *ap_position_m; /* 2 x L, or NULL when gains are given and positions are not */
    const double *ue_position_m; /* 2 x K, or NULL */
    const double *beta;          /* K x L, linear */
    const size_t *pilot;         /* K, below tau_p; rho_kj = (pilot[k] == pilot[j]) */
    /* K each: the first user with k's pilot, and the next one after k, K where there is none: from the first on, the
     * users of a pilot in ascending order */
    const size_t *pilot_first, *pilot_next;
    bool pilots_overlap;     /* some pair of users shares a pilot */
    const double *angle_rad; /* L */
    bool equal_paths;        /* alpha is one number for all pairs */
    const double complex
        *path; /* alpha_lp, see network_path_gains: L numbers if equal_paths, else L x L, row l sends */
} cfi_network;

/* Draws drop `drop`. Every user, AP and pair has its own stream, so that adding APs moves nothing.
 *   positions  uniform in the area. `reject`: users first, then each AP uniformly outside the discs of
 *              radius min_distance_m about the users; a user layout whose free area is below 0.1 % (judged on a
 *              fixed grid) is redrawn. `clamp`: r = max(r, min_distance_m). `none`: as drawn.
 *   beta_kl    z_kl (r_h / r_kl)^nu, z log-normal                                docs/model.md (M1)
 *   pilots     cyclic: k mod tau_p; random: uniform
 *   angles     uniform in [angle_min_rad, angle_max_rad]
 *   paths      amplitudes as given; phases given or uniform in [0, 2 pi): drawn here, once, and never again
 * Fails: CFI_INVALID when a placement finds no room, CFI_NO_MEMORY. */
cfi_status network_draw(const cfi_system *system, uint32_t drop, cfi_arena *arena, cfi_network *network,
                        cfi_error *error);
/* The same to the bit, the pairs shared among at most `threads` threads; more than 1: not from within threads_run. */
cfi_status network_draw_on(const cfi_system *system, uint32_t drop, size_t threads, cfi_arena *arena,
                           cfi_network *network, cfi_error *error);

/* alpha_lp for l = 0..L-1: gains of the echo paths AP l -> target -> AP p, as amplitudes. Owned by the drop; with
 * network->equal_paths the same column whatever p. O(1). */
const double complex *network_path_gains(const cfi_network *network, size_t p);
/* abs(alpha_lp)^2, of the amplitude itself: not rounded through its phase. */
double network_path_power(const cfi_network *network, size_t l, size_t p);

#endif
