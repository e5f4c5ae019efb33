/* What must give way where rate targets and sensing cannot be met together. docs/model.md (M30) */
#include "alloc/globals.h"

#include "alloc/constants.h"

#include <math.h>

/* One change alone is tried: the least factor at which it is enough, from the point's g and proved by its bound;
 * infinite where it is not known to be enough. */
static cfi_status try_change(globals_job *job, const coupled_ask *sensing, double *factor, cfi_error *error)
{
    globals_ask ask = {.sensing = *sensing, .target = job->target};
    globals_answer *answer = &job->answer;
    cfi_status status;
    double g;

    do {
        status = globals_find(&job->drop, &ask, answer, error);
        g = answer->factor;
    } while (status == CFI_OK && answer->end == GLOBALS_FOUND &&
             coupled_reach(&job->drop.coupled, answer->point->x, answer->point->s, &ask.sensing));
    *factor = INFINITY;
    if (status == CFI_OK && answer->end == GLOBALS_FOUND &&
        (sensing->raised ? answer->bound < 1.0 : answer->bound > 1.0)) {
        *factor = (sensing->raised ? 1.0 / g : g) * (1.0 + FACTOR_OF_SOLVER);
    }
    return status;
}

static cfi_status try_sensing(globals_job *job, cfi_infeasibility *because, cfi_error *error)
{
    static const cfi_constraint named[INFORMATION_KINDS] = {[INFORMATION_POSITION] = CFI_CONSTRAINT_POSITION,
                                                            [INFORMATION_DETECTION] = CFI_CONSTRAINT_DETECTION,
                                                            [INFORMATION_ANGLE] = CFI_CONSTRAINT_THRESHOLD};
    unsigned present = information_asked(job->system);
    cfi_status status = CFI_OK;

    for (int kind = 0; status == CFI_OK && kind < INFORMATION_KINDS && !isfinite(because->factor); kind++) {
        if (present >> kind & 1U) {
            coupled_ask ask = {.held = present & ~(1U << kind), .raised = 1U << kind};

            because->constraint = named[kind];
            status = try_change(job, &ask, &because->factor, error);
            because->factor = kind == INFORMATION_POSITION ? sqrt(because->factor) : because->factor;
        }
    }
    return status;
}

static cfi_status try_more_power(globals_job *job, cfi_infeasibility *because, cfi_error *error)
{
    const cfi_power *power = &job->system->power;
    unsigned present = information_asked(job->system);
    coupled_ask limits = {.held = present, .limits = POWER_RAISED};
    coupled_ask budget = {.held = present, .budget = POWER_RAISED, .reach = 1.0};
    cfi_status status = CFI_OK;

    if (power->ap_limit_w) {
        because->constraint = CFI_CONSTRAINT_AP_LIMIT;
        status = try_change(job, &limits, &because->factor, error);
    }
    if (status == CFI_OK && !isfinite(because->factor)) {
        because->constraint = power->budget_in_dbm ? CFI_CONSTRAINT_BUDGET_DBM : CFI_CONSTRAINT_BUDGET;
        status = try_change(job, &budget, &because->factor, error);
    }
    return status;
}

cfi_status globals_explain(globals_job *job, bool *proved, cfi_infeasibility *because, cfi_error *error)
{
    globals_raised raised = {.trace = NULL};
    cfi_status status = globals_feasible(&job->drop, &job->answer, &raised, error);

    *because = (cfi_infeasibility){
        .constraint = CFI_CONSTRAINT_RATE, .ap = CFI_NOWHERE, .ue = CFI_NOWHERE, .factor = INFINITY};
    if (status == CFI_OK && raised.end == GLOBALS_FOUND) {
        *proved = raised.bound < 1.0 - FEASIBLE_ROUNDING;
        because->factor = *proved ? (1.0 + FACTOR_OF_SOLVER) / raised.common : INFINITY;
    } else if (status == CFI_OK) {
        status = try_sensing(job, because, error);
        if (status == CFI_OK && !isfinite(because->factor)) {
            status = try_more_power(job, because, error);
        }
        *proved = status == CFI_OK && isfinite(because->factor);
    }
    if (!*proved) {
        *because = (cfi_infeasibility){.constraint = CFI_CONSTRAINT_NONE};
    }
    return status;
}
