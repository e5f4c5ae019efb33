/* What this version can do. */
#include "scenario/available.h"

#include "scenario/wording.h"

/* The key's other words, without the objectives to come. */
static void other_words(key_id id, size_t refused, cfi_wording *out)
{
    for (size_t i = 0; key_table[id].words[i]; i++) {
        if (i != refused && !(id == KEY_objective && i > CFI_OBJECTIVE_LAST)) {
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

cfi_status check_available(const cfi_scenario *scenario, cfi_error *error)
{
    const cfi_system *system = &scenario->system;

    if (system->allocation.objective > CFI_OBJECTIVE_LAST) {
        return unavailable(scenario, KEY_objective, "", error);
    }
    if (system->sensing.crlb_model == CFI_CRLB_MULTISTATIC &&
        (system->allocation.method == CFI_METHOD_HEURISTIC || system->allocation.method == CFI_METHOD_SCA)) {
        return unavailable(scenario, KEY_crlb_model, "as a constraint of allocation.method heuristic or sca ", error);
    }
    return CFI_OK;
}

/* Whether two users may share a pilot; drawn ones always may. */
static bool pilots_may_overlap(const cfi_system *system)
{
    if (system->frame.pilot_assignment == CFI_PILOTS_CYCLIC || system->frame.pilot_assignment == CFI_PILOTS_GREEDY) {
        return system->K > system->frame.tau_p;
    }
    for (size_t k = 0; k < system->K && system->frame.pilot; k++) {
        for (size_t j = 0; j < k; j++) {
            if (system->frame.pilot[j] == system->frame.pilot[k]) {
                return true;
            }
        }
    }
    return system->frame.pilot_assignment != CFI_PILOTS_EXPLICIT && system->K > 1;
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
        return unavailable(scenario, KEY_solver, "with allocation.surrogate fractional ", error);
    }
    if (system->allocation.crlb_constraint != CFI_CRLB_EXACT) {
        return unavailable(scenario, KEY_solver, "with allocation.crlb_constraint sca ", error);
    }
    if (system->rate_model == CFI_RATE_EXACT && pilots_may_overlap(system) && sensing_is_reverse_convex(system)) {
        return unavailable(scenario, KEY_solver,
                           "with rate.model exact, pilots that overlap and rx_antennas^2 < tx_antennas + 2 ", error);
    }
    return CFI_OK;
}
