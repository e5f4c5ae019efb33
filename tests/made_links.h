/* Links of any kind, made up here, and judged by the raw formulas of docs/model.md (M5), not by the rooms' own. Include
 * after <cmocka.h>. */
#ifndef TESTS_MADE_LINKS_H
#define TESTS_MADE_LINKS_H

#include "allocations.h"

/* What a made link has beside the moments of i.i.d. fading. */
typedef struct link_kind {
    size_t L, K, N, M, pilots;
    double served;    /* probability that an AP serves a user; 1: all */
    double tightness; /* of thresholds: alloc_least_threshold_factor */
    double limits;    /* of an AP over the equal share, times 0.7 .. 2; 0: none */
    bool streams;     /* V depends on the stream: V times 1 .. 2, or 0.1 .. 2 with zero_forcing */
    bool complex_means;
    bool zero_forcing; /* V = beta - xi < S */
    bool theorem1;
} link_kind;

/* A mean spread over the phases, none of them larger than what is heard of all streams. */
static inline double complex made_mean(cfi_stream *stream, double most)
{
    double size = most * sqrt(made_uniform(stream, 0.0, 1.0)), phase = made_uniform(stream, 0.0, 2.0 * M_PI);

    return size * (cos(phase) + I * sin(phase));
}

static inline void make_means(drop *d, cfi_stream *stream)
{
    size_t K = d->link.K, L = d->link.L, pairs = 0;
    double complex *mean = arena_alloc(d->arena, K * K * L, sizeof *mean);

    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < K; j++) {
            if (link_coherent_pair(&d->link, k, j)) {
                for (size_t l = 0; l < L; l++) {
                    double complex c = made_mean(stream, d->link.heard[k + K * l]);

                    mean[l + L * pairs] = link_serves(&d->link, j, l) ? c : 0.0;
                }
                pairs++;
            }
        }
    }
    assert_int_equal(link_set_coherent(&d->link, mean, d->arena, NULL), CFI_OK);
}

static inline void make_streams(drop *d, const link_kind *kind, cfi_stream *stream)
{
    size_t K = d->link.K, L = d->link.L;
    double *each = arena_alloc(d->arena, K * K * L, sizeof *each);

    for (size_t l = 0; l < L; l++) {
        for (size_t j = 0; j < K; j++) {
            for (size_t k = 0; k < K; k++) {
                double V = d->link.V[k + K * l] * made_uniform(stream, kind->zero_forcing ? 0.1 : 1.0, 2.0);

                each[k + K * (j + K * l)] = link_serves(&d->link, j, l) ? V : 0.0;
            }
        }
    }
    d->link.V_by_stream = each;
    d->link.V = NULL;
}

/* Each user keeps one AP at least; some APs may be left without users. */
static inline void make_clusters(drop *d, double share, cfi_stream *stream)
{
    size_t K = d->link.K, L = d->link.L;
    unsigned char *served = arena_zeros(d->arena, K * L, 1);
    double *g = arena_zeros(d->arena, K * L, sizeof *g);

    for (size_t k = 0; k < K; k++) {
        size_t own = (size_t)made_uniform(stream, 0.0, (double)L);

        for (size_t l = 0; l < L; l++) {
            served[k + K * l] = made_uniform(stream, 0.0, 1.0) < share || l == own;
            g[k + K * l] = served[k + K * l] ? d->link.heard[k + K * l] : 0.0;
        }
    }
    d->network.served = d->link.served = served;
    d->link.g = g;
}

