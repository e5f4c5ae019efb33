/* channel: MMSE statistics; drawing of channels and of the received pilots. */
#ifndef CFISAC_CHANNEL_H
#define CFISAC_CHANNEL_H

#include "cfisac/network.h"

/* Variance of the MMSE channel estimates.                                       docs/model.md (M2)
 *
 *   xi_kl = tau_p p_p beta_kl^2 / (tau_p p_p sum_j rho_kj beta_jl + sigma_c^2)
 *
 * Out     xi  K x L, same scale as beta; must not alias beta
 * Fails   never; inputs were validated by scenario. Cost O(K L) */
void channel_mmse_variance(const cfi_network *network, double *restrict xi);

/* Draws realisations range->first .. first + count - 1 of the channels of AP l and estimates them from the
 * received pilots: y_t = sqrt(tau_p p_p) sum_{k: pilot t} h_kl + n_t, despread, scaled by
 * c_kl = sqrt(tau_p p_p) beta_kl / (tau_p p_p sum_j rho_kj beta_jl + sigma_c^2). (The pilot book is unitary, so the
 * despread noise is again white: one column y_t for each pilot in use.)   docs/model.md (M3)
 *
 * Out     h, h_hat   real and imaginary parts apart, user fastest, then antenna: h_kl,n of realisation first + i at
 *                    re[stride i + K n + k]; stride >= N K
 * Needs   scratch    of channel_scratch_make for a network of this K, N and tau_p; one a thread
 * Realisation i of user k at AP l depends on (seed, drop, k, l, i, N) alone, whatever first and count. */
typedef struct cfi_channel_range {
    size_t first, count, stride;
} cfi_channel_range;
typedef struct cfi_channels {
    double *re, *im;
} cfi_channels;
typedef struct cfi_estimated_channels {
    cfi_channels h, h_hat;
} cfi_estimated_channels;
typedef struct cfi_channel_scratch cfi_channel_scratch;
void channel_draw(const cfi_network *network, size_t l, const cfi_channel_range *range, cfi_channel_scratch *scratch,
                  const cfi_estimated_channels *out);

/* Work space in the arena, about 11 N K doubles; NULL when out of memory. */
cfi_channel_scratch *channel_scratch_make(const cfi_network *network, cfi_arena *arena);

/* a(theta)_n = exp(-j pi n sin theta), n = 1..size, and its derivative with respect to theta. */
void channel_steering(double angle_rad, size_t size, double complex *restrict a, double complex *restrict derivative);

#endif
