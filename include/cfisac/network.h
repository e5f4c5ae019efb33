/* network: one drop. Geometry, large-scale gains, pilots, target, echo path gains. */
#ifndef CFISAC_NETWORK_H
#define CFISAC_NETWORK_H

#include "cfisac/scenario.h"

/* How the channels of a drop fade about their gains. All NULL: i.i.d. Rayleigh, but for the orientations, which a
 * target at a place needs too. K x L where nothing else is said.                 docs/model.md (M22) */
typedef struct cfi_fading {
    const double *orientation_rad; /* L: where the broadside of each array points, from the x axis to the y axis */
    /* sin(azimuth) cos(elevation) of the user, seen from the array: its steering vector is exp(-j pi n sight), n = 1..N
     */
    const double *sight;
    const double *rician; /* power in the line of sight over the rest, >= 0; NULL: there are no lines of sight */
    /* N x K x L: first column of the correlation of a channel about its mean, which is Hermitian and Toeplitz, 1 at the
     * top; NULL: I */
    const double complex *scatter;
} cfi_fading;

/* Arrays live in the arena given to network_draw (or are the system's own, when explicit). */
typedef struct cfi_network {
    const cfi_system *system;
    uint32_t drop;
    size_t L, K;
    size_t
        threads; /* that it was drawn on, for what is made of it; 0 counts as 1, and no bit of anything depends on it */
    cfi_stop *stop;              /* looked at by what takes long to make of it, link_make foremost; NULL: never */
    const double *ap_position_m; /* 2 x L, or NULL when gains are given and positions are not */
    const double *ue_position_m; /* 2 x K, or NULL */
    const double *beta;          /* K x L, linear */
    /* K x L: 1 where the pair has a line of sight, 0 where it has none; NULL: the model of propagation has no states */
    const unsigned char *line_of_sight;
    double rician_factor; /* of a pair with line of sight, in the mean, linear; 0 without states */
    cfi_fading fading;
    bool shadowing_clipped; /* its correlation is not the one asked for, but the nearest that can be */
    const size_t *pilot;    /* K, below tau_p; rho_kj = (pilot[k] == pilot[j]) */
    /* K each: the first user with k's pilot, and the next one after k, K where there is none: from the first on, the
     * users of a pilot in ascending order */
    const size_t *pilot_first, *pilot_next;
    bool pilots_overlap;         /* some pair of users shares a pilot */
    const unsigned char *served; /* K x L: 1 where AP l serves user k, else 0; NULL: every AP serves every user */
    const double *angle_rad;     /* L */
    /* With sensing.geometry `target`: where it is (2 numbers); L each: how far from an access point (to the nearest
     * copy with wrap_around), and its azimuth from there, from the x axis to the y axis. NULL with `angles`. */
    const double *target_position_m, *target_range_m, *target_bearing_rad;
    /* E norm(v)^2 of vectors without their normalisation, of precoders that have it from simulation, as link_make
     * leaves it in cfi_link.mean_square: what draws of this network then need not simulate again, to the bit. NULL:
     * unknown */
    const double *mean_square;
    bool equal_paths; /* alpha is one number for all pairs */
    const double complex
        *path; /* alpha_lp, see network_path_gains: L numbers if equal_paths, else L x L, row l sends */
} cfi_network;

/* Draws drop `drop`. Every user, AP and pair has its own stream, so that adding APs moves nothing.
 *   positions  uniform in the area. `reject`: users first, then each AP uniformly outside the discs of
 *              radius min_distance_m about the users; a user layout whose free area is below 0.1 % (judged on a
 *              fixed grid) is redrawn. `clamp`: r = max(r, min_distance_m). `none`: as drawn. With wrap_around all
 *              distances are those to the nearest copy.
 *   beta_kl    the model's gain times log-normal shadowing, after the pair's state where the model has states
 *                                                                                docs/model.md (M1)
 *   fading     an array's orientation given, towards the centre, or uniform in [0, 2 pi); the rest follows from
 *              positions and states                                               docs/model.md (M22)
 *   pilots     cyclic: k mod tau_p; random: uniform; greedy: by gains, user by user
 *   served     by gains and pilots: clusters.mode                                docs/model.md (M1)
 *   angles     uniform in [angle_min_rad, angle_max_rad]; or, with a target at a place, given or uniform in the area
 *              and a metre or more from every access point, those at which the arrays see it. What is behind an
 *              array counts as its mirror image before it                          docs/model.md (M23)
 *   paths      amplitudes as given, or with a target by its ranges; phases given or uniform in [0, 2 pi): drawn here,
 *              once, and never again
 * Fails: CFI_INVALID when a placement finds no room, the target no place, or a gain is not a finite number > 0;
 * CFI_NO_MEMORY; CFI_FAILED when the eigenvalues of a correlation on a wrapped area are not found. */
cfi_status network_draw(const cfi_system *system, uint32_t drop, cfi_arena *arena, cfi_network *network,
                        cfi_error *error);
/* The same to the bit, the pairs shared among at most `threads` threads; more than 1: not from within threads_run. */
cfi_status network_draw_on(const cfi_system *system, uint32_t drop, size_t threads, cfi_arena *arena,
                           cfi_network *network, cfi_error *error);

/* The same, which ends with CFI_INTERRUPTED soon after the stop flag is set; it stays with the network. */
typedef struct cfi_network_options {
    size_t threads;
    cfi_stop *stop; /* or NULL */
} cfi_network_options;

cfi_status network_draw_with(const cfi_system *system, uint32_t drop, const cfi_network_options *options,
                             cfi_arena *arena, cfi_network *network, cfi_error *error);

/* The way from AP l to user k in the plane, [x, y] in metres: to the nearest copy of the user with wrap_around. Needs
 * positions. */
void network_offset(const cfi_network *network, size_t k, size_t l, double offset_m[2]);

/* The number of ordered pairs (k, j), k != j, of users on one pilot. start, unless NULL, gets K + 1 numbers: pairs of
 * users before k, in the order of k, then of j ascending. */
size_t network_number_pairs(const cfi_network *network, size_t *start);

/* alpha_lp for l = 0..L-1: gains of the echo paths AP l -> target -> AP p, as amplitudes. Owned by the drop; with
 * network->equal_paths the same column whatever p. O(1). */
const double complex *network_path_gains(const cfi_network *network, size_t p);
/* abs(alpha_lp)^2, of the amplitude itself: not rounded through its phase. */
double network_path_power(const cfi_network *network, size_t l, size_t p);
/* How the angle at AP l turns as the target moves, rad / m: (-sin omega_l, cos omega_l) / d_l by azimuth and range,
 * with the other sign where the array has the target behind itself. Needs a target.           docs/model.md (M25) */
void network_target_turn(const cfi_network *network, size_t l, double turn[2]);

#endif
