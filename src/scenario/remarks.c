/* Remarks. */
#include "scenario/remarks.h"

#include "base/text.h"
#include "base/units.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Relative: a limit of the budget's own size, in other units, is not above it. */
static const double LIMIT_ROUNDING = 1e-9;

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

/* The largest threshold that estimators keep: beyond it maximum likelihood errs far more than the bound says, by as
 * much as a guess (-25 dB for four antennas). rad^2 */
static double largest_useful_threshold(const cfi_system *system)
{
    double deviation = 0.225 / (double)system->M;

    return deviation * deviation;
}

/* A threshold that no estimator keeps, or that says hardly more about an angle than the range it is drawn from. */
static void remark_threshold(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;
    double prior = (system->sensing.angle_max_rad - system->sensing.angle_min_rad) / sqrt(12.0), loosest = 0.0,
           useful = largest_useful_threshold(system), deviation;
    bool constrains = system_angle_thresholds(system) && (system->allocation.method == CFI_METHOD_HEURISTIC ||
                                                          system->allocation.method == CFI_METHOD_SCA),
         drawn = system->sensing.geometry == CFI_GEOMETRY_ANGLES && !system->sensing.angle_rad && prior > 0.0;

    for (size_t l = 0; system->sensing.crlb_threshold_rad2 && l < system->L; l++) {
        loosest = fmax(loosest, system->sensing.crlb_threshold_rad2[l]);
    }
    deviation = sqrt(loosest);
    if (constrains && loosest > useful) {
        remark_add(
            scenario,
            "sensing.crlb_threshold_db: %.4g dB, a standard deviation of %.3g degrees, is useless for %zu receive "
            "antenna%s: estimators reach the bound only below %.4g dB",
            10.0 * log10(loosest), deviation * DEGREES_PER_RADIAN, system->M, text_by_count(system->M, "", "s"),
            10.0 * log10(useful));
    } else if (constrains && drawn && deviation >= 0.9 * prior) {
        remark_add(scenario,
                   "sensing.crlb_threshold_db: %.4g dB is a standard deviation of %.3g degrees, %s the prior of "
                   "sensing.angle_range_deg (%.3g degrees)",
                   10.0 * log10(loosest), deviation * DEGREES_PER_RADIAN,
                   deviation < prior ? "hardly better than" : "no better than", prior * DEGREES_PER_RADIAN);
    }
}

/* Limits that the budget does not let an access point reach. */
static void remark_limits(cfi_scenario *scenario)
{
    const cfi_power *power = &scenario->system.power;
    const char *budget_key = power->budget_in_dbm ? "power.budget_dbm" : "power.snr_db";
    size_t L = scenario->system.L, idle = 0;
    double budget_dbm = dbm_of(power->budget_w), least = INFINITY;

    for (size_t l = 0; power->ap_limit_w && l < L; l++) {
        if (power->ap_limit_w[l] > power->budget_w * (1.0 + LIMIT_ROUNDING)) {
            idle++;
            least = fmin(least, power->ap_limit_w[l]);
        }
    }
    if (idle == L) {
        remark_add(scenario,
                   "power.ap_limit_dbm: %.6g dBm cannot bind: the budget of all access points is %.6g dBm (%s)",
                   dbm_of(least), budget_dbm, budget_key);
    } else if (idle > 0) {
        remark_add(scenario,
                   "power.ap_limit_dbm: the limits of %zu of %zu access points cannot bind: the budget of all is %.6g "
                   "dBm (%s)",
                   idle, L, budget_dbm, budget_key);
    }
}

/* Powers that nobody asks for, or that many networks share. */
static void remark_given_powers(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;
    const cfi_scenario *grid = scenario->base ? scenario->base : scenario;
    const cfi_method method = system->allocation.method;

    if (method == CFI_METHOD_GIVEN) {
        if (!system->propagation.gain && system->monte_carlo.drops > 1) {
            remark_add(scenario, "allocation.powers_w: the same powers in all %zu drops, whose gains are drawn",
                       system->monte_carlo.drops);
        }
        return;
    }
    for (size_t i = 0; i < 2 && !tree_sweeps_key(&grid->tree, KEY_method); i++) {
        key_id id = i == 0 ? KEY_powers_w : KEY_sensing_powers_w;

        if (!model_is_null(scenario, id)) {
            remark_add(scenario, "%s: ignored by the method %s", key_table[id].name, method_name(method));
        }
    }
}

