/* The mean over blocks of what each says of departures. docs/model.md (M29). */
#include "metrics/block_means.h"

#include "base/threads.h"
#include "metrics/blocks.h"
#include "metrics/estimates.h"
#include "metrics/simulation.h"

#include <math.h>
#include <string.h>

/* Of log t: the integrand is analytic and bounded within pi / 2 of the real axis, so that the trapezoid rule errs by
 * e^(-pi^2 / step), 1e-17. */
static const double STEP = 0.25;
/* Beyond the scales 1 / p_k, to either side: what is left out is e^-38. */
static const double MARGIN = 38.0;

/* With 1 / norm(v)^2 = int_0^inf e^(-t norm(v)^2) dt the mean falls apart over streams:
 *   int_0^inf sum_k p_k [ p_k / (1 + t p_k) + m / (1 + t p_k)^2 ] prod_j e^(-t m / (1 + t p_j)) / (1 + t p_j) dt */
static double share_integrand(size_t K, const double *p, double m, double t)
{
    double weighted = 0.0, exponent = 0.0;

    for (size_t k = 0; k < K; k++) {
        double grown = 1.0 + t * p[k];

        weighted += p[k] * (p[k] / grown + m / (grown * grown));
        exponent += t * m / grown + log(grown);
    }
    return weighted * exp(-exponent);
}

double block_share(size_t K, const double *p, double s)
{
    double most = 0.0, least = INFINITY, total = 0.0, sum = 0.0, m = s / (double)K;
    size_t points;

    for (size_t k = 0; k < K; k++) {
        total += p[k];
        most = fmax(most, p[k]);
        least = p[k] > 0.0 ? fmin(least, p[k]) : least;
    }
    least = fmax(least, most * exp(-MARGIN)); /* weaker users are not heard beside the strongest */
    points = (size_t)((2.0 * MARGIN + log(fmax(most, m) / least)) / STEP);
    for (size_t i = 0; i <= points; i++) {
        double t = exp(STEP * (double)i - MARGIN) / fmax(most, m);

        sum += isfinite(t) ? STEP * t * share_integrand(K, p, m, t) : 0.0;
    }
    return fmin(sum / total, 1.0);
}

/* What the threads share of the own echoes' closed form. */
typedef struct closed_job {
    const cfi_network *network;
    const cfi_powers *powers;
    double *own;
} closed_job;

/* M pi^2 cos^2 S_N / N of a watt for users, less what the gain takes. */
static void close_aps(void *context, size_t thread, size_t first, size_t end)
{
    const closed_job *job = context;
    const cfi_system *system = job->network->system;
    size_t K = job->network->K;
    double N = (double)system->N, per_noise = 2.0 * (double)system->frame.T / system->power.sensing_noise_w;

    (void)thread;
    for (size_t l = first; l < end; l++) {
        double turn = M_PI * cos(job->network->angle_rad[l]), comm = metrics_comm_power(K, job->powers, l);
        double left = comm > 0.0 ? 1.0 - block_share(K, job->powers->p + K * l, job->powers->s[l]) : 0.0;

        job->own[l] = per_noise * network_path_power(job->network, l, l) * (double)system->M * turn * turn *
                      (N * N - 1.0) / 12.0 * comm * (left > 1e-13 ? left : 0.0);
    }
}

/* Independent entries of v, and a derivative that is independent of them. */
static bool is_closed(const cfi_network *network)
{
    return network->system->precoding.kind == CFI_PRECODER_MR && channel_is_iid(network) && !network->pilots_overlap;
}

static cfi_status run_simulation_of_blocks(simulation *sim, cfi_arena *arena, cfi_error *error)
{
    cfi_status status = simulation_share_scratch(sim, arena, error);

    if (status == CFI_OK) {
        status = simulation_prepare(sim, arena, error);
    }
    return status == CFI_OK ? simulation_run_blocks(sim, MOST_BLOCKS, error) : status;
}

static cfi_status simulate_means(const cfi_network *network, const cfi_powers *powers, cfi_arena *arena,
                                 block_means *out, cfi_error *error)
{
    simulation sim = {.network = network,
                      .precoder = channel_precoder(network->system),
                      .powers = powers,
                      .n = network->system->precoding.draws,
                      .block_size = 1,
                      .offset = channel_first_statistic(network->system->N),
                      .without_rates = true,
                      .threads = network->threads > 0 ? network->threads : 1,
                      .stop = network->stop};
    cfi_status status;
    double *total, n;

    sim.layout = sums_make_layout(network->K, network->L, false);
    sim.layout.multistatic = true; /* of the blocks alone */
    status = bound_constants_make(network, arena, &sim.constants, error);
    if (status == CFI_OK && !observers_prepare_one(&sim, &BLOCKS_OBSERVER, arena)) {
        status = simulation_out_of_memory(network, error);
    }
    if (status == CFI_OK) {
        status = run_simulation_of_blocks(&sim, arena, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    total = arena_alloc(arena, sim.layout.length, sizeof *total);
    if (!total) {
        return simulation_out_of_memory(network, error);
    }
    n = estimates_add_up(&sim, sim.layout.length, total);
    for (size_t p = 0; p < network->L; p++) {
        out->own[p] = total[blocks_place(&sim.layout, BLOCKS_OWN, p)] / n;
        out->all[p] = total[blocks_place(&sim.layout, BLOCKS_ALL, p)] / n;
    }
    for (size_t i = 0; i < 3; i++) {
        out->position[i] = total[blocks_matrix(&sim.layout) + i] / n;
    }
    return CFI_OK;
}

cfi_status block_means_make(const cfi_network *network, const cfi_powers *powers, cfi_arena *arena, block_means *out,
                            cfi_error *error)
{
    enum { CLOSED_STEPS = 4000 }; /* of a user: points, an exponential and a logarithm each */
    size_t L = network->L;
    double *memory = arena_alloc(arena, 2 * L, sizeof *memory);
    cfi_arena_mark mark = arena_mark(arena);
    cfi_status status;

    if (!memory) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", L);
    }
    *out = (block_means){.own = memory, .all = memory + L};
    status = simulate_means(network, powers, arena, out, error);
    if (status == CFI_OK && is_closed(network)) {
        closed_job job = {.network = network, .powers = powers, .own = out->own};

        threads_share(network->threads, L, threads_part(CLOSED_STEPS * network->K), close_aps, &job);
    }
    arena_release(arena, mark);
    return status;
}
