/* Which model draws the gains, and what it needs. */
#include "scenario/drawn_gains.h"

/* Given gains leave nothing to a model of propagation, which is then null; else it is the default unless one is named.
 * Where gains are swept, some points may have them and others not: that leaves it to the points. */
void drawn_gains_settle(cfi_scenario *scenario)
{
    const cJSON *sweep = scenario->tree.item[KEY_sweep];
    bool idle = scenario->value[KEY_gain].form != FORM_NULL ||
                cJSON_GetObjectItemCaseSensitive(sweep, key_table[KEY_gain].name) != NULL;
    cfi_value *model = &scenario->value[KEY_model];

    if (scenario->tree.filled[KEY_model] || model->form == FORM_NULL) {
        *model = (cfi_value){.form = idle ? FORM_NULL : FORM_WORD, .word = CFI_PROPAGATION_LOG_DISTANCE};
    }
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

cfi_status drawn_gains_check(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_value *model = &scenario->value[KEY_model];
    cfi_place place;

    if (model->form != FORM_WORD) {
        return CFI_OK;
    }
    if (scenario->value[KEY_gain].form != FORM_NULL) {
        place = tree_place(&scenario->tree, KEY_model);
        return place_error(&place, error, CFI_INVALID,
                           "\"%s\" draws gains, and propagation.gain gives them (allowed: one of them, null for the "
                           "other)",
                           key_table[KEY_model].words[model->word]);
    }
    if (needs_carrier(scenario->system.propagation.model) && scenario->value[KEY_carrier_hz].form == FORM_NULL) {
        place = tree_place(&scenario->tree, KEY_carrier_hz);
        return place_error(&place, error, CFI_INVALID, "null with the propagation.model %s (allowed: a number, in GHz)",
                           key_table[KEY_model].words[model->word]);
    }
    return CFI_OK;
}
