/* The covariance of what is sent. Include after <cmocka.h> and lapacke.h. */
#ifndef TESTS_SENT_COVARIANCE_H
#define TESTS_SENT_COVARIANCE_H

#include "brute_bounds.h"
#include "fading_drops.h"

/* Covariance of what all access points send, N L x N L. streams by their W_kl (white: I / N), beams by what they have
 * in common; the caller's to free. */
static inline double complex *sent_covariance(const drop *d, bool white)
{
    size_t N = d->made.system.N, L = d->network.L, K = d->network.K, NL = N * L;
    double complex *R = calloc(NL * NL, sizeof *R), *W = calloc(N * N, sizeof *W);

    for (size_t l = 0; l < L; l++) {
        for (size_t k = 0; k < K; k++) {
            for (size_t n = 0; white && n < N; n++) {
                W[n + N * n] = 1.0 / (double)N;
            }
            if (!white) {
                covariance_of_signal(d, k, l, W);
            }
            for (size_t i = 0; i < N * N; i++) {
                R[N * l + i % N + NL * (N * l + i / N)] += d->powers.p[k + K * l] * W[i];
            }
        }
        for (size_t q = 0; q < L; q++) {
            double beams = sqrt(d->powers.s[l] * d->powers.s[q]) / (double)N;

            for (size_t i = 0; i < N * N; i++) {
                R[N * l + i % N + NL * (N * q + i / N)] +=
                    beams * response(d->made.angle[l], i % N, 1.0) * conj(response(d->made.angle[q], i / N, 1.0));
            }
        }
    }
    free(W);
    return R;
}

#endif
