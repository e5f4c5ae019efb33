/* Powers that nothing is iterated for: the equal, the heuristic and the fractional split, and given ones.
 * docs/model.md (M11), (M12), (M12a). */
#include "alloc/splits.h"

#include "base/clones.h"
#include "base/threads.h"

#include <math.h>
#include <string.h>

/* Shares that are kept while an allocation iterates: of a drop of a city they are as large as any point of it. */
enum { MOST_SHARES = 1 << 17 };

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
INLINE double add_shares(size_t K, const double *share)
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

    link_share(link, l, l + 1, p);
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
 * when it senses less well, sensing power else. L numbers each. */
typedef struct split {
    sensing_aps aps;
    double *free, *floor; /* watts at c = 1 */
    const double *limit;  /* of free + lifted; NULL: none */
    double *x, *y;        /* communication and sensing power, watts */
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

/* The powers of AP l at factor c and floor factor f (0 or 1), its limit respected: the floor gives way first, then the
 * free power. */
INLINE void split_ap(const split *all, size_t l, double c, double f, double limit)
{
    sensing_ap ap = sensing_of_one(&all->aps, l);
    bool lift_sensing = sensing_beam_is_better(&ap);
    double weak = ap.need > 0.0 ? smaller(ap.comm, ap.sens) : 0.0;
    double strong = ap.need > 0.0 ? larger(ap.comm, ap.sens) : 1.0; /* nothing is divided by 0 */
    double free = c * all->free[l], floor = f * all->floor[l], lifted = larger(floor, (ap.need - weak * free) / strong);

    if (free + lifted > limit) {
        double slope = 1.0 - weak / strong, least = ap.need / strong;

        free = smaller(free, slope > 0.0 ? larger((limit - least) / slope, 0.0) : free);
        free = smaller(free, limit);
        lifted = larger(smaller(floor, limit - free), (ap.need - weak * free) / strong);
    }
    all->x[l] = lift_sensing ? free : lifted;
    all->y[l] = lift_sensing ? lifted : free;
}

CLONES(static, void, split_powers, (const split *all, size_t L, double c, double f), (all, L, c, f))
{
    split rows = *all; /* pointers that no store can change */

    if (!rows.limit) {
#pragma omp simd
        for (size_t l = 0; l < L; l++) {
            split_ap(&rows, l, c, f, INFINITY);
        }
        return;
    }
#pragma omp simd
    for (size_t l = 0; l < L; l++) {
        split_ap(&rows, l, c, f, rows.limit[l]);
    }
}

/* So much of the budget is the rounding of its sum, or a little less. */
static const double SPLIT_ROUNDING = 4e-16;

/* Makes the powers at a factor; returns their sum. */
static double split_total(const split *all, size_t L, double c, double floor_factor)
{
    double total = 0.0;

    split_powers(all, L, c, floor_factor);
    for (size_t l = 0; l < L; l++) {
        total += all->x[l] + all->y[l];
    }
    return total;
}

/* Makes the powers at the largest c in [0, 1], which it returns, whose total is within the budget, to rounding: the
 * total does not fall with c and is linear by parts, so the secant of a bracket is right, but for rounding, as soon as
 * that lies in one of them; halves are for what it takes until then. */
static double split_budget(const split *all, size_t L, double floor_factor, double budget)
{
    double low = 0.0, high = 1.0, last, most = split_total(all, L, high, floor_factor), least;

    if (most <= budget) {
        return 1.0;
    }
    last = low;
    least = split_total(all, L, last, floor_factor);
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
        last = next;
        total = split_total(all, L, last, floor_factor);
        if (total <= budget) {
            low = next;
            least = total;
        } else {
            high = next;
            most = total;
        }
    }
    if (last != low) {
        split_powers(all, L, low, floor_factor);
    }
    return low;
}

/* Rows of the arena, and what does not depend on the factor. CFI_NO_MEMORY. */
static cfi_status fill_split(const cfi_link *link, cfi_arena *arena, double *y, split *all, cfi_error *error)
{
    const cfi_system *system = link->system;
    size_t L = link->L;
    double each = system->power.budget_w / (double)L, f = system->allocation.heuristic_fraction;
    double *row = arena_alloc(arena, 6 * L, sizeof *row);

    if (!row) {
        return splits_out_of_memory(error);
    }
    *all = (split){.aps = {.comm = row, .sens = row + L, .need = row + 2 * L},
                   .free = row + 3 * L,
                   .floor = row + 4 * L,
                   .limit = system->power.ap_limit_w,
                   .x = row + 5 * L,
                   .y = y};
    sensing_of_all(link, &all->aps);
    for (size_t l = 0; l < L; l++) {
        sensing_ap ap = sensing_of_one(&all->aps, l);
        bool lift_sensing = sensing_beam_is_better(&ap), serves = link_has_users(link, l);

        /* without users it senses as much as it must */
        all->free[l] = serves ? (lift_sensing ? 1.0 - f : f) * each : 0.0;
        all->floor[l] = serves ? (lift_sensing ? f : 1.0 - f) * each : 0.0;
    }
    return CFI_OK;
}

