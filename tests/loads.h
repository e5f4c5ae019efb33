/* Links whose communication and sensing power interfere differently, or by stream: made up here, and judged by the raw
 * formulas of links, not by the alloc room's own. Include after <cmocka.h>. */
#ifndef TESTS_LOADS_H
#define TESTS_LOADS_H

#include "allocations.h"

enum { L = 6, K = 4 };

/* How interference of sensing power compares with that of communication power. */
typedef enum { DEARER, CHEAPER, MIXED, BY_STREAM, FAR_DEARER } load_kind;

/* Replaces the moments of the drop's link. */
static inline void make_loads(drop *d, load_kind kind, uint64_t seed)
{
    size_t users = d->link.K, pairs = users * d->link.L;
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 90);
    double *V = arena_alloc(d->arena, pairs, sizeof *V), *S = arena_alloc(d->arena, pairs, sizeof *S);
    double *each = arena_alloc(d->arena, users * pairs, sizeof *each);

    for (size_t i = 0; i < pairs; i++) {
        double share = made_uniform(&stream, 0.05, 0.95), beta = d->network.beta[i];

        V[i] = beta * (kind == DEARER ? share : kind == CHEAPER ? 1.0 : made_uniform(&stream, 0.1, 2.0));
        S[i] = beta * (kind == DEARER ? 1.0 : kind == CHEAPER ? share : made_uniform(&stream, 0.1, 2.0));
        S[i] = kind == FAR_DEARER ? 1e3 * V[i] : S[i];
    }
    for (size_t i = 0; i < users * pairs; i++) {
        size_t k = i % users, l = i / (users * users);

        each[i] = d->network.beta[k + users * l] * made_uniform(&stream, 0.1, 2.0);
    }
    if (kind == BY_STREAM) {
        d->link.V = NULL;
        d->link.V_by_stream = each;
        d->link.S = S;
    } else {
        d->link.V = V;
        d->link.S = S;
    }
}

/* The same loads, given for each stream. */
static inline void spread_by_stream(drop *d)
{
    size_t users = d->link.K, pairs = users * d->link.L;
    double *each = arena_alloc(d->arena, users * pairs, sizeof *each);

    for (size_t i = 0; i < users * pairs; i++) {
        each[i] = d->link.V[i % users + users * (i / (users * users))];
    }
    d->link.V_by_stream = each;
    d->link.V = NULL;
}

static inline drop *made_drop(uint64_t seed, size_t M, size_t pilots, double tightness, load_kind kind)
{
    made_system made = make_system(seed, L, K, 4, M);
    drop *d;

    reuse_pilots(&made, pilots);
    made.system.allocation.starts = 1;
    made.system.allocation.tolerance = 1e-13; /* prices are right to its root */
    made.system.allocation.max_iterations = 3000;
    d = make_drop(made);
    set_tightness(d, tightness);
    make_loads(d, kind, seed);
    return d;
}

/* ------------------------------------------------------------- the raw formulas of links ---- */

static inline double stray(const cfi_link *link, size_t k, size_t j, size_t l)
{
    return link->V_by_stream ? link->V_by_stream[k + K * (j + K * l)] : link->V[k + K * l];
}

typedef struct heard {
    double u[K], noise[K];
} heard;

static inline heard hear(const drop *d, const cfi_powers *powers)
{
    const cfi_link *link = &d->link;
    heard h;

    for (size_t k = 0; k < K; k++) {
        h.u[k] = 0.0;
        h.noise[k] = d->made.system.power.comm_noise_w;
        for (size_t l = 0; l < L; l++) {
            h.u[k] += link->g[k + K * l] * sqrt(powers->p[k + K * l]);
            h.noise[k] += link->S[k + K * l] * powers->s[l];
            for (size_t j = 0; j < K; j++) {
                h.noise[k] += stray(link, k, j, l) * powers->p[j + K * l];
            }
        }
        for (size_t j = 0; j < K; j++) {
            double sum = 0.0;

            for (size_t l = 0; l < L; l++) {
                sum += link->g[k + K * l] * sqrt(powers->p[j + K * l]);
            }
            h.noise[k] += j != k && d->network.pilot[j] == d->network.pilot[k] ? sum * sum : 0.0;
        }
    }
    return h;
}

