/* The one evaluator of powers, and their largest violation. docs/model.md (M8) */
#include "alloc/information.h"

#include <math.h>

static cfi_status allocate_evaluation(const cfi_link *link, cfi_arena *arena, cfi_evaluation *out, cfi_error *error)
{
    size_t K = link->K, L = link->L;
    double *row = arena_alloc(arena, 2 * K + 2 * L, sizeof *row);

    if (!row) {
        return error_set(error, CFI_NO_MEMORY,
                         "out of memory to evaluate the powers of %zu access points and %zu users", L, K);
    }
    *out = (cfi_evaluation){.K = K,
                            .L = L,
                            .sinr = row,
                            .rate_bit_s_hz = row + K,
                            .crlb_rad2 = row + 2 * K,
                            .ap_power_w = row + 2 * K + L,
                            .position_error_m = NAN};
    return CFI_OK;
}

/* The bound of the system's model; of the position too where something is asked of it. */
static cfi_status evaluate_model(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, cfi_evaluation *out,
                                 cfi_error *error)
{
    const cfi_sensing *sensing = &link->system->sensing;
    bool places = link->system->allocation.objective == CFI_MIN_POSITION_ERROR || sensing->position_threshold_m > 0.0;
    cfi_arena_mark mark = arena_mark(arena);
    cfi_bounds bounds;
    cfi_status status = CFI_OK;

    if (places) {
        status = metrics_bounds(NULL, link, powers, arena, &bounds, error);
        if (status == CFI_OK) {
            out->position_error_m = sensing->crlb_model == CFI_CRLB_MULTISTATIC   ? bounds.position.multistatic_m
                                    : sensing->crlb_model == CFI_CRLB_NONCOHERENT ? bounds.position.noncoherent_m
                                                                                  : bounds.position.own_echo_m;
        }
        arena_release(arena, mark);
    }
    if (status != CFI_OK) {
        return status;
    }
    switch (sensing->crlb_model) {
    case CFI_CRLB_MULTISTATIC:
        return metrics_crlb_multistatic(link, powers, arena, out->crlb_rad2, error);
    case CFI_CRLB_NONCOHERENT:
        return metrics_crlb_noncoherent(link, powers, arena, out->crlb_rad2, error);
    default:
        return metrics_crlb_own_echo(link, powers, arena, out->crlb_rad2, error);
    }
}

/* The largest of 1 - SNR / least SNR of own echoes goes into *violation. */
static cfi_status judge_detection(const cfi_link *link, const cfi_powers *powers, cfi_arena *arena, double *violation,
                                  cfi_error *error)
{
    cfi_arena_mark mark = arena_mark(arena);
    double *snr, least;

    if (!(link->system->sensing.detection_threshold > 0.0)) {
        return CFI_OK;
    }
    snr = arena_alloc(arena, link->L, sizeof *snr);
    least = information_least_snr(link->system);
    if (!snr || isnan(least)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the detection of %zu access points", link->L);
    }
    metrics_echo_snr(link, powers, snr);
    for (size_t l = 0; l < link->L && least > 0.0; l++) {
        *violation = fmax(*violation, 1.0 - snr[l] / least);
    }
    arena_release(arena, mark);
    return CFI_OK;
}

/* The largest relative lack of rate against the targets goes into *violation. */
static void judge_rates(const cfi_system *system, const cfi_evaluation *evaluation, double *violation)
{
    const double *target = system->allocation.rate_target_bit_s_hz;

    for (size_t k = 0; target && k < evaluation->K; k++) {
        if (target[k] > 0.0) {
            *violation = fmax(*violation, 1.0 - evaluation->rate_bit_s_hz[k] / target[k]);
        }
    }
}

/* The worst bound, what is radiated, and the largest relative violation of budget, limits, thresholds and targets. */
static void judge(const cfi_system *system, size_t L, cfi_evaluation *out)
{
    const double *threshold = system_angle_thresholds(system);
    double worst = 0.0;

    for (size_t l = 0; l < L; l++) {
        double bound = out->crlb_rad2[l], over;

        out->power_w += out->ap_power_w[l];
        out->worst_crlb_rad2 = bound > out->worst_crlb_rad2 ? bound : out->worst_crlb_rad2;
        /* in units of the information needed: finite even where the bound is not */
        if (threshold) {
            over = 1.0 - threshold[l] / bound;
            worst = over > worst ? over : worst;
        }
        if (system->power.ap_limit_w) {
            over = out->ap_power_w[l] / system->power.ap_limit_w[l] - 1.0;
            worst = over > worst ? over : worst;
        }
    }
    if (system->sensing.position_threshold_m > 0.0) { /* in units of the information needed, too */
        double quotient = system->sensing.position_threshold_m / out->position_error_m;

        worst = fmax(worst, 1.0 - quotient * quotient);
    }
    judge_rates(system, out, &worst);
    out->violation = fmax(worst, out->power_w / system->power.budget_w - 1.0);
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
        status = evaluate_model(link, powers, arena, out, error);
    }
    if (status == CFI_OK) {
        metrics_comm_powers(link, powers, out->ap_power_w);
        for (size_t l = 0; l < link->L; l++) {
            out->ap_power_w[l] += powers->s[l];
        }
        judge(system, link->L, out);
        status = judge_detection(link, powers, arena, &out->violation, error);
    }
    return status;
}
