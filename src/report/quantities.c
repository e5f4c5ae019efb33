/* The numbers of a drop that are columns of drops.csv, rows of summary.csv and entries of "summary". */
#include "report/quantities.h"

#include "report/number.h"

#include <math.h>
#include <stdlib.h>

static bool is_ok(const cfi_record *record)
{
    return record->status == CFI_DROP_OK;
}

static double sum_rate(const cfi_record *record)
{
    return is_ok(record) ? record->allocation.sum_rate_bit_s_hz : NAN;
}

static double sum_rate_theorem1(const cfi_record *record)
{
    return is_ok(record) ? record->closed_form.sum_rate_theorem1_bit_s_hz : NAN;
}

static double sum_rate_exact(const cfi_record *record)
{
    return is_ok(record) ? record->closed_form.sum_rate_exact_bit_s_hz : NAN;
}

static double sum_rate_monte_carlo(const cfi_record *record)
{
    return is_ok(record) && record->has_monte_carlo ? record->monte_carlo.sum_rate_bit_s_hz : NAN;
}

static double sum_rate_std_error(const cfi_record *record)
{
    return is_ok(record) && record->has_monte_carlo ? record->monte_carlo.sum_rate_std_error : NAN;
}

/* The simulation estimates the exact form, whatever the scenario optimises. */
static double sum_rate_z(const cfi_record *record)
{
    double z = (sum_rate_monte_carlo(record) - sum_rate_exact(record)) / sum_rate_std_error(record);

    return isfinite(z) ? z : NAN;
}

static double sum_rate_equal(const cfi_record *record)
{
    return record->equal.available ? record->equal.sum_rate_bit_s_hz : NAN;
}

static double sum_rate_heuristic(const cfi_record *record)
{
    return record->heuristic.available ? record->heuristic.sum_rate_bit_s_hz : NAN;
}

static double least_user_rate(const cfi_record *record)
{
    const double *rate;
    double least = INFINITY;

    if (!is_ok(record)) {
        return NAN;
    }
    rate = record->network->system->rate_model == CFI_RATE_THEOREM1 ? record->closed_form.rate_theorem1_bit_s_hz
                                                                    : record->closed_form.rate_exact_bit_s_hz;
    for (size_t k = 0; k < record->K; k++) {
        least = fmin(least, rate[k]);
    }
    return least;
}

static double worst_crlb(const cfi_record *record)
{
    const double *crlb = constrained_crlb(record);
    double worst = 0.0;

    for (size_t l = 0; crlb && l < record->L; l++) {
        worst = fmax(worst, crlb[l]);
    }
    return crlb ? worst : NAN;
}

static double worst_crlb_db(const cfi_record *record)
{
    return number_db(worst_crlb(record));
}

static double total_power(const cfi_record *record)
{
    double total = 0.0;

    for (size_t l = 0; is_ok(record) && l < record->L; l++) {
        total += record->allocation.ap_power_w[l];
    }
    return is_ok(record) ? total : NAN;
}

static double sensing_share(const cfi_record *record)
{
    double sensing = 0.0;

    for (size_t l = 0; is_ok(record) && l < record->L; l++) {
        sensing += record->allocation.powers.s[l];
    }
    return sensing / total_power(record);
}

static double iterations(const cfi_record *record)
{
    return is_ok(record) ? (double)record->allocation.iterations : NAN;
}

static double starts(const cfi_record *record)
{
    return is_ok(record) ? (double)record->allocation.starts : NAN;
}

static double spread(const cfi_record *record)
{
    return is_ok(record) ? record->allocation.spread_bit_s_hz : NAN;
}

static double violation(const cfi_record *record)
{
    return is_ok(record) ? record->allocation.max_constraint_violation : NAN;
}

static double threshold_factor_db(const cfi_record *record)
{
    double factor = record->allocation.least_threshold_factor;

    return factor > 0.0 ? number_db(factor) : NAN; /* 0: the drop failed before it was known */
}

/* Of one threshold for all access points; lists have no single value. */
static double least_threshold_db(const cfi_record *record)
{
    const double *threshold = record->network ? record->network->system->sensing.crlb_threshold_rad2 : NULL;

    for (size_t l = 1; threshold && l < record->L; l++) {
        threshold = threshold[l] == threshold[0] ? threshold : NULL;
    }
    return threshold ? number_db(threshold[0]) + threshold_factor_db(record) : NAN;
}

