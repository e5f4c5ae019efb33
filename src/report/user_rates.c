/* The users' rates of a drop: order statistics, and users without any. */
#include "report/user_rates.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

/* Users with less are without rate: a share of the mean rate, which those that a sum rate switched off stay far below
 * and those that are only weak far above; and bit/s/Hz, of 20 MHz 20 bit/s, where nobody has any. */
static const double SHARE_OF_NONE = 1e-3, RATE_OF_NONE = 1e-6;

const double *user_rates(const cfi_record *record)
{
    if (record->status != CFI_DROP_OK) {
        return NULL;
    }
    return record->network->system->rate_model == CFI_RATE_THEOREM1 ? record->closed_form.rate_theorem1_bit_s_hz
                                                                    : record->closed_form.rate_exact_bit_s_hz;
}

/* Whole numbers in the order of the numbers that are not negative. */
static uint64_t bits_of(double value)
{
    uint64_t bits;

    value += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The number with `below` numbers before it in their order, found bit by bit: no memory, and 63 counts. */
static double order_statistic(const double *value, size_t count, size_t below)
{
    uint64_t found = 0;
    double number;

    for (uint64_t bit = (uint64_t)1 << 62; bit > 0; bit >>= 1) {
        size_t smaller = 0;

        for (size_t i = 0; i < count; i++) {
            smaller += bits_of(value[i]) < (found | bit);
        }
        found |= smaller <= below ? bit : 0;
    }
    memcpy(&number, &found, sizeof number);
    return number;
}

static double quantile(const cfi_record *record, double share)
{
    const double *rate = user_rates(record);
    double at = share * (double)(record->K - 1), low, high;
    size_t below = (size_t)at;

    if (!rate) {
        return NAN;
    }
    low = order_statistic(rate, record->K, below);
    high = below + 1 < record->K ? order_statistic(rate, record->K, below + 1) : low;
    return low + (at - (double)below) * (high - low);
}

double user_rates_least(const cfi_record *record)
{
    return quantile(record, 0.0);
}

double user_rates_p05(const cfi_record *record)
{
    return quantile(record, 0.05);
}

double user_rates_p50(const cfi_record *record)
{
    return quantile(record, 0.5);
}

double user_rates_p95(const cfi_record *record)
{
    return quantile(record, 0.95);
}

double user_rates_without(const cfi_record *record)
{
    const double *rate = user_rates(record);
    double mean = 0.0;
    size_t count = 0;

    for (size_t k = 0; rate && k < record->K; k++) {
        mean += rate[k] / (double)record->K;
    }
    for (size_t k = 0; rate && k < record->K; k++) {
        count += rate[k] <= fmax(SHARE_OF_NONE * mean, RATE_OF_NONE);
    }
    return rate ? (double)count : NAN;
}

void users_left_add(users_left *left, double without)
{
    left->drops++;
    if (without > 0.0) {
        left->leaving++;
        left->users += without;
    }
}

/* What gives every user a rate. */
static const char *remedy_of(const cfi_system *system)
{
    if (system->allocation.method != CFI_METHOD_SCA || system->allocation.objective == CFI_MAX_MIN_RATE) {
        return "";
    }
    return system->allocation.objective == CFI_SUM_RATE
               ? "; see allocation.rate_target_bit_s_hz, objective max_min_rate"
               : "; see allocation.rate_target_bit_s_hz";
}

void users_left_describe(const users_left *left, const cfi_system *system, char text[CFI_USERS_LEFT_LENGTH])
{
    *text = '\0';
    if (left->leaving == 0) {
        return;
    }
    snprintf(text, CFI_USERS_LEFT_LENGTH, "%zu of %zu drops %s %.0f user%s without rate%s", left->leaving, left->drops,
             text_by_count(left->leaving, "leaves", "leave"), left->users, text_by_count((size_t)left->users, "", "s"),
             remedy_of(system));
}
