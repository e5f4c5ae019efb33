/* The one evaluator of powers, and their largest violation. docs/model.md (M8) */
#include "cfisac/alloc.h"

#include <math.h>

static cfi_status allocate_evaluation(const cfi_link *link, cfi_arena *arena, cfi_evaluation *out, cfi_error *error)
{
    size_t K = link->K, L = link->L;
    double *row = arena_alloc(arena, 2 * K + 2 * L, sizeof *row);

    if (!row) {
        return error_set(error, CFI_NO_MEMORY,
                         "out of memory to evaluate the powers of %zu access points and %zu users", L, K);
    }
    *out = (cfi_evaluation){
        .K = K, .L = L, .sinr = row, .rate_bit_s_hz = row + K, .crlb_rad2 = row + 2 * K, .ap_power_w = row + 2 * K + L};
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
        if (system->sensing.crlb_threshold_rad2) {
            worst = fmax(worst, 1.0 - system->sensing.crlb_threshold_rad2[l] / out->crlb_rad2[l]);
        }
        if (system->power.ap_limit_w) {
            worst = fmax(worst, out->ap_power_w[l] / system->power.ap_limit_w[l] - 1.0);
        }
    }
    out->violation = fmax(worst, total / system->power.budget_w - 1.0);
}

cfi_status alloc_evaluate(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, cfi_evaluation *out,
                          cfi_error *error)
{
    const cfi_system *system = link->system;
    cfi_status status = allocate_evaluation(link, arena, out, error);

    if (status == CFI_OK) {
        status = metrics_sinr(link, powers, system->rate_model, arena, out->sinr, error);
    }
    if (status == CFI_OK) {
        out->sum_rate_bit_s_hz = metrics_rates(system, out->sinr, out->rate_bit_s_hz);
        status = system->sensing.crlb_model == CFI_CRLB_MULTISTATIC
                     ? metrics_crlb_multistatic(link, powers, arena, out->crlb_rad2, error)
                     : metrics_crlb_own_echo(link, powers, arena, out->crlb_rad2, error);
    }
    if (status == CFI_OK) {
        metrics_comm_powers(link, powers, out->ap_power_w);
        for (size_t l = 0; l < link->L; l++) {
            out->ap_power_w[l] += powers->s[l];
        }
        judge(system, link->L, out);
    }
    return status;
}
