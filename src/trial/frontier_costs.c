/* The rows: what a rate can be traded against. */
#include "trial/frontier.h"

#include <math.h>

static bool has_angle_thresholds(const cfi_system *system)
{
    return system->sensing.crlb_threshold_rad2;
}

/* min_crlb weighs access points by their thresholds: all are multiplied by one factor, so that `value` is the largest.
 */
static void limit_crlb(cfi_system *system, double value, double *room)
{
    const double *threshold = system->sensing.crlb_threshold_rad2;
    double largest = 0.0;

    for (size_t l = 0; l < system->L; l++) {
        largest = fmax(largest, threshold[l]);
    }
    for (size_t l = 0; l < system->L; l++) {
        room[l] = value * (threshold[l] / largest);
    }
    system->sensing.crlb_threshold_rad2 = room;
}

/* Information, the inverse of a variance, is linear in powers, and 0 where there is none: equal steps of it resolve
 * where a rate falls, near the least bound, and start as well where there is no bound at all. */
static double crlb_at(double start, double least, double position)
{
    return 1.0 / ((1.0 - position) / start + position / least);
}

static bool has_position_threshold(const cfi_system *system)
{
    return system->sensing.position_threshold_m > 0.0;
}

static void limit_position_error(cfi_system *system, double value, double *room)
{
    (void)room;
    system->sensing.position_threshold_m = value;
}

/* The same of a standard deviation. */
static double position_error_at(double start, double least, double position)
{
    return sqrt(crlb_at(start * start, least * least, position));
}

static void limit_power(cfi_system *system, double value, double *room)
{
    (void)room;
    system->power.budget_w = value;
    system->power.budget_is_limits = false;
}

/* Rates are about linear in the logarithm of power. */
static double power_at(double start, double least, double position)
{
    return exp((1.0 - position) * log(start) + position * log(least));
}

const frontier_cost frontier_costs[] = {
    {.side = {.word = "crlb", .quantity = "crlb", .unit = "rad2", .label = "worst CRLB, dB of 1 rad^2"},
     .objective = "min_crlb",
     .key = "sensing.crlb_threshold_db",
     .without = "0",
     .weighs = true,
     .is_given = has_angle_thresholds,
     .limit = limit_crlb,
     .limit_at = crlb_at},
    {.side = {.word = "position_error", .quantity = "position_error", .unit = "m", .label = "position error bound, m"},
     .objective = "min_position_error",
     .key = "sensing.position_threshold_m",
     .without = "1",
     .is_given = has_position_threshold,
     .limit = limit_position_error,
     .limit_at = position_error_at},
    {.side = {.word = "power", .quantity = "power", .unit = "w", .label = "radiated power, dBm"},
     .objective = "min_power",
     .limit = limit_power,
     .limit_at = power_at},
};
const size_t frontier_cost_count = sizeof frontier_costs / sizeof *frontier_costs;
