/* Cramer-Rao bounds from differences of the raw signal, whatever the covariance of what is sent. Include after
 * <cmocka.h> and lapacke.h. */
#ifndef TESTS_BRUTE_BOUNDS_H
#define TESTS_BRUTE_BOUNDS_H

#include "drops.h"

/* Array response with indices first, first + 1, ...: the origin must not matter. */
static inline double complex response(double angle, size_t n, double first)
{
    double phase = M_PI * sin(angle) * (first + (double)n);

    return cos(phase) - I * sin(phase);
}

/* The M x NL matrix B(theta) with sum_l alpha_l b(theta) a_l^H blocks; only block `own` when all is false; a_p moves
 * with theta too. */
static inline void signal_matrix(const drop *d, size_t p, double theta, const double complex *alpha, double first,
                                 double complex *B)
{
    size_t N = d->made.system.N, M = d->made.system.M, L = d->made.system.L;

    for (size_t l = 0; l < L; l++) {
        double angle = l == p ? theta : d->made.angle[l];

        for (size_t n = 0; n < N; n++) {
            for (size_t m = 0; m < M; m++) {
                B[m + M * (N * l + n)] = alpha[l] * response(theta, m, first) * conj(response(angle, n, first));
            }
        }
    }
}

/* Re tr(X R Y^H) */
static inline double inner(const double complex *X, const double complex *R, const double complex *Y, size_t M,
                           size_t NL)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < NL; i++) {
        for (size_t j = 0; j < NL; j++) {
            for (size_t m = 0; m < M; m++) {
                sum += X[m + M * i] * R[i + NL * j] * conj(Y[m + M * j]);
            }
        }
    }
    return creal(sum);
}

/* The bound of theta_p, R the covariance of what all access points send, N L x N L: the full real Fisher matrix by
 * differences of the signal, inverted. Nuisances: real and imaginary part of every alpha_lp (multistatic), or of
 * alpha_pp in a signal of the own echo alone. */
static inline double bound_by_differences(const drop *d, const double complex *R, size_t p, bool multistatic,
                                          double first)
{
    const cfi_system *s = &d->made.system;
    size_t L = s->L, NL = s->N * L, size = s->M * NL, count = 1, nuisances = multistatic ? L : 1;
    double complex *alpha = calloc(L, sizeof *alpha);
    double complex *D = calloc((2 * L + 1) * size, sizeof *D), *low = calloc(size, sizeof *low);
    double *J = calloc((2 * L + 1) * (2 * L + 1), sizeof *J), step = 1e-5, bound;
    lapack_int *pivot = calloc(2 * L + 1, sizeof *pivot);

    memcpy(alpha, network_path_gains(&d->network, p), L * sizeof *alpha);
    for (size_t l = 0; l < L && !multistatic; l++) {
        alpha[l] = l == p ? alpha[l] : 0.0;
    }
    signal_matrix(d, p, d->made.angle[p] - step, alpha, first, low);
    signal_matrix(d, p, d->made.angle[p] + step, alpha, first, D);
    for (size_t i = 0; i < size; i++) {
        D[i] = (D[i] - low[i]) / (2.0 * step);
    }
    for (size_t l = 0; l < L; l++) {
        for (int part = 0; part < 2 && (multistatic || l == p); part++, count++) {
            double complex *unit = calloc(L, sizeof *unit);

            unit[l] = part == 0 ? 1.0 : I;
            signal_matrix(d, p, d->made.angle[p], unit, first, D + count * size);
            free(unit);
        }
    }
    assert_int_equal(count, 2 * nuisances + 1);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            J[i + count * j] =
                2.0 * (double)s->frame.T / s->power.sensing_noise_w * inner(D + i * size, R, D + j * size, s->M, NL);
        }
    }
    /* Schur complement of the nuisances, scaled to keep the solve well conditioned */
    double scale = J[0];
    size_t rest = 2 * nuisances;
    double *block = calloc(rest * rest, sizeof *block), *right = calloc(rest, sizeof *right);
    for (size_t i = 1; i < count; i++) {
        right[i - 1] = J[i];
        for (size_t j = 1; j < count; j++) {
            block[i - 1 + rest * (j - 1)] = J[i + count * j];
        }
    }
    assert_int_equal(
        LAPACKE_dgesv(LAPACK_COL_MAJOR, (lapack_int)rest, 1, block, (lapack_int)rest, pivot, right, (lapack_int)rest),
        0);
    for (size_t i = 1; i < count; i++) {
        scale -= J[i] * right[i - 1];
    }
    bound = 1.0 / scale;
    free(alpha);
    free(D);
    free(low);
    free(J);
    free(pivot);
    free(block);
    free(right);
    return bound;
}

#endif
