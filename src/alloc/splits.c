/* Powers that nothing is iterated for: the equal, the heuristic and the fractional split, and given ones.
 * docs/model.md (M11), (M12), (M12a). */
#include "alloc/splits.h"

#include "base/clones.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

cfi_status splits_out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the power splits");
}

CLONES(static, void, scale_shares, (size_t K, double x, double sum, double *share), (K, x, sum, share))
{
    for (size_t k = 0; k < K; k++) {
        share[k] = x * (share[k] / sum);
    }
}

/* In four parts: one alone would wait for the addition before. */
static double add_shares(size_t K, const double *share)
{
    double sum[4] = {0.0};
    size_t k = 0;

    for (; k + 4 <= K; k += 4) {
        for (size_t i = 0; i < 4; i++) {
            sum[i] += share[k + i];
        }
    }
    for (; k < K; k++) {
        sum[0] += share[k];
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* K shares become parts of x watts; where all are 0 nothing is sent. */
static void share_out(size_t K, double x, double *share)
{
    double sum = add_shares(K, share);

    if (sum > 0.0) {
        scale_shares(K, x, sum, share);
    }
}

void splits_spread(const cfi_link *link, size_t l, double x, double y, cfi_powers *powers)
{
    double *p = powers->p + link->K * l;

    link_share(link, l, p);
    share_out(link->K, x, p);
    powers->s[l] = y;
}

enum { SPLIT_STEPS = 8 }; /* of a pair: its share, a sum and two quotients */

/* What the threads share of the equal and of the fractional split. */
typedef struct equal_split {
    const cfi_link *link;
    cfi_powers *powers;
} equal_split;

static void split_equally(void *context, size_t thread, size_t first, size_t end)
{
    const equal_split *e = context;
    const cfi_system *system = e->link->system;
    double each = system->power.budget_w / (double)e->link->L, f = system->allocation.equal_fraction;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        splits_spread(e->link, l, (1.0 - f) * each, f * each, e->powers);
    }
}

void alloc_equal(const cfi_link *link, cfi_powers *powers)
{
    equal_split e = {.link = link, .powers = powers};

    threads_share(link->threads, link->L, threads_part(SPLIT_STEPS * link->K), split_equally, &e);
}

/* --------------------------------------------------------------- fractional, given ---- */

/* What AP l spends: its share of the budget, or its limit where that is less; its limit where the limits are the
 * budget. */
static double power_to_spend(const cfi_system *system, size_t l)
{
    double each = system->power.budget_w / (double)system->L;

    if (!system->power.ap_limit_w) {
        return each;
    }
    return system->power.budget_is_limits ? system->power.ap_limit_w[l] : fmin(each, system->power.ap_limit_w[l]);
}

static void split_by_gains(void *context, size_t thread, size_t first, size_t end)
{
    const equal_split *e = context;
    const cfi_system *system = e->link->system;
    double f = system->allocation.fractional_fraction;
    size_t K = e->link->K;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        double all = power_to_spend(system, l), *p = e->powers->p + K * l;

        link_gain_share(e->link, l, system->allocation.fractional_exponent, p);
        share_out(K, (1.0 - f) * all, p);
        e->powers->s[l] = f * all;
    }
}

void alloc_fractional(const cfi_link *link, cfi_powers *powers)
{
    enum { STEPS_OF_A_POWER = 40 };
    equal_split e = {.link = link, .powers = powers};

    threads_share(link->threads, link->L, threads_part((SPLIT_STEPS + STEPS_OF_A_POWER) * link->K), split_by_gains, &e);
}