static inline drop *make_link_drop(uint64_t seed, link_kind kind)
{
    size_t L = kind.L, K = kind.K;
    made_system made = make_system(seed, L, K, kind.N, kind.M);
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 91);
    drop *d;

    reuse_pilots(&made, kind.pilots);
    made.system.rate_model = kind.theorem1 ? CFI_RATE_THEOREM1 : CFI_RATE_EXACT;
    made.system.allocation.solver = CFI_SOLVER_STRUCTURED;
    made.system.allocation.max_iterations = 2000;
    made.system.allocation.starts = 1;
    d = make_drop(made);
    if (kind.served < 1.0) {
        make_clusters(d, kind.served, &stream);
    }
    if (kind.zero_forcing) {
        double *V = arena_alloc(d->arena, K * L, sizeof *V);

        for (size_t i = 0; i < K * L; i++) {
            V[i] = d->network.beta[i] * made_uniform(&stream, 0.02, 0.9);
        }
        d->link.V = V;
    }
    if (kind.streams) {
        make_streams(d, &kind, &stream);
    }
    if (kind.complex_means) {
        make_means(d, &stream);
    }
    set_tightness(d, kind.tightness);
    for (size_t l = 0; kind.limits > 0.0 && l < L; l++) {
        double need = 1.0 / (d->made.threshold[l] * fmax(link_has_users(&d->link, l) ? d->link.own_echo.comm[l] : 0.0,
                                                         d->link.own_echo.sens[l]));

        d->made.limit[l] = fmax(1.01 * need, d->made.system.power.budget_w / (double)L * kind.limits *
                                                 made_uniform(&stream, 0.7, 2.0));
        d->made.system.power.ap_limit_w = d->made.limit;
    }
    return d;
}

/* ------------------------------------------------------------------- the raw formulas ---- */

/* Amplitude and interference of user k. */
static inline void hear_user(const drop *d, const cfi_powers *powers, size_t k, double *u, double *noise)
{
    const cfi_link *link = &d->link;
    size_t K = link->K, L = link->L;

    *u = 0.0;
    *noise = d->made.system.power.comm_noise_w;
    for (size_t j = 0; j < K; j++) {
        double complex sum = 0.0;

        for (size_t l = 0; l < L; l++) {
            double p = powers->p[j + K * l], V = link->V ? link->V[k + K * l] : link->V_by_stream[k + K * (j + K * l)];

            *noise += V * p + (j == 0 ? link->S[k + K * l] * powers->s[l] : 0.0);
            *u += j == k ? link->g[k + K * l] * sqrt(p) : 0.0;
            sum += link_coherent_pair(link, k, j) ? link_coherent(link, k, j, l) * sqrt(p) : 0.0;
        }
        *noise += d->made.system.rate_model == CFI_RATE_EXACT ? creal(sum * conj(sum)) : 0.0;
    }
}

static inline double raw_sum_rate(const drop *d, const cfi_powers *powers)
{
    double sum = 0.0;

    for (size_t k = 0; k < d->link.K; k++) {
        double u, noise;

        hear_user(d, powers, k, &u, &noise);
        sum += d->made.system.frame.prelog * log2(1.0 + u * u / noise);
    }
    return sum;
}

/* Largest relative violation; negative powers and powers of pairs that are not served fail the test. */
static inline double raw_violation(const drop *d, const cfi_powers *powers)
{
    const cfi_system *s = &d->made.system;
    double total = 0.0, worst = 0.0;

    for (size_t l = 0; l < s->L; l++) {
        double x = 0.0, information;

        for (size_t k = 0; k < s->K; k++) {
            double p = powers->p[k + s->K * l];

            assert_true(p >= 0.0 && (p == 0.0 || link_serves(&d->link, k, l)));
            x += p;
        }
        assert_true(powers->s[l] >= 0.0);
        information = d->link.own_echo.comm[l] * x + d->link.own_echo.sens[l] * powers->s[l];
        worst = fmax(worst, 1.0 - information * s->sensing.crlb_threshold_rad2[l]);
        worst = fmax(worst, s->power.ap_limit_w ? (x + powers->s[l]) / s->power.ap_limit_w[l] - 1.0 : 0.0);
        total += x + powers->s[l];
    }
    return fmax(worst, total / s->power.budget_w - 1.0);
}

