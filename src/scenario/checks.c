/* What must hold between values, what this version cannot do yet, and remarks. */
#include "base/text.h"
#include "scenario/model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GIBIBYTE 1073741824.0
enum { MAX_GIBIBYTES = 64, MAX_DRAWS = 2147483647 };

/* What the records of all drops keep: four K x L arrays and some vectors each. */
static double records_bytes(const cfi_system *system)
{
    double L = (double)system->L, K = (double)system->K;

    return (double)system->monte_carlo.drops * 8.0 * (4.0 * K * L + 16.0 * (K + L) + 64.0);
}

/* The number as a size, whatever it is. */
static size_t as_size(double x)
{
    return x < 1.0 ? 1 : x < 1e18 ? (size_t)x : (size_t)1e18;
}

cfi_status check_size(const cfi_tree *tree, key_id id, cfi_error *error)
{
    double x = tree_number(tree, id, 0.0), bytes;
    const cfi_system wanted = {.L = as_size(tree_number(tree, KEY_APS, 1.0)),
                               .K = as_size(tree_number(tree, KEY_UES, 1.0)),
                               .N = as_size(tree_number(tree, KEY_TX_ANTENNAS, 1.0)),
                               .monte_carlo.realizations = as_size(tree_number(tree, KEY_REALIZATIONS, 1.0))};
    cfi_place place = tree_place(tree, id);
    char shown[TEXT_NUMBER_LENGTH], range[128];
    cfi_wording allowed = wording_fixed(range, sizeof range);

    bytes = scenario_memory_bytes(&wanted);
    if (!key_table[id].sized || x <= key_table[id].high || bytes <= MAX_GIBIBYTES * GIBIBYTE) {
        return CFI_OK;
    }
    key_describe_allowed(&key_table[id], &allowed);
    return place_error(&place, error, CFI_INVALID, "%s is out of range and would need %.4g GiB of memory (allowed: %s)",
                       text_double(x, shown), bytes / GIBIBYTE, range);
}

static cfi_status unavailable(const cfi_scenario *scenario, key_id id, const char *why, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, id);

    return place_error(&place, error, CFI_UNAVAILABLE, "\"%s\" %sis not available in this version",
                       key_table[id].words[scenario->value[id].word], why);
}

cfi_status check_available(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;

    if (system->allocation.objective > CFI_OBJECTIVE_LAST) {
        return unavailable(scenario, KEY_OBJECTIVE, "", error);
    }
    if (system->sensing.crlb_model == CFI_CRLB_MULTISTATIC &&
        (system->allocation.method == CFI_METHOD_HEURISTIC || system->allocation.method == CFI_METHOD_SCA)) {
        return unavailable(scenario, KEY_CRLB_MODEL, "as a constraint of allocation.method heuristic or sca ", error);
    }
    return CFI_OK;
}

/* Whether two users may share a pilot; random pilots may. */
static bool pilots_may_overlap(const cfi_system *system)
{
    if (system->frame.pilot_assignment == CFI_PILOTS_CYCLIC) {
        return system->K > system->frame.tau_p;
    }
    for (size_t k = 0; k < system->K && system->frame.pilot; k++) {
        for (size_t j = 0; j < k; j++) {
            if (system->frame.pilot[j] == system->frame.pilot[k]) {
                return true;
            }
        }
    }
    return system->frame.pilot_assignment == CFI_PILOTS_RANDOM && system->K > 1;
}

bool sensing_is_reverse_convex(const cfi_system *system)
{
    return system->N > 1 && system->M * system->M < system->N + 2;
}

cfi_status check_solver(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;

    if (system->allocation.solver != CFI_SOLVER_STRUCTURED || system->allocation.method != CFI_METHOD_SCA) {
        return CFI_OK;
    }
    if (system->allocation.surrogate != CFI_SURROGATE_PRODUCT) {
        return unavailable(scenario, KEY_SOLVER, "with allocation.surrogate fractional ", error);
    }
    if (system->allocation.crlb_constraint != CFI_CRLB_EXACT) {
        return unavailable(scenario, KEY_SOLVER, "with allocation.crlb_constraint sca ", error);
    }
    if (system->rate_model == CFI_RATE_EXACT && pilots_may_overlap(system) && sensing_is_reverse_convex(system)) {
        return unavailable(scenario, KEY_SOLVER,
                           "with rate.model exact, pilots that overlap and rx_antennas^2 < tx_antennas + 2 ", error);
    }
    return CFI_OK;
}

static cfi_status check_memory(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    double trial = scenario_memory_bytes(system) / GIBIBYTE, records = records_bytes(system) / GIBIBYTE;
    cfi_place place = place_file(scenario->file);

    if (trial > MAX_GIBIBYTES) {
        place_member(&place, "network");
        return place_error(&place, error, CFI_INVALID,
                           "%zu access points and %zu users would need %.4g GiB of memory (allowed: at most %d GiB)",
                           system->L, system->K, trial, MAX_GIBIBYTES);
    }
    if (records > MAX_GIBIBYTES) {
        place = tree_place(&scenario->tree, KEY_DROPS);
        return place_error(&place, error, CFI_INVALID,
                           "the results of %zu drops would need %.4g GiB of memory (allowed: at most %d GiB)",
                           system->monte_carlo.drops, records, MAX_GIBIBYTES);
    }
    return CFI_OK;
}