static inline double sum_rate_of(const drop *d, const cfi_powers *powers)
{
    heard h = hear(d, powers);
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        sum += d->made.system.frame.prelog * log2(1.0 + h.u[k] * h.u[k] / h.noise[k]);
    }
    return sum;
}

static inline double information_of(const drop *d, const cfi_powers *powers, size_t l)
{
    double x = 0.0;

    for (size_t k = 0; k < K; k++) {
        x += powers->p[k + K * l];
    }
    return (d->link.own_echo.comm[l] * x + d->link.own_echo.sens[l] * powers->s[l]) * d->made.threshold[l];
}

/* How far the powers are from the conditions of a stationary point without limits, relative to what a watt costs in
 * interference and budget: a price mu of the budget and prices nu_l >= 0 of thresholds with  dF/dp_kl = mu - nu_l
 * comm_l  where p_kl > 0, dF/ds_l <= mu - nu_l sens_l, equal where s_l > 0, and nu_l = 0 where the threshold does not
 * bind. */
static inline double stationarity(const drop *d, const cfi_powers *powers)
{
    heard h = hear(d, powers);
    double comm[L], sens[L], mu = 0.0, worst = 0.0, scale = 0.0;

    for (size_t l = 0; l < L; l++) {
        double weighted = 0.0, x = 0.0;

        sens[l] = 0.0;
        for (size_t j = 0; j < K; j++) {
            double p = powers->p[j + K * l], sinr = h.u[j] * h.u[j] / h.noise[j], slope, cost = 0.0;

            slope = h.u[j] / h.noise[j] / (1.0 + sinr) * d->link.g[j + K * l] / sqrt(p);
            for (size_t k = 0; k < K; k++) {
                cost += (1.0 / h.noise[k] - 1.0 / (h.noise[k] + h.u[k] * h.u[k])) * stray(&d->link, k, j, l);
            }
            slope -= cost;
            scale = fmax(scale, cost);
            sens[l] -= (1.0 / h.noise[j] - 1.0 / (h.noise[j] + h.u[j] * h.u[j])) * d->link.S[j + K * l];
            weighted += p * slope;
            x += p;
            comm[l] = slope; /* all alike, where the power is not negligible */
            if (p > 1e-4 * x) {
                worst = fmax(worst, fabs(slope - weighted / x));
            }
        }
        comm[l] = weighted / x;
    }
    for (size_t l = 0; l < L; l++) { /* mu where nu is known: 0 with slack, from both equations with sensing power */
        double d1 = d->link.own_echo.comm[l], d2 = d->link.own_echo.sens[l];

        if (information_of(d, powers, l) > 1.0 + 1e-6) {
            mu = comm[l];
        } else if (powers->s[l] > 1e-6 * d->made.system.power.budget_w && fabs(d2 - d1) > 1e-3 * d1) {
            mu = comm[l] + (comm[l] - sens[l]) / (d2 - d1) * d1;
        }
    }
    assert_true(mu > 0.0);
    for (size_t l = 0; l < L; l++) {
        double nu = (mu - comm[l]) / d->link.own_echo.comm[l], left = sens[l] - (mu - nu * d->link.own_echo.sens[l]);

        worst = fmax(worst, -nu * d->link.own_echo.comm[l]);
        worst = fmax(worst, powers->s[l] > 1e-6 * d->made.system.power.budget_w ? fabs(left) : left);
        worst = fmax(worst, information_of(d, powers, l) > 1.0 + 1e-6 ? fabs(mu - comm[l]) : 0.0);
    }
    return worst / (scale + mu);
}

static inline void check_result(const drop *d, const cfi_allocation *allocation)
{
    double total = 0.0;

    assert_int_equal(allocation->status, CFI_ALLOC_CONVERGED);
    assert_close(allocation->sum_rate_bit_s_hz / sum_rate_of(d, &allocation->powers), 1.0, 1e-12);
    for (size_t l = 0; l < L; l++) {
        assert_true(information_of(d, &allocation->powers, l) > 1.0 - 1e-9);
        assert_true(allocation->powers.s[l] >= 0.0);
        total += allocation->powers.s[l];
        for (size_t k = 0; k < K; k++) {
            assert_true(allocation->powers.p[k + K * l] >= 0.0);
            total += allocation->powers.p[k + K * l];
        }
    }
    assert_true(total <= d->made.system.power.budget_w * (1.0 + 1e-9));
    check_trace(allocation);
}

#endif