cfi_status alloc_given(const cfi_link *link, cfi_powers *powers, cfi_error *error)
{
    const cfi_allocation_settings *given = &link->system->allocation;
    size_t K = link->K, L = link->L;

    if (!given->powers_w) {
        return error_set(error, CFI_INVALID,
                         "allocation.powers_w: null with the allocation.method given (allowed: K rows of L numbers)");
    }
    for (size_t i = 0; link->served && i < K * L; i++) {
        if (!link_serves(link, i % K, i / K) && given->powers_w[i] > 0.0) {
            return error_set(
                error, CFI_INVALID,
                "/allocation/powers_w/%zu/%zu: %.6g W for user %zu at access point %zu, which does not serve "
                "it in drop %u (allowed: 0 there)",
                i % K, i / K, given->powers_w[i], i % K, i / K, link->drop);
        }
    }
    memcpy(powers->p, given->powers_w, K * L * sizeof *powers->p);
    if (given->sensing_powers_w) {
        memcpy(powers->s, given->sensing_powers_w, L * sizeof *powers->s);
    } else {
        memset(powers->s, 0, L * sizeof *powers->s);
    }
    return CFI_OK;
}

/* ---------------------------------------------------------------------- heuristic ---- */

/* The heuristic in one variable: the power that senses less well per watt ("free") is c times its share, the one that
 * senses better ("lifted") at least its share ("floor") and enough for the threshold. Free is communication power
 * when it senses less well, sensing power else. */
typedef struct split {
    double free, floor;               /* watts at c = 1 */
    double weak, strong, need, limit; /* weak * free + strong * lifted >= need; free + lifted <= limit */
} split;

/* Of two numbers that are no NaN: fmax and fmin mind NaN, for which the compiler calls a function each time. */
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

/* So much of the budget is the rounding of its sum, or a little less. */
static const double SPLIT_ROUNDING = 4e-16;

static double split_total(const split *aps, size_t L, double c, double floor_factor)
{
    double total = 0.0, free, lifted;

    for (size_t l = 0; l < L; l++) {
        total += split_at(&aps[l], c, floor_factor, &free, &lifted);
    }
    return total;
}

/* The largest c in [0, 1] whose total is within the budget, to rounding: the total does not fall with c and is linear
 * by parts, so the secant of a bracket is right, but for rounding, as soon as that lies in one of them; halves are for
 * what it takes until then. */
static double largest_split_factor(const split *aps, size_t L, double floor_factor, double budget)
{
    double low = 0.0, high = 1.0, most = split_total(aps, L, high, floor_factor), least;

    if (most <= budget) {
        return 1.0;
    }
    least = split_total(aps, L, low, floor_factor);
    if (least > budget) {
        return 0.0;
    }
    for (int i = 0; i < 1100 && least < budget * (1.0 - SPLIT_ROUNDING); i++) {
        double secant = low + (high - low) * ((budget - least) / (most - least)) - i * SPLIT_ROUNDING;
        double half = 0.5 * (low + high), total;
        double next = i % 4 < 3 && secant > low && secant < high ? secant : half;

        if (next <= low || next >= high) {
            break;
        }
        total = split_total(aps, L, next, floor_factor);
        if (total <= budget) {
            low = next;
            least = total;
        } else {
            high = next;
            most = total;
        }
    }
    return low;
}

static void fill_splits(const cfi_link *link, split *aps)
{
    const cfi_system *system = link->system;
    double each = system->power.budget_w / (double)link->L, f = system->allocation.heuristic_fraction;

    for (size_t l = 0; l < link->L; l++) {
        sensing_ap ap = sensing_of(link, l);
        bool lift_sensing = sensing_beam_is_better(&ap), serves = ap.comm > 0.0 || link_has_users(link, l);

        /* without users it senses as much as it must */
        aps[l] = (split){.free = serves ? (lift_sensing ? 1.0 - f : f) * each : 0.0,
                         .floor = serves ? (lift_sensing ? f : 1.0 - f) * each : 0.0,
                         .weak = ap.need > 0.0 ? smaller(ap.comm, ap.sens) : 0.0,
                         .strong = ap.need > 0.0 ? larger(ap.comm, ap.sens) : 1.0, /* nothing is divided by 0 */
                         .need = ap.need,
                         .limit = system->power.ap_limit_w ? system->power.ap_limit_w[l] : INFINITY};
    }
}

/* What the threads share of the heuristic split, once its factors are known. */
typedef struct heuristic_split {
    const cfi_link *link;
    const split *aps;
    double c, floor_factor;
    cfi_powers *powers;
    double *factor;     /* L, or NULL: powers are wanted */
    double *share;      /* K numbers a thread: scratch, where there are factors */
    bool users_instead; /* what senses better takes the place of all sensing power */
} heuristic_split;