static cfi_status check_frame(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    cfi_place place = tree_place(&scenario->tree, KEY_COHERENCE);

    if (system->frame.tau_c > 0 && system->frame.tau_c <= system->frame.tau_p) {
        return place_error(&place, error, CFI_INVALID,
                           "%zu leaves nothing after %zu pilot symbols (allowed: above pilots.length, or 0)",
                           system->frame.tau_c, system->frame.tau_p);
    }
    place = tree_place(&scenario->tree, KEY_SENSING_SYMBOLS);
    if (system->frame.T < system->K) {
        return place_error(&place, error, CFI_INVALID,
                           "%zu cannot hold orthogonal streams of %zu users (allowed: at least network.ues)",
                           system->frame.T, system->K);
    }
    place = tree_place(&scenario->tree, KEY_REALIZATIONS);
    if (system->monte_carlo.realizations > MAX_DRAWS / system->N) {
        return place_error(&place, error, CFI_INVALID,
                           "%zu channels of %zu antennas exhaust a random stream (allowed: at most %zu)",
                           system->monte_carlo.realizations, system->N, MAX_DRAWS / system->N);
    }
    return CFI_OK;
}

static cfi_status check_pilots(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_value *value = &scenario->value[KEY_PILOT_ASSIGNMENT];

    for (size_t k = 0; value->form == FORM_LIST && k < value->rows; k++) {
        cfi_place place = tree_place(&scenario->tree, KEY_PILOT_ASSIGNMENT);

        if (value->entry[k] >= (double)scenario->system.frame.tau_p) {
            place_index(&place, k);
            return place_error(&place, error, CFI_INVALID, "%.0f is no pilot (allowed: 0 .. %zu, below pilots.length)",
                               value->entry[k], scenario->system.frame.tau_p - 1);
        }
    }
    return CFI_OK;
}

static cfi_status check_angles(const cfi_scenario *scenario, cfi_error *error)
{
    const double *range = scenario->value[KEY_ANGLE_RANGE].entry;
    cfi_place place = tree_place(&scenario->tree, KEY_ANGLE_RANGE);

    return range[0] <= range[1] ? CFI_OK
                                : place_error(&place, error, CFI_INVALID,
                                              "the first is above the second (allowed: the lower angle first)");
}

static cfi_status check_rate_target(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    bool needed = system->allocation.objective == CFI_MIN_POWER || system->allocation.objective == CFI_MIN_CRLB;
    cfi_place place = tree_place(&scenario->tree, KEY_RATE_TARGET);

    return !needed || scenario->value[KEY_RATE_TARGET].form != FORM_NULL
               ? CFI_OK
               : place_error(&place, error, CFI_INVALID,
                             "null with the objective %s (allowed: a number, or one per user)",
                             key_table[KEY_OBJECTIVE].words[system->allocation.objective]);
}

cfi_status check_relations(const cfi_scenario *scenario, cfi_error *error)
{
    cfi_status (*const checks[])(const cfi_scenario *, cfi_error *) = {check_memory, check_frame, check_pilots,
                                                                       check_angles, check_rate_target};
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && status == CFI_OK; i++) {
        status = checks[i](scenario, error);
    }
    return status;
}

static void remark(cfi_scenario *scenario, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void remark(cfi_scenario *scenario, const char *format, ...)
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

cfi_status check_positions(cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    size_t close = 0;

    if (system->propagation.gain || !system->geometry.ap_position_m || !system->geometry.ue_position_m) {
        return CFI_OK;
    }
    for (size_t l = 0; l < system->L; l++) {
        for (size_t k = 0; k < system->K; k++) {
            double r = hypot(system->geometry.ap_position_m[2 * l] - system->geometry.ue_position_m[2 * k],
                             system->geometry.ap_position_m[2 * l + 1] - system->geometry.ue_position_m[2 * k + 1]);
            bool clamped = system->geometry.placement == CFI_PLACEMENT_CLAMP && system->geometry.min_distance_m > 0.0;

            if (r == 0.0 && !clamped) {
                cfi_place place = tree_place(&scenario->tree, KEY_AP_POSITIONS);

                place_index(&place, l);
                return place_error(
                    &place, error, CFI_INVALID,
                    "the position of user %zu too (allowed: positions apart, or network.placement clamp)", k);
            }
            close += r < system->geometry.min_distance_m;
        }
    }
    if (close > 0 && system->geometry.placement == CFI_PLACEMENT_REJECT) {
        remark(scenario, "network.min_distance_m: %zu pairs of explicit positions are closer; they stand as given",
               close);
    }
    return CFI_OK;
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
    remark(scenario,
           "sensing.crlb_threshold_db: %.4g dB is a standard deviation of %.3g degrees, %s the prior of "
           "sensing.angle_range_deg (%.3g degrees)",
           10.0 * log10(loosest), deviation * 180.0 / M_PI, deviation < prior ? "hardly better than" : "no better than",
           prior * 180.0 / M_PI);
}

void check_remarks(cfi_scenario *scenario)
{
    const cfi_system *system = &scenario->system;

    if (system->propagation.gain && (system->geometry.ap_position_m || system->geometry.ue_position_m)) {
        remark(scenario, "propagation.gain: positions are given too and do not change the gains");
    }
    if (system->allocation.rate_target_bit_s_hz &&
        (system->allocation.objective == CFI_SUM_RATE || system->allocation.objective == CFI_MAX_MIN_RATE)) {
        remark(scenario, "allocation.rate_target_bit_s_hz: ignored by the objective %s",
               key_table[KEY_OBJECTIVE].words[system->allocation.objective]);
    }
    if (system->N == 1 && system->M == 1) {
        remark(scenario, "network: one transmit and one receive antenna give no information about angles");
    }
    remark_threshold(scenario);
}