static double realizations(const cfi_record *record)
{
    return is_ok(record) && record->has_monte_carlo ? (double)record->monte_carlo.realizations : NAN;
}

const quantity quantity_table[QUANTITIES] = {
    [QUANTITY_SUM_RATE] = {"sum_rate_bit_s_hz", "bit/s/Hz", sum_rate},
    [QUANTITY_SUM_RATE_THEOREM1] = {"sum_rate_theorem1_bit_s_hz", "bit/s/Hz", sum_rate_theorem1},
    [QUANTITY_SUM_RATE_EXACT] = {"sum_rate_exact_bit_s_hz", "bit/s/Hz", sum_rate_exact},
    [QUANTITY_SUM_RATE_MONTE_CARLO] = {"sum_rate_monte_carlo_bit_s_hz", "bit/s/Hz", sum_rate_monte_carlo},
    [QUANTITY_SUM_RATE_STD_ERROR] = {"sum_rate_std_error_bit_s_hz", "bit/s/Hz", sum_rate_std_error},
    [QUANTITY_SUM_RATE_Z] = {"sum_rate_z", "standard errors", sum_rate_z},
    [QUANTITY_SUM_RATE_EQUAL] = {"sum_rate_equal_bit_s_hz", "bit/s/Hz", sum_rate_equal},
    [QUANTITY_SUM_RATE_HEURISTIC] = {"sum_rate_heuristic_bit_s_hz", "bit/s/Hz", sum_rate_heuristic},
    [QUANTITY_LEAST_USER_RATE] = {"least_user_rate_bit_s_hz", "bit/s/Hz", least_user_rate},
    [QUANTITY_WORST_CRLB] = {"worst_crlb_rad2", "rad^2", worst_crlb},
    [QUANTITY_WORST_CRLB_DB] = {"worst_crlb_db", "dB of 1 rad^2", worst_crlb_db},
    [QUANTITY_TOTAL_POWER] = {"total_power_w", "W", total_power},
    [QUANTITY_SENSING_SHARE] = {"sensing_power_share", "1", sensing_share},
    [QUANTITY_ITERATIONS] = {"iterations", "1", iterations},
    [QUANTITY_STARTS] = {"starts", "1", starts},
    [QUANTITY_SPREAD] = {"spread_bit_s_hz", "bit/s/Hz", spread},
    [QUANTITY_VIOLATION] = {"max_constraint_violation", "1", violation},
    [QUANTITY_THRESHOLD_FACTOR_DB] = {"least_threshold_factor_db", "dB", threshold_factor_db},
    [QUANTITY_LEAST_THRESHOLD_DB] = {"least_feasible_threshold_db", "dB of 1 rad^2", least_threshold_db},
    [QUANTITY_REALIZATIONS] = {"realizations", "1", realizations},
};

double quantity_of(quantity_id id, const cfi_record *record)
{
    return quantity_table[id].value(record);
}

cfi_status quantity_statistics(const cfi_results *results, quantity_id id, cfi_statistics *statistics, cfi_error *error)
{
    double *value = malloc((results->count + 1) * sizeof *value);

    if (!value) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the statistics of %zu drops", results->count);
    }
    for (size_t i = 0; i < results->count; i++) {
        value[i] = quantity_of(id, &results->record[i]);
    }
    *statistics = report_statistics(value, results->count);
    free(value);
    return CFI_OK;
}

double quantity_z_rms(const cfi_results *results)
{
    double sum = 0.0;
    size_t count = 0;

    for (size_t i = 0; i < results->count; i++) {
        double z = sum_rate_z(&results->record[i]);

        if (isfinite(z)) {
            sum += z * z;
            count++;
        }
    }
    return sqrt(sum / (double)count);
}

size_t count_drops(const cfi_results *results, cfi_drop_status status)
{
    size_t count = 0;

    for (size_t i = 0; i < results->count; i++) {
        count += results->record[i].status == status;
    }
    return count;
}

const double *constrained_crlb(const cfi_record *record)
{
    if (!is_ok(record)) {
        return NULL;
    }
    return record->network->system->sensing.crlb_model == CFI_CRLB_MULTISTATIC
               ? record->closed_form.crlb_multistatic_rad2
               : record->closed_form.crlb_own_echo_rad2;
}
