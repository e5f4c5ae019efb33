/* What makes a drop infeasible whose sensing constraints couple access points. docs/model.md (M28) */
#include "alloc/coupled.h"

#include "alloc/constants.h"

#include <math.h>

typedef struct coupled_reason {
    const alloc_coupled *coupled;
    const cfi_link *link;
    cfi_arena *arena;
    unsigned present; /* kinds, a bit each */
} coupled_reason;

static const cfi_constraint constraint_of[INFORMATION_KINDS] = {[INFORMATION_POSITION] = CFI_CONSTRAINT_POSITION,
                                                                [INFORMATION_DETECTION] = CFI_CONSTRAINT_DETECTION,
                                                                [INFORMATION_ANGLE] = CFI_CONSTRAINT_THRESHOLD};

static unsigned kinds_of(const alloc_information *information)
{
    unsigned present = information->position ? 1U << INFORMATION_POSITION : 0U;

    for (size_t i = 0; i < information->owns; i++) {
        present |= 1U << information->own[i].kind;
    }
    return information->functionals > 0 ? present | 1U << INFORMATION_ANGLE : present;
}

/* The factor at which what is asked can be met; infinite where it cannot. A solver that gives up has found none. *ap
 * (or NULL): the access point that radiates most then. */
static cfi_status least_factor(const coupled_reason *reason, const coupled_ask *ask, double *factor, size_t *ap,
                               cfi_error *error)
{
    coupled_ask again = *ask;
    coupled_answer answer;
    cfi_status status;
    size_t most = 0;

    do {
        status = coupled_solve(reason->coupled, &again, reason->arena, &answer, error);
    } while (status == CFI_OK && answer.found && coupled_reach(reason->coupled, answer.x, answer.s, &again));
    *factor = INFINITY;
    if (status == CFI_FAILED) {
        return error_set(error, CFI_OK, "%s", "");
    }
    if (status != CFI_OK || !answer.found || !(answer.factor > 0.0)) {
        return status;
    }
    *factor = (ask->raised ? 1.0 / answer.factor : answer.factor) * (1.0 + FACTOR_OF_SOLVER);
    for (size_t l = 1; l < reason->link->L; l++) {
        most = answer.x[l] + answer.s[l] > answer.x[most] + answer.s[most] ? l : most;
    }
    if (ap) {
        *ap = most;
    }
    return CFI_OK;
}

/* One kind alone. A position threshold is an error in metres, of which J asks for the square. */
static cfi_status try_kind(const coupled_reason *reason, information_kind kind, cfi_infeasibility *because,
                           cfi_error *error)
{
    coupled_ask ask = {.held = reason->present & ~(1U << kind), .raised = 1U << kind};
    double factor;
    cfi_status status = least_factor(reason, &ask, &factor, NULL, error);

    *because = (cfi_infeasibility){.constraint = constraint_of[kind],
                                   .ap = CFI_NOWHERE,
                                   .ue = CFI_NOWHERE,
                                   .factor = kind == INFORMATION_POSITION ? sqrt(factor) : factor};
    return status;
}

/* Limits alone, then the budget alone; then both. */
static cfi_status try_powers(const coupled_reason *reason, cfi_infeasibility *because, cfi_error *error)
{
    bool in_dbm = reason->link->system->power.budget_in_dbm;
    coupled_ask limits = {.held = reason->present, .limits = POWER_RAISED};
    coupled_ask budget = {.held = reason->present, .budget = POWER_RAISED, .reach = 1.0};
    cfi_status status = CFI_OK;

    *because = (cfi_infeasibility){
        .constraint = CFI_CONSTRAINT_AP_LIMIT, .ap = CFI_NOWHERE, .ue = CFI_NOWHERE, .factor = INFINITY};
    if (reason->link->system->power.ap_limit_w) {
        status = least_factor(reason, &limits, &because->factor, NULL, error);
    }
    if (status == CFI_OK && !isfinite(because->factor)) {
        because->constraint = in_dbm ? CFI_CONSTRAINT_BUDGET_DBM : CFI_CONSTRAINT_BUDGET;
        status = least_factor(reason, &budget, &because->factor, &because->ap, error);
    }
    if (status == CFI_OK && !isfinite(because->factor)) {
        because->ap = CFI_NOWHERE;
        because->factor = 1.0 / reason->coupled->margin * (1.0 + FACTOR_OF_SOLVER);
    }
    return status;
}

bool coupled_finds_darkness(const alloc_information *information, cfi_infeasibility *because)
{
    *because = (cfi_infeasibility){.ap = CFI_NOWHERE, .ue = CFI_NOWHERE, .factor = INFINITY};
    for (size_t i = 0; i < information->owns; i++) {
        for (size_t l = 0; l < information->L; l++) {
            if (!(fmax(information->own[i].x[l], information->own[i].s[l]) > 0.0)) {
                because->constraint = constraint_of[information->own[i].kind];
                because->ap = l;
                return true;
            }
        }
    }
    for (size_t p = 0; information->functionals > 0 && p < information->L; p++) {
        if (!(fmax(information->a[p], information->b[p]) > 0.0)) {
            because->constraint = CFI_CONSTRAINT_THRESHOLD;
            because->ap = p;
            return true;
        }
    }
    because->constraint = CFI_CONSTRAINT_POSITION; /* all that tells of the target is in line with it */
    return information->in_line;
}

cfi_status coupled_explain(const cfi_link *link, const alloc_coupled *coupled, cfi_arena *arena,
                           cfi_infeasibility *because, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    coupled_reason reason = {
        .coupled = coupled, .link = link, .arena = arena, .present = kinds_of(&coupled->information)};
    cfi_status status = CFI_OK;

    if (coupled_finds_darkness(&coupled->information, because)) {
        return CFI_OK;
    }
    because->factor = INFINITY;
    for (int kind = 0; status == CFI_OK && kind < INFORMATION_KINDS && !isfinite(because->factor); kind++) {
        if (reason.present >> kind & 1U) {
            status = try_kind(&reason, (information_kind)kind, because, error);
        }
    }
    if (status == CFI_OK && !isfinite(because->factor)) {
        status = try_powers(&reason, because, error);
    }
    arena_release(arena, mark);
    return status;
}