/* dF/dw_kl, w = sqrt(p), and dF/ds_l of the sum of ln(1 + SINR), into slope (K x L) and sensing (L). */
static inline void raw_slopes(const drop *d, const cfi_powers *powers, double *slope, double *sensing)
{
    const cfi_link *link = &d->link;
    size_t K = link->K, L = link->L;
    double *u = malloc(2 * K * sizeof *u), *noise = u + K;

    for (size_t k = 0; k < K; k++) {
        hear_user(d, powers, k, &u[k], &noise[k]);
    }
    memset(sensing, 0, L * sizeof *sensing);
    for (size_t i = 0; i < K * L; i++) {
        size_t j = i % K, l = i / K;
        double w = sqrt(powers->p[i]);

        slope[i] = 2.0 * u[j] / (noise[j] + u[j] * u[j]) * link->g[i];
        for (size_t k = 0; k < K; k++) {
            double weight = 1.0 / noise[k] - 1.0 / (noise[k] + u[k] * u[k]);
            double V = link->V ? link->V[k + K * l] : link->V_by_stream[k + K * (j + K * l)];
            double complex z = 0.0;

            for (size_t a = 0; link_coherent_pair(link, k, j) && a < L; a++) {
                z += link_coherent(link, k, j, a) * sqrt(powers->p[j + K * a]);
            }
            slope[i] -= 2.0 * weight * V * w;
            if (link_coherent_pair(link, k, j) && d->made.system.rate_model == CFI_RATE_EXACT) {
                slope[i] -= 2.0 * weight * creal(z * conj(link_coherent(link, k, j, l)));
            }
            sensing[l] -= j == 0 ? weight * link->S[k + K * l] : 0.0;
        }
    }
    free(u);
}

/* How far the powers are from the first-order conditions, without limits per AP, relative to the most that a watt costs
 * in interference or budget: prices
 * mu of the budget and nu_l >= 0 of thresholds, 0 where they do not bind, with  dF/dw_kl = 2 w_kl (mu - nu_l comm_l) at
 * amplitudes above 0 and dF/dw_kl <= 0 at those of pairs that are served and 0;  dF/ds_l <= mu - nu_l sens_l,  equal
 * where s_l > 0. */
static inline double raw_stationarity(const drop *d, const cfi_powers *powers)
{
    size_t K = d->link.K, L = d->link.L;
    double *slope = malloc((K + 2) * L * sizeof *slope), *sensing = slope + K * L, *paid = sensing + L;
    double mu = -1.0, worst = 0.0, scale = 0.0, most = d->made.system.power.budget_w / (double)L;

    raw_slopes(d, powers, slope, sensing);
    for (size_t l = 0; l < L; l++) { /* what an AP's users pay for a watt, the same for all */
        double x = 0.0, weighted = 0.0;

        for (size_t i = K * l; i < K * (l + 1); i++) {
            x += powers->p[i];
            weighted += 0.5 * slope[i] * sqrt(powers->p[i]);
        }
        paid[l] = x > 1e-9 * most ? weighted / x : NAN;
        for (size_t i = K * l; i < K * (l + 1); i++) {
            double w = sqrt(powers->p[i]), left = slope[i] - 2.0 * w * paid[l];

            if (x > 1e-9 * most && link_serves(&d->link, i % K, l)) {
                worst = fmax(worst, (powers->p[i] > 1e-4 * x ? fabs(left) : left) / sqrt(x));
            }
        }
        scale = fmax(scale, x > 1e-9 * most ? fabs(paid[l]) : 0.0);
    }
    for (size_t l = 0; l < L; l++) {
        double d1 = link_has_users(&d->link, l) ? d->link.own_echo.comm[l] : 0.0, d2 = d->link.own_echo.sens[l],
               x = 0.0;
        double need = 1.0 / d->made.threshold[l];

        for (size_t k = 0; k < K; k++) {
            x += powers->p[k + K * l];
        }
        if (x > 1e-9 * most && d1 * x + d2 * powers->s[l] > need * (1.0 + 1e-6)) {
            mu = fmax(mu, paid[l]);
        } else if (x > 1e-9 * most && powers->s[l] > 1e-6 * most && fabs(d2 - d1) > 1e-3 * d1) {
            mu = fmax(mu, paid[l] + (paid[l] - sensing[l]) / (d2 - d1) * d1);
        }
    }
    scale = fmax(scale, mu);
    for (size_t l = 0; l < L; l++) {
        scale = fmax(scale, -sensing[l]);
    }
    for (size_t l = 0; l < L && mu >= 0.0; l++) {
        double d1 = d->link.own_echo.comm[l], d2 = d->link.own_echo.sens[l], nu = (mu - paid[l]) / d1;
        double left = sensing[l] - (mu - nu * d2);

        if (!isnan(paid[l])) {
            worst = fmax(worst, -nu * d1);
            worst = fmax(worst, powers->s[l] > 1e-6 * most ? fabs(left) : left);
        }
    }
    free(slope);
    return worst / scale;
}

#endif
