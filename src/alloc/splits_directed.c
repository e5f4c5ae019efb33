/* The heuristic split where signals have directions. docs/model.md (M12), (M21). */
#include "alloc/splits.h"

#include "base/threads.h"

#include <math.h>

enum { DIRECTED_STEPS = 200 }; /* of a pair: its part in the search for the best mix */

/* What the threads share of the split. */
typedef struct directed_split {
    const cfi_link *link;
    directed_ap *ap;
    directed_mix *best;
    cfi_aim *users; /* of the split's own powers for users */
    directed_plan *plan;
    double c, floor_factor;
    cfi_powers *powers;
} directed_split;

/* An access point's powers for users and in the beam at c = 1; without users it senses as much as it must. */
static void own_shares(const cfi_link *link, size_t l, double *x, double *y)
{
    const cfi_system *system = link->system;
    double each = system->power.budget_w / (double)link->L, f = system->allocation.heuristic_fraction;
    bool serves = link_has_users(link, l);

    *x = serves ? (1.0 - f) * each : 0.0;
    *y = serves ? f * each : 0.0;
}

static void describe_directed(void *context, size_t thread, size_t first, size_t end)
{
    const directed_split *d = context;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        double x, y;

        own_shares(d->link, l, &x, &y);
        splits_spread(d->link, l, x, y, d->powers);
        d->users[l] = link_aim(d->link, d->powers, l);
        d->ap[l] = directed_of(d->link, l, 1.0);
        d->best[l] = directed_best(&d->ap[l]);
    }
}

/* The two powers at factor c and floor factor f, as split_at: what senses less well a watt is free, the other one is
 * lifted to what is missing; beyond the limit the floor gives way, then both go towards the best mix. */
static directed_plan plan_at(const directed_split *d, size_t l)
{
    const directed_ap *ap = &d->ap[l];
    const double *limits = d->link->system->power.ap_limit_w;
    double limit = limits ? limits[l] : INFINITY, x, y;
    cfi_aim users = d->users[l];
    directed_plan plan;

    own_shares(d->link, l, &x, &y);
    if (ap->along * (double)d->link->system->N * x >= directed_information(ap, &users)) {
        users = (cfi_aim){.lit = d->c * users.lit, .turned = d->c * users.turned, .mixed = d->c * users.mixed};
        plan = (directed_plan){.factor = d->c, .keep = 1.0, .x = d->c * x, .s = directed_least_beam(ap, &users)};
        plan.s = fmax(plan.s, fmin(d->floor_factor * y, limit - plan.x));
    } else {
        double factor = directed_least_factor(ap, &users, d->c * y), room = x > 0.0 ? (limit - d->c * y) / x : 0.0;

        factor = fmax(factor, fmin(d->floor_factor, room));
        plan = (directed_plan){.factor = factor, .keep = 1.0, .x = factor * x, .s = d->c * y};
    }
    directed_limit(&plan, &d->best[l], d->link->K, limit);
    return plan;
}

static double directed_total(directed_split *d, double c, double floor_factor)
{
    double total = 0.0;

    d->c = c;
    d->floor_factor = floor_factor;
    for (size_t l = 0; l < d->link->L; l++) {
        d->plan[l] = plan_at(d, l);
        total += d->plan[l].x + d->plan[l].s;
    }
    return total;
}

/* Plans within the budget at the largest c in [0, 1] that there is; false: at none of those tried. */
static bool plan_within(directed_split *d, double floor_factor, double budget)
{
    enum { HALVES = 60 };
    double low = 0.0, high = 1.0;

    if (directed_total(d, 1.0, floor_factor) <= budget) {
        return true;
    }
    if (directed_total(d, 0.0, floor_factor) > budget) {
        return false;
    }
    for (int i = 0; i < HALVES; i++) {
        double c = 0.5 * (low + high);

        *(directed_total(d, c, floor_factor) <= budget ? &low : &high) = c;
    }
    return directed_total(d, low, floor_factor) <= budget && low > 0.0;
}

/* All powers of c = 1 go towards the mixes that sense best, as far as the budget asks for. */
static void save_power(directed_split *d, double budget)
{
    double total = directed_total(d, 1.0, 0.0), least = 0.0;

    for (size_t l = 0; l < d->link->L; l++) {
        least += 1.0 / d->best[l].information;
    }
    for (size_t l = 0; total > budget && l < d->link->L; l++) {
        directed_keep(&d->plan[l], &d->best[l], d->link->K, fmax((budget - least) / (total - least), 0.0));
    }
}

static void apply_directed(void *context, size_t thread, size_t first, size_t end)
{
    const directed_split *d = context;
    size_t K = d->link->K;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        for (size_t k = 0; k < K; k++) {
            d->powers->p[k + K * l] = directed_power(&d->plan[l], &d->best[l], k, d->powers->p[k + K * l]);
        }
        d->powers->s[l] = d->plan[l].s;
    }
}

cfi_status splits_directed(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, cfi_error *error)
{
    size_t L = link->L, part = threads_part(DIRECTED_STEPS * link->K);
    double budget = link->system->power.budget_w;
    cfi_arena_mark mark = arena_mark(arena);
    directed_split d = {.link = link,
                        .ap = arena_alloc(arena, L, sizeof *d.ap),
                        .best = arena_alloc(arena, L, sizeof *d.best),
                        .users = arena_alloc(arena, L, sizeof *d.users),
                        .plan = arena_alloc(arena, L, sizeof *d.plan),
                        .powers = powers};

    if (!d.ap || !d.best || !d.users || !d.plan) {
        return splits_out_of_memory(error);
    }
    threads_share(link->threads, L, part, describe_directed, &d);
    if (!plan_within(&d, 1.0, budget) && !plan_within(&d, 0.0, budget)) {
        save_power(&d, budget);
    }
    threads_share(link->threads, L, part, apply_directed, &d);
    arena_release(arena, mark);
    return CFI_OK;
}
