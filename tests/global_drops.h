/* Drops for objectives that are solved globally, judged by raw formulas: values, violations, neighbours. Include after
 * <cmocka.h>. */
#ifndef TESTS_GLOBAL_DROPS_H
#define TESTS_GLOBAL_DROPS_H

#include "alloc/globals.h"
#include "coupled_drops.h"

enum { GLOBAL_MOST_USERS = 8 };

typedef struct global_drop {
    coupled_drop *c;
    double target[GLOBAL_MOST_USERS], weight[GLOBAL_MOST_USERS];
} global_drop;

static inline cfi_system *global_system(const global_drop *g)
{
    return &g->c->d->made.system;
}

static inline double raw_rate(const drop *d, const cfi_powers *powers, size_t k)
{
    double u, noise;

    hear_user(d, powers, k, &u, &noise);
    return d->made.system.frame.prelog * log2(1.0 + u * u / noise);
}

/* min_k R_k / weight_k */
static inline double raw_common(const global_drop *g, const cfi_powers *powers)
{
    double least = INFINITY;

    for (size_t k = 0; k < g->c->d->link.K; k++) {
        least = fmin(least, raw_rate(g->c->d, powers, k) / g->weight[k]);
    }
    return least;
}

static inline double raw_total(const global_drop *g, const cfi_powers *powers)
{
    double total = 0.0;

    for (size_t l = 0; l < g->c->d->link.L; l++) {
        total += raw_users(g->c->d, powers, l) + powers->s[l];
    }
    return total;
}

static inline double raw_worst_bound(const global_drop *g, const cfi_powers *powers)
{
    const double *threshold = global_system(g)->sensing.crlb_threshold_rad2;
    double worst = 0.0, largest = threshold ? 0.0 : 1.0;

    for (size_t l = 0; l < g->c->d->link.L; l++) {
        worst = fmax(worst, 1.0 / raw_angle(g->c->d, powers, l) / (threshold ? threshold[l] : 1.0));
        largest = fmax(largest, threshold ? threshold[l] : 1.0);
    }
    return worst * largest;
}

/* In the objective's unit. */
static inline double raw_value(const global_drop *g, const cfi_powers *powers)
{
    switch (global_system(g)->allocation.objective) {
    case CFI_MAX_MIN_RATE:
        return raw_common(g, powers);
    case CFI_MIN_POWER:
        return raw_total(g, powers);
    case CFI_MIN_CRLB:
        return raw_worst_bound(g, powers);
    default:
        return sqrt(raw_position(g->c, powers));
    }
}

/* Of everything that is asked; negative powers fail the test. */
static inline double raw_global_violation(const global_drop *g, const cfi_powers *powers)
{
    cfi_system *s = global_system(g);
    const double *threshold = s->sensing.crlb_threshold_rad2;
    double worst;

    s->sensing.crlb_threshold_rad2 = s->allocation.objective == CFI_MIN_CRLB ? NULL : threshold;
    worst = raw_coupled_violation(g->c, powers);
    s->sensing.crlb_threshold_rad2 = threshold;
    for (size_t k = 0; k < s->K; k++) {
        worst = g->target[k] > 0.0 ? fmax(worst, 1.0 - raw_rate(g->c->d, powers, k) / g->target[k]) : worst;
    }
    return worst;
}

/* Every kind of drop in turn: antennas, pilots, links, limits, what is asked of sensing, targets and weights. Equal
 * powers have the rates over which targets are stated. */
