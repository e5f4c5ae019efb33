/* metrics: achievable rates and Cramer-Rao bounds in closed form, and Monte Carlo estimates of both. */
#ifndef CFISAC_METRICS_H
#define CFISAC_METRICS_H

#include "cfisac/link.h"

/* Watts that AP l radiates for its users, sum_k p_kl. */
double metrics_comm_power(size_t K, const cfi_powers *powers, size_t l);

/* The same of all access points, to the bit; comm: L. Shared among link->threads. */
void metrics_comm_powers(const cfi_link *link, const cfi_powers *powers, double *restrict comm);

/* SINR of each user from the link's moments.                                    docs/model.md (M4), (M5)
 *   SINR_k = u_k^2 / I_k,  u_k = sum_l g_kl sqrt(p_kl)
 *   I_k    = sum_l [ sum_j V_kj,l p_jl + S_kl s_l ] + sigma_c^2                    (theorem1, paper (7))
 *            + sum_{j sharing k's pilot} (sum_l c_kj,l sqrt(p_jl))^2               (exact)
 * Out sinr: K. O(K L), with shared pilots O(L) a pair besides; O(K^2 L) where V depends on the stream. Users are shared
 * among link->threads, and every sum goes through the access points in order. Scratch comes from the arena and is
 * released. Fails: CFI_NO_MEMORY. */
cfi_status metrics_sinr(const cfi_link *link, const cfi_powers *powers, cfi_rate_model model, cfi_arena *arena,
                        double *restrict sinr, cfi_error *error);

/* R_k = prelog log2(1 + SINR_k). Returns the sum. rate (K) may be NULL or alias sinr. */
double metrics_rates(const cfi_system *system, const double *sinr, double *rate);

/* Own-echo bound (Theorem 2), rad^2, L values; infinite where there is no information.     docs/model.md (M6)
 * O(K L). Scratch comes from the arena and is released. Fails: CFI_NO_MEMORY. */
cfi_status metrics_crlb_own_echo(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                 double *restrict crlb, cfi_error *error);

/* Bound from all echoes, every path gain an unknown nuisance; rad^2, L values.      docs/model.md (M7)
 * O(K L + L^2), with equal paths O(K L). Scratch comes from the arena and is released. Fails: CFI_NO_MEMORY. */
cfi_status metrics_crlb_multistatic(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error);

/* The same by the mean over independent uniform phases of the paths, which nobody need know; rad^2, L values.
 * Information is linear in powers where signals have no directions.                             docs/model.md (M23) O(K
 * L + L^2), with equal paths O(K L). Scratch comes from the arena and is released. Fails: CFI_NO_MEMORY. */
cfi_status metrics_crlb_noncoherent(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error);

/* sqrt(tr J^-1) of the target's position, metres, J made of what each access point's own echo says, of all echoes by
 * the mean over phases, and of all echoes. Infinite where what is known about angles lies along one line; NaN without a
 * target.                                                                        docs/model.md (M24) */
typedef struct cfi_position_bounds {
    double own_echo_m, noncoherent_m, multistatic_m;
} cfi_position_bounds;

/* All bounds. */
typedef struct cfi_bounds {
    double *crlb_own_echo_rad2, *crlb_noncoherent_rad2, *crlb_multistatic_rad2; /* L; infinite: no information */
    cfi_position_bounds position;
} cfi_bounds;

/* Arrays of *out are the arena's; scratch is released. O(K L + L^2). Fails: CFI_NO_MEMORY. */
cfi_status metrics_bounds(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, cfi_bounds *out,
                          cfi_error *error);

/* ------------------------------------------------------------------------ Monte Carlo ---- */

/* Estimates from raw draws (channels, received pilots, the averaged Fisher matrix of the signal's
 * derivative). Numbers that cannot be estimated are NaN: a standard error from one realisation; a multistatic bound
 * from two realisations, its error from three of few streams; both when L > CFI_MULTISTATIC_MC_MAX_APS; a
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
