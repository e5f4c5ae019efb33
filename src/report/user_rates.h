/* How the rates of a drop's users are distributed, under rate.model. */
#ifndef CFISAC_REPORT_USER_RATES_H
#define CFISAC_REPORT_USER_RATES_H

#include "cfisac/report.h"

/* K rates, bit/s/Hz; NULL where the drop has none. */
const double *user_rates(const cfi_record *record);

/* What the weakest user has, and what 5 %, 50 % and 95 % of the users have at most; quantiles interpolate linearly
 * between order statistics, as those over drops do. NaN where the drop has no rates. */
double user_rates_least(const cfi_record *record);
double user_rates_p05(const cfi_record *record);
double user_rates_p50(const cfi_record *record);
double user_rates_p95(const cfi_record *record);

/* How many users the powers leave without rate: with at most a thousandth of the mean over the drop's users, or 1e-6
 * bit/s/Hz. NaN where the drop has no rates. */
double user_rates_without(const cfi_record *record);

/* The users without rate of many drops; zero-initialise, then add the number of every drop, NaN of those without rates.
 */
typedef struct users_left {
    size_t drops, leaving; /* all; those that leave some */
    double users;          /* in all */
} users_left;
void users_left_add(users_left *left, double without);

/* E.g. "9 of 30 drops leave 12 users without rate; see allocation.rate_target_bit_s_hz, objective max_min_rate": what
 * gives each one some, if powers are optimised for something else. "" where no drop leaves any. */
void users_left_describe(const users_left *left, const cfi_system *system, char text[CFI_USERS_LEFT_LENGTH]);

#endif
