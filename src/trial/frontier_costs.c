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

/* No two directions in front of an array are farther apart than pi. */
static double loosest_crlb(const cfi_system *system)
{
    (void)system;
    return M_PI * M_PI;
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

/* No two places of the area are farther apart than its diagonal. */
static double loosest_position_error(const cfi_system *system)
{
    return hypot(system->geometry.area_m[0], system->geometry.area_m[1]);
}

static void limit_power(cfi_system *system, double value, double *room)
{
    (void)room;
    system->power.budget_w = value;
    system->power.budget_is_limits = false;
}

static double loosest_power(const cfi_system *system)
{
    return system->power.budget_w;
}

const frontier_cost frontier_costs[] = {
    {.side = {.word = "crlb", .quantity = "crlb", .unit = "rad2", .label = "worst CRLB, dB of 1 rad^2"},
     .objective = "min_crlb",
     .key = "sensing.crlb_threshold_db",
     .without = "0",
     .is_given = has_angle_thresholds,
     .limit = limit_crlb,
     .loosest = loosest_crlb},
    {.side = {.word = "position_error", .quantity = "position_error", .unit = "m", .label = "position error bound, m"},
     .objective = "min_position_error",
     .key = "sensing.position_threshold_m",
     .without = "1",
     .is_given = has_position_threshold,
     .limit = limit_position_error,
     .loosest = loosest_position_error},
    {.side = {.word = "power", .quantity = "power", .unit = "w", .label = "radiated power, dBm"},
     .objective = "min_power",
     .limit = limit_power,
     .loosest = loosest_power},
};
const size_t frontier_cost_count = sizeof frontier_costs / sizeof *frontier_costs;
