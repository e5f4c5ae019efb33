/* The largest common rate by the small dual. docs/model.md (M31) */
#include "alloc/globals_dual.h"

#include "alloc/dual_rates.h"
#include "base/units.h"

#include <math.h>

/* By how much the powers of the largest rate may exceed budget and limits, before they are scaled to them. */
static const double DUAL_RAISED = 1e-9;

typedef struct raise_by_dual {
    globals_dual dual;
    dual_rates rates;
} raise_by_dual;

/* Targets of c as a question: whoever has a weight has one. */
static void set_question(const globals_drop *drop, const globals_goal *goal, double c, double *target)
{
    for (size_t k = 0; k < drop->problem->K; k++) {
        target[k] = fmax(rates_sinr(drop->link->system, goal->weight[k] * c), goal->least[k]);
    }
}

static cfi_status make_raise(globals_drop *drop, const globals_goal *goal, const globals_ask *ask, raise_by_dual *out,
                             cfi_error *error)
{
    double per_rate = LN2 / drop->link->system->frame.prelog, *row;
    cfi_status status = globals_dual_make(drop, ask, &out->dual, error);
    size_t K;

    if (status != CFI_OK) {
        return status;
    }
    K = out->dual.program.K;
    row = arena_alloc(drop->arena, 4 * K + (K + 1) * (K + 2) + dual_room(&out->dual.program), sizeof *row);
    if (!row) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", K);
    }
    for (size_t k = 0; k < K; k++) {
        row[k] = per_rate * goal->weight[out->dual.user[k]];
        row[K + k] = goal->least[out->dual.user[k]];
    }
    out->rates = (dual_rates){.program = &out->dual.program,
                              .weight = row,
                              .least = row + K,
                              .target = out->dual.target,
                              .slope = row + 2 * K,
                              .lambda = row + 3 * K,
                              .matrix = row + 4 * K,
                              .room = row + 4 * K + (K + 1) * (K + 2)};
    return CFI_OK;
}

/* The iterate has the answer in the end. */
static bool find_by_prices(dual_rates *rates, double most)
{
    double balance = dual_balance(rates), first;

    if (isnan(balance)) {
        return dual_raise(rates, 0.5 * most, most);
    }
    if (dual_balance_is_enough(rates->program)) {
        return true;
    }
    first = dual_clipped_rate(rates);
    rates->program->first_lambda = rates->lambda;
    return dual_raise(rates, first > 0.0 && first < balance ? first : 0.5 * balance, balance * (1.0 + 1e-12));
}

cfi_status globals_dual_raise(globals_drop *drop, const globals_goal *goal, double most, globals_answer *answer,
                              globals_raised *out, cfi_error *error)
{
    globals_ask ask = {.sensing = {.held = goal->held, .budget = POWER_RAISED, .limits = POWER_RAISED}};
    cfi_arena_mark mark = arena_mark(drop->arena);
    double *target = arena_alloc(drop->arena, drop->problem->K, sizeof *target);
    raise_by_dual raise;
    cfi_status status;

    out->end = GLOBALS_FAILED;
    if (!target) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", drop->problem->K);
    }
    ask.target = target;
    set_question(drop, goal, most, target);
    status = globals_dual_asks(drop, &ask) ? make_raise(drop, goal, &ask, &raise, error) : CFI_OK;
    if (status == CFI_OK && globals_dual_asks(drop, &ask)) {
        if (find_by_prices(&raise.rates, most)) {
            set_question(drop, goal, raise.rates.c, target);
            globals_dual_read(&raise.dual, &ask, answer);
            answer->factor = globals_settle(drop, &ask, answer->point, &answer->settled);
            out->common = raise.rates.c;
            out->bound = dual_prove_rate(&raise.rates);
            out->end = answer->factor <= 1.0 + DUAL_RAISED && answer->factor > 0.0 ? GLOBALS_FOUND : GLOBALS_FAILED;
        }
        answer->iterations += raise.dual.program.iterations;
    }
    arena_release(drop->arena, mark);
    return status;
}
