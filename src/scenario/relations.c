/* What must hold between values. */
#include "scenario/relations.h"

#include "base/text.h"
#include "scenario/idle.h"
#include "scenario/key_text.h"
#include "scenario/refuse.h"
#include "scenario/target.h"

#include <stdio.h>

#define GIBIBYTE 1073741824.0
enum { MAX_GIBIBYTES = 64, MAX_DRAWS = 2147483647 };

/* The number as a size, whatever it is. */
static size_t as_size(double x)
{
    return x < 1.0 ? 1 : x < 1e18 ? (size_t)x : (size_t)1e18;
}

cfi_status check_size(const cfi_tree *tree, key_id id, cfi_error *error)
{
    double x = tree_number(tree, id, 0.0), bytes;
    const cfi_system wanted = {.L = as_size(tree_number(tree, KEY_L, 1.0)),
                               .K = as_size(tree_number(tree, KEY_K, 1.0)),
                               .N = as_size(tree_number(tree, KEY_N, 1.0)),
                               .monte_carlo.realizations = as_size(tree_number(tree, KEY_realizations, 1.0))};
    cfi_place place;
    char shown[TEXT_NUMBER_LENGTH], range[128];
    cfi_wording allowed = wording_fixed(range, sizeof range);

    bytes = key_table[id].sized && x > key_table[id].high ? scenario_memory_bytes(&wanted) : 0.0;
    if (bytes <= MAX_GIBIBYTES * GIBIBYTE) {
        return CFI_OK;
    }
    place = tree_place(tree, id);
    key_describe_allowed(&key_table[id], &allowed);
    return place_error(&place, error, CFI_INVALID, "%s is out of range and would need %.4g GiB of memory (allowed: %s)",
                       text_double(x, shown), bytes / GIBIBYTE, range);
}

cfi_status check_memory(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    double trial = scenario_memory_bytes(system) / GIBIBYTE,
           records = (double)system->monte_carlo.drops * scenario_record_bytes(system) / GIBIBYTE;

    if (trial > MAX_GIBIBYTES) {
        cfi_place place = tree_root_place(&scenario->tree);

        place_member(&place, "network");
        return place_error(&place, error, CFI_INVALID,
                           "%zu access points and %zu users would need %.4g GiB of memory (allowed: at most %d GiB)",
                           system->L, system->K, trial, MAX_GIBIBYTES);
    }
    return records <= MAX_GIBIBYTES
               ? CFI_OK
               : refuse_key(scenario, KEY_drops, error,
                            "the results of %zu drops would need %.4g GiB of memory (allowed: at most %d GiB)",
                            system->monte_carlo.drops, records, MAX_GIBIBYTES);
}

static cfi_status check_frame(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;

    if (system->frame.tau_c > 0 && system->frame.tau_c <= system->frame.tau_p) {
        return refuse_key(scenario, KEY_tau_c, error,
                          "%zu leaves nothing after %zu pilot symbols (allowed: above pilots.length, or 0)",
                          system->frame.tau_c, system->frame.tau_p);
    }
    if (system->frame.T < system->K) {
        return refuse_key(scenario, KEY_T, error,
                          "%zu cannot hold orthogonal streams of %zu users (allowed: at least network.ues)",
                          system->frame.T, system->K);
    }
    if (system->monte_carlo.realizations > MAX_DRAWS / system->N) {
        return refuse_key(scenario, KEY_realizations, error,
                          "%zu channels of %zu antennas exhaust a random stream (allowed: at most %zu)",
                          system->monte_carlo.realizations, system->N, MAX_DRAWS / system->N);
    }
    return CFI_OK;
}

static cfi_status check_pilots(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_value *value = &scenario->value[KEY_pilot_assignment];

    for (size_t k = 0; value->form == FORM_LIST && k < value->rows; k++) {
        if (value->entry[k] >= (double)scenario->system.frame.tau_p) {
            cfi_place place = tree_place(&scenario->tree, KEY_pilot_assignment);

            place_index(&place, k);
            return place_error(&place, error, CFI_INVALID, "%.0f is no pilot (allowed: 0 .. %zu, below pilots.length)",
                               value->entry[k], scenario->system.frame.tau_p - 1);
        }
    }
    return CFI_OK;
}

static cfi_status check_clusters(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    bool strongest = system->clusters.mode == CFI_CLUSTERS_STRONGEST;
    size_t each = system->clusters.aps_per_user;

    if (strongest && each == 0) {
        return refuse_key(scenario, KEY_aps_per_user, error,
                          "null with the clusters.mode strongest (allowed: 1 .. %zu, network.aps)", system->L);
    }
    if (!strongest && each > 0) {
        return refuse_key(scenario, KEY_aps_per_user, error,
                          "%zu with the clusters.mode %s (allowed: null, or a number with strongest)", each,
                          key_table[KEY_mode].words[system->clusters.mode]);
    }
    return each <= system->L
               ? CFI_OK
               : refuse_key(scenario, KEY_aps_per_user, error,
                            "%zu of %zu access points (allowed: 1 .. %zu, network.aps)", each, system->L, system->L);
}

static cfi_status check_angles(const cfi_scenario *scenario, cfi_error *error)
{
    const double *range = scenario->value[KEY_angle_range].entry;

    return range[0] <= range[1] ? CFI_OK
                                : refuse_key(scenario, KEY_angle_range, error,
                                             "the first is above the second (allowed: the lower angle first)");
}

