/* Numbers of a drop that are worked out from its record. */
#include "report/drop_values.h"

#include "base/units.h"
#include "report/decibel.h"

#include <math.h>

bool drop_is_ok(const cfi_record *record)
{
    return record->status == CFI_DROP_OK;
}

double drop_sum_rate(const cfi_record *record)
{
    return drop_is_ok(record) ? record->allocation.sum_rate_bit_s_hz : NAN;
}

double drop_sum_rate_theorem1(const cfi_record *record)
{
    return drop_is_ok(record) ? record->closed_form.sum_rate_theorem1_bit_s_hz : NAN;
}

double drop_sum_rate_exact(const cfi_record *record)
{
    return drop_is_ok(record) ? record->closed_form.sum_rate_exact_bit_s_hz : NAN;
}

double drop_sum_rate_monte_carlo(const cfi_record *record)
{
    return drop_is_ok(record) && record->has_monte_carlo ? record->monte_carlo.sum_rate_bit_s_hz : NAN;
}

double drop_sum_rate_std_error(const cfi_record *record)
{
    return drop_is_ok(record) && record->has_monte_carlo ? record->monte_carlo.sum_rate_std_error : NAN;
}

/* The simulation estimates the exact form, whatever the scenario optimises. */
double drop_sum_rate_z(const cfi_record *record)
{
    double z = (drop_sum_rate_monte_carlo(record) - drop_sum_rate_exact(record)) / drop_sum_rate_std_error(record);

    return isfinite(z) ? z : NAN;
}

static const double *constrained_crlb(const cfi_record *record)
{
    if (!drop_is_ok(record)) {
        return NULL;
    }
    switch (record->network->system->sensing.crlb_model) {
    case CFI_CRLB_MULTISTATIC:
        return record->closed_form.crlb_multistatic_rad2;
    case CFI_CRLB_NONCOHERENT:
        return record->closed_form.crlb_noncoherent_rad2;
    case CFI_CRLB_OWN_ECHO:
        break;
    }
    return record->closed_form.crlb_own_echo_rad2;
}

double drop_worst_crlb(const cfi_record *record)
{
    const double *crlb = constrained_crlb(record);
    double worst = 0.0;

    for (size_t l = 0; crlb && l < record->L; l++) {
        worst = fmax(worst, crlb[l]);
    }
    return crlb ? worst : NAN;
}

double drop_worst_crlb_db(const cfi_record *record)
{
    return decibel_of(drop_worst_crlb(record));
}

bool drop_has_estimates(const cfi_record *record)
{
    return drop_is_ok(record) && record->has_monte_carlo && record->monte_carlo.angle_rmse_rad;
}

/* NaN where an access point is silent: it has no estimate, and no bound. */
double drop_worst_angle_error_db(const cfi_record *record)
{
    double worst = 0.0;

    for (size_t l = 0; drop_has_estimates(record) && l < record->L; l++) {
        double rmse = record->monte_carlo.angle_rmse_rad[l];

        worst = rmse > worst || isnan(rmse) ? rmse : worst;
    }
    return drop_has_estimates(record) ? decibel_of(worst * worst) : NAN;
}

double drop_mean_angle_rmse(const cfi_record *record)
{
    double sum = 0.0;

    for (size_t l = 0; drop_has_estimates(record) && l < record->L; l++) {
        sum += record->monte_carlo.angle_rmse_rad[l] * record->monte_carlo.angle_rmse_rad[l];
    }
    return drop_has_estimates(record) ? sqrt(sum / (double)record->L) : NAN;
}

double drop_least_detection(const cfi_record *record)
{
    const double *own = record->closed_form.detection_probability;
    double least = NAN;

    for (size_t l = 0; drop_is_ok(record) && own && l < record->L; l++) {
        least = fmin(least, own[l]);
    }
    return least;
}

double drop_mean_detection(const cfi_record *record)
{
    const double *own = record->closed_form.detection_probability;
    double sum = 0.0;

    for (size_t l = 0; drop_is_ok(record) && own && l < record->L; l++) {
        sum += own[l];
    }
    return drop_is_ok(record) && own ? sum / (double)record->L : NAN;
}

bool drop_is_certified(const cfi_record *record)
{
    return record->allocation.certificate.asked;
}

bool drop_has_detection(const cfi_record *record)
{
    return drop_is_ok(record) && record->network && detection_is_fused(record->network->system);
}

double drop_total_power(const cfi_record *record)
{
    double total = 0.0;

    for (size_t l = 0; drop_is_ok(record) && l < record->L; l++) {
        total += record->allocation.ap_power_w[l];
    }
    return drop_is_ok(record) ? total : NAN;
}

double drop_total_power_dbm(const cfi_record *record)
{
    return decibel_of(drop_total_power(record)) + 30.0;
}

double drop_sensing_share(const cfi_record *record)
{
    double sensing = 0.0;

    for (size_t l = 0; drop_is_ok(record) && l < record->L; l++) {
        sensing += record->allocation.powers.s[l];
    }
    return sensing / drop_total_power(record);
}

bool drop_has_factors(const cfi_record *record)
{
    return record->network->system->precoding.kind == CFI_PRECODER_MR;
}

