/* metrics: achievable rates and Cramer-Rao bounds in closed form, and Monte Carlo estimates of both. */
#ifndef CFISAC_METRICS_H
#define CFISAC_METRICS_H

#include "cfisac/channel.h"

/* Power factors. AP l radiates N (sum_k xi_kl gamma_kl + sum_k eta_kl) watts. */
typedef struct cfi_powers {
    double *gamma, *eta; /* K x L each, >= 0; gamma has unit W / linear gain, eta W */
} cfi_powers;

/* x_l = sum_k xi_kl gamma_kl, y_l = sum_k eta_kl (watts per antenna). */
void metrics_ap_powers(size_t K, size_t L, const double *xi, const cfi_powers *powers, double *restrict x,
                       double *restrict y);

/* SINR of each user.                                                           docs/model.md (M4), (M5)
 *   SINR_k = u_k^2 / I_k,  u_k = N sum_l xi_kl sqrt(gamma_kl)
 *   I_k    = N sum_l beta_kl q_l + sigma_c^2                                       (theorem1, paper (7))
 *            + sum_{j != k} rho_kj (N sum_l sqrt(gamma_jl) xi_jl beta_kl / beta_jl)^2   (exact)
 * Out sinr: K. Scratch comes from the arena and is released. */
cfi_status metrics_sinr(const cfi_network *network, const double *xi, const cfi_powers *powers, cfi_rate_model model,
                        cfi_arena *arena, double *restrict sinr, cfi_error *error);

/* R_k = prelog log2(1 + SINR_k). Returns the sum. rate (K) may be NULL or alias sinr. */
double metrics_rates(const cfi_system *system, const double *sinr, double *rate);

/* Coefficients of 1 / CRLB_p = (2 T / sigma_s^2)(d1_p x_p + d2_p y_p), own echo.     docs/model.md (M6)
 *   S_n = n (n^2 - 1) / 12,  g_p = abs(alpha_pp)^2 pi^2 cos^2(theta_p)
 *   d1_p = g_p (N S_M + M S_N),  d2_p = g_p N^2 S_M
 * Out d1, d2: L each. */
void metrics_sensing_coefficients(const cfi_network *network, double *restrict d1, double *restrict d2);

/* Own-echo bound (Theorem 2), rad^2, L values; infinite where there is no information. */
cfi_status metrics_crlb_own_echo(const cfi_network *network, const double *xi, const cfi_powers *powers,
                                 cfi_arena *arena, double *restrict crlb, cfi_error *error);

/* Bound from all echoes, every path gain an unknown nuisance; rad^2, L values.      docs/model.md (M7) */
cfi_status metrics_crlb_multistatic(const cfi_network *network, const double *xi, const cfi_powers *powers,
                                    cfi_arena *arena, double *restrict crlb, cfi_error *error);

/* ------------------------------------------------------------------------ Monte Carlo ---- */

/* Estimates from raw draws (channels, received pilots, the averaged Fisher matrix of the signal's
 * derivative). Numbers that cannot be estimated are NaN: a standard error from one realisation; a multistatic bound
 * from too few realisations (at least when (realizations - block) * K < L) or when L > CFI_MULTISTATIC_MC_MAX_APS; a
 * mean of the realisations' bounds that has no finite expectation, its error where there is no finite variance.
 *                                                                                docs/model.md (M17), (M18) */
enum { CFI_MULTISTATIC_MC_MAX_APS = 512 };

typedef struct cfi_monte_carlo {
    size_t realizations;                    /* used; fewer than asked for when max_std_error was reached */
    double *rate_bit_s_hz, *rate_std_error; /* K */
    double sum_rate_bit_s_hz, sum_rate_std_error;
    /* L each; NULL when system->monte_carlo.bounds leaves them out */
    double *crlb_own_echo_rad2, *crlb_own_echo_std_error;
    double *crlb_own_echo_block_mean_rad2, *crlb_own_echo_block_mean_std_error; /* mean of each realisation's bound */
    double *crlb_multistatic_rad2, *crlb_multistatic_std_error;
} cfi_monte_carlo;

/* Runs up to system->monte_carlo.realizations realisations at the given powers with `threads` OpenMP threads; the
 * numbers do not depend on threads. Arrays of *out are allocated from the arena; its scratch is released.
 * Fails: CFI_NO_MEMORY, CFI_INTERRUPTED (stop), CFI_FAILED. */
cfi_status metrics_monte_carlo(const cfi_network *network, const cfi_powers *powers, size_t threads, cfi_stop *stop,
                               cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error);

#endif