/* Spreads what AP l spends, or says what its shares are to be multiplied by. */
static void spread_part(const heuristic_split *h, size_t thread, size_t l, double x, double y)
{
    size_t K = h->link->K;
    double *share = h->share + K * thread, sum;

    if (!h->factor) {
        splits_spread(h->link, l, x, y, h->powers);
        return;
    }
    link_share(h->link, l, share);
    sum = add_shares(K, share);
    h->factor[l] = sum > 0.0 ? x / sum : 0.0;
    h->powers->s[l] = y;
}

static void split_by_factors(void *context, size_t thread, size_t first, size_t end)
{
    const heuristic_split *h = context;

    for (size_t l = first; l < end; l++) {
        double free, lifted;
        sensing_ap ap = sensing_of(h->link, l);
        bool lift_sensing = sensing_beam_is_better(&ap);

        split_at(&h->aps[l], h->c, h->floor_factor, &free, &lifted);
        if (h->users_instead && !lift_sensing) {
            lifted += free;
            free = 0.0;
        }
        spread_part(h, thread, l, lift_sensing ? free : lifted, lift_sensing ? lifted : free);
    }
}

/* Limits far below an equal share of the budget may leave nothing beside sensing power, at any access point. */
static bool nobody_is_served(const heuristic_split *h)
{
    size_t l = 0;

    while (l < h->link->L && !(h->factor[l] > 0.0)) {
        l++;
    }
    return l == h->link->L;
}

cfi_status splits_heuristic(const cfi_link *link, double least, cfi_arena *arena, cfi_powers *powers, double *factor,
                            cfi_error *error)
{
    size_t L = link->L;
    double budget = link->system->power.budget_w;
    cfi_arena_mark mark = arena_mark(arena);
    heuristic_split h = {.link = link, .floor_factor = 1.0, .powers = powers, .factor = factor};
    split *aps;

    if (system_couples_sensing(link->system)) {
        return splits_coupled(link, arena, powers, error);
    }
    if (!(least <= 1.0)) {
        return error_set(error, CFI_INFEASIBLE, "thresholds cannot be met: all of them must be %.6g times larger",
                         least);
    }
    if (!splits_are_shares(link)) {
        return splits_directed(link, arena, powers, error);
    }
    aps = arena_alloc(arena, L, sizeof *aps);
    h.share = arena_alloc(arena, factor ? link->threads * link->K : 0, sizeof *h.share);
    if (!aps || !h.share) {
        return splits_out_of_memory(error);
    }
    fill_splits(link, aps);
    h.aps = aps;
    h.c = largest_split_factor(aps, L, h.floor_factor, budget);
    if (!(h.c > 0.0)) {
        h.floor_factor = 0.0;
        h.c = largest_split_factor(aps, L, h.floor_factor, budget);
    }
    threads_share(link->threads, L, threads_part(SPLIT_STEPS * link->K), split_by_factors, &h);
    if (factor && nobody_is_served(&h)) { /* no iteration gets away from there */
        h.users_instead = true;
        threads_share(link->threads, L, threads_part(SPLIT_STEPS * link->K), split_by_factors, &h);
    }
    arena_release(arena, mark);
    return CFI_OK;
}

bool splits_are_shares(const cfi_link *link)
{
    bool directed = link->directions.aim && system_angle_thresholds(link->system);

    return !directed && !system_couples_sensing(link->system);
}

void splits_make_powers(const cfi_link *link, const double *factor, cfi_powers *powers)
{
    for (size_t l = 0; l < link->L; l++) {
        double *p = powers->p + link->K * l;

        link_share(link, l, p);
        for (size_t k = 0; k < link->K; k++) {
            p[k] *= factor[l];
        }
    }
}

cfi_status alloc_heuristic(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, cfi_error *error)
{
    return splits_heuristic(link, alloc_least_threshold_factor(link), arena, powers, NULL, error);
}
