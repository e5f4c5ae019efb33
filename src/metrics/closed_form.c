/* Achievable rates in closed form. docs/model.md (M4), (M5), (M8). */
#include "cfisac/metrics.h"

#include <math.h>

static const double LN2 = 0.69314718055994530942;

void metrics_ap_powers(size_t K, size_t L, const double *xi, const cfi_powers *powers, double *restrict x,
                       double *restrict y)
{
    for (size_t l = 0; l < L; l++) {
        x[l] = y[l] = 0.0;
        for (size_t i = K * l; i < K * (l + 1); i++) {
            x[l] += xi[i] * powers->gamma[i];
            y[l] += powers->eta[i];
        }
    }
}

/* (N sum_l sqrt(gamma_jl) xi_jl beta_kl / beta_jl)^2 summed over the users j that share k's pilot. */
static double coherent_interference(const cfi_network *network, const double *xi, const cfi_powers *powers, size_t k)
{
    double total = 0.0, N = (double)network->system->N;

    for (size_t j = 0; j < network->K; j++) {
        double sum = 0.0;

        if (j == k || network->pilot[j] != network->pilot[k]) {
            continue;
        }
        for (size_t l = 0; l < network->L; l++) {
            size_t jl = j + network->K * l;

            sum += sqrt(powers->gamma[jl]) * xi[jl] * (network->beta[k + network->K * l] / network->beta[jl]);
        }
        total += N * sum * N * sum;
    }
    return total;
}

cfi_status metrics_sinr(const cfi_network *network, const double *xi, const cfi_powers *powers, cfi_rate_model model,
                        cfi_arena *arena, double *restrict sinr, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t K = network->K, L = network->L;
    double N = (double)system->N;
    cfi_arena_mark mark = arena_mark(arena);
    double *x = arena_alloc(arena, 2 * L, sizeof *x), *noise = arena_alloc(arena, K, sizeof *noise);

    if (!x || !noise) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", K);
    }
    metrics_ap_powers(K, L, xi, powers, x, x + L);
    for (size_t k = 0; k < K; k++) {
        sinr[k] = 0.0;
        noise[k] = system->power.comm_noise_w;
    }
    for (size_t l = 0; l < L; l++) {
        for (size_t k = 0; k < K; k++) {
            size_t i = k + K * l;

            sinr[k] += N * xi[i] * sqrt(powers->gamma[i]);
            noise[k] += N * network->beta[i] * (x[l] + x[l + L]);
        }
    }
    for (size_t k = 0; k < K; k++) {
        if (model == CFI_RATE_EXACT && network->pilots_overlap) {
            noise[k] += coherent_interference(network, xi, powers, k);
        }
        sinr[k] *= sinr[k] / noise[k];
    }
    arena_release(arena, mark);
    return CFI_OK;
}

double metrics_rates(const cfi_system *system, const double *sinr, double *rate)
{
    double sum = 0.0;

    for (size_t k = 0; k < system->K; k++) {
        double own = system->frame.prelog * log1p(sinr[k]) / LN2;

        sum += own;
        if (rate) {
            rate[k] = own;
        }
    }
    return sum;
}
