/* Probabilities of detecting the target. docs/model.md (M26). */
#include "cfisac/metrics.h"
#include "metrics/exponentials.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_roots.h>

#include <float.h>
#include <math.h>

/* ---------------------------------------------------------------- of an AP's own echo ---- */

/* Of an echo that does not fluctuate: abs(z + sqrt(snr))^2 above and below the threshold, Marcum's Q and what it
 * leaves.
 */
static tails log_tails_of_steady(double snr, double false_alarm)
{
    double one = 1.0, work[2];
    exponential_sum sum = {.count = 1, .scale = &one, .offset = &snr, .work = work};

    return exponentials_log_tails(&sum, -log(false_alarm));
}

double detection_own_echo(double snr, double false_alarm, size_t swerling)
{
    return exp(swerling == 1 ? log(false_alarm) / (1.0 + snr) : log_tails_of_steady(snr, false_alarm).above);
}

/* What is asked for, as that tail which is known better. */
typedef struct steady_target {
    double false_alarm;
    bool above;
    double log_tail;
} steady_target;

/* Increases with the amplitude; 0 where the probability is the one asked for. */
static double beyond_target(double amplitude, void *context)
{
    const steady_target *target = context;
    tails log = log_tails_of_steady(amplitude * amplitude, target->false_alarm);

    return target->above ? log.above - target->log_tail : target->log_tail - log.below;
}

/* Root of beyond_target between its values at `low` and `high`, by Brent's method. NaN when out of memory. */
static double find_amplitude(steady_target *target, double low, double high)
{
    enum { MOST_STEPS = 200 };                       /* some ten are needed */
    static const double TOLERANCE = 4 * DBL_EPSILON; /* relative */
    gsl_function function = {.function = beyond_target, .params = target};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double amplitude = NAN;

    if (!solver) {
        return NAN;
    }
    gsl_root_fsolver_set(solver, &function, low, high);
    for (int i = 0; i < MOST_STEPS; i++) {
        gsl_root_fsolver_iterate(solver);
        amplitude = gsl_root_fsolver_root(solver);
        low = gsl_root_fsolver_x_lower(solver);
        high = gsl_root_fsolver_x_upper(solver);
        if (high - low <= TOLERANCE * high) {
            break;
        }
    }
    gsl_root_fsolver_free(solver);
    return amplitude;
}

double detection_least_snr(double detection, double false_alarm, size_t swerling)
{
    static const double DEVIATIONS = 10.0; /* beyond the threshold: no double is as near to 1 as that probability */
    steady_target target = {.false_alarm = false_alarm, .above = detection < 0.5};
    double amplitude;

    if (detection <= false_alarm) {
        return 0.0;
    }
    if (swerling == 1) {
        return log(false_alarm / detection) / log(detection);
    }
    target.log_tail = target.above ? log(detection) : log1p(-detection);
    if (beyond_target(0.0, &target) >= 0.0) { /* by rounding */
        return 0.0;
    }
    amplitude = find_amplitude(&target, 0.0, sqrt(-log(false_alarm)) + DEVIATIONS);
    return amplitude * amplitude;
}

/* ------------------------------------------------------------------------- of a network ---- */

bool detection_is_fused(const cfi_system *system)
{
    return system->sensing.geometry == CFI_GEOMETRY_TARGET || system->sensing.detection_threshold > 0.0;
}

void metrics_echo_snr(const cfi_link *link, const cfi_powers *powers, double *restrict snr)
{
    const cfi_system *system = link->system;
    size_t L = link->L;
    double energy = (double)(system->M * system->frame.T) / system->power.sensing_noise_w;

    if (!link->directions.aim) {
        metrics_comm_powers(link, powers, snr);
    }
    for (size_t p = 0; p < L; p++) {
        double lit = link->directions.aim ? link_aim(link, powers, p).lit : snr[p];

        lit += (double)system->N * powers->s[p];
        snr[p] = energy * link_path_power(link, p, p) * lit;
    }
}

double detection_weights(size_t L, const double *snr, double *restrict weight)
{
    double largest = 0.0;

    for (size_t p = 0; p < L; p++) {
        weight[p] = snr[p] / (1.0 + snr[p]);
        largest = fmax(largest, weight[p]);
    }
    for (size_t p = 0; p < L && largest > 0.0; p++) {
        weight[p] /= largest;
    }
    return largest;
}

double detection_fused(size_t L, const double *snr, double false_alarm, size_t swerling, double *restrict work)
{
    exponential_sum sum = {.count = L, .scale = work, .work = work + L};
    double largest = detection_weights(L, snr, work), threshold;

    if (!(largest > 0.0)) { /* nothing to tell an echo by */
        return false_alarm;
    }
    threshold = exponentials_quantile(&sum, false_alarm);
    if (swerling == 0) {
        sum.offset = snr;
    } else {
        for (size_t p = 0; p < L; p++) {
            work[p] = snr[p] / largest;
        }
    }
    return exponentials_tails(&sum, threshold).above;
}