static cfi_status check_given_powers(const cfi_scenario *scenario, cfi_error *error)
{
    /* a sweep of powers has none of its own */
    return scenario->system.allocation.method != CFI_METHOD_GIVEN || !model_is_null(scenario, KEY_powers_w) ||
                   tree_sweeps_key(&scenario->tree, KEY_powers_w)
               ? CFI_OK
               : refuse_key(scenario, KEY_powers_w, error,
                            "null with the allocation.method given (allowed: a list of K lists of L numbers, or the "
                            "path of a CSV or JSON file)");
}

static cfi_status check_power(const cfi_scenario *scenario, cfi_error *error)
{
    if (scenario->value[KEY_budget_w].form == FORM_WORD && model_is_null(scenario, KEY_ap_limit_w)) {
        return refuse_key(scenario, KEY_budget_w, error,
                          "\"limits\" without power.ap_limit_dbm (allowed: a number, or limits where they are given)");
    }
    if (!model_is_null(scenario, KEY_budget_w) && model_is_null(scenario, KEY_pilot_power_w)) {
        return refuse_key(scenario, KEY_pilot_power_w, error,
                          "null with power.budget_dbm, which is no power of a pilot (allowed: a number)");
    }
    if (!model_is_null(scenario, KEY_noise_figure_db) && model_is_null(scenario, KEY_bandwidth_hz)) {
        return refuse_key(scenario, KEY_bandwidth_hz, error,
                          "null with power.noise_figure_db, which gives no noise by itself (allowed: a number)");
    }
    return CFI_OK;
}

/* Whether a model of propagation needs the carrier frequency. */
static bool needs_carrier(cfi_propagation_kind model)
{
    enum { NOTHING, CARRIER };
#define MODEL_NEEDS(constant, word, needs) [CFI_PROPAGATION_##constant] = needs,
    static const int needed[CFI_PROPAGATION_COUNT] = {CFI_PROPAGATION_MODELS(MODEL_NEEDS)};
#undef MODEL_NEEDS

    return needed[model] == CARRIER;
}

static cfi_status check_carrier(const cfi_scenario *scenario, cfi_error *error)
{
    cfi_propagation_kind model = scenario->system.propagation.model;

    return !needs_carrier(model) || !model_is_null(scenario, KEY_carrier_hz)
               ? CFI_OK
               : refuse_key(scenario, KEY_carrier_hz, error,
                            "null with the propagation.model %s (allowed: a number, in GHz)",
                            key_table[KEY_model].words[model]);
}

/* Both kinds of fading depend on where a user is seen from an array. */
static cfi_status check_fading(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    bool correlated = system->fading.correlation != CFI_FADING_UNCORRELATED,
         rician = system->fading.rician != CFI_RICIAN_NONE, given = !model_is_null(scenario, KEY_gain);
    bool seen = !model_is_null(scenario, KEY_ap_position_m) && !model_is_null(scenario, KEY_ue_position_m);
    bool states = !given && needs_carrier(system->propagation.model); /* the models of TR 38.901 have both */

    if (system->fading.rician == CFI_RICIAN_LOS && !states) {
        return refuse_key(scenario, KEY_rician_factor, error,
                          "\"los\" without states of lines of sight (allowed: los with a propagation.model "
                          "tr38901_*; a number, distance or null with any)");
    }
    if ((correlated || rician) && system->rate_model == CFI_RATE_THEOREM1) {
        return refuse_key(scenario, KEY_rate_model, error,
                          "\"theorem1\" is about i.i.d. Rayleigh fading (allowed: exact with this %s)",
                          key_table[correlated ? KEY_correlation : KEY_rician_factor].name);
    }
    if ((correlated || rician) && given && !seen) {
        return refuse_key(scenario, correlated ? KEY_correlation : KEY_rician_factor, error,
                          "angles are needed, and there are no positions with propagation.gain (allowed: %s; or "
                          "network.ap_positions_m and network.ue_positions_m too)",
                          correlated ? "none" : "null");
    }
    return CFI_OK;
}

static cfi_status check_precoding(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;
    cfi_precoder_kind kind = system->precoding.kind;
    size_t pilots = system->frame.tau_p < system->K ? system->frame.tau_p : system->K;

    if (kind == CFI_PRECODER_ZF && system->N <= pilots) {
        return refuse_key(scenario, KEY_kind, error,
                          "\"zf\" cannot null %zu pilots with network.tx_antennas %zu (allowed: more antennas than the "
                          "smaller of pilots.length and network.ues; or mr, rzf, lp_mmse)",
                          pilots, system->N);
    }
    if (kind != CFI_PRECODER_MR && system->rate_model == CFI_RATE_THEOREM1) {
        return refuse_key(
            scenario, KEY_rate_model, error,
            "\"theorem1\" with the precoding.kind %s, of which that theorem says nothing (allowed: exact)",
            key_table[KEY_kind].words[kind]);
    }
    return system->precoding.draws <= MAX_DRAWS / system->N
               ? CFI_OK
               : refuse_key(scenario, KEY_draws, error,
                            "%zu channels of %zu antennas exhaust a random stream (allowed: at most %zu)",
                            system->precoding.draws, system->N, MAX_DRAWS / system->N);
}

cfi_status check_relations(const cfi_scenario *scenario, cfi_error *error)
{
    cfi_status (*const checks[])(const cfi_scenario *, cfi_error *) = {
        check_memory, check_frame,   check_pilots, check_clusters,  check_angles,       idle_check,
        check_power,  check_carrier, check_fading, check_precoding, check_given_powers, check_target};
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && status == CFI_OK; i++) {
        status = checks[i](scenario, error);
    }
    return status;
}
