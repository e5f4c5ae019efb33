/* What must hold of a target at a place. docs/scenario.md */
#include "scenario/target.h"

#include "scenario/positions.h"
#include "scenario/refuse.h"

static const char *word_of(const cfi_scenario *scenario, key_id id)
{
    return key_table[id].words[scenario->value[id].word];
}

/* Keys that say nothing where every access point has an angle by itself. */
static cfi_status refuse_without_target(const cfi_scenario *scenario, cfi_error *error)
{
    if (!model_is_null(scenario, KEY_target_position_m)) {
        return refuse_key(scenario, KEY_target_position_m, error,
                          "given with the sensing.geometry angles, where no target has a place (allowed: null, or the "
                          "geometry target)");
    }
    if (!model_is_null(scenario, KEY_position_threshold_m)) {
        return refuse_key(scenario, KEY_position_threshold_m, error,
                          "given with the sensing.geometry angles, where no target has a place (allowed: null, or the "
                          "geometry target)");
    }
    return scenario->system.sensing.echo == CFI_ECHO_CONSTANT
               ? CFI_OK
               : refuse_key(scenario, KEY_echo, error,
                            "\"%s\" with the sensing.geometry angles, where there are no ranges (allowed: constant, or "
                            "the geometry target)",
                            word_of(scenario, KEY_echo));
}

static cfi_status refuse_with_target(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    bool by_range = system->sensing.echo != CFI_ECHO_CONSTANT;

    if (!model_is_null(scenario, KEY_angle_rad)) {
        return refuse_key(scenario, KEY_angle_rad, error,
                          "given with the sensing.geometry target, whose place says them (allowed: null, or the "
                          "geometry angles)");
    }
    if (!model_is_null(scenario, KEY_gain) && model_is_null(scenario, KEY_ap_position_m)) {
        return refuse_key(scenario, KEY_ap_position_m, error,
                          "null with propagation.gain and the sensing.geometry target, which is seen from there "
                          "(allowed: L positions [x, y], or the geometry angles)");
    }
    if (by_range && scenario->value[KEY_path_gain].form != FORM_NUMBER) {
        return refuse_key(scenario, KEY_path_gain, error,
                          "a matrix with the sensing.echo %s, which says every amplitude (allowed: a number, or the "
                          "echo constant)",
                          word_of(scenario, KEY_echo));
    }
    return system->sensing.echo != CFI_ECHO_RADAR || !model_is_null(scenario, KEY_carrier_hz)
               ? CFI_OK
               : refuse_key(scenario, KEY_carrier_hz, error,
                            "null with the sensing.echo radar (allowed: a number, in GHz)");
}

cfi_status check_target(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;

    if (system->monte_carlo.estimator != CFI_ESTIMATOR_NONE && system->N == 1 && system->M == 1) {
        return refuse_key(scenario, KEY_estimator, error,
                          "\"%s\" with one transmit and one receive antenna, whose echoes say nothing about angles "
                          "(allowed: none, or more antennas)",
                          word_of(scenario, KEY_estimator));
    }
    return (system->sensing.geometry == CFI_GEOMETRY_TARGET ? refuse_with_target : refuse_without_target)(scenario,
                                                                                                          error);
}

cfi_status check_target_position(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    const double *target = system->sensing.target_position_m, *ap = system->geometry.ap_position_m;

    for (size_t l = 0; target && ap && l < system->L; l++) {
        double range = positions_distance(&system->geometry, target, ap + 2 * l);

        if (range < CFI_LEAST_TARGET_RANGE_M) {
            return refuse_key(scenario, KEY_target_position_m, error,
                              "%.4g m from access point %zu (allowed: %g m or more from each of them)", range, l,
                              CFI_LEAST_TARGET_RANGE_M);
        }
    }
    return CFI_OK;
}
