/* Remarks. */
#include "scenario/remarks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void remark_add(cfi_scenario *scenario, const char *format, ...)
{
    char *text = scenario->warning_text[scenario->warnings];
    va_list arguments;

    if (scenario->warnings == MODEL_MAX_WARNINGS) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, MODEL_WARNING_SIZE, format, arguments);
    va_end(arguments);
    scenario->warning[scenario->warnings++] = text;
}

/* A bound that says hardly more about an angle than the range it is drawn from. */
static void remark_threshold(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;
    double prior = (system->sensing.angle_max_rad - system->sensing.angle_min_rad) / sqrt(12.0), loosest = 0.0,
           deviation;
    bool constrains = system->allocation.method == CFI_METHOD_HEURISTIC || system->allocation.method == CFI_METHOD_SCA;

    for (size_t l = 0; l < system->L; l++) {
        loosest = fmax(loosest, system->sensing.crlb_threshold_rad2[l]);
    }
    deviation = sqrt(loosest);
    if (!constrains || system->sensing.angle_rad || prior == 0.0 || deviation < 0.9 * prior) {
        return;
    }
    remark_add(scenario,
               "sensing.crlb_threshold_db: %.4g dB is a standard deviation of %.3g degrees, %s the prior of "
               "sensing.angle_range_deg (%.3g degrees)",
               10.0 * log10(loosest), deviation * 180.0 / M_PI,
               deviation < prior ? "hardly better than" : "no better than", prior * 180.0 / M_PI);
}

/* Distances to the nearest copy allow no correlation 2^(-d / decorrelation) exactly once points are many and the
 * decorrelation is more than about a fifth of the area's side (measured: at 0.2 with 400 points, at 0.4 with 100). */
static void remark_correlation(cfi_scenario *scenario)
{
    static const double FRACTION = 0.15;
    const cfi_geometry *geometry = &scenario->system.geometry;
    const cfi_propagation *propagation = &scenario->system.propagation;

    if (propagation->gain || !geometry->wrap_around || propagation->shadowing_correlation == CFI_SHADOWING_NONE ||
        propagation->shadowing_decorrelation_m <= FRACTION * fmin(geometry->area_m[0], geometry->area_m[1])) {
        return;
    }
    remark_add(
        scenario,
        "propagation.shadowing_decorrelation_m: %.4g m on a wrapped area of %.4g m x %.4g m: where users are many "
        "no shadowing has these correlations; it is then drawn with the nearest that can be (negative "
        "eigenvalues are clipped)",
        propagation->shadowing_decorrelation_m, geometry->area_m[0], geometry->area_m[1]);
}

void remark_all(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;

    if (system->propagation.gain && (system->geometry.ap_position_m || system->geometry.ue_position_m)) {
        remark_add(scenario, "propagation.gain: positions are given too and do not change the gains");
    }
    if (system->allocation.rate_target_bit_s_hz &&
        (system->allocation.objective == CFI_SUM_RATE || system->allocation.objective == CFI_MAX_MIN_RATE)) {
        remark_add(scenario, "allocation.rate_target_bit_s_hz: ignored by the objective %s",
                   key_table[KEY_objective].words[system->allocation.objective]);
    }
    if (system->N == 1 && system->M == 1) {
        remark_add(scenario, "network: one transmit and one receive antenna give no information about angles");
    }
    remark_correlation(scenario);
    remark_threshold(scenario);
}
