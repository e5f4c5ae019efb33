/* Signals that drown in noise whatever the allocation does, and the key that is likely wrong. */
#include "cfisac/scenario.h"

#include "scenario/model.h"

#include <math.h>
#include <stdio.h>

/* A user whose SINR cannot exceed this has no use of the network: 0.014 bit/s/Hz. */
static const double LOST_SINR = 1e-2;
/* No receiver is as noisy as that: thermal noise in 10 GHz with a noise figure of 14 dB, W. */
static const double MOST_NOISE_W = 1e-9;
/* Gains below it are measured ones; those of a network in normalised units lie about 1. */
static const double SMALL_GAIN = 1e-3;

/* What no allocation can exceed, over all users. */
typedef struct signal_bounds {
    double snr;          /* perfect channel knowledge, all power for one user */
    double sinr;         /* the same with the estimates that the pilots give, and that user's own interference */
    double largest_gain; /* of any pair */
} signal_bounds;

double system_most_power(const cfi_system *system)
{
    double sum = 0.0;

    for (size_t l = 0; system->power.ap_limit_w && l < system->L; l++) {
        sum += system->power.ap_limit_w[l];
    }
    return system->power.ap_limit_w ? fmin(sum, system->power.budget_w) : system->power.budget_w;
}

/* By Cauchy and Schwarz: u_k^2 <= N sum_l xi_kl times the power of all access points, and <= N sum_l xi_kl / V_kl times
 * what that power interferes with at user k itself, (M5), where V_kl is beta_kl under maximum ratio and at least
 * beta_kl - xi_kl under any precoder. xi as if no two users shared a pilot. */
static signal_bounds bound_signals(const cfi_system *system, const double *beta)
{
    double noise = system->power.comm_noise_w, pilot_noise = system_pilot_noise(system),
           pilots = (double)system->frame.tau_p * system->frame.pilot_power_w,
           power = (double)system->N * system_most_power(system);
    signal_bounds most = {.snr = 0.0};

    for (size_t k = 0; k < system->K; k++) {
        double gains = 0.0, estimated = 0.0, shares = 0.0;

        for (size_t l = 0; l < system->L; l++) {
            double gain = beta[k + system->K * l], share = pilots * gain / (pilots * gain + pilot_noise);

            gains += gain;
            estimated += share * gain;
            shares += system->precoding.kind == CFI_PRECODER_MR ? share : share / (1.0 - share);
            most.largest_gain = fmax(most.largest_gain, gain);
        }
        most.snr = fmax(most.snr, power * gains / noise);
        most.sinr = fmax(most.sinr, fmin(power * estimated / noise, (double)system->N * shares));
    }
    return most;
}

/* Which of the keys behind the SNR is out of line with the others. */
static void describe_lost(const cfi_system *system, const signal_bounds *most, char *text, size_t size)
{
    const cfi_power *power = &system->power;
    double noise = dbm_of(power->comm_noise_w), budget = dbm_of(system_most_power(system));
    char what[160];

    if (power->comm_noise_w > MOST_NOISE_W && most->largest_gain < SMALL_GAIN) {
        snprintf(what, sizeof what, "power.comm_noise_dbm: %.4g dBm is no receiver's noise, and gains are %.2g at most",
                 noise, most->largest_gain);
    } else if (!power->budget_in_dbm) {
        snprintf(what, sizeof what, "power.snr_db: a budget of %.4g dBm is too little for gains of %.2g at most",
                 budget, most->largest_gain);
    } else {
        snprintf(what, sizeof what, "%s: gains of %.2g at most are too small for a budget of %.4g dBm",
                 system->propagation.gain ? "propagation.gain" : "power.budget_dbm", most->largest_gain, budget);
    }
    snprintf(text, size, "%s: the received signal is lost in the noise of %.4g dBm, no user's SNR can exceed %.4g dB",
             what, noise, 10.0 * log10(most->snr));
}

bool scenario_signal_is_lost(const cfi_system *system, const double *beta, char *text, size_t size)
{
    signal_bounds most = bound_signals(system, beta);

    if (most.snr < LOST_SINR) {
        describe_lost(system, &most, text, size);
    } else if (most.sinr < LOST_SINR) {
        snprintf(text, size,
                 "pilots.power_dbm: pilots of %.4g dBm are lost in the noise of %.4g dBm, no user's SINR can exceed "
                 "%.4g dB",
                 dbm_of(system->frame.pilot_power_w), dbm_of(system_pilot_noise(system)), 10.0 * log10(most.sinr));
    }
    return most.sinr < LOST_SINR;
}
