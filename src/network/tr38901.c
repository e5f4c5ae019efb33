/* The scenarios of 3GPP TR 38.901. */
#include "network/tr38901.h"

#include <math.h>

static const double USER_HEIGHT_M = 1.5, ENVIRONMENT_HEIGHT_M = 1.0; /* note 1 of Table 7.4.1-1 */
static const double TABLE_LIGHT_SPEED = 3.0e8;                       /* m/s, as the same note says */
static const double LEAST_DISTANCE_M = 1.0;

static double loss_along(const tr38901_slope *slope, double log_distance, double log_carrier)
{
    return slope->intercept + slope->distance * log_distance + slope->carrier * log_carrier;
}

/* d_bp, from which on a reflection from the ground meets the direct way. */
static double break_distance(const cfi_system *system)
{
    double user = USER_HEIGHT_M - ENVIRONMENT_HEIGHT_M, ap = user + system->geometry.height_difference_m;

    return 4.0 * ap * user * system->propagation.carrier_hz / TABLE_LIGHT_SPEED;
}

static double loss_in_sight(const tr38901_scenario *scenario, const cfi_system *system, const propagation_path *path,
                            double log_distance, double log_carrier)
{
    double height = system->geometry.height_difference_m, far = break_distance(system);

    if (scenario->bend == 0.0 || path->flat_m <= far) {
        return loss_along(&scenario->sight, log_distance, log_carrier);
    }
    return scenario->sight.intercept + 4.0 * log_distance + scenario->sight.carrier * log_carrier -
           scenario->bend * log(far * far + height * height);
}

double tr38901_gain(const tr38901_scenario *scenario, const cfi_system *system, const propagation_path *path)
{
    double log_distance = log(fmax(path->distance_m, LEAST_DISTANCE_M));
    double log_carrier = log(system->propagation.carrier_hz / 1e9);
    double loss = loss_in_sight(scenario, system, path, log_distance, log_carrier);

    if (!path->line_of_sight) {
        loss = fmax(loss, loss_along(&scenario->obstructed, log_distance, log_carrier));
    }
    return exp(-loss);
}

double tr38901_std(const tr38901_scenario *scenario, const cfi_system *system, const propagation_path *path)
{
    return propagation_std(system, path->line_of_sight ? scenario->sight_std : scenario->obstructed_std);
}

double tr38901_street_sight(double flat_m, double decay_m)
{
    static const double CERTAIN_M = 18.0;
    double near = CERTAIN_M / flat_m;

    return flat_m <= CERTAIN_M ? 1.0 : near + exp(-flat_m / decay_m) * (1.0 - near);
}
