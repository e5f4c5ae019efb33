/* link: the second moments of a drop, all that closed forms, allocation and their checks see of a network. Monte Carlo
 * draws channels and never looks here. docs/model.md (M4) - (M7). */
#ifndef CFISAC_LINK_H
#define CFISAC_LINK_H

#include "cfisac/channel.h"

#include <string.h>

/* Radiated watts: p_kl that AP l sends for user k, s_l in its sensing beam. It sends
 * sum_k [ sqrt(p_kl) v_kl + sqrt(s_l / (N K)) a_l ] s_k with E norm(v_kl)^2 = 1 and norm(a_l)^2 = N.
 * The paper's factors under maximum ratio: p_kl = N xi_kl gamma_kl, s_l = N sum_k eta_kl with eta_kl equal over k. */
typedef struct cfi_powers {
    double *p; /* K x L, >= 0 */
    double *s; /* L, >= 0 */
} cfi_powers;

/* Information of AP p about its own angle, in 1 / rad^2, linear in powers:
 *   1 / CRLB_p = sum_l [ comm_pl sum_k p_kl + sens_pl s_l ]
 * From its own echo alone it is diagonal. Both are NULL where signals have directions (cfi_directions). */
typedef struct cfi_information {
    bool diagonal;             /* only l = p counts: L numbers each */
    const double *comm, *sens; /* per watt; L x L, element (p, l) at [p + L l], where it is not diagonal */
} cfi_information;

/* The same from the echoes of all access points, each path gain an unknown nuisance:
 *   1 / CRLB_p = arrival_p ( sum_l abs(alpha_lp)^2 sum_k p_kl + N abs(sum_l alpha_lp sqrt(s_l))^2 )
 *                + departure_p sum_k p_kp
 * where E v v^H = I / N. departure is NULL where signals have directions. */
typedef struct cfi_echoes {
    const double *arrival, *departure; /* L */
    /* L: what the echoes at all receivers say of the angle of departure of AP l's signals, per watt for users:
     * departure_l sum_p abs(alpha_lp)^2 / abs(alpha_ll)^2. NULL where departure is */
    const double *departure_all;
    bool equal_paths;
    const double complex *path; /* alpha_lp, as network_path_gains: column p is what AP p receives */
} cfi_echoes;

/* A signal f of AP l, a column of F_l, about the AP's own target; d is the part of the derivative of a_l that is off
 * a_l. Of a precoding vector v_kl, per watt; of powers, summed over streams. (The sensing beam has lit N s_l and
 * nothing else.)                                                                     docs/model.md (M21) */
typedef struct cfi_aim {
    double lit, turned;   /* E abs(a_l^H f)^2, E abs(d_l^H f)^2 */
    double complex mixed; /* E (d_l^H f) (a_l^H f)^* */
} cfi_aim;

/* Information where fading has directions, so that E v v^H is no multiple of I. The averaged Fisher matrix of angle and
 * own path gain is linear in powers and information its Schur complement, a concave function of them:
 *   1 / CRLB_p = along_p lit + across_p (turned - abs(mixed)^2 / lit),   lit, turned, mixed = sum_k p_kp aim_kp + beam
 */
typedef struct cfi_directions {
    const cfi_aim *aim;           /* K x L; NULL: E v v^H = I / N, and information is linear (cfi_information) */
    const double *along, *across; /* L */
} cfi_directions;

/* Arrays are K x L, element (k, l) at [k + K l], where nothing else is said; they belong to the arena of link_make or
 * to the network, and are not written again. */
typedef struct cfi_link {
    const cfi_system *system;
    uint32_t drop;
    size_t L, K;
    size_t threads;                    /* that closed forms and allocation may use, as cfi_network's */
    cfi_stop *stop;                    /* looked at by what takes long to make of it, as cfi_network's */
    const char *kind;                  /* "closed_form": exact second moments; "simulated": estimates of them */
    bool theorem1;                     /* the published rate applies: i.i.d. Rayleigh fading and maximum ratio */
    double largest_relative_std_error; /* of the moments; 0 for closed forms */
    const unsigned char *served;       /* cfi_network's; NULL: every AP serves every user */
    const double *g;                   /* E h_kl^H v_kl >= 0; 0 for pairs that are not served */
    /* The mean amplitude with which user k hears the streams of its own pilot that AP l sends to others; g itself where
     * every AP serves every user */
    const double *heard;
    const double *V;           /* E abs(h_kl^H v_jl)^2 - abs(c_kj,l)^2, the same for every j */
    const double *V_by_stream; /* NULL, or K x K x L where it does: (k, j, l) at [k + K (j + K l)]; V is NULL */
    const double *S;           /* E abs(h_kl^H a_l)^2 / N */
    const double *estimate;    /* for link_share, where fading is not i.i.d.; else NULL */
    const double *mean_square; /* NULL, or E norm(v)^2 before the precoder's normalisation: cfi_network.mean_square */
    const void *origin;        /* what the link was made of: for shares and the numbers of pairs below alone */
    const size_t *pilot;       /* K: users of one number share a pilot */
    const size_t *pilot_first, *pilot_next; /* K: those of the network */
    bool pilots_overlap;                    /* some pair does */
    /* c_kj,l of the ordered pairs (k, j), k != j, of users with one pilot, by k, then by j: L numbers a pair, those of
     * user k from row coherent_start[k] on. Both are NULL where users hear every stream of their pilot alike
     * (link_coherent); set by link_set_coherent. */
    const double complex *coherent;
    const size_t *coherent_start; /* K + 1 */
    cfi_information own_echo;
    cfi_echoes echoes;
    /* 2 x L: e_l = (-sin omega_l, cos omega_l) / d_l, rad / m: how the angle at AP l turns as the target moves, by
     * azimuth and range; with the other sign where the array has the target behind itself. NULL: it has no place. */
    const double *turn;
    cfi_directions directions;
} cfi_link;

