/* What this version can do. */
#include "scenario/available.h"

#include "scenario/wording.h"

#include <stdio.h>

/* The key's other words. */
static void other_words(key_id id, size_t refused, cfi_wording *out)
{
    for (size_t i = 0; key_table[id].words[i]; i++) {
        if (i != refused) {
            wording_format(out, "%s%s", out->length > 0 ? ", " : "", key_table[id].words[i]);
        }
    }
}

static cfi_status unavailable(const cfi_scenario *scenario, key_id id, const char *why, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, id);
    size_t word = scenario->value[id].word;
    char allowed[128] = "";
    cfi_wording words = wording_fixed(allowed, sizeof allowed);

    other_words(id, word, &words);
    return place_error(&place, error, CFI_UNAVAILABLE, "\"%s\" %sis not available in this version (allowed: %s)",
                       key_table[id].words[word], why, allowed);
}

static bool fading_has_directions(const cfi_system *system)
{
    return system->fading.correlation != CFI_FADING_UNCORRELATED || system->fading.rician != CFI_RICIAN_NONE;
}

/* Sensing thresholds constrain the allocation. */
static bool sensing_constrains(const cfi_system *system)
{
    return system->allocation.method == CFI_METHOD_HEURISTIC || system->allocation.method == CFI_METHOD_SCA;
}

/* Constraints that couple access points know what signals without directions tell. Thresholds must be filled in. */
static cfi_status check_coupled(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_sensing *sensing = &scenario->system.sensing;
    key_id id = sensing->position_threshold_m > 0.0  ? KEY_position_threshold_m
                : sensing->detection_threshold > 0.0 ? KEY_detection_threshold
                                                     : KEY_crlb_model;
    cfi_place place = tree_place(&scenario->tree, id);

    if (!sensing_constrains(&scenario->system) || !system_couples_sensing(&scenario->system)) {
        return CFI_OK;
    }
    if (sensing->position_threshold_m > 0.0 && sensing->crlb_model == CFI_CRLB_MULTISTATIC) {
        return unavailable(scenario, KEY_crlb_model, "as a constraint of allocation.method heuristic or sca ", error);
    }
    if (!fading_has_directions(&scenario->system)) {
        return CFI_OK;
    }
    if (id == KEY_crlb_model) {
        return place_error(
            &place, error, CFI_UNAVAILABLE,
            "\"noncoherent\" as a constraint where fading has directions is not available in this version "
            "(allowed: own_echo, or sensing.crlb_threshold_db null)");
    }
    return place_error(&place, error, CFI_UNAVAILABLE,
                       "not available in this version where fading has directions (allowed: null)");
}

/* What a target at a place is known to need. */
static cfi_status check_target_available(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_sensing *sensing = &scenario->system.sensing;

    if (sensing_constrains(&scenario->system) && sensing->information != CFI_INFORMATION_AVERAGED &&
        (!model_is_null(scenario, KEY_crlb_threshold_rad2) || sensing->position_threshold_m > 0.0)) {
        return unavailable(scenario, KEY_information,
                           "as a constraint of allocation.method heuristic or sca (null thresholds are none) ", error);
    }
    return CFI_OK;
}

/* Information is what min_crlb and min_position_error raise: of signals that have directions that of own echoes about
 * angles. */
static cfi_status check_information(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    cfi_objective objective = system->allocation.objective;
    cfi_place place = tree_place(&scenario->tree, KEY_crlb_model);

    if (system->allocation.method != CFI_METHOD_SCA || !fading_has_directions(system)) {
        return CFI_OK;
    }
    if (objective == CFI_MIN_CRLB && system->sensing.crlb_model == CFI_CRLB_NONCOHERENT) {
        return place_error(&place, error, CFI_UNAVAILABLE,
                           "\"noncoherent\" with the allocation.objective min_crlb where fading has directions is not "
                           "available in this version (allowed: own_echo)");
    }
    return objective == CFI_MIN_POSITION_ERROR
               ? unavailable(scenario, KEY_objective, "where fading has directions ", error)
               : CFI_OK;
}

cfi_status check_available(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;

    if (check_information(scenario, error) != CFI_OK) {
        return CFI_UNAVAILABLE;
    }
    if (check_target_available(scenario, error) != CFI_OK) {
        return CFI_UNAVAILABLE;
    }
    if (system->sensing.crlb_model == CFI_CRLB_MULTISTATIC && !model_is_null(scenario, KEY_crlb_threshold_rad2) &&
        sensing_constrains(system)) {
        return unavailable(scenario, KEY_crlb_model, "as a constraint of allocation.method heuristic or sca ", error);
    }
    return CFI_OK;
}

