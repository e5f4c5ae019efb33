/* The largest common rate of all users as a fixed point of prices, with its proof. docs/model.md (M31a)
 *
 * Where powers p, s have rates R_k >= weight_k rho for the largest rho, t_k = e^(weight_k rho) - 1 the SINRs, there are
 * multipliers lambda_k with which amplitudes are answers of the access points (response.h) to the slopes
 *     gain_k = lambda_k u_k,    weight_k = lambda_k t_k
 * and each user's own prices satisfy lambda_k sum_l signal_kl^2 / e_l = 1, e_l = C_l + kappa_l - nu_l d1_l the price of
 * a unit of its power. With u and I of the answer, G_k = u_k / gain_k is that sum, and
 *     gain_k <- root(t_k I_k) / G_k,    weight_k <- t_k / G_k
 * is a map of 2 K numbers, rho chosen so that sum_k weight_k I_k ln(SINR_k / t_k) = 0. Any of its states proves: with
 * q = max_k lambda_k G_k max(1, (sum_l kappa_l limit_l + mu budget - sum_l nu_l) / sum_k weight_k) no powers have
 * SINR_k > q t_k for all users. */
#ifndef CFISAC_ALLOC_LEVEL_H
#define CFISAC_ALLOC_LEVEL_H

#include "alloc/response.h"

/* Rates in nat, without the pre-log factor. */
typedef struct level_result {
    double reached; /* least R_k / weight_k of the point */
    double bound;   /* no powers have a larger one */
    bool proved;    /* they are as near as is asked for */
    double *lambda; /* K: multipliers of the targets at the last state */
    size_t evaluations;
    size_t count; /* of the trace: values of `reached`, each above the one before */
    double *trace;
} level_result;

enum { LEVEL_MOST = 80 }; /* evaluations */

/* Orthogonal pilots, one price of power at each access point, and no sensing that couples them. */
bool level_applies(const alloc_problem *problem);

/* What is asked for. */
typedef struct level_ask {
    const double *weight; /* K, above 0 */
    cfi_stop *stop;       /* or NULL */
} level_ask;

/* Rates R_k >= weight_k rho from equal powers: *point is the best answer where that is proved.
 * result->lambda and trace are the caller's (K, LEVEL_MOST). Memory from the arena: CFI_NO_MEMORY; CFI_INTERRUPTED. */
cfi_status level_rates(const alloc_problem *problem, const level_ask *ask, cfi_arena *arena, alloc_point *point,
                       level_result *result, cfi_error *error);

#endif
