/* Allocations of made drops, judged by the raw formulas. Include after <cmocka.h>. */
#ifndef TESTS_ALLOCATIONS_H
#define TESTS_ALLOCATIONS_H

#include "cfisac/alloc.h"
#include "check.h"
#include "drops.h"

static inline cfi_allocation run(drop *d)
{
    cfi_allocation allocation;
    cfi_alloc_options options = {.stop = NULL};
    cfi_error error = {.text = ""};

    if (alloc_run(&d->link, &options, d->arena, &allocation, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return allocation;
}

static inline double threshold_factor(drop *d)
{
    return alloc_least_threshold_factor(&d->link);
}

/* Scales all thresholds so that the least feasible factor becomes `factor`. */
static inline void set_tightness(drop *d, double factor)
{
    double now = threshold_factor(d);

    for (size_t l = 0; l < d->made.system.L; l++) {
        d->made.threshold[l] *= now / factor;
    }
}

/* Rate of user k from the raw formulas (paper (7) and the coherent term), written independently of the metrics room. */
static inline double rate_from_formula(const drop *d, const cfi_powers *powers, size_t k)
{
    const cfi_system *s = &d->made.system;
    double u = 0.0, load = s->power.comm_noise_w;

    for (size_t j = 0; j < s->K; j++) {
        double coherent = 0.0;

        for (size_t l = 0; l < s->L; l++) {
            size_t jl = j + s->K * l, kl = k + s->K * l;

            load +=
                (double)s->N * s->propagation.gain[kl] * (d->xi[jl] * gamma_of(d, powers, jl) + eta_of(d, powers, l));
            u += j == k ? (double)s->N * d->xi[kl] * sqrt(gamma_of(d, powers, kl)) : 0.0;
            coherent += (double)s->N * sqrt(gamma_of(d, powers, jl)) * d->xi[jl] * s->propagation.gain[kl] /
                        s->propagation.gain[jl];
        }
        if (j != k && s->frame.pilot[j] == s->frame.pilot[k] && s->rate_model == CFI_RATE_EXACT) {
            load += coherent * coherent;
        }
    }
    return s->frame.prelog * log2(1.0 + u * u / load);
}

static inline double sum_rate_from_formula(const drop *d, const cfi_powers *powers)
{
    double sum = 0.0;

    for (size_t k = 0; k < d->made.system.K; k++) {
        sum += rate_from_formula(d, powers, k);
    }
    return sum;
}

/* Largest relative violation of (19b), (19c) and the limits, from the raw formulas. */
static inline double violation_from_formula(const drop *d, const cfi_powers *powers)
{
    const cfi_system *s = &d->made.system;
    double N = (double)s->N, M = (double)s->M, total = 0.0, worst = 0.0;

    for (size_t l = 0; l < s->L; l++) {
        double x = 0.0, y = 0.0, cosine = cos(s->sensing.angle_rad[l]), information;
        double S_N = N * (N * N - 1.0) / 12.0, S_M = M * (M * M - 1.0) / 12.0;

        for (size_t i = s->K * l; i < s->K * (l + 1); i++) {
            assert_true(powers->p[i] >= 0.0 && powers->s[l] >= 0.0);
            x += d->xi[i] * gamma_of(d, powers, i);
            y += eta_of(d, powers, l);
        }
        information = 2.0 * (double)s->frame.T / s->power.sensing_noise_w * s->sensing.path_gain *
                      s->sensing.path_gain * M_PI * M_PI * cosine * cosine *
                      ((N * S_M + M * S_N) * x + N * N * S_M * y);
        if (s->sensing.crlb_threshold_rad2) {
            worst = fmax(worst, 1.0 - information * s->sensing.crlb_threshold_rad2[l]);
        }
        worst = fmax(worst, s->power.ap_limit_w ? N * (x + y) / s->power.ap_limit_w[l] - 1.0 : 0.0);
        total += N * (x + y);
    }
    return fmax(worst, total / s->power.budget_w - 1.0);
}

static inline void check_trace(const cfi_allocation *allocation)
{
    assert_true(allocation->objective.trace_count >= 1);
    for (size_t i = 1; i < allocation->objective.trace_count; i++) {
        assert_true(allocation->objective.trace[i] >= allocation->objective.trace[i - 1]);
    }
    assert_close(allocation->objective.trace[allocation->objective.trace_count - 1] / allocation->sum_rate_bit_s_hz,
                 1.0, 1e-9);
}

/* Two users on one pilot whose heuristic split leads to the worse of two maxima; start 1 finds the better one. */
static inline drop *constructed_exception(size_t starts)
{
    made_system made = make_system(1, 2, 2, 2, 2);
    const double gain[] = {0.2, 0.001, 1000.0, 0.5};

    memcpy(made.gain, gain, sizeof gain);
    made.system.power.budget_w = 1.0;
    made.system.power.comm_noise_w = 0.01;
    made.system.frame.pilot_power_w = 0.5; /* tau_p p_p = 1 */
    made.system.frame.prelog = 1.0;
    made.system.allocation.starts = starts;
    made.threshold[0] = made.threshold[1] = 1e12; /* no sensing */
    return make_drop(made);
}

/* A random scenario: both sensing cases, orthogonal and reused pilots, -10 .. 50 dB, with and without limits,
 * thresholds from free to a little infeasible. */
static inline drop *random_drop(uint64_t seed, double most_aps, double most_users)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 12);
    size_t L = (size_t)made_uniform(&stream, 1.0, most_aps + 1.0),
           K = (size_t)made_uniform(&stream, 1.0, most_users + 1.0);
    size_t N = (size_t)made_uniform(&stream, 2.0, 9.0), M = (size_t)made_uniform(&stream, 2.0, 9.0);
    made_system made = make_system(seed, L, K, N, M);
    drop *d;

    if (made_uniform(&stream, 0.0, 1.0) < 0.4 && K > 1) {
        reuse_pilots(&made, (K + 1) / 2);
        made.system.allocation.starts = 2;
    }
    made.system.power.budget_w = made.system.power.comm_noise_w * pow(10.0, made_uniform(&stream, -1.0, 5.0));
    made.system.frame.pilot_power_w = made.system.power.budget_w;
    if (made_uniform(&stream, 0.0, 1.0) < 0.3) {
        made.system.rate_model = CFI_RATE_THEOREM1;
    }
    if (made_uniform(&stream, 0.0, 1.0) < 0.3) {
        for (size_t l = 0; l < L; l++) {
            made.limit[l] = made.system.power.budget_w / (double)L * made_uniform(&stream, 0.7, 4.0);
        }
        made.system.power.ap_limit_w = made.limit;
    }
    d = make_drop(made);
    set_tightness(d, pow(10.0, made_uniform(&stream, -6.0, 0.05)));
    return d;
}

#endif
