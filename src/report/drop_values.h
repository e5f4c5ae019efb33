/* Numbers of a drop that are worked out from its record. Each is NaN where the drop does not have it. */
#ifndef CFISAC_REPORT_DROP_VALUES_H
#define CFISAC_REPORT_DROP_VALUES_H

#include "cfisac/report.h"

bool drop_is_ok(const cfi_record *record);

/* Sum rates, bit/s/Hz: of the allocation under rate.model, in closed form, by Monte Carlo with its standard error, and
 * how many of those it lies above the exact form, whatever the scenario optimises. */
double drop_sum_rate(const cfi_record *record);
double drop_sum_rate_theorem1(const cfi_record *record);
double drop_sum_rate_exact(const cfi_record *record);
double drop_sum_rate_monte_carlo(const cfi_record *record);
double drop_sum_rate_std_error(const cfi_record *record);
double drop_sum_rate_z(const cfi_record *record);

/* The largest of the access points' bounds under sensing.crlb_model, rad^2, and that in dB. */
double drop_worst_crlb(const cfi_record *record);
double drop_worst_crlb_db(const cfi_record *record);
/* Of own echoes, over access points. */
double drop_least_detection(const cfi_record *record);
double drop_mean_detection(const cfi_record *record);
/* Access points look for one target together. */
bool drop_has_detection(const cfi_record *record);
bool drop_is_certified(const cfi_record *record); /* or that was asked for */

/* Of the maximum likelihood estimates of angles: whether there are any; the largest mean square error, dB of 1 rad^2,
 * to be compared with the bound; the root of the mean square error over all access points, rad. */
bool drop_has_estimates(const cfi_record *record);
double drop_worst_angle_error_db(const cfi_record *record);
double drop_mean_angle_rmse(const cfi_record *record);

/* What all access points radiate together, W, and the same in dBm; the part of it in sensing beams. */
double drop_total_power(const cfi_record *record);
double drop_total_power_dbm(const cfi_record *record);
double drop_sensing_share(const cfi_record *record);

/* The paper's factors of the powers, gamma_kl = p_kl / (N xi_kl) and eta_kl = s_l / (N K), which maximum ratio has. */
bool drop_has_factors(const cfi_record *record);
double drop_gamma(const cfi_record *record, size_t k, size_t l);
double drop_eta(const cfi_record *record, size_t k, size_t l);
double drop_iterations(const cfi_record *record);
/* The objective in its unit: of the powers; what no powers beat, if that is proved; their distance, relative to the
 * first; and that of the starts. */
double drop_objective(const cfi_record *record);
double drop_objective_dual(const cfi_record *record);
double drop_objective_gap(const cfi_record *record);
double drop_spread(const cfi_record *record);
double drop_violation(const cfi_record *record);

/* By how many dB all thresholds must rise to be feasible; the threshold there, of a scenario that has a single one. */
double drop_threshold_factor_db(const cfi_record *record);
double drop_least_threshold_db(const cfi_record *record);

/* Of access point l and user k, where the scenario has them, else NaN: metres, degrees, rad^2, the pilot's number. */
double drop_ap_x(const cfi_record *record, size_t l);
double drop_ap_y(const cfi_record *record, size_t l);
double drop_ap_range(const cfi_record *record, size_t l);
double drop_ap_bearing(const cfi_record *record, size_t l);
double drop_ap_angle(const cfi_record *record, size_t l);
double drop_ap_threshold(const cfi_record *record, size_t l);
double drop_ue_x(const cfi_record *record, size_t k);
double drop_ue_y(const cfi_record *record, size_t k);
double drop_ue_pilot(const cfi_record *record, size_t k);

/* Root mean square of drop_sum_rate_z over the drops that have it, NaN when none has. */
double drops_z_rms(const cfi_results *results);
/* Whether Theorem 1 and the exact form give different sum rates in any drop. */
bool drops_forms_differ(const cfi_results *results);
/* The drop whose simulated link is least sure, NULL where all links are exact. */
const cfi_record *drops_worst_link(const cfi_results *results);
/* Some drop's, for its name and unit; both "" where no drop came to its allocation. */
const cfi_objective_result *drops_objective(const cfi_results *results);
size_t drops_count(const cfi_results *results, cfi_drop_status status);

#endif
