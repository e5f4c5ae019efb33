/* Drops whose fading has directions: lines of sight of any strength, and a few scatterers seen from each array. Include
 * after <cmocka.h>. */
#ifndef TESTS_FADING_DROPS_H
#define TESTS_FADING_DROPS_H

#include "drops.h"

/* Gives the drop lines of sight (factors up to `most`, a quarter of them 0) and correlated fading, from the system's
 * seed: `rays` scatterers a pair about where the user is seen. most = 0: no lines of sight; rays = 0: white fading. */
static inline void give_directions(drop *d, double most, size_t rays)
{
    size_t K = d->network.K, L = d->network.L, N = d->made.system.N;
    double *sight = arena_alloc(d->arena, K * L, sizeof *sight);
    double *rician = arena_alloc(d->arena, K * L, sizeof *rician);
    double complex *scatter = arena_zeros(d->arena, N * K * L, sizeof *scatter);
    cfi_stream stream = stream_make(d->made.system.seed, 0, CFI_DRAW_START, 1234);

    for (size_t i = 0; i < K * L; i++) {
        double strength = made_uniform(&stream, -0.25, 0.75);

        sight[i] = made_uniform(&stream, -0.9, 0.9);
        rician[i] = strength > 0.0 ? most * strength : 0.0;
        scatter[N * i] = rays > 0 ? 0.0 : 1.0;
        for (size_t r = 0; r < rays; r++) {
            double seen = sight[i] + made_uniform(&stream, -0.3, 0.3);

            for (size_t n = 0; n < N; n++) {
                scatter[N * i + n] += cexp(-I * M_PI * seen * (double)n) / (double)rays;
            }
        }
    }
    d->network.fading = (cfi_fading){.sight = sight, .rician = most > 0.0 ? rician : NULL, .scatter = scatter};
    remake_link(d);
}

/* W_kl = E v_kl v_kl^H = (m m^H + B) / n of maximum ratio, N x N. */
static inline void covariance_of_signal(const drop *d, size_t k, size_t l, double complex *W)
{
    size_t N = d->made.system.N;
    double complex *m = malloc((N + N * N) * sizeof *m), *work = m + N;
    double power = 0.0;

    channel_mean_of(&d->network, k, l, m);
    channel_estimate_covariance_of(&d->network, k, l, W, work);
    for (size_t i = 0; i < N * N; i++) {
        W[i] += m[i % N] * conj(m[i / N]);
    }
    for (size_t n = 0; n < N; n++) {
        power += creal(W[n + N * n]);
    }
    for (size_t i = 0; i < N * N; i++) {
        W[i] /= power;
    }
    free(m);
}

#endif