bool objective_has_directions(const cfi_system *system)
{
    return system->allocation.objective == CFI_MIN_CRLB && system->allocation.method == CFI_METHOD_SCA &&
           fading_has_directions(system);
}

bool sensing_has_directions(const cfi_system *system)
{
    return system->sensing.crlb_threshold_rad2 && fading_has_directions(system);
}

/* The paper's approximation knows one price of power: that of streams is that of beams. */
static cfi_status check_approximation(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    char why[64];

    if (system->allocation.crlb_constraint == CFI_CRLB_EXACT) {
        return CFI_OK;
    }
    if (system_couples_sensing(system)) {
        return unavailable(scenario, KEY_crlb_constraint, "with constraints that couple access points ", error);
    }
    if (fading_has_directions(system)) {
        return unavailable(scenario, KEY_crlb_constraint, "where fading has directions ", error);
    }
    if (system->precoding.kind == CFI_PRECODER_MR) {
        return CFI_OK;
    }
    snprintf(why, sizeof why, "with the precoding.kind %s ", key_table[KEY_kind].words[system->precoding.kind]);
    return unavailable(scenario, KEY_crlb_constraint, why, error);
}

/* Access points answer together where pilots are orthogonal and power has one price for all users. Drawn pilots and
 * gains that are no product are seen when a drop is allocated. */
static cfi_status check_response_couples(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    bool by_stream = system->precoding.kind != CFI_PRECODER_MR && system->precoding.kind != CFI_PRECODER_ZF;

    if (system->frame.tau_p < system->K && system->rate_model == CFI_RATE_EXACT) {
        return unavailable(scenario, KEY_solver,
                           "with constraints that couple access points and users that share pilots ", error);
    }
    return by_stream ? unavailable(scenario, KEY_solver,
                                   "with constraints that couple access points and interference by stream ", error)
                     : CFI_OK;
}

static bool asks_of_sensing(const cfi_system *system)
{
    return system->sensing.crlb_threshold_rad2 || system_couples_sensing(system);
}

/* The response of the access points follows what has slopes, and prices alone tell the largest common rate where
 * nothing is asked of sensing; the small dual of global problems takes orthogonal pilots and one price of power. */
static cfi_status check_structured_objective(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    bool by_prices = system->allocation.objective == CFI_MAX_MIN_RATE && !asks_of_sensing(system);
    bool by_stream = system->precoding.kind != CFI_PRECODER_MR && system->precoding.kind != CFI_PRECODER_ZF;
    bool shared = system->frame.tau_p < system->K && system->rate_model == CFI_RATE_EXACT;
    char why[128];

    if (system->allocation.objective == CFI_SUM_RATE || system->allocation.objective == CFI_PROPORTIONAL_FAIR ||
        by_prices || !(by_stream || shared)) {
        return CFI_OK;
    }
    snprintf(why, sizeof why, "with the allocation.objective %s and %s ",
             key_table[KEY_objective].words[system->allocation.objective],
             shared ? "users that share pilots" : "interference by stream");
    return unavailable(scenario, KEY_solver, why, error);
}

cfi_status check_solver(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    cfi_status status = check_coupled(scenario, error);

    if (status != CFI_OK || system->allocation.method != CFI_METHOD_SCA) {
        return status;
    }
    status = check_approximation(scenario, error);
    if (status != CFI_OK) {
        return status;
    }
    if (system->allocation.solver != CFI_SOLVER_STRUCTURED) {
        return CFI_OK;
    }
    /* access points answer one by one as long as nothing but sensing is asked */
    if (objective_has_directions(system)) {
        return system_asks_rates(system) ? unavailable(scenario, KEY_solver,
                                                       "with the allocation.objective min_crlb and rate targets "
                                                       "where fading has directions ",
                                                       error)
                                         : CFI_OK;
    }
    if (check_structured_objective(scenario, error) != CFI_OK) {
        return CFI_UNAVAILABLE;
    }
    if (sensing_has_directions(system)) {
        return unavailable(scenario, KEY_solver, "with sensing.crlb_threshold_db where fading has directions ", error);
    }
    if (system_couples_sensing(system) && check_response_couples(scenario, error) != CFI_OK) {
        return CFI_UNAVAILABLE;
    }
    if (system->allocation.surrogate != CFI_SURROGATE_PRODUCT) {
        return unavailable(scenario, KEY_solver, "with allocation.surrogate fractional ", error);
    }
    if (system->allocation.crlb_constraint != CFI_CRLB_EXACT) {
        return unavailable(scenario, KEY_solver, "with allocation.crlb_constraint sca ", error);
    }
    return CFI_OK;
}
