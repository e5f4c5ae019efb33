/* What an estimator hears in the program's realisations, as raw signals. Include after <cmocka.h>. */
#ifndef TESTS_HEARD_H
#define TESTS_HEARD_H

#include "raw_signals.h"

/* Maximum likelihood estimates, and all else, of a drop. */
static inline cfi_monte_carlo estimate_errors(drop *d, size_t realizations, size_t threads)
{
    cfi_monte_carlo mc;
    cfi_error error = {.text = ""};

    d->made.system.monte_carlo.estimator = CFI_ESTIMATOR_ML;
    d->made.system.monte_carlo.realizations = realizations;
    if (metrics_monte_carlo(&d->network, &d->powers, threads, NULL, d->arena, &mc, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return mc;
}

/* F of AP l in realisation 0: N x K, user fastest. */
static inline void sent(drop *d, size_t l, double complex *F)
{
    size_t K = d->made.system.K, N = d->made.system.N;
    signals s = draw_signals(d, l, 1);
    double complex a[32];

    target_beam(d, l, a);
    for (size_t n = 0; n < N; n++) {
        for (size_t k = 0; k < K; k++) {
            F[K * n + k] =
                sqrt(d->powers.p[k + K * l]) * signals_vector(&s, 0, n, k) + sqrt(d->powers.s[l] / (double)K) * a[n];
        }
    }
    free(s.raw.memory);
}

/* The noise of the program's realisation 0 at AP l in the direction of the streams, M x K, user fastest. */
static inline void heard_noise(const drop *d, size_t l, double complex *W)
{
    const cfi_system *system = &d->made.system;
    size_t K = system->K, M = system->M, blocks = (M + 1) / 2;
    double *planes = calloc(4 * blocks * K, sizeof *planes), deviation;
    cfi_stream stream = stream_make(system->seed, d->network.drop, CFI_DRAW_ECHO_NOISE, (uint32_t)(l * 65536));

    deviation = sqrt(0.5 * system->power.sensing_noise_w / (double)system->frame.T);
    random_complex_normals(&stream, K, blocks, planes);
    for (size_t m = 0; m < M; m++) {
        for (size_t k = 0; k < K; k++) {
            size_t plane = blocks * K, at = 2 * plane * (m % 2) + K * (m / 2) + k;

            W[K * m + k] = deviation * (planes[at] + I * planes[plane + at]);
        }
    }
    free(planes);
}

/* What AP l receives in T symbols, M x T, and the streams' symbols, K x T: rows of a discrete Fourier transform. */
typedef struct received {
    size_t M, N, K, T;
    double complex *y, *S, *F;
} received;

static inline received receive(drop *d, size_t l)
{
    const cfi_system *system = &d->made.system;
    size_t K = system->K, M = system->M, N = system->N, T = system->frame.T;
    received r = {
        .M = M, .N = N, .K = K, .T = T, .y = calloc(M * T, 16), .S = calloc(K * T, 16), .F = calloc(N * K, 16)};
    double complex *W = calloc(M * K, sizeof *W), a[32], b[32], alpha;
    cfi_stream phase = stream_make(system->seed, d->network.drop, CFI_DRAW_ECHO_PHASE, (uint32_t)l);
    double turns;

    random_uniforms(&phase, 1, &turns);
    alpha = cabs(network_path_gains(&d->network, l)[l]) * cexp(2.0 * M_PI * I * turns);
    sent(d, l, r.F);
    heard_noise(d, l, W);
    channel_steering(d->network.angle_rad[l], N, a, NULL);
    channel_steering(d->network.angle_rad[l], M, b, NULL);
    for (size_t t = 0; t < T; t++) {
        for (size_t k = 0; k < K; k++) {
            double complex v = 0.0;

            r.S[K * t + k] = cexp(-2.0 * M_PI * I * (double)(k * t) / (double)T);
            for (size_t n = 0; n < N; n++) {
                v += conj(a[n]) * r.F[K * n + k];
            }
            for (size_t m = 0; m < M; m++) {
                r.y[M * t + m] += (alpha * b[m] * v + W[K * m + k]) * r.S[K * t + k];
            }
        }
        for (size_t m = 0; m < M; m++) { /* and something that no stream carries */
            r.y[M * t + m] += 1e-6 * cexp(-2.0 * M_PI * I * (double)((K + m) * t) / (double)T);
        }
    }
    free(W);
    return r;
}

static inline void free_received(received *r)
{
    free(r->y);
    free(r->S);
    free(r->F);
}

/* By how much a target at this angle, its gain fitted by least squares, reduces the sum of squares of y. */
static inline double explained(const received *r, double angle)
{
    double complex a[32], b[32], inner = 0.0;
    double square = 0.0;

    channel_steering(angle, r->N, a, NULL);
    channel_steering(angle, r->M, b, NULL);
    for (size_t t = 0; t < r->T; t++) {
        double complex x = 0.0;

        for (size_t k = 0; k < r->K; k++) {
            for (size_t n = 0; n < r->N; n++) {
                x += conj(a[n]) * r->F[r->K * n + k] * r->S[r->K * t + k];
            }
        }
        for (size_t m = 0; m < r->M; m++) {
            inner += conj(b[m] * x) * r->y[r->M * t + m];
            square += creal(b[m] * x * conj(b[m] * x));
        }
    }
    return creal(inner * conj(inner)) / square;
}

#endif
