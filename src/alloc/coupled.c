/* Drops whose sensing constraints couple access points. docs/model.md (M28) */
#include "alloc/coupled.h"

#include "alloc/constants.h"
#include "alloc/rounded.h"

#include <math.h>
#include <string.h>

static cfi_status coupled_out_of_memory(size_t L, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the sensing constraints of %zu access points", L);
}

/* What the solver left short of an own row, from whichever power costs less. */
static void lift_own_rows(const alloc_information *information, double factor, double *x, double *s)
{
    for (size_t i = 0; i < information->owns; i++) {
        const information_own *own = &information->own[i];

        for (size_t l = 0; l < information->L; l++) {
            double missing = factor - own->x[l] * x[l] - own->s[l] * s[l], most = fmax(own->x[l], own->s[l]);

            if (missing > 0.0 && most > 0.0) {
                *(own->s[l] >= own->x[l] ? &s[l] : &x[l]) += missing / most;
            }
        }
    }
}

double coupled_limit_asked(const alloc_coupled *coupled, const coupled_ask *ask, size_t l)
{
    if (ask->limits != POWER_HELD) {
        return coupled->shared[l];
    }
    if (ask->budget == POWER_HELD || ask->reach <= 1.0) {
        return coupled->limit[l];
    }
    return coupled->stated[l] < ask->reach * coupled_budget(coupled, ask) ? coupled->stated[l] : INFINITY;
}

bool coupled_reach(const alloc_coupled *coupled, const double *x, const double *s, coupled_ask *ask)
{
    bool exceeded = false;
    double total = 0.0;

    for (size_t l = 0; l < coupled->information.L; l++) {
        total += x[l] + s[l];
        exceeded = exceeded || (x[l] + s[l] > coupled->stated[l] && isinf(coupled_limit_asked(coupled, ask, l)));
    }
    if (exceeded && ask->budget == POWER_RAISED && ask->limits == POWER_HELD) { /* whatever is exceeded is then asked */
        ask->reach = fmax(total / coupled_budget(coupled, ask), 1.0) * (1.0 + FACTOR_OF_SOLVER);
        return true;
    }
    return false;
}

/* Scales powers so that they keep every limit, then all of them so that they keep the budget. */
static void keep_power(const alloc_coupled *coupled, double *x, double *s)
{
    size_t L = coupled->information.L;
    double total = 0.0, factor;

    for (size_t l = 0; l < L; l++) {
        double q = x[l] + s[l];

        if (q > coupled->limit[l]) {
            x[l] *= coupled->limit[l] / q;
            s[l] *= coupled->limit[l] / q;
        }
        total += x[l] + s[l];
    }
    factor = total > (double)L ? (double)L / total : 1.0;
    for (size_t l = 0; l < L; l++) {
        x[l] *= factor;
        s[l] *= factor;
    }
}

/* The powers of largest margin, and the proof that there are no better ones. */
static cfi_status find_best(alloc_coupled *coupled, cfi_arena *arena, cfi_error *error)
{
    const alloc_information *information = &coupled->information;
    coupled_ask ask = {.raised = INFORMATION_ALL};
    coupled_answer answer;
    cfi_status status;

    if (information_rows(information) == 0 && !information->position) { /* guesses are enough */
        coupled->margin = coupled->bound = INFINITY;
        return CFI_OK;
    }
    status = coupled_solve(coupled, &ask, arena, &answer, error);
    if (status != CFI_OK) {
        return status;
    }
    if (!answer.found) { /* no power has any information about something */
        coupled->margin = coupled->bound = 0.0;
        return CFI_OK;
    }
    lift_own_rows(information, answer.factor, answer.x, answer.s);
    keep_power(coupled, answer.x, answer.s);
    memcpy(coupled->x, answer.x, information->L * sizeof *coupled->x);
    memcpy(coupled->s, answer.s, information->L * sizeof *coupled->s);
    information_evaluate(information, coupled->x, coupled->s, &coupled->values);
    coupled->margin = information_margin(information, INFORMATION_ALL, &coupled->values, &coupled->values, 0.0);
    coupled->bound = coupled_bound(coupled, &answer.multipliers, arena);
    return CFI_OK;
}

cfi_status coupled_describe(const cfi_link *link, unsigned kinds, cfi_stop *stop, cfi_arena *arena, alloc_coupled *out,
                            cfi_error *error)
{
    const cfi_system *system = link->system;
    size_t L = link->L;
    double most = system_most_power(system), *row = arena_zeros(arena, 5 * L, sizeof *row);
    cfi_status status;

    if (!row) {
        return coupled_out_of_memory(L, error);
    }
    *out = (alloc_coupled){.unit_w = most / (double)L,
                           .budget = (double)L * (system->power.budget_w / most),
                           .limit = row,
                           .x = row + L,
                           .s = row + 2 * L,
                           .shared = row + 3 * L,
                           .stated = row + 4 * L,
                           .stop = stop};
    for (size_t l = 0; l < L; l++) {
        row[l] = coupled_limit(system, l, most, out->unit_w);
        row[3 * L + l] = coupled_limit(system, l, system->power.budget_w, out->unit_w);
        row[4 * L + l] = coupled_limit(system, l, INFINITY, out->unit_w);
    }
    status = information_build_kinds(link, kinds, out->unit_w, arena, &out->information, error);
    if (status != CFI_OK) {
        return status;
    }
    out->values.row = arena_zeros(arena, information_rows(&out->information) + 1, sizeof(double));
    return out->values.row ? CFI_OK : coupled_out_of_memory(L, error);
}

cfi_status coupled_make(const cfi_link *link, cfi_stop *stop, cfi_arena *arena, alloc_coupled *out, cfi_error *error)
{
    cfi_error own = {.text = ""};
    cfi_status status;

    error = error ? error : &own; /* the cone solver tells by it alone why there is no workspace */
    status = coupled_describe(link, information_asked(link->system), stop, arena, out, error);
    return status == CFI_OK ? find_best(out, arena, error) : status;
}

bool coupled_is_feasible(const alloc_coupled *coupled)
{
    return coupled->margin >= 1.0 - FEASIBLE_ROUNDING;
}

double coupled_share(const alloc_coupled *coupled, const double *x, const double *s, double *scratch)
{
    const alloc_information *information = &coupled->information;
    information_values from = {.row = scratch};
    double enough = fmin(1.0, coupled->margin), low = 0.0, high = 1.0;

    information_evaluate(information, x, s, &from);
    if (information_margin(information, INFORMATION_ALL, &from, &coupled->values, 0.0) >= enough) {
        return 0.0;
    }
    for (int i = 0; i < HALVES; i++) {
        double share = 0.5 * (low + high);
        bool holds = information_margin(information, INFORMATION_ALL, &from, &coupled->values, share) >= enough;

        *(holds ? &high : &low) = share;
    }
    return high;
}
