/* Cramer-Rao bounds of the target angles in closed form. docs/model.md (M6), (M7). */
#include "cfisac/metrics.h"

#include <math.h>

/* S_n = n (n^2 - 1) / 12: squared deviations of 1..n from their mean. */
static double spread(size_t n)
{
    double value = (double)n;

    return value * (value * value - 1.0) / 12.0;
}

static double angle_factor(const cfi_network *network, size_t p)
{
    double cosine = cos(network->angle_rad[p]);

    return M_PI * M_PI * cosine * cosine;
}

void metrics_sensing_coefficients(const cfi_network *network, double *restrict d1, double *restrict d2)
{
    const cfi_system *system = network->system;
    double N = (double)system->N, M = (double)system->M, S_N = spread(system->N), S_M = spread(system->M);

    for (size_t p = 0; p < network->L; p++) {
        double g = network_path_power(network, p, p) * angle_factor(network, p);

        d1[p] = g * (N * S_M + M * S_N);
        d2[p] = g * (N * N * S_M);
    }
}

static cfi_status out_of_memory(const cfi_network *network, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", network->L);
}

cfi_status metrics_crlb_own_echo(const cfi_network *network, const double *xi, const cfi_powers *powers,
                                 cfi_arena *arena, double *restrict crlb, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t L = network->L;
    cfi_arena_mark mark = arena_mark(arena);
    double *x = arena_alloc(arena, 4 * L, sizeof *x), *y, *d1, *d2;

    if (!x) {
        return out_of_memory(network, error);
    }
    y = x + L;
    d1 = x + 2 * L;
    d2 = x + 3 * L;
    metrics_ap_powers(network->K, L, xi, powers, x, y);
    metrics_sensing_coefficients(network, d1, d2);
    for (size_t p = 0; p < L; p++) {
        crlb[p] = system->power.sensing_noise_w / (2.0 * (double)system->frame.T * (d1[p] * x[p] + d2[p] * y[p]));
    }
    arena_release(arena, mark);
    return CFI_OK;
}

/* sum_l abs(alpha_l)^2 x_l and norm(E alpha)^2 with E = [sqrt(eta_kl)] */
static void illuminate(const cfi_network *network, const cfi_powers *powers, const double *x,
                       const double complex *alpha, double complex *beam, double *diffuse, double *coherent)
{
    size_t K = network->K;

    *diffuse = *coherent = 0.0;
    for (size_t k = 0; k < K; k++) {
        beam[k] = 0.0;
    }
    for (size_t l = 0; l < network->L; l++) {
        *diffuse += (creal(alpha[l]) * creal(alpha[l]) + cimag(alpha[l]) * cimag(alpha[l])) * x[l];
        for (size_t k = 0; k < K; k++) {
            beam[k] += sqrt(powers->eta[k + K * l]) * alpha[l];
        }
    }
    for (size_t k = 0; k < K; k++) {
        *coherent += creal(beam[k]) * creal(beam[k]) + cimag(beam[k]) * cimag(beam[k]);
    }
}

cfi_status metrics_crlb_multistatic(const cfi_network *network, const double *xi, const cfi_powers *powers,
                                    cfi_arena *arena, double *restrict crlb, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t L = network->L, K = network->K;
    double N = (double)system->N, M = (double)system->M, S_N = spread(system->N), S_M = spread(system->M);
    double diffuse = 0.0, coherent = 0.0;
    cfi_arena_mark mark = arena_mark(arena);
    double *x = arena_alloc(arena, 2 * L, sizeof *x);
    double complex *beam = arena_alloc(arena, K, sizeof *beam);

    if (!x || !beam) {
        return out_of_memory(network, error);
    }
    metrics_ap_powers(K, L, xi, powers, x, x + L);
    for (size_t p = 0; p < L; p++) {
        double information;

        if (p == 0 || !network->equal_paths) { /* equal paths: one column serves for all */
            illuminate(network, powers, x, network_path_gains(network, p), beam, &diffuse, &coherent);
        }
        information = S_M * (N * diffuse + N * N * coherent) + network_path_power(network, p, p) * M * S_N * x[p];
        crlb[p] =
            system->power.sensing_noise_w / (2.0 * (double)system->frame.T * angle_factor(network, p) * information);
    }
    arena_release(arena, mark);
    return CFI_OK;
}
