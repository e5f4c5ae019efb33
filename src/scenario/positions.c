/* Explicit positions. */
#include "scenario/positions.h"

#include "base/text.h"
#include "scenario/remarks.h"

#include <math.h>

static double shorter(double d, double period)
{
    return fmin(fabs(d), fabs(period - fabs(d)));
}

double positions_distance(const cfi_geometry *geometry, const double *a, const double *b)
{
    double dx = a[0] - b[0], dy = a[1] - b[1];

    return geometry->wrap_around ? hypot(shorter(dx, geometry->area_m[0]), shorter(dy, geometry->area_m[1]))
                                 : hypot(dx, dy);
}

cfi_status check_positions(cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    bool apart =
        system->geometry.height_difference_m > 0.0 || system->propagation.model != CFI_PROPAGATION_LOG_DISTANCE;
    size_t close = 0;

    if (system->propagation.gain || !system->geometry.ap_position_m || !system->geometry.ue_position_m) {
        return CFI_OK;
    }
    for (size_t l = 0; l < system->L; l++) {
        for (size_t k = 0; k < system->K; k++) {
            double r = positions_distance(&system->geometry, system->geometry.ap_position_m + 2 * l,
                                          system->geometry.ue_position_m + 2 * k);
            bool clamped = system->geometry.placement == CFI_PLACEMENT_CLAMP && system->geometry.min_distance_m > 0.0;

            if (r == 0.0 && !clamped && !apart) {
                cfi_place place = tree_place(&scenario->tree, KEY_ap_position_m);

                place_index(&place, l);
                return place_error(
                    &place, error, CFI_INVALID,
                    "the position of user %zu too (allowed: positions apart, or network.placement clamp)", k);
            }
            close += r < system->geometry.min_distance_m;
        }
    }
    if (close > 0 && system->geometry.placement == CFI_PLACEMENT_REJECT) {
        remark_add(scenario, "network.min_distance_m: %zu pair%s of explicit positions %s closer; they stand as given",
                   close, text_by_count(close, "", "s"), text_by_count(close, "is", "are"));
    }
    return CFI_OK;
}
