/* The closed feasibility test, and what makes a drop infeasible. docs/model.md (M10). */
#include "alloc/sensing.h"

#include "alloc/constants.h"
#include "alloc/problem.h"

#include <math.h>

const char *constraint_key(cfi_constraint constraint)
{
    static const char *const keys[] = {NULL,
                                       "sensing.crlb_threshold_db",
                                       "power.ap_limit_dbm",
                                       "power.snr_db",
                                       "power.budget_dbm",
                                       "sensing.position_threshold_m",
                                       "sensing.detection_threshold",
                                       "allocation.rate_target_bit_s_hz"};

    return keys[constraint];
}

double alloc_least_threshold_factor(const cfi_link *link)
{
    const cfi_system *system = link->system;
    double total = 0.0, worst = 0.0;

    for (size_t l = 0; l < link->L; l++) {
        sensing_ap ap = sensing_of(link, l);
        double least = sensing_least_power(&ap);

        total += least;
        if (system->power.ap_limit_w) {
            double share = least / system->power.ap_limit_w[l];

            worst = share > worst ? share : worst;
        }
    }
    return fmax(worst, total / system->power.budget_w);
}

/* --------------------------------------------------------------- what makes it infeasible ---- */

/* What the access points need at least. */
typedef struct needs {
    double total, largest;    /* watts: of all, of the one that needs most */
    double most_over, budget; /* largest quotient of need and limit (0 without limits); watts */
    size_t costliest;         /* the one that needs most */
    size_t over_limit;        /* access points whose limit is too small */
    size_t most_over_ap;
    double costliest_limit;    /* watts; infinite without */
    cfi_constraint budget_key; /* what the scenario says the budget by */
} needs;

static needs add_up_needs(const cfi_link *link)
{
    const cfi_system *system = link->system;
    needs n = {.budget = system->power.budget_w,
               .costliest_limit = INFINITY,
               .budget_key = system->power.budget_in_dbm ? CFI_CONSTRAINT_BUDGET_DBM : CFI_CONSTRAINT_BUDGET};

    for (size_t l = 0; l < link->L; l++) {
        sensing_ap ap = sensing_of(link, l);
        double least = sensing_least_power(&ap), over = 0.0;

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
    double left = n->budget * (1.0 - FACTOR_MARGIN) - (n->total - n->largest);
    bool others_fit = n->over_limit == (n->largest > n->costliest_limit);

    return left > 0.0 && others_fit ? fmax(n->largest / left, n->largest / n->costliest_limit * (1.0 + FACTOR_MARGIN))
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
        because.factor = n->most_over * (1.0 + FACTOR_MARGIN);
    } else if (isfinite(alone(n))) {
        because.factor = alone(n);
    } else if (n->over_limit == 0) {
        because.constraint = n->budget_key;
        because.factor = n->total / n->budget * (1.0 + FACTOR_MARGIN);
    } else { /* several limits and the budget: no one of them is enough */
        because.ap = CFI_NOWHERE;
        because.factor = fmax(n->most_over, n->total / n->budget) * (1.0 + FACTOR_MARGIN);
    }
    return because;
}

cfi_infeasibility alloc_explain_infeasible(const cfi_link *link)
{
    needs n = add_up_needs(link);

    return explain(&n);
}

/* ------------------------------------------------------------------------- rate targets ---- */

/* What SINR_k is below at any power: u_k^2 <= (sum_l g_kl^2 / V_kk,l) (sum_l V_kk,l p_kl). */
static double limit_of_sinr(const cfi_link *link, size_t k)
{
    double sum = 0.0;

    for (size_t l = 0; l < link->L; l++) {
        double g = link->g[k + link->K * l];
        double V = link->V_by_stream ? link->V_by_stream[k + link->K * (k + link->K * l)] : link->V[k + link->K * l];

        sum += g > 0.0 ? g * g / V : 0.0;
    }
    return sum;
}

bool targets_are_beyond(const cfi_link *link, cfi_infeasibility *because)
{
    const cfi_system *system = link->system;
    const double *target = system->allocation.rate_target_bit_s_hz;

    *because = (cfi_infeasibility){.constraint = CFI_CONSTRAINT_RATE, .ap = CFI_NOWHERE, .ue = CFI_NOWHERE};
    for (size_t k = 0; target && k < link->K; k++) {
        double most = rates_of_sinr(system, limit_of_sinr(link, k));

        if (target[k] > 0.0 && target[k] >= most * (1.0 - FACTOR_MARGIN) && target[k] / most > because->factor) {
            because->ue = k;
            because->factor = target[k] / most;
        }
    }
    if (because->ue != CFI_NOWHERE) {
        return true;
    }
    *because = (cfi_infeasibility){.constraint = CFI_CONSTRAINT_NONE};
    return false;
}
