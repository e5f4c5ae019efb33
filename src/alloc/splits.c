/* The equal and the heuristic split. docs/model.md (M11), (M12). */
#include "alloc/feasibility.h"
#include "alloc/sensing.h"

#include <math.h>
#include <string.h>

static cfi_status out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the power splits");
}

/* gamma equal over the users of an AP, so that AP l spends x on communication; eta equal over the streams. */
static void spread_over_users(size_t K, const double *xi, double x, double y, double *gamma, double *eta)
{
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        sum += xi[k];
    }
    for (size_t k = 0; k < K; k++) {
        gamma[k] = x / sum;
        eta[k] = y / (double)K;
    }
}

void alloc_equal(const cfi_network *network, const double *xi, cfi_powers *powers)
{
    const cfi_system *system = network->system;
    size_t K = network->K;
    double share = system->power.budget_w / ((double)system->N * (double)network->L),
           f = system->allocation.equal_fraction;

    for (size_t l = 0; l < network->L; l++) {
        spread_over_users(K, xi + K * l, (1.0 - f) * share, f * share, powers->gamma + K * l, powers->eta + K * l);
    }
}

/* ---------------------------------------------------------------------- heuristic ---- */

/* The heuristic in one variable: the power that senses less well per watt ("free") is c times its share, the one that
 * senses better ("lifted") at least its share ("floor") and enough for the threshold. Free is communication power
 * when d2 >= d1, sensing power else. */
typedef struct split {
    double free, floor;               /* watts per antenna at c = 1 */
    double weak, strong, need, limit; /* weak * free + strong * lifted >= need; free + lifted <= limit */
} split;

/* fmax and fmin would be calls. */
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* The two powers at factor c and floor factor f (0 or 1), the limit of the AP respected: the floor gives way first,
 * then the free power. Returns their sum. */
static inline double split_at(const split *ap, double c, double floor_factor, double *free, double *lifted)
{
    double floor = floor_factor * ap->floor;

    *free = c * ap->free;
    *lifted = larger(floor, (ap->need - ap->weak * *free) / ap->strong);
    if (*free + *lifted > ap->limit) {
        double slope = 1.0 - ap->weak / ap->strong, least = ap->need / ap->strong;

        *free = smaller(*free, slope > 0.0 ? larger((ap->limit - least) / slope, 0.0) : *free);
        *free = smaller(*free, ap->limit);
        *lifted = larger(smaller(floor, ap->limit - *free), (ap->need - ap->weak * *free) / ap->strong);
    }
    return *free + *lifted;
}

static double split_total(const split *aps, size_t L, double c, double floor_factor)
{
    double total = 0.0, free, lifted;

    for (size_t l = 0; l < L; l++) {
        total += split_at(&aps[l], c, floor_factor, &free, &lifted);
    }
    return total;
}

/* The largest c in [0, 1] whose total is within the budget (nondecreasing in c), by bisection to the last bit. */
static double largest_factor(const split *aps, size_t L, double floor_factor, double budget)
{
    double low = 0.0, high = 1.0;

    if (split_total(aps, L, high, floor_factor) <= budget) {
        return 1.0;
    }
    if (split_total(aps, L, low, floor_factor) > budget) {
        return 0.0;
    }
    for (int i = 0; i < 1100; i++) {
        double middle = 0.5 * (low + high);

        if (middle <= low || middle >= high) {
            break;
        }
        if (split_total(aps, L, middle, floor_factor) <= budget) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static void fill_splits(const cfi_network *network, const double *d1, const double *d2, split *aps)
{
    const cfi_system *system = network->system;
    double N = (double)system->N, share = system->power.budget_w / (N * (double)network->L);
    double f = system->allocation.heuristic_fraction;

    for (size_t l = 0; l < network->L; l++) {
        aps[l] = (split){.free = (d2[l] >= d1[l] ? 1.0 - f : f) * share,
                         .floor = (d2[l] >= d1[l] ? f : 1.0 - f) * share,
                         .weak = fmin(d1[l], d2[l]),
                         .strong = fmax(d1[l], d2[l]),
                         .need = sensing_need(system, l),
                         .limit = system->power.ap_limit_w ? system->power.ap_limit_w[l] / N : INFINITY};
    }
}

cfi_status alloc_heuristic(const cfi_network *network, const double *xi, cfi_arena *arena, cfi_powers *powers,
                           cfi_error *error)
{
    size_t K = network->K, L = network->L;
    double budget = network->system->power.budget_w / (double)network->system->N, floor_factor = 1.0, factor, c;
    cfi_arena_mark mark = arena_mark(arena);
    split *aps = arena_alloc(arena, L, sizeof *aps);
    double *d1 = arena_alloc(arena, 2 * L, sizeof *d1), *d2 = d1 ? d1 + L : NULL;

    if (!aps || !d1) {
        return out_of_memory(error);
    }
    metrics_sensing_coefficients(network, d1, d2);
    factor = feasibility_factor(network, d1, d2);
    if (!(factor <= 1.0)) {
        arena_release(arena, mark);
        return error_set(error, CFI_INFEASIBLE, "thresholds cannot be met: all of them must be %.6g times larger",
                         factor);
    }
    fill_splits(network, d1, d2, aps);
    c = largest_factor(aps, L, floor_factor, budget);
    if (!(c > 0.0)) {
        floor_factor = 0.0;
        c = largest_factor(aps, L, floor_factor, budget);
    }
    for (size_t l = 0; l < L; l++) {
        double free, lifted;
        bool lift_sensing = d2[l] >= d1[l];

        split_at(&aps[l], c, floor_factor, &free, &lifted);
        spread_over_users(K, xi + K * l, lift_sensing ? free : lifted, lift_sensing ? lifted : free,
                          powers->gamma + K * l, powers->eta + K * l);
    }
    arena_release(arena, mark);
    return CFI_OK;
}