/* The link of a drop under the system's precoder: by its closed forms, O(K L), or by simulation where it has none for
 * the drop's fading (precoding.realizations draws, docs/model.md (M20)). Shared among network->threads; no bit depends
 * on them. Borrows the network, which must live as long. Fails: CFI_NO_MEMORY,
 * CFI_INTERRUPTED (network->stop). */
cfi_status link_make(const cfi_network *network, cfi_arena *arena, cfi_link *link, cfi_error *error);

/* Gives the link the means c_kj,l of its pairs (cfi_link.coherent), or NULL: the link's own. The numbers must live as
 * long. Fails: CFI_NO_MEMORY. */
cfi_status link_set_coherent(cfi_link *link, const double complex *coherent, cfi_arena *arena, cfi_error *error);

/* Aim of AP l's signals for users together, only where signals have directions. O(K). */
cfi_aim link_aim(const cfi_link *link, const cfi_powers *powers, size_t l);
/* 1 / CRLB_p of AP p's own echo from the aim of all it sends, the beam's N s_p too. */
double link_aim_information(const cfi_link *link, size_t p, const cfi_aim *aim);
/* turned - share abs(mixed)^2, 0 where it is rounding: what path gains leave of the derivative. */
double link_aim_residual(const cfi_aim *aim, double share);

/* What splits share the power of access points first .. end - 1 by: the mean square of an estimate's entry, 0 for users
 * that they do not serve; K numbers each. Worked out anew, O(K): an array of them all would be kept for the splits
 * alone. */
void link_share(const cfi_link *link, size_t first, size_t end, double *restrict share);
/* The same of one pair. */
double link_share_at(const cfi_link *link, size_t k, size_t l);
/* beta_kl^exponent of the users that AP l serves, 0 of others, times a positive number that no rounding to 0 or
 * infinity needs: the largest is 1. */
void link_gain_share(const cfi_link *link, size_t l, double exponent, double *restrict share);

/* AP l serves user k: p_kl may be above 0. */
static inline bool link_serves(const cfi_link *link, size_t k, size_t l)
{
    return !link->served || link->served[k + link->K * l];
}

/* abs(alpha_lp)^2 of the echo from AP l to receiver p. */
static inline double link_path_power(const cfi_link *link, size_t l, size_t p)
{
    double complex alpha = link->echoes.path[l + (link->echoes.equal_paths ? 0 : link->L * p)];

    return creal(alpha) * creal(alpha) + cimag(alpha) * cimag(alpha);
}

/* AP l serves somebody; one that does not only senses. O(K). */
static inline bool link_has_users(const cfi_link *link, size_t l)
{
    return !link->served || memchr(link->served + link->K * l, 1, link->K);
}

/* Users k and j, not the same, share a pilot: k hears the stream of j coherently. */
static inline bool link_coherent_pair(const cfi_link *link, size_t k, size_t j)
{
    return k != j && link->pilot[k] == link->pilot[j];
}

/* c_kj,l = E h_kl^H v_jl of such a pair. Over i.i.d. Rayleigh fading estimates of one pilot are parallel, and user k
 * hears every stream of its pilot with the mean that its own has, or would have. O(users of the pilot). */
static inline double complex link_coherent(const cfi_link *link, size_t k, size_t j, size_t l)
{
    size_t row;

    if (!link->coherent) {
        return link->heard[k + link->K * l];
    }
    row = link->coherent_start[k];
    for (size_t i = link->pilot_first[k]; i < j; i = link->pilot_next[i]) {
        row += i != k;
    }
    return link->coherent[l + link->L * row];
}

#endif
