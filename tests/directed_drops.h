/* Random drops whose signals have directions, and what their powers tell of the target, from the covariances. Include
 * after <cmocka.h>. */
#ifndef TESTS_DIRECTED_DROPS_H
#define TESTS_DIRECTED_DROPS_H

#include "alloc/directed.h"
#include "allocations.h"
#include "fading_drops.h"

/* Random drops of every kind: lines of sight or none, orthogonal and shared pilots, limits, one receive antenna. */
static inline drop *directed_drop(uint64_t seed, double tightness)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 23);
    size_t L = 1 + (size_t)made_uniform(&stream, 0.0, 4.0), K = 1 + (size_t)made_uniform(&stream, 0.0, 4.0);
    size_t N = 2 + (size_t)made_uniform(&stream, 0.0, 5.0), M = 1 + (size_t)made_uniform(&stream, 0.0, 4.0);
    made_system made = make_system(seed, L, K, N, M);
    bool limited = made_uniform(&stream, 0.0, 1.0) < 0.3;
    drop *d;

    if (seed % 2 == 0 && K > 1) {
        reuse_pilots(&made, (K + 1) / 2);
        made.system.allocation.starts = 2;
    }
    made.system.power.budget_w = made.system.power.comm_noise_w * pow(10.0, made_uniform(&stream, 0.0, 4.0));
    made.system.frame.pilot_power_w = made.system.power.budget_w;
    for (size_t l = 0; l < L; l++) {
        made.limit[l] = made.system.power.budget_w / (double)L * made_uniform(&stream, 0.7, 3.0);
    }
    d = make_drop(made);
    d->made.system.power.ap_limit_w = limited ? d->made.limit : NULL;
    give_directions(d, seed % 3 == 0 ? 0.0 : made_uniform(&stream, 0.0, 30.0), seed % 3 == 1 ? 0 : 3);
    if (threshold_factor(d) < INFINITY) {
        set_tightness(d, tightness);
    }
    return d;
}

/* Information of AP p over what is needed, from the covariances themselves. */
static inline double information_of_powers(const drop *d, const cfi_powers *powers, size_t p)
{
    size_t N = d->made.system.N, K = d->network.K;
    double complex *W = malloc((N * N + 2 * N) * sizeof *W), *a = W + N * N, *dot = a + N;
    double M = (double)d->made.system.M, V = (double)N * powers->s[p], E = 0.0, cosine = cos(d->made.angle[p]);
    double T = (double)d->made.system.frame.T, power = network_path_power(&d->network, p, p), value;
    double complex C = 0.0;

    channel_steering(d->made.angle[p], N, a, dot);
    for (size_t k = 0; k < K; k++) {
        covariance_of_signal(d, k, p, W);
        for (size_t i = 0; i < N * N; i++) {
            double complex w = powers->p[k + K * p] * W[i];
            double complex left = dot[i % N] + I * M_PI * cosine * 0.5 * ((double)N + 1.0) * a[i % N];
            double complex right = dot[i / N] + I * M_PI * cosine * 0.5 * ((double)N + 1.0) * a[i / N];

            V += creal(conj(a[i % N]) * w * a[i / N]);
            E += creal(conj(left) * w * right);
            C += conj(left) * w * a[i / N];
        }
    }
    value = power * (M_PI * M_PI * cosine * cosine * M * (M * M - 1.0) / 12.0 * V +
                     M * (E - (V > 0.0 ? creal(C * conj(C)) / V : 0.0)));
    free(W);
    return 2.0 * T / d->made.system.power.sensing_noise_w * value * d->made.threshold[p];
}

#endif
