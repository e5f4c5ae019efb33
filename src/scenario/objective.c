/* What must hold of an objective and of what is asked beside it. docs/scenario.md */
#include "scenario/objective.h"

#include "scenario/refuse.h"
#include "scenario/remarks.h"

/* What is particular to an objective. */
typedef struct objective_traits {
    bool weights;   /* allocation.weights have a meaning */
    bool senses;    /* it is a bound of sensing.crlb_model, optimised */
    bool minorants; /* there is a choice of them, allocation.surrogate */
    bool steps;     /* by steps of sca wherever it is, which may take the paper's approximation of thresholds */
} objective_traits;

static objective_traits traits_of(const cfi_scenario *scenario)
{
    static const objective_traits traits[CFI_OBJECTIVE_COUNT] = {
        [CFI_SUM_RATE] = {.weights = true, .minorants = true, .steps = true},
        [CFI_MAX_MIN_RATE] = {.weights = true},
        [CFI_PROPORTIONAL_FAIR] = {.weights = true, .steps = true},
        [CFI_MIN_POWER] = {.weights = false},
        [CFI_MIN_CRLB] = {.senses = true},
        [CFI_MIN_POSITION_ERROR] = {.senses = true},
    };

    return traits[scenario->system.allocation.objective];
}

static const char *objective_word(const cfi_scenario *scenario)
{
    return key_table[KEY_objective].words[scenario->system.allocation.objective];
}

/* Whether the allocation maximises or minimises anything. */
static bool optimises(const cfi_scenario *scenario)
{
    return scenario->system.allocation.method == CFI_METHOD_SCA;
}

/* Whether one of the keys is null neither here nor, as it is swept, at the points. */
static bool is_any_given(const cfi_scenario *scenario, const key_id *ids, size_t count)
{
    bool given = false;

    for (size_t i = 0; i < count; i++) {
        given = given || !model_is_null(scenario, ids[i]) || tree_sweeps_key(&scenario->tree, ids[i]);
    }
    return given;
}

/* Whether the objective, or another key on which it depends that something goes together with it, is each point's. */
static bool is_left_to_points(const cfi_scenario *scenario, key_id other)
{
    return tree_sweeps_key(&scenario->tree, KEY_objective) || tree_sweeps_key(&scenario->tree, KEY_method) ||
           tree_sweeps_key(&scenario->tree, other);
}

/* The least power that nothing is asked of is none. */
static cfi_status refuse_no_demand(const cfi_scenario *scenario, cfi_error *error)
{
    static const key_id demands[] = {KEY_rate_target_bit_s_hz, KEY_crlb_threshold_rad2, KEY_position_threshold_m,
                                     KEY_detection_threshold};

    return scenario->system.allocation.objective != CFI_MIN_POWER ||
                   is_any_given(scenario, demands, sizeof demands / sizeof *demands) ||
                   is_left_to_points(scenario, KEY_objective)
               ? CFI_OK
               : refuse_key(scenario, KEY_rate_target_bit_s_hz, error,
                            "null with the objective min_power and no threshold of sensing, which no power at all "
                            "meets (allowed: a number, or one per user; or a threshold of sensing)");
}

/* No place, no error of it. */
static cfi_status refuse_no_place(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;

    return system->allocation.objective != CFI_MIN_POSITION_ERROR || system->sensing.geometry == CFI_GEOMETRY_TARGET ||
                   is_left_to_points(scenario, KEY_geometry)
               ? CFI_OK
               : refuse_key(scenario, KEY_objective, error,
                            "\"min_position_error\" with the sensing.geometry angles, where no target has a place "
                            "(allowed: the geometry target, or another objective)");
}

/* Bounds that are told and not optimised. */
static cfi_status refuse_bound(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_sensing *sensing = &scenario->system.sensing;

    if (!traits_of(scenario).senses) {
        return CFI_OK;
    }
    if (sensing->crlb_model == CFI_CRLB_MULTISTATIC && !is_left_to_points(scenario, KEY_crlb_model)) {
        return refuse_key(scenario, KEY_crlb_model, error,
                          "\"multistatic\" with the objective %s, which optimises no such bound (allowed: own_echo, "
                          "noncoherent)",
                          objective_word(scenario));
    }
    return sensing->information == CFI_INFORMATION_AVERAGED || is_left_to_points(scenario, KEY_information)
               ? CFI_OK
               : refuse_key(scenario, KEY_information, error,
                            "\"block\" with the objective %s, which optimises no such bound (allowed: averaged)",
                            objective_word(scenario));
}

/* Choices of how steps are made, where there are none of that kind. */
static cfi_status refuse_steps(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_allocation_settings *allocation = &scenario->system.allocation;
    objective_traits traits = traits_of(scenario);

    if (!traits.minorants && allocation->surrogate != CFI_SURROGATE_PRODUCT &&
        !is_left_to_points(scenario, KEY_surrogate)) {
        return refuse_key(scenario, KEY_surrogate, error,
                          "\"fractional\" with the objective %s, whose steps have one minorant (allowed: product)",
                          objective_word(scenario));
    }
    return traits.steps || allocation->crlb_constraint == CFI_CRLB_EXACT ||
                   is_left_to_points(scenario, KEY_crlb_constraint)
               ? CFI_OK
               : refuse_key(scenario, KEY_crlb_constraint, error,
                            "\"sca\" with the objective %s, whose problems have the constraint itself (allowed: exact)",
                            objective_word(scenario));
}

cfi_status check_objective(const cfi_scenario *scenario, cfi_error *error)
{
    cfi_status (*const checks[])(const cfi_scenario *, cfi_error *) = {refuse_no_demand, refuse_bound, refuse_steps};
    cfi_status status = refuse_no_place(scenario, error);

    for (size_t i = 0; i < sizeof checks / sizeof *checks && status == CFI_OK && optimises(scenario); i++) {
        status = checks[i](scenario, error);
    }
    return status;
}

/* Whether a sweep varies a key: what is idle at one of its points may count at another. */
static bool grid_sweeps(const cfi_scenario *scenario, key_id id)
{
    return tree_sweeps_key(&(scenario->base ? scenario->base : scenario)->tree, id);
}

/* What a method that optimises nothing does not look at. */
static void remark_method(cfi_scenario *scenario)
{
    const cfi_allocation_settings *allocation = &scenario->system.allocation;
    const char *method = method_name(allocation->method);

    if (allocation->objective != CFI_SUM_RATE) {
        remark_add(scenario, "allocation.objective: %s is ignored by the method %s", objective_word(scenario), method);
    }
    if (allocation->weights) {
        remark_add(scenario, "allocation.weights: ignored by the method %s", method);
    }
    if (allocation->rate_target_bit_s_hz) {
        remark_add(scenario,
                   "allocation.rate_target_bit_s_hz: the method %s raises no rate to its target; what is missing "
                   "counts as a violation",
                   method);
    }
}

void remark_objective(cfi_scenario *scenario)
{
    if (grid_sweeps(scenario, KEY_method) || grid_sweeps(scenario, KEY_objective)) {
        return;
    }
    if (!optimises(scenario)) {
        remark_method(scenario);
    } else if (scenario->system.allocation.weights && !traits_of(scenario).weights) {
        remark_add(scenario, "allocation.weights: ignored by the objective %s", objective_word(scenario));
    }
}