/* What the threads share of the heuristic split, once its powers are known. */
typedef struct heuristic_split {
    const cfi_link *link;
    const double *x;    /* L: watts for users */
    cfi_powers *powers; /* has those for sensing */
    double *factor;     /* L, or NULL */
    double *room;       /* shares of AT_ONCE access points a thread, where they are not kept; else NULL */
} heuristic_split;

enum { AT_ONCE = 16 }; /* access points whose shares are still in a cache */

static void spread_powers(void *context, size_t thread, size_t first, size_t end)
{
    const heuristic_split *h = context;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        splits_spread(h->link, l, h->x[l], h->powers->s[l], h->powers);
    }
}

/* What makes powers of shares. */
CLONES(static, void, find_factors, (const heuristic_split *h, const double *share, size_t first, size_t end),
       (h, share, first, end))
{
    size_t K = h->link->K;

    for (size_t l = first; l < end; l++) {
        double sum = add_shares(K, share + K * (l - first));

        h->factor[l] = sum > 0.0 ? h->x[l] / sum : 0.0;
    }
}

/* Their shares, and what makes powers of these. */
static void spread_shares(void *context, size_t thread, size_t first, size_t end)
{
    const heuristic_split *h = context;
    size_t K = h->link->K;

    for (; first < end; first += AT_ONCE) {
        size_t last = end - first < AT_ONCE ? end : first + AT_ONCE;

        double *share = h->room ? h->room + AT_ONCE * K * thread : h->powers->p + K * first;

        link_share(h->link, first, last, share);
        find_factors(h, share, first, last);
    }
}

/* Limits far below an equal share of the budget may leave nothing beside sensing power, at any access point: no
 * iteration gets away from there. What senses better takes the place of all sensing power then. */
static void serve_instead(const split *all, size_t L)
{
    for (size_t l = 0; l < L; l++) {
        sensing_ap ap = sensing_of_one(&all->aps, l);

        if (!sensing_beam_is_better(&ap)) {
            all->x[l] += all->y[l];
            all->y[l] = 0.0;
        }
    }
}

static bool nobody_is_served(const heuristic_split *h)
{
    size_t l = 0;

    while (l < h->link->L && !(h->factor[l] > 0.0)) {
        l++;
    }
    return l == h->link->L;
}

/* Of a feasible drop whose thresholds leave each access point on its own. */
static cfi_status split_alone(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, double *factor,
                              cfi_error *error)
{
    size_t L = link->L, part = threads_part(SPLIT_STEPS * link->K);
    double budget = link->system->power.budget_w;
    heuristic_split h = {.link = link, .powers = powers, .factor = factor};
    split all;
    cfi_status status = fill_split(link, arena, powers->s, &all, error);

    if (status != CFI_OK) {
        return status;
    }
    h.x = all.x;
    if (factor && !splits_keep_shares(link)) {
        h.room = arena_alloc(arena, link->threads * AT_ONCE * link->K, sizeof *h.room);
        if (!h.room) {
            return splits_out_of_memory(error);
        }
    }
    if (!(split_budget(&all, L, 1.0, budget) > 0.0)) {
        split_budget(&all, L, 0.0, budget);
    }
    if (!factor) {
        threads_share(link->threads, L, part, spread_powers, &h);
        return CFI_OK;
    }
    threads_share(link->threads, L, part, spread_shares, &h);
    if (nobody_is_served(&h)) {
        serve_instead(&all, L);
        threads_share(link->threads, L, part, spread_shares, &h);
    }
    return CFI_OK;
}

cfi_status splits_heuristic(const cfi_link *link, double least, cfi_arena *arena, cfi_powers *powers, double *factor,
                            cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    cfi_status status;

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
    status = split_alone(link, arena, powers, factor, error);
    arena_release(arena, mark);
    return status;
}

bool splits_are_shares(const cfi_link *link)
{
    bool directed = link->directions.aim && system_angle_thresholds(link->system);

    return !directed && !system_couples_sensing(link->system);
}

bool splits_keep_shares(const cfi_link *link)
{
    return link->K * link->L <= MOST_SHARES;
}

void splits_make_powers(const cfi_link *link, const double *factor, cfi_powers *powers)
{
    if (!splits_keep_shares(link)) {
        link_share(link, 0, link->L, powers->p);
    }
    for (size_t i = 0; i < link->K * link->L; i++) {
        powers->p[i] *= factor[i / link->K];
    }
}

cfi_status alloc_heuristic(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, cfi_error *error)
{
    return splits_heuristic(link, alloc_least_threshold_factor(link), arena, powers, NULL, error);
}
