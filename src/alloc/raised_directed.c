/* The least worst bound of own echoes of signals that have directions, where no rate is asked for, which is a bound in
 * any case. docs/model.md (M35)
 *
 * Information is of degree one in the powers of an access point, which it has to itself, so that theta times what is
 * asked costs AP l theta / I_l at least, I_l the most information of a unit of power (directed_best). The largest theta
 * is what budget and limits allow of that, and with the certificates of the best mixes in the place of I_l it is what
 * no powers exceed. */
#include "alloc/raised.h"

#include "alloc/constants.h"

#include <math.h>
#include <string.h>

/* In watts. */
static directed_mix mix_of(const cfi_link *link, size_t l)
{
    directed_ap ap = directed_of(link, l, 1.0);

    return directed_best(&ap);
}

bool raised_is_dark(const cfi_link *link, cfi_infeasibility *because)
{
    for (size_t l = 0; sensing_raises_directed(link) && l < link->L; l++) {
        if (!(mix_of(link, l).information > 0.0)) {
            *because = (cfi_infeasibility){
                .constraint = CFI_CONSTRAINT_THRESHOLD, .ap = l, .ue = CFI_NOWHERE, .factor = INFINITY};
            return true;
        }
    }
    return false;
}

/* The largest factor where AP l needs factor times need[l] watts. */
static double factor_within(const cfi_link *link, const double *need)
{
    const cfi_power *power = &link->system->power;
    double total = 0.0, factor = INFINITY;

    for (size_t l = 0; l < link->L; l++) {
        total += need[l];
        factor = power->ap_limit_w ? fmin(factor, power->ap_limit_w[l] / need[l]) : factor;
    }
    return fmin(factor, power->budget_w / total);
}

static void fill_powers(const cfi_link *link, const directed_mix *best, double factor, cfi_powers *powers)
{
    size_t K = link->K;

    memset(powers->p, 0, K * link->L * sizeof *powers->p);
    for (size_t l = 0; l < link->L; l++) {
        double watts = factor / best[l].information;

        for (size_t k = 0; k < K; k++) {
            powers->p[k + K * l] = watts * directed_share(&best[l], k);
        }
        powers->s[l] = watts * directed_share(&best[l], K);
    }
}

/* Whether the powers in *out have what they can have. */
static cfi_status judge_raised(const cfi_link *link, double bound, cfi_arena *arena, cfi_allocation *out,
                               cfi_error *error)
{
    const alloc_objective *objective = objective_of(link->system->allocation.objective);
    cfi_evaluation evaluation;
    cfi_status status = alloc_evaluate(link, &out->powers, arena, &evaluation, error);
    double value;

    if (status != CFI_OK) {
        return status;
    }
    value = objective->measured(link->system, &evaluation);
    out->objective.dual_value = fmax(objective->reported(link->system, bound), out->objective.dual_value);
    if (value - out->objective.dual_value <= PROVED_GAP * value && evaluation.violation <= FEASIBLE_ROUNDING) {
        out->status = CFI_ALLOC_OPTIMAL;
        out->stop_reason = "tolerance";
        out->failure = NULL;
    }
    return CFI_OK;
}

/* The factor that powers of the best mixes have, and what no powers exceed. */
typedef struct raised_most {
    directed_mix *best;
    double factor, bound;
} raised_most;

static cfi_status find_most(const cfi_link *link, cfi_arena *arena, raised_most *out, cfi_error *error)
{
    size_t L = link->L;
    double *need = arena_alloc(arena, 2 * L, sizeof *need);

    out->best = arena_alloc(arena, L, sizeof *out->best);
    if (!out->best || !need) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for what %zu access points know of the target", L);
    }
    for (size_t l = 0; l < L; l++) {
        out->best[l] = mix_of(link, l);
        need[l] = 1.0 / out->best[l].information;
        need[L + l] = 1.0 / fmax(out->best[l].bound, out->best[l].information);
    }
    out->factor = factor_within(link, need);
    out->bound = factor_within(link, need + L);
    return CFI_OK;
}

static void take_most(const cfi_link *link, const raised_most *most, cfi_allocation *out)
{
    fill_powers(link, most->best, most->factor, &out->powers);
    out->status = CFI_ALLOC_CONVERGED;
    out->stop_reason = "tolerance";
    out->solver = "structured";
    out->starts = out->starts_asked = 1;
}

cfi_status raised_directed(const cfi_link *link, bool found, cfi_arena *arena, cfi_allocation *out, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    raised_most most = {.best = NULL};
    cfi_status status = find_most(link, arena, &most, error);

    if (status == CFI_OK && !found) {
        take_most(link, &most, out);
    }
    if (status == CFI_OK) {
        status = judge_raised(link, most.bound, arena, out, error);
    }
    arena_release(arena, mark);
    return status;
}
