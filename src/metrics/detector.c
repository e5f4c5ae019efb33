/* What detectors make of simulated echoes. docs/model.md (M26)
 *
 * AP p receives Y = alpha b v S + noise, v = a^H F. Of it, what the filter for the known signal leaves is all that
 * matters: b^H Y S^H v^H = alpha M T norm(v)^2 + noise of variance sigma_s^2 M T norm(v)^2. Over the root of that
 * variance it is sqrt(snr) g + z, z circular normal of variance 1, snr = M T abs(alpha)^2 norm(v)^2 / sigma_s^2 of this
 * realisation, and g of the same law (Swerling 1), or of modulus 1. */
#include "metrics/detector.h"

#include "metrics/exponentials.h"
#include "metrics/simulation.h"

#include <math.h>

/* What all threads share. */
typedef struct detector_plan {
    const cfi_network *network;
    const double complex *a; /* N x L: responses of the arrays to the target */
    const double *energy;    /* L: M T abs(alpha_pp)^2 / sigma_s^2 */
    double log_false_alarm;
    size_t sums; /* where they begin: L + 2 counts, of detections at each AP, of both kinds of all together */
} detector_plan;

/* Of the L access points in the realisations of a chunk: each one's snr, and its power without and with a target. */
typedef struct detector_state {
    const detector_plan *plan;
    double *snr, *without, *with; /* L x SIMULATION_CHUNK */
    double *weight;               /* L */
    double *work;                 /* 2 L */
} detector_state;

static bool detector_wanted(const cfi_system *system)
{
    return detection_is_fused(system);
}

static void *detector_prepare(const simulation *sim, sums_layout *layout, cfi_arena *arena)
{
    const cfi_network *network = sim->network;
    const cfi_system *system = network->system;
    size_t L = network->L, N = system->N;
    detector_plan *plan = arena_alloc(arena, 1, sizeof *plan);
    double complex *a = arena_alloc(arena, N * L, sizeof *a);
    double *energy = arena_alloc(arena, L, sizeof *energy);

    if (!plan || !a || !energy) {
        return NULL;
    }
    for (size_t l = 0; l < L; l++) {
        channel_steering(network->angle_rad[l], N, a + N * l, NULL);
        energy[l] =
            (double)(system->M * system->frame.T) * network_path_power(network, l, l) / system->power.sensing_noise_w;
    }
    *plan = (detector_plan){.network = network,
                            .a = a,
                            .energy = energy,
                            .log_false_alarm = log(system->sensing.false_alarm_probability),
                            .sums = sums_extend(layout, L + 2)};
    return plan;
}

static void *detector_make(const void *shared, cfi_arena *arena)
{
    const detector_plan *plan = shared;
    size_t L = plan->network->L, many = L * SIMULATION_CHUNK;
    detector_state *s = arena_alloc(arena, 1, sizeof *s);
    double *numbers = arena_alloc(arena, 3 * many + 3 * L, sizeof *numbers);

    if (!s || !numbers) {
        return NULL;
    }
    *s = (detector_state){.plan = plan,
                          .snr = numbers,
                          .without = numbers + many,
                          .with = numbers + 2 * many,
                          .weight = numbers + 3 * many,
                          .work = numbers + 3 * many + L};
    return s;
}

/* norm(a^H F)^2 */
static double light_of(const detector_plan *plan, const observed *seen)
{
    size_t K = plan->network->K, N = plan->network->system->N;
    const double complex *a = plan->a + N * seen->l;
    double sum = 0.0;

    for (size_t k = 0; k < K; k++) {
        double re = 0.0, im = 0.0;

        for (size_t n = 0; n < N; n++) {
            double x = seen->f.re[seen->f.ld * n + k], y = seen->f.im[seen->f.ld * n + k];

            re += creal(a[n]) * x + cimag(a[n]) * y;
            im += creal(a[n]) * y - cimag(a[n]) * x;
        }
        sum += re * re + im * im;
    }
    return sum;
}

static void detector_observe(void *state, const observed *seen, double *sums)
{
    enum { ECHO_NORMALS = 6, BLOCKS = ECHO_NORMALS / 2 }; /* noise without a target, noise with one, its gain */
    const detector_state *s = state;
    const detector_plan *plan = s->plan;
    const cfi_system *system = plan->network->system;
    size_t at = plan->network->L * seen->place + seen->l;
    cfi_stream stream = stream_make(system->seed, plan->network->drop, CFI_DRAW_DETECTION, (uint32_t)seen->l);
    double x[ECHO_NORMALS], amplitude;

    stream.block = (uint32_t)(BLOCKS * seen->realization);
    random_normals(&stream, ECHO_NORMALS, x);
    s->snr[at] = plan->energy[seen->l] * light_of(plan, seen);
    amplitude = sqrt(s->snr[at]);
    if (system->sensing.swerling == 0) {
        x[4] = M_SQRT2;
        x[5] = 0.0;
    }
    s->without[at] = 0.5 * (x[0] * x[0] + x[1] * x[1]);
    x[2] += amplitude * x[4];
    x[3] += amplitude * x[5];
    s->with[at] = 0.5 * (x[2] * x[2] + x[3] * x[3]);
    sums[plan->sums + seen->l] += -s->with[at] <= plan->log_false_alarm ? 1.0 : 0.0;
}

/* Whether chance alone would so rarely give as much. */
static bool is_rare(const detector_state *s, const double *power)
{
    exponential_sum sum = {.count = s->plan->network->L, .scale = s->weight, .work = s->work};
    double value = 0.0;

    for (size_t p = 0; p < sum.count; p++) {
        value += s->weight[p] * power[p];
    }
    return exponentials_log_tails(&sum, value).above <= s->plan->log_false_alarm;
}

static void detector_conclude(void *state, size_t realization, size_t place, double *sums)
{
    const detector_state *s = state;
    size_t L = s->plan->network->L, first = L * place;
    double *own = sums + s->plan->sums;

    (void)realization;
    if (!(detection_weights(L, s->snr + first, s->weight) > 0.0)) { /* no light: one power is as good as another */
        s->weight[0] = 1.0;
    }
    own[L] += is_rare(s, s->with + first) ? 1.0 : 0.0;
    own[L + 1] += is_rare(s, s->without + first) ? 1.0 : 0.0;
}

/* A share of n trials, and its standard error as of two trials more of which one had succeeded: of none or all of n
 * it is not 0. */
static void fill_share(double count, size_t n, double *share, double *std_error)
{
    double q = (count + 1.0) / ((double)n + 2.0);

    *share = count / (double)n;
    *std_error = sqrt(q * (1.0 - q) / (double)n);
}

static void detector_report(const void *shared, const double *sums, size_t n, cfi_monte_carlo *out)
{
    const detector_plan *plan = shared;
    const double *own = sums + plan->sums;
    size_t L = plan->network->L;

    for (size_t l = 0; l < L; l++) {
        fill_share(own[l], n, &out->detection_probability[l], &out->detection_probability_std_error[l]);
    }
    fill_share(own[L], n, &out->detection_probability_fused, &out->detection_probability_fused_std_error);
    fill_share(own[L + 1], n, &out->false_alarm_probability_fused, &out->false_alarm_probability_fused_std_error);
}

const observer DETECTOR_OBSERVER = {.wanted = detector_wanted,
                                    .prepare = detector_prepare,
                                    .make = detector_make,
                                    .observe = detector_observe,
                                    .conclude = detector_conclude,
                                    .report = detector_report};