static inline global_drop *make_global_drop(uint64_t seed, cfi_objective objective, double targets)
{
    const size_t antennas[][2] = {{4, 4}, {2, 4}, {4, 2}, {8, 2}, {4, 1}, {3, 3}};
    global_drop *g = malloc(sizeof *g);
    coupled_kind kind = {.L = 2 + seed % 4,
                         .K = 1 + seed / 2 % 4,
                         .N = antennas[seed % 6][0],
                         .M = antennas[seed % 6][1],
                         .asked = (unsigned)(seed / 3 % 8),
                         .noncoherent = seed / 4 % 3 == 1,
                         .general_gains = seed / 5 % 2 == 1,
                         .limits = seed % 3 == 0,
                         .margin = 1.6,
                         .zero_forcing = seed / 7 % 4 == 1,
                         .streams = seed / 7 % 4 == 2,
                         .clusters = seed / 6 % 3 == 2 && seed % 6 != 4};
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 31);
    cfi_system *s;

    kind.pilots = kind.K;
    g->c = make_coupled_drop(seed, kind);
    s = global_system(g);
    if (kind.asked == ASK_ANGLES && !kind.noncoherent) { /* angles on own echoes alone: nothing couples */
        s->sensing.position_threshold_m = 0.0;
    }
    s->allocation.objective = objective;
    set_equal_powers(g->c->d, &g->c->d->powers);
    for (size_t k = 0; k < kind.K; k++) {
        double share = made_uniform(&stream, 0.2, 1.0);

        g->weight[k] = seed % 2 == 0 ? made_uniform(&stream, 0.5, 2.0) : 1.0;
        g->target[k] = k % 3 == 2 ? 0.0 : targets * share * raw_rate(g->c->d, &g->c->d->powers, k);
    }
    s->allocation.weights = g->weight;
    s->allocation.rate_target_bit_s_hz = targets > 0.0 ? g->target : NULL;
    return g;
}

static inline void free_global_drop(global_drop *g)
{
    free_coupled_drop(g->c);
    free(g);
}

/* Copies powers into memory of the drop's arena. */
static inline cfi_powers keep_powers(const global_drop *g, const cfi_powers *powers)
{
    size_t K = g->c->d->link.K, L = g->c->d->link.L;
    cfi_powers kept = {.p = arena_alloc(g->c->d->arena, K * L, sizeof(double)),
                       .s = arena_alloc(g->c->d->arena, L, sizeof(double))};

    memcpy(kept.p, powers->p, K * L * sizeof(double));
    memcpy(kept.s, powers->s, L * sizeof(double));
    return kept;
}

static inline void mix_powers(const global_drop *g, const cfi_powers *from, const cfi_powers *to, double share,
                              cfi_powers *out)
{
    size_t K = g->c->d->link.K, L = g->c->d->link.L;

    for (size_t i = 0; i < K * L; i++) {
        out->p[i] = from->p[i] + share * (to->p[i] - from->p[i]);
    }
    for (size_t l = 0; l < L; l++) {
        out->s[l] = from->s[l] + share * (to->s[l] - from->s[l]);
    }
}

/* Powers near `from`, in a random direction, and so far towards `inside`, which is feasible, that they are too: the
 * feasible set is convex. */
static inline void draw_neighbour(const global_drop *g, const cfi_powers *from, const cfi_powers *inside, double size,
                                  cfi_stream *stream, cfi_powers *out)
{
    const cfi_link *link = &g->c->d->link;
    cfi_powers drawn = keep_powers(g, from);
    double low = 0.0, high = 1.0, each = global_system(g)->power.budget_w / (double)link->L;

    for (size_t l = 0; l < link->L; l++) {
        for (size_t k = 0; k < link->K; k++) {
            double w = sqrt(from->p[k + link->K * l]) + size * sqrt(each) * made_uniform(stream, -1.0, 1.0);

            drawn.p[k + link->K * l] = w > 0.0 && link_serves(link, k, l) ? w * w : 0.0;
        }
        drawn.s[l] = fmax(from->s[l] + size * each * made_uniform(stream, -1.0, 1.0), 0.0);
    }
    for (int i = 0; i < 40; i++) {
        double share = i == 0 ? 0.0 : 0.5 * (low + high);

        mix_powers(g, &drawn, inside, share, out);
        if (raw_global_violation(g, out) > 0.0) {
            low = share;
        } else {
            high = share;
        }
        if (high == 0.0) {
            return;
        }
    }
    mix_powers(g, &drawn, inside, high, out);
}

#endif
