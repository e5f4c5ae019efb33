/* The one evaluator of powers, and their largest violation. docs/model.md (M8) */
#include "cfisac/alloc.h"

#include <math.h>

static cfi_status allocate(const cfi_network *network, cfi_arena *arena, cfi_evaluation *out, cfi_error *error)
{
    size_t K = network->K, L = network->L;
    double *row = arena_alloc(arena, 2 * K + 2 * L, sizeof *row);

    if (!row) {
        return error_set(error, CFI_NO_MEMORY,
                         "out of memory to evaluate the powers of %zu access points and %zu users", L, K);
    }
    *out = (cfi_evaluation){
        .sinr = row, .rate_bit_s_hz = row + K, .crlb_rad2 = row + 2 * K, .ap_power_w = row + 2 * K + L};
    return CFI_OK;
}

static cfi_status radiated_powers(const cfi_network *network, const double *xi, const cfi_powers *powers,
                                  cfi_arena *arena, double *ap_power_w, cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    double *x = arena_alloc(arena, 2 * network->L, sizeof *x);

    if (!x) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the powers of %zu access points", network->L);
    }
    metrics_ap_powers(network->K, network->L, xi, powers, x, x + network->L);
    for (size_t l = 0; l < network->L; l++) {
        ap_power_w[l] = (double)network->system->N * (x[l] + x[l + network->L]);
    }
    arena_release(arena, mark);
    return CFI_OK;
}

/* The worst bound, and the largest relative violation of budget, limits and thresholds. */
static void judge(const cfi_system *system, size_t L, cfi_evaluation *out)
{
    double total = 0.0, worst = 0.0;

    for (size_t l = 0; l < L; l++) {
        total += out->ap_power_w[l];
        out->worst_crlb_rad2 = fmax(out->worst_crlb_rad2, out->crlb_rad2[l]);
        /* in units of the information needed: finite even where the bound is not */
        worst = fmax(worst, 1.0 - system->sensing.crlb_threshold_rad2[l] / out->crlb_rad2[l]);
        if (system->power.ap_limit_w) {
            worst = fmax(worst, out->ap_power_w[l] / system->power.ap_limit_w[l] - 1.0);
        }
    }
    out->violation = fmax(worst, total / system->power.budget_w - 1.0);
}

cfi_status alloc_evaluate(const cfi_network *network, const double *xi, const cfi_powers *powers, cfi_arena *arena,
                          cfi_evaluation *out, cfi_error *error)
{
    const cfi_system *system = network->system;
    cfi_status status = allocate(network, arena, out, error);

    if (status == CFI_OK) {
        status = metrics_sinr(network, xi, powers, system->rate_model, arena, out->sinr, error);
    }
    if (status == CFI_OK) {
        out->sum_rate_bit_s_hz = metrics_rates(system, out->sinr, out->rate_bit_s_hz);
        status = radiated_powers(network, xi, powers, arena, out->ap_power_w, error);
    }
    if (status == CFI_OK) {
        status = system->sensing.crlb_model == CFI_CRLB_MULTISTATIC
                     ? metrics_crlb_multistatic(network, xi, powers, arena, out->crlb_rad2, error)
                     : metrics_crlb_own_echo(network, xi, powers, arena, out->crlb_rad2, error);
    }
    if (status == CFI_OK) {
        judge(system, network->L, out);
    }
    return status;
}
