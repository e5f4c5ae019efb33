/* link: the second moments of a drop, all that closed forms, allocation and their checks see of a network. Monte Carlo
 * draws channels and never looks here. docs/model.md (M4) - (M7). */
#ifndef CFISAC_LINK_H
#define CFISAC_LINK_H

#include "cfisac/channel.h"

/* Radiated watts: p_kl that AP l sends for user k, s_l in its sensing beam. It sends
 * sum_k [ sqrt(p_kl) v_kl + sqrt(s_l / (N K)) a_l ] s_k with E norm(v_kl)^2 = 1 and norm(a_l)^2 = N.
 * The paper's factors under maximum ratio: p_kl = N xi_kl gamma_kl, s_l = N sum_k eta_kl with eta_kl equal over k. */
typedef struct cfi_powers {
    double *p; /* K x L, >= 0 */
    double *s; /* L, >= 0 */
} cfi_powers;

/* Information of AP p about its own angle, in 1 / rad^2, linear in powers:
 *   1 / CRLB_p = sum_l [ comm_pl sum_k p_kl + sens_pl s_l ]
 * From its own echo alone it is diagonal. */
typedef struct cfi_information {
    bool diagonal;             /* only l = p counts: L numbers each */
    const double *comm, *sens; /* per watt; L x L, element (p, l) at [p + L l], where it is not diagonal */
} cfi_information;

/* The same from the echoes of all access points, each path gain an unknown nuisance:
 *   1 / CRLB_p = arrival_p ( sum_l abs(alpha_lp)^2 sum_k p_kl + N abs(sum_l alpha_lp sqrt(s_l))^2 )
 *                + departure_p sum_k p_kp */
typedef struct cfi_echoes {
    const double *arrival, *departure; /* L */
    bool equal_paths;
    const double complex *path; /* alpha_lp, as network_path_gains: column p is what AP p receives */
} cfi_echoes;

/* Arrays are K x L, element (k, l) at [k + K l], where nothing else is said; they belong to the arena of link_make or
 * to the network, and are not written again. */
typedef struct cfi_link {
    const cfi_system *system;
    uint32_t drop;
    size_t L, K;
    size_t threads;                    /* that closed forms and allocation may use, as cfi_network's */
    const char *kind;                  /* "closed_form": exact second moments */
    double largest_relative_std_error; /* of the moments; 0 for closed forms */
    const unsigned char *served;       /* cfi_network's; NULL: every AP serves every user */
    const double *g;                   /* E h_kl^H v_kl >= 0; 0 for pairs that are not served */
    /* The mean amplitude with which user k hears the streams of its own pilot that AP l sends to others; g itself where
     * every AP serves every user */
    const double *heard;
    const double *V;           /* E abs(h_kl^H v_jl)^2 - abs(c_kj,l)^2, the same for every j */
    const double *V_by_stream; /* NULL, or K x K x L where it does: (k, j, l) at [k + K (j + K l)]; V is NULL */
    const double *S;           /* E abs(h_kl^H a_l)^2 / N */
    const void *origin;        /* what the link was made of: for the shares below alone */
    const size_t *pilot;       /* K: users of one number share a pilot */
    const size_t *pilot_first, *pilot_next; /* K: those of the network */
    bool pilots_overlap;                    /* some pair does */
    cfi_information own_echo;
    cfi_echoes echoes;
} cfi_link;

/* The link of a drop under the system's precoder, by its closed forms. Borrows the network, which must live as long.
 * O(K L), shared among network->threads. Fails: CFI_NO_MEMORY. */
cfi_status link_make(const cfi_network *network, cfi_arena *arena, cfi_link *link, cfi_error *error);

/* What splits share the power of AP l by: the mean square of an estimate's entry, 0 for users that it does not serve; K
 * numbers. Worked out anew, O(K): an array of them all would be kept for the splits alone. */
void link_share(const cfi_link *link, size_t l, double *restrict share);
/* beta_kl^exponent of the users that AP l serves, 0 of others, times a positive number that no rounding to 0 or
 * infinity needs: the largest is 1. */
void link_gain_share(const cfi_link *link, size_t l, double exponent, double *restrict share);

/* AP l serves user k: p_kl may be above 0. */
static inline bool link_serves(const cfi_link *link, size_t k, size_t l)
{
    return !link->served || link->served[k + link->K * l];
}

/* AP l serves somebody; one that does not only senses. O(K). */
bool link_has_users(const cfi_link *link, size_t l);

/* Users k and j, not the same, share a pilot: k hears the stream of j coherently. */
static inline bool link_coherent_pair(const cfi_link *link, size_t k, size_t j)
{
    return k != j && link->pilot[k] == link->pilot[j];
}

/* c_kj,l = E h_kl^H v_jl of such a pair, as an amplitude. Over i.i.d. Rayleigh fading estimates of one pilot are
 * parallel, and user k hears every stream of its pilot with the mean that its own has, or would have. */
static inline double link_coherent(const cfi_link *link, size_t k, size_t j, size_t l)
{
    (void)j;
    return link->heard[k + link->K * l];
}

#endif
