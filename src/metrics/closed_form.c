/* Achievable rates in closed form. docs/model.md (M4), (M5), (M8). */
#include "cfisac/metrics.h"

#include "base/units.h"

#include <math.h>

double metrics_comm_power(size_t K, const cfi_powers *powers, size_t l)
{
    double sum = 0.0;

    for (size_t i = K * l; i < K * (l + 1); i++) {
        sum += powers->p[i];
    }
    return sum;
}

/* (sum_l c_kj,l sqrt(p_jl))^2 summed over the users j that share k's pilot. */
static double coherent_interference(const cfi_link *link, const cfi_powers *powers, size_t k)
{
    double total = 0.0;

    for (size_t j = 0; j < link->K; j++) {
        double sum = 0.0;

        if (!link_coherent_pair(link, k, j)) {
            continue;
        }
        for (size_t l = 0; l < link->L; l++) {
            sum += link_coherent(link, k, j, l) * sqrt(powers->p[j + link->K * l]);
        }
        total += sum * sum;
    }
    return total;
}

/* V_kj,l sum_j p_jl where V does not depend on the stream j; what user k hears of AP l's users by chance. */
static double stray_power(const cfi_link *link, const cfi_powers *powers, double comm, size_t k, size_t l)
{
    size_t K = link->K;
    double sum = 0.0;

    if (!link->V_by_stream) {
        return link->V[k + K * l] * comm;
    }
    for (size_t j = 0; j < K; j++) {
        sum += link->V_by_stream[k + K * (j + K * l)] * powers->p[j + K * l];
    }
    return sum;
}

cfi_status metrics_sinr(const cfi_link *link, const cfi_powers *powers, cfi_rate_model model, cfi_arena *arena,
                        double *restrict sinr, cfi_error *error)
{
    size_t K = link->K;
    cfi_arena_mark mark = arena_mark(arena);
    double *noise = arena_alloc(arena, K, sizeof *noise);

    if (!noise) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the rates of %zu users", K);
    }
    for (size_t k = 0; k < K; k++) {
        sinr[k] = 0.0;
        noise[k] = link->system->power.comm_noise_w;
    }
    for (size_t l = 0; l < link->L; l++) {
        double comm = metrics_comm_power(K, powers, l);

        for (size_t k = 0; k < K; k++) {
            size_t i = k + K * l;

            sinr[k] += link->g[i] * sqrt(powers->p[i]);
            noise[k] += stray_power(link, powers, comm, k, l) + link->S[i] * powers->s[l];
        }
    }
    for (size_t k = 0; k < K; k++) {
        if (model == CFI_RATE_EXACT && link->pilots_overlap) {
            noise[k] += coherent_interference(link, powers, k);
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
