/* channel: MMSE statistics; drawing of channels and of the received pilots; precoders. */
#ifndef CFISAC_CHANNEL_H
#define CFISAC_CHANNEL_H

#include "cfisac/network.h"

/* Variance of the MMSE channel estimates over i.i.d. Rayleigh fading.           docs/model.md (M2)
 *
 *   xi_kl = tau_p p_p beta_kl^2 / (tau_p p_p sum_j rho_kj beta_jl + sigma^2),  sigma^2 = system_pilot_noise
 *
 * Out     xi  K x L, same scale as beta; must not alias beta
 * Fails   never; inputs were validated by scenario. Cost O(K L) */
void channel_mmse_variance(const cfi_network *network, double *restrict xi);
/* The same of access points first .. end - 1, K numbers each, and of a single pair, in as many steps as users have k's
 * pilot: to the bit. */
void channel_mmse_variance_of(const cfi_network *network, size_t first, size_t end, double *restrict xi);
double channel_mmse_variance_at(const cfi_network *network, size_t k, size_t l);
/* The mean square of an entry of an estimate, E norm(hhat_kl)^2 / N, over any fading; over i.i.d. Rayleigh fading it is
 * xi_kl, to the bit. In the arena, K x L; NULL when out of memory. Shared among network->threads. */
double *channel_estimate_power(const cfi_network *network, cfi_arena *arena);
/* beta_kl - xi_kl, the variance of the estimates' errors, of AP l: K numbers, in as many steps as pairs share a pilot.
 */
void channel_error_variance_of(const cfi_network *network, size_t l, double *restrict error);

/* ------------------------------------------------------------------- a channel's statistics ---- */

/* h_kl = m_kl e^(j psi_kl) + r_kl, E norm(h_kl)^2 = N beta_kl: a path in the line of sight whose phase psi_kl is
 * uniform, drawn once a coherence block and known to its access point, and r_kl complex normal with the covariance
 * R_kl. docs/model.md (M22) */

/* Whether all pairs fade i.i.d. Rayleigh: m_kl = 0, R_kl = beta_kl I. */
bool channel_is_iid(const cfi_network *network);
/* Out m: N */
void channel_mean_of(const cfi_network *network, size_t k, size_t l, double complex *restrict m);
/* Out R: N x N, column-major: about the mean */
void channel_covariance_of(const cfi_network *network, size_t k, size_t l, double complex *restrict R);
/* B_kl = tau_p p_p R_kl Psi^-1 R_kl, Psi = tau_p p_p sum_{j on k's pilot} R_jl + sigma^2 I: the covariance of the
 * estimate about the mean; that of its error is R_kl - B_kl.
 * Out B: N x N, column-major. Needs work: N x N */
void channel_estimate_covariance_of(const cfi_network *network, size_t k, size_t l, double complex *restrict B,
                                    double complex *restrict work);

/* ------------------------------------------------------------------------------- draws ---- */

/* Draws realisations range->first .. first + count - 1 of the channels of AP l and estimates them from the
 * received pilots: y_t = sqrt(tau_p p_p) sum_{k: pilot t} h_kl + n_t, despread, scaled by
 * c_kl = sqrt(tau_p p_p) beta_kl / (tau_p p_p sum_j rho_kj beta_jl + sigma^2). (The pilot book is unitary, so the
 * despread noise is again white: one column y_t for each pilot in use.)   docs/model.md (M3)
 *
 * Out     h, h_hat   real and imaginary parts apart, user fastest, then antenna: h_kl,n of realisation first + i at
 *                    re[stride i + K n + k]; stride >= N K
 * Needs   scratch    of channel_scratch_make for a network of this K, N, pilots and kind of fading; one a thread
 * Where fading is not i.i.d. estimates are those of (M22). Realisation i of user k at AP l depends on (seed, drop, k,
 * l, i, N) and the statistics of the pair alone, whatever first and count. */
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

/* The first realisation of channels of N antennas that statistics are made of: no Monte Carlo draws it, or any behind
 * it. */
size_t channel_first_statistic(size_t N);

/* Work space in the arena, about 11 N K doubles, or 100 N K and 6 N^2 where fading is not i.i.d.; NULL when out of
 * memory. */
cfi_channel_scratch *channel_scratch_make(const cfi_network *network, cfi_arena *arena);

/* a(theta)_n = exp(-j pi n sin theta), n = 1..size, and its derivative with respect to theta. */
void channel_steering(double angle_rad, size_t size, double complex *restrict a, double complex *restrict derivative);

/* ------------------------------------------------------------------------- precoders ---- */

/* Second moments of a precoder's signals, K x L each.                             docs/model.md (M4), (M5), (M20)
 *   g            E h_kl^H v_kl >= 0
 *   V            E abs(h_kl^H v_jl)^2 - abs(E h_kl^H v_jl)^2, the same for every j; NULL where it is not:
 *   V_by_stream  then the same as K x K x L, (k, j, l) at [k + K (j + K l)], else NULL
 *   S            E abs(h_kl^H a_l)^2 / N; NULL: beta
 *   coherent     c_kj,l = E h_kl^H v_jl of users on one pilot, as cfi_link has it; NULL: they hear each other's streams
 *                with the mean of their own */
typedef struct cfi_precoder_moments {
    const double *g, *V, *V_by_stream, *S;
    const double complex *coherent;
} cfi_precoder_moments;

/* What a precoder must say. To add one: a file precoder_NAME.c that defines its row, and the row's X in
 * CFI_PRECODERS (docs/architecture.md). */
typedef struct cfi_precoder {
    const char *name; /* the word of precoding.kind */
    /* What `apply` needs, work space too, for one thread and drop; in the arena. NULL when out of memory. */
    void *(*prepare)(const cfi_network *network, cfi_arena *arena);
    /* Makes of the estimates h_hat_kl of AP l, in place, vectors of which factor_k times is the precoding vector v_kl,
     * in every realisation of the range (laid out as channel_draw leaves them). E norm(v_kl)^2 = 1 over channels. Out
     * factor: K */
    void (*apply)(void *prepared, size_t l, const cfi_channel_range *range, cfi_channels estimates, double *factor);
    /* Closed form over i.i.d. Rayleigh fading, or NULL: there is none, and the link simulates. Arrays of *out are the
     * arena's or the network's. False when out of memory. */
    bool (*moments)(const cfi_network *network, cfi_arena *arena, cfi_precoder_moments *out);
    /* The same over fading that is correlated or has a line of sight. */
    bool (*moments_correlated)(const cfi_network *network, cfi_arena *arena, cfi_precoder_moments *out);
} cfi_precoder;

/* The system's precoder. */
const cfi_precoder *channel_precoder(const cfi_system *system);

#endif