double drop_gamma(const cfi_record *record, size_t k, size_t l)
{
    double xi = link_share_at(record->link, k, l);

    return record->allocation.powers.p[k + record->K * l] / ((double)record->N * xi);
}

double drop_eta(const cfi_record *record, size_t k, size_t l)
{
    (void)k; /* the same for all */
    return record->allocation.powers.s[l] / ((double)record->N * (double)record->K);
}

double drop_iterations(const cfi_record *record)
{
    return drop_is_ok(record) ? (double)record->allocation.iterations : NAN;
}

double drop_objective(const cfi_record *record)
{
    return drop_is_ok(record) ? record->allocation.objective.value : NAN;
}

double drop_objective_dual(const cfi_record *record)
{
    return drop_is_ok(record) ? record->allocation.objective.dual_value : NAN;
}

double drop_objective_gap(const cfi_record *record)
{
    return fabs(drop_objective_dual(record) - drop_objective(record)) / fabs(drop_objective(record));
}

double drop_spread(const cfi_record *record)
{
    return drop_is_ok(record) ? record->allocation.objective.spread : NAN;
}

double drop_violation(const cfi_record *record)
{
    return drop_is_ok(record) ? record->allocation.max_constraint_violation : NAN;
}

double drop_threshold_factor_db(const cfi_record *record)
{
    double factor = record->allocation.least_threshold_factor;

    return factor > 0.0 ? decibel_of(factor) : NAN; /* 0: no thresholds, or the drop failed before */
}

/* Of one threshold for all access points; lists have no single value. */
double drop_least_threshold_db(const cfi_record *record)
{
    const double *threshold = record->network ? record->network->system->sensing.crlb_threshold_rad2 : NULL;

    for (size_t l = 1; threshold && l < record->L; l++) {
        threshold = threshold[l] == threshold[0] ? threshold : NULL;
    }
    return threshold ? decibel_of(threshold[0]) + drop_threshold_factor_db(record) : NAN;
}

/* ---------------------------------------------------------- of access points and users ---- */

/* [x, y] of point i, where the scenario has positions */
static double coordinate(const double *position_m, size_t i, size_t axis)
{
    return position_m ? position_m[2 * i + axis] : NAN;
}

double drop_ap_x(const cfi_record *record, size_t l)
{
    return coordinate(record->network->ap_position_m, l, 0);
}

double drop_ap_y(const cfi_record *record, size_t l)
{
    return coordinate(record->network->ap_position_m, l, 1);
}

double drop_ue_x(const cfi_record *record, size_t k)
{
    return coordinate(record->network->ue_position_m, k, 0);
}

double drop_ue_y(const cfi_record *record, size_t k)
{
    return coordinate(record->network->ue_position_m, k, 1);
}

double drop_ap_range(const cfi_record *record, size_t l)
{
    return record->network->target_range_m ? record->network->target_range_m[l] : NAN;
}

double drop_ap_bearing(const cfi_record *record, size_t l)
{
    return record->network->target_bearing_rad ? record->network->target_bearing_rad[l] * DEGREES_PER_RADIAN : NAN;
}

double drop_ap_angle(const cfi_record *record, size_t l)
{
    return record->network->angle_rad[l] * DEGREES_PER_RADIAN;
}

double drop_ap_threshold(const cfi_record *record, size_t l)
{
    const double *threshold = record->network->system->sensing.crlb_threshold_rad2;

    return threshold ? threshold[l] : NAN;
}

double drop_ue_pilot(const cfi_record *record, size_t k)
{
    return (double)record->network->pilot[k];
}

double drops_z_rms(const cfi_results *results)
{
    double sum = 0.0;
    size_t count = 0;

    for (size_t i = 0; i < results->count; i++) {
        double z = drop_sum_rate_z(&results->record[i]);

        if (isfinite(z)) {
            sum += z * z;
            count++;
        }
    }
    return sqrt(sum / (double)count);
}

size_t drops_count(const cfi_results *results, cfi_drop_status status)
{
    size_t count = 0;

    for (size_t i = 0; i < results->count; i++) {
        count += results->record[i].status == status;
    }
    return count;
}

bool drops_forms_differ(const cfi_results *results)
{
    bool differ = false;

    for (size_t i = 0; i < results->count; i++) {
        double exact = drop_sum_rate_exact(&results->record[i]);

        differ = differ || fabs(drop_sum_rate_theorem1(&results->record[i]) - exact) > 1e-9 * exact;
    }
    return differ;
}

const cfi_record *drops_worst_link(const cfi_results *results)
{
    const cfi_record *worst = NULL;
    double largest = 0.0;

    for (size_t i = 0; i < results->count; i++) {
        const cfi_record *record = &results->record[i];

        if (record->link && record->link->largest_relative_std_error > largest) {
            largest = record->link->largest_relative_std_error;
            worst = record;
        }
    }
    return worst;
}

const cfi_objective_result *drops_objective(const cfi_results *results)
{
    static const cfi_objective_result none = {.name = "", .unit = ""};

    for (size_t i = 0; i < results->count; i++) {
        if (results->record[i].allocation.objective.name) {
            return &results->record[i].allocation.objective;
        }
    }
    return &none;
}