/* Of given gains; drawn ones are looked at when they are there. */
static void remark_signal(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;
    char text[CFI_LOST_SIGNAL_LENGTH];

    if (system->propagation.gain && scenario_signal_is_lost(system, system->propagation.gain, text, sizeof text)) {
        remark_add(scenario, "%s", text);
    }
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

/* Whether a number is not the one that stands where none is given. */
static bool differs_from_default(const cfi_scenario *scenario, key_id id)
{
    return scenario->value[id].form == FORM_NUMBER &&
           scenario->value[id].number != strtod(key_table[id].fallback, NULL);
}

/* Amplitudes that the echoes do not have. */
static void remark_echo(cfi_scenario *scenario)
{
    cfi_echo echo = scenario->system.sensing.echo;
    key_id ignored = echo == CFI_ECHO_RADAR ? KEY_path_gain : KEY_rcs_m2;

    if (differs_from_default(scenario, ignored)) {
        remark_add(scenario, "%s: ignored by the sensing.echo %s", key_table[ignored].name,
                   key_table[KEY_echo].words[echo]);
    }
}

/* Places are looked for in the area alone. On a wrapped one every place has a copy there. */
static void remark_estimator(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;
    const double *target = system->sensing.target_position_m, *area = system->geometry.area_m;

    if (system->monte_carlo.estimator == CFI_ESTIMATOR_ML && target && !system->geometry.wrap_around &&
        (target[0] < 0.0 || target[0] > area[0] || target[1] < 0.0 || target[1] > area[1])) {
        remark_add(scenario,
                   "network.area_m: the target, at [%.6g, %.6g], is outside the area of %.6g m by %.6g m, where "
                   "monte_carlo.estimator looks for it: it is never found",
                   target[0], target[1], area[0], area[1]);
    }
}

/* A threshold that detectors meet without a target. */
static void remark_detection(cfi_scenario *scenario)
{
    const cfi_sensing *sensing = &scenario->system.sensing;

    if (sensing->detection_threshold > 0.0 && sensing->detection_threshold <= sensing->false_alarm_probability) {
        remark_add(scenario,
                   "sensing.detection_threshold: %.6g is always met: false alarms alone have "
                   "sensing.false_alarm_probability, %.6g",
                   sensing->detection_threshold, sensing->false_alarm_probability);
    }
}

/* Bounds count them all, as if channels stayed. */
static void remark_sensing_symbols(cfi_scenario *scenario)
{
    const cfi_frame *frame = &scenario->system.frame;

    if (frame->tau_c > 0 && frame->T > frame->tau_c - frame->tau_p) {
        remark_add(
            scenario,
            "frame.sensing_symbols: %zu do not fit into a coherence block of %zu symbols with %zu pilot%s: within "
            "one channel there are %zu",
            frame->T, frame->tau_c, frame->tau_p, text_by_count(frame->tau_p, "", "s"), frame->tau_c - frame->tau_p);
    }
}

/* Whether users may share pilots, so that the exact rate has coherent terms. */
static bool may_share_pilots(const cfi_system *system)
{
    const cfi_frame *frame = &system->frame;
    bool share = frame->tau_p < system->K || frame->pilot_assignment == CFI_PILOTS_RANDOM;

    for (size_t k = 0; frame->pilot_assignment == CFI_PILOTS_EXPLICIT && k < system->K; k++) {
        for (size_t j = 0; j < k; j++) {
            share = share || frame->pilot[j] == frame->pilot[k];
        }
    }
    return share && system->rate_model == CFI_RATE_EXACT;
}

/* A certificate that there will be none of. */
static void remark_certificate(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;
    bool directed = system->fading.correlation != CFI_FADING_UNCORRELATED || system->fading.rician != CFI_RICIAN_NONE;
    const char *why = NULL;

    if (system->allocation.method != CFI_METHOD_SCA) {
        why = "only the allocation.method sca is certified";
    } else if (system->allocation.objective != CFI_SUM_RATE) {
        why = "only the allocation.objective sum_rate is certified";
    } else if (directed && system->sensing.crlb_threshold_rad2) {
        why = "thresholds on signals that have directions (fading keys) are not certified";
    } else if (may_share_pilots(system)) {
        why = "users that share pilots are not certified, but with the rate.model theorem1";
    }
    if (system->allocation.certify && why) {
        remark_add(scenario, "allocation.certify: %s: nothing is proved (gap: null)", why);
    }
}

void remark_all(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;

    bool seen = system->sensing.geometry == CFI_GEOMETRY_TARGET; /* from the access points */

    if (system->propagation.gain && ((system->geometry.ap_position_m && !seen) || system->geometry.ue_position_m)) {
        remark_add(scenario, "propagation.gain: positions are given too and do not change the gains");
    }
    if (system->N == 1 && system->M == 1) {
        remark_add(scenario, "network: one transmit and one receive antenna give no information about angles");
    }
    remark_given_powers(scenario);
    remark_correlation(scenario);
    remark_threshold(scenario);
    remark_echo(scenario);
    remark_estimator(scenario);
    remark_detection(scenario);
    remark_sensing_symbols(scenario);
    remark_limits(scenario);
    remark_signal(scenario);
    remark_certificate(scenario);
}
