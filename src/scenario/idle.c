/* Keys that others make idle. docs/scenario.md */
#include "scenario/idle.h"

/* A key with a default other than null, and the keys that take its place where none of them is null. */
typedef struct idle_rule {
    key_id key, by[2]; /* both the same: one */
    bool conflicts;    /* both may not be given; else what is given counts */
} idle_rule;

static const idle_rule rules[] = {
    {KEY_model, {KEY_gain, KEY_gain}, true},
    {KEY_snr_db, {KEY_budget_w, KEY_budget_w}, true},
    {KEY_comm_noise_w, {KEY_bandwidth_hz, KEY_noise_figure_db}, false},
    {KEY_sensing_noise_w, {KEY_bandwidth_hz, KEY_noise_figure_db}, false},
};
enum { RULES = sizeof rules / sizeof *rules };

/* Whether something takes the key's place. */
static bool is_replaced(const cfi_scenario *scenario, const idle_rule *rule)
{
    return !model_is_null(scenario, rule->by[0]) && !model_is_null(scenario, rule->by[1]);
}

cfi_status idle_settle(cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < RULES && status == CFI_OK; i++) {
        key_id id = rules[i].key;

        if (!scenario->tree.filled[id]) {
            continue;
        }
        if (is_replaced(scenario, &rules[i])) {
            scenario->value[id] = (cfi_value){.form = FORM_NULL};
        } else {
            status = value_read(&key_table[id], scenario->tree.item[id], (cfi_sizes){0, 0}, &(cfi_place){.text = ""},
                                &scenario->value[id], error);
        }
    }
    return status;
}

static cfi_status refuse_both(const cfi_scenario *scenario, const idle_rule *rule, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, rule->by[0]);

    return place_error(&place, error, CFI_INVALID, "given beside %s (allowed: one of them, the other absent or null)",
                       key_table[rule->key].name);
}

static cfi_status refuse_neither(const cfi_scenario *scenario, const idle_rule *rule, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, rule->key);
    bool both = rule->by[0] != rule->by[1];

    return place_error(&place, error, CFI_INVALID, "null without %s%s%s (allowed: a %s)", key_table[rule->by[0]].name,
                       both ? " and " : "", both ? key_table[rule->by[1]].name : "",
                       key_table[rule->key].words ? "word" : "number");
}

cfi_status idle_check(const cfi_scenario *scenario, cfi_error *error)
{
    for (size_t i = 0; i < RULES; i++) {
        bool replaced = is_replaced(scenario, &rules[i]), null = model_is_null(scenario, rules[i].key);

        if (replaced && !null && rules[i].conflicts) {
            return refuse_both(scenario, &rules[i], error);
        }
        if (!replaced && null) {
            return refuse_neither(scenario, &rules[i], error);
        }
    }
    return CFI_OK;
}

bool idle_is_left_out(const cfi_scenario *scenario, key_id id)
{
    bool left_out = false;

    for (size_t i = 0; i < RULES && scenario->tree.filled[id]; i++) {
        left_out = left_out || (rules[i].key == id && (tree_sweeps_key(&scenario->tree, rules[i].by[0]) ||
                                                       tree_sweeps_key(&scenario->tree, rules[i].by[1])));
    }
    return left_out;
}
