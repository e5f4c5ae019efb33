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

/* -------------------------------------------------------------------------- detection ---- */

/* Probability that an access point detects the target by its own echo, between false_alarm and 1, of the echo's
 * signal-to-noise ratio snr >= 0 and the probability of a false alarm, strictly between 0 and 1.   docs/model.md (M26)
 *   swerling 1: exp(ln false_alarm / (1 + snr))
 *   swerling 0: Q_1(sqrt(2 snr), sqrt(-2 ln false_alarm)), Marcum's */
double detection_own_echo(double snr, double false_alarm, size_t swerling);
/* The least snr that has such a probability; 0 where false alarms have it. detection: strictly between 0 and 1.
 *   swerling 1: ln false_alarm / ln detection - 1
 *   swerling 0: the root of Marcum's Q; NaN when out of memory */
double detection_least_snr(double detection, double false_alarm, size_t swerling);

/* Whether access points look for one target together: it has a place, or there is a threshold of detection. */
bool detection_is_fused(const cfi_system *system);

/* Signal-to-noise ratio of each access point's own echo, L numbers: M T abs(alpha_pp)^2 E(a^H R a) / sigma_s^2, the
 * light on the target averaged over channels. O(K L). */
void metrics_echo_snr(const cfi_link *link, const cfi_powers *powers, double *restrict snr);

/* Weights snr_p / (1 + snr_p) over the largest of them, which is returned; all 0 where it is. */
double detection_weights(size_t L, const double *snr, double *restrict weight);

/* Probability of detection by sum_p w_p T_p with these weights, T_p the normalised power that the filter for the known
 * signal and angle leaves of AP p's own echo; gains of different access points are independent (swerling 1) or their
 * powers known to be steady (0). false_alarm, strictly between 0 and 1, is of the sum. work: 3 L. O(L) a node of some
 * hundred. */
double detection_fused(size_t L, const double *snr, double false_alarm, size_t swerling, double *restrict work);

/* The same by the mean over independent uniform phases of the paths, which nobody need know; rad^2, L values.
 * Information is linear in powers where signals have no directions.                             docs/model.md (M24) O(K
 * L + L^2), with equal paths O(K L). Scratch comes from the arena and is released. Fails: CFI_NO_MEMORY. */
cfi_status metrics_crlb_noncoherent(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                                    double *restrict crlb, cfi_error *error);

/* Squares of angles between the directions in which angles turn, or of rows made of them, that count as none: bearings
 * are known to about 1e-16, their differences to about 1e-9 of themselves here. */
static const double CFI_IN_LINE = 1e-18;

/* sqrt(tr J^-1) of the target's position, metres, J made of what each access point's own echo says, of all echoes by
 * the mean over phases, and of all echoes. Infinite where what is known about angles lies along one line; NaN without a
 * target.                                                                        docs/model.md (M25) */
typedef struct cfi_position_bounds {
    double own_echo_m, noncoherent_m, multistatic_m;
} cfi_position_bounds;

/* All bounds. */
typedef struct cfi_bounds {
    double *crlb_own_echo_rad2, *crlb_noncoherent_rad2, *crlb_multistatic_rad2; /* L; infinite: no information */
    cfi_position_bounds position;
} cfi_bounds;

/* Averaged over channels or of one block, as sensing.information says (averaged where network is NULL): the latter by
 * precoding.realizations draws of the network that are not the Monte Carlo's, but for the own echo of maximum ratio
 * over i.i.d. fading with orthogonal pilots, which has a closed form. docs/model.md (M29) Arrays of *out are the
 * arena's; scratch is released. O(K L + L^2), and the draws. Fails: CFI_NO_MEMORY, CFI_INTERRUPTED (network->stop). */
cfi_status metrics_bounds(const cfi_network *network, const cfi_link *link, const cfi_powers *powers, cfi_arena *arena,
                          cfi_bounds *out, cfi_error *error);

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
    double *crlb_noncoherent_rad2, *crlb_noncoherent_std_error;
    cfi_position_bounds position, position_std_error; /* NaN without a target, and where angles cannot be estimated */
    /* With system->monte_carlo.estimator: root mean square errors of maximum likelihood estimates from own echoes, over
     * estimator_trials realisations. L each, NaN where an access point is silent; NULL without. The position's is NaN
     * where the target has no place, or one that own echoes cannot tell.           docs/model.md (M27) */
    size_t estimator_trials;
    double *angle_rmse_rad, *angle_rmse_std_error_rad;
    double position_rmse_m, position_rmse_std_error_m;
    /* Where detection_is_fused: shares of the realisations, with standard errors that are above 0 even of none or all.
     * The detectors know the realisation's signal. L each, NULL without; the others NaN.     docs/model.md (M26) */
    double *detection_probability, *detection_probability_std_error;
    double detection_probability_fused, detection_probability_fused_std_error;
    double false_alarm_probability_fused, false_alarm_probability_fused_std_error;
} cfi_monte_carlo;

/* Runs up to system->monte_carlo.realizations realisations at the given powers with `threads` OpenMP threads; the
 * numbers do not depend on threads. Arrays of *out are allocated from the arena; its scratch is released.
 * Fails: CFI_NO_MEMORY, CFI_INTERRUPTED (stop), CFI_FAILED. */
cfi_status metrics_monte_carlo(const cfi_network *network, const cfi_powers *powers, size_t threads, cfi_stop *stop,
                               cfi_arena *arena, cfi_monte_carlo *out, cfi_error *error);

#endif
