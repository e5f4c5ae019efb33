/* The closed feasibility test, and what makes a drop infeasible. docs/model.md (M10). */
#include "alloc/feasibility.h"

#include "alloc/sensing.h"

#include <math.h>

/* Relative. What has given way by the factor that is told must pass the test itself, in whatever order it adds up. */
static const double MARGIN = 1e-12;

const char *constraint_key(cfi_constraint constraint)
{
    static const char *const keys[] = {NULL, "sensing.crlb_threshold_db", "power.ap_limit_dbm", "power.snr_db"};

    return keys[constraint];
}

/* The least watts with which an access point reaches its threshold; infinite when it has no information. */
static double least_power(const cfi_system *system, size_t l, double d1, double d2)
{
    return (double)system->N * sensing_least_power(sensing_need(system, l), d1, d2);
}

double feasibility_factor(const cfi_network *network, const double *d1, const double *d2)
{
    const cfi_system *system = network->system;
    double total = 0.0, worst = 0.0;

    for (size_t l = 0; l < network->L; l++) {
        double least = least_power(system, l, d1[l], d2[l]);

        total += least;
        if (system->power.ap_limit_w) {
            worst = fmax(worst, least / system->power.ap_limit_w[l]);
        }
    }
    return fmax(worst, total / system->power.budget_w);
}

/* The coefficients d1 and d2, 2 L numbers. */
static double *sensing_coefficients(const cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    double *d = arena_alloc(arena, 2 * network->L, sizeof *d);

    if (d) {
        metrics_sensing_coefficients(network, d, d + network->L);
    } else {
        error_set(error, CFI_NO_MEMORY, "out of memory for the feasibility test of %zu access points", network->L);
    }
    return d;
}

cfi_status alloc_least_threshold_factor(const cfi_network *network, cfi_arena *arena, double *factor, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    double *d = sensing_coefficients(network, arena, error);

    if (!d) {
        return CFI_NO_MEMORY;
    }
    *factor = feasibility_factor(network, d, d + network->L);
    arena_release(arena, mark);
    return CFI_OK;
}

/* --------------------------------------------------------------- what makes it infeasible ---- */

/* What the access points need at least. */
typedef struct needs {
    double total, largest;    /* watts: of all, of the one that needs most */
    double most_over, budget; /* largest quotient of need and limit (0 without limits); watts */
    size_t costliest;         /* the one that needs most */
    size_t over_limit;        /* access points whose limit is too small */
    size_t most_over_ap;
    double costliest_limit; /* watts; infinite without */
} needs;

static needs add_up_needs(const cfi_network *network, const double *d1, const double *d2)
{
    const cfi_system *system = network->system;
    needs n = {.budget = system->power.budget_w, .costliest_limit = INFINITY};

    for (size_t l = 0; l < network->L; l++) {
        double least = least_power(system, l, d1[l], d2[l]), over = 0.0;

        if (system->power.ap_limit_w) {
            over = least / system->power.ap_limit_w[l];
        }
        n.total += least;
        n.over_limit += over > 1.0;
        if (least > n.largest) {
            n.largest = least;
            n.costliest = l;
            n.costliest_limit = system->power.ap_limit_w ? system->power.ap_limit_w[l] : INFINITY;
        }
        if (over > n.most_over) {
            n.most_over = over;
            n.most_over_ap = l;
        }
    }
    return n;
}

/* The factor by which the threshold of the costliest access point alone must rise; infinite when that is not enough. */
static double alone(const needs *n)
{
    double left = n->budget * (1.0 - MARGIN) - (n->total - n->largest);
    bool others_fit = n->over_limit == (n->largest > n->costliest_limit);

    return left > 0.0 && others_fit ? fmax(n->largest / left, n->largest / n->costliest_limit * (1.0 + MARGIN))
                                    : INFINITY;
}

/* One change that makes the drop feasible, in the order of docs/results.md. */
static cfi_infeasibility explain(const needs *n)
{
    cfi_infeasibility because = {.constraint = CFI_CONSTRAINT_THRESHOLD, .ap = n->costliest, .ue = CFI_NOWHERE};

    if (!isfinite(n->total)) {
        because.factor = INFINITY;
    } else if (n->over_limit > 0 && n->total <= n->budget) {
        because.constraint = CFI_CONSTRAINT_AP_LIMIT;
        because.ap = n->most_over_ap;
        because.factor = n->most_over * (1.0 + MARGIN);
    } else if (isfinite(alone(n))) {
        because.factor = alone(n);
    } else if (n->over_limit == 0) {
        because.constraint = CFI_CONSTRAINT_BUDGET;
        because.factor = n->total / n->budget * (1.0 + MARGIN);
    } else { /* several limits and the budget: no one of them is enough */
        because.ap = CFI_NOWHERE;
        because.factor = fmax(n->most_over, n->total / n->budget) * (1.0 + MARGIN);
    }
    return because;
}

cfi_status alloc_explain_infeasible(const cfi_network *network, cfi_arena *arena, cfi_infeasibility *because,
                                    cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    double *d = sensing_coefficients(network, arena, error);
    needs n;

    if (!d) {
        return CFI_NO_MEMORY;
    }
    n = add_up_needs(network, d, d + network->L);
    *because = explain(&n);
    arena_release(arena, mark);
    return CFI_OK;
}
