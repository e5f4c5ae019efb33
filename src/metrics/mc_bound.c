/* Monte Carlo of the bounds: the averaged Fisher matrix of the raw signal, nuisances eliminated. docs/model.md (M17).
 *
 * AP p receives sum_l alpha_lp b_p v_l S with v_l = a_l^H F_l (own echo: l = p only), S S^H = T I, noise sigma_s^2. Its
 * derivative in theta_p is bdot_p u + alpha_pp b_p adot_p^H F_p S with u = sum_l alpha_lp v_l; in the path gains it is
 * b_p v_l. Stacked over streams and realisations, eliminating the complex path gains projects on the complement of
 * span(b_p x v_l). With adot = adot_across + a (a^H adot) / N, and b likewise, the parts along a and b lie in that
 * span, so with w_p = adot_across^H F_p
 *
 *     1 / CRLB_p = (2 T / sigma_s^2) ( norm(bdot_across)^2 E norm(u)^2 + M abs(alpha_pp)^2 RSS_p )
 *
 * where RSS_p = E norm(w_p)^2 - c^H S^-1 c, S = E[v^* v], c = E[v^* w_p], is the residual of regressing w_p on the v_l.
 */
#include "metrics/sums.h"

#include <string.h>

/* In place of an array's derivative what is off the array's own direction; returns its norm^2. Zero where it is
 * rounding. */
static double keep_across(const double complex *b, double complex *derivative, size_t M)
{
    double complex along = 0.0;
    double total = 0.0, rest = 0.0;

    for (size_t m = 0; m < M; m++) {
        along += conj(b[m]) * derivative[m] / (double)M;
        total += creal(derivative[m] * conj(derivative[m]));
    }
    for (size_t m = 0; m < M; m++) {
        derivative[m] -= b[m] * along;
        rest += creal(derivative[m] * conj(derivative[m]));
    }
    if (rest > RESIDUAL_ROUNDING * total) {
        return rest;
    }
    memset(derivative, 0, M * sizeof *derivative);
    return 0.0;
}

/* a_l and the part of its derivative that is off it, real and imaginary parts apart. */
static void fill_observed(const cfi_network *network, size_t l, double complex *a, double *observed)
{
    size_t N = network->system->N;

    channel_steering(network->angle_rad[l], N, a, a + N);
    keep_across(a, a + N, N);
    for (size_t n = 0; n < N; n++) {
        observed[2 * n] = creal(a[n]);
        observed[2 * n + 1] = creal(a[N + n]);
        observed[2 * (N + n)] = cimag(a[n]);
        observed[2 * (N + n) + 1] = cimag(a[N + n]);
    }
}

cfi_status bound_constants_make(const cfi_network *network, cfi_arena *arena, bound_constants *constants,
                                cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t L = network->L, M = system->M, N = system->N;
    double per_noise = 2.0 * (double)system->frame.T / system->power.sensing_noise_w;
    double complex *b = arena_alloc(arena, 2 * (M > N ? M : N), sizeof *b);

    constants->network = network;
    constants->along = arena_alloc(arena, 2 * L, sizeof(double));
    constants->observed = arena_alloc(arena, 4 * N * L, sizeof(double));
    if (!b || !constants->along || !constants->observed) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the Monte Carlo bounds");
    }
    constants->across = constants->along + L;
    constants->per_path = per_noise * (double)M;
    for (size_t p = 0; p < L; p++) {
        fill_observed(network, p, b, constants->observed + 4 * N * p);
        channel_steering(network->angle_rad[p], M, b, b + M);
        constants->along[p] = per_noise * keep_across(b, b + M, M);
        constants->across[p] = per_noise * (double)M * network_path_power(network, p, p);
    }
    return CFI_OK;
}

double bound_own_residual(double vv, double ww, double re, double im)
{
    double explained = vv > 0.0 ? (re * re + im * im) / vv : 0.0;

    return ww - explained > RESIDUAL_ROUNDING * ww ? ww - explained : 0.0;
}

double bound_own_information(const bound_constants *constants, size_t p, const double *ap)
{
    return constants->along[p] * network_path_power(constants->network, p, p) * ap[0] +
           constants->across[p] * bound_own_residual(ap[0], ap[1], ap[2], ap[3]);
}

void sums_own_echo(const sums_layout *layout, const bound_constants *constants, const double *sums, double n,
                   double *information)
{
    for (size_t p = 0; p < layout->L; p++) {
        information[p] = bound_own_information(constants, p, sums + layout->aps + 5 * p) / n;
    }
}

size_t sums_beams(const sums_layout *layout, size_t l)
{
    return layout->beams + 4 * layout->width * l;
}

double sums_spread(const sums_layout *layout, const double *sums, double n, size_t l)
{
    const double *re = sums + sums_beams(layout, l), *im = re + 2 * layout->width;
    double norm = 0.0;

    for (size_t k = 0; k < layout->K; k++) {
        norm += re[k] * re[k] + im[k] * im[k];
    }
    return sums[layout->aps + 5 * l] - norm / n;
}
