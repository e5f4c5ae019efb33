/* Second moments and sensing information of one drop. docs/model.md (M4) - (M7). */
#include "link/directions.h"
#include "link/simulated.h"

#include "base/threads.h"

#include <math.h>
#include <string.h>

/* S_n = n (n^2 - 1) / 12: squared deviations of 1..n from their mean. */
static double spread(size_t n)
{
    double value = (double)n;

    return value * (value * value - 1.0) / 12.0;
}

/* sum_p abs(alpha_lp)^2 over all receivers. */
static double power_at_all(const cfi_network *network, size_t l)
{
    double sum = 0.0;

    if (network->equal_paths) {
        return (double)network->L * network_path_power(network, l, l);
    }
    for (size_t p = 0; p < network->L; p++) {
        sum += network_path_power(network, l, p);
    }
    return sum;
}

/* (M6), (M7) per radiated watt. Precoding vectors over i.i.d. Rayleigh fading point nowhere, E v v^H = I / N, so that
 * any precoder has x_l = sum_k p_kl / N of the paper's power; the beam has y_l = s_l / N. */
static cfi_status add_information(const cfi_network *network, cfi_arena *arena, cfi_link *link, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t L = network->L;
    double N = (double)system->N, per_noise = 2.0 * (double)system->frame.T / system->power.sensing_noise_w;
    double *comm = arena_alloc(arena, 5 * L, sizeof *comm);
    double *sens, *arrival, *departure, *departure_all;

    if (!comm) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", L);
    }
    sens = comm + L;
    arrival = comm + 2 * L;
    departure = comm + 3 * L;
    departure_all = comm + 4 * L;
    for (size_t p = 0; p < L; p++) {
        double cosine = cos(network->angle_rad[p]), power = network_path_power(network, p, p);
        double factor = per_noise * M_PI * M_PI * cosine * cosine;

        arrival[p] = factor * spread(system->M);
        departure[p] = factor * power * (double)system->M * spread(system->N) / N;
        departure_all[p] = factor * power_at_all(network, p) * (double)system->M * spread(system->N) / N;
        comm[p] = power * arrival[p] + departure[p];
        sens[p] = power * arrival[p] * N;
    }
    link->own_echo = (cfi_information){.diagonal = true, .comm = comm, .sens = sens};
    link->echoes = (cfi_echoes){.arrival = arrival,
                                .departure = departure,
                                .departure_all = departure_all,
                                .equal_paths = network->equal_paths,
                                .path = network->path};
    return CFI_OK;
}

static cfi_status add_turns(const cfi_network *network, cfi_arena *arena, cfi_link *link, cfi_error *error)
{
    double *turn;

    if (!network->target_position_m) {
        return CFI_OK;
    }
    turn = arena_alloc(arena, 2 * network->L, sizeof *turn);
    if (!turn) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the bounds of %zu access points", network->L);
    }
    for (size_t l = 0; l < network->L; l++) {
        network_target_turn(network, l, turn + 2 * l);
    }
    link->turn = turn;
    return CFI_OK;
}

static cfi_status link_out_of_memory(const cfi_network *network, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the links of %zu access points and %zu users", network->L,
                     network->K);
}

/* What was cut short by a stop is no result. */
static cfi_status unless_stopped(const cfi_network *network, cfi_status status, cfi_error *error)
{
    return status == CFI_OK && stop_requested(network->stop)
               ? error_set(error, CFI_INTERRUPTED, "interrupted while second moments were worked out")
               : status;
}

/* Closed forms where the precoder has them for the drop's fading. */
static cfi_status find_moments(const cfi_network *network, cfi_arena *arena, simulated_moments *out, cfi_error *error)
{
    const cfi_precoder *precoder = channel_precoder(network->system);
    bool (*closed)(const cfi_network *, cfi_arena *, cfi_precoder_moments *) =
        channel_is_iid(network) ? precoder->moments : precoder->moments_correlated;

    if (!closed) {
        return simulated_make(network, arena, out, error);
    }
    *out = (simulated_moments){.mean_square = NULL};
    return closed(network, arena, &out->moments) ? CFI_OK : link_out_of_memory(network, error);
}

/* What the threads share of the means of served pairs. */
typedef struct mask_job {
    const cfi_network *network;
    const double *all;
    double *served;
} mask_job;

static void mask_aps(void *context, size_t thread, size_t first, size_t end)
{
    const mask_job *job = context;
    size_t K = job->network->K;

    (void)thread;
    for (size_t i = K * first; i < K * end; i++) {
        job->served[i] = job->network->served[i] ? job->all[i] : 0.0;
    }
}

/* Means of all pairs are what is heard of a pilot; of those that are served, what a user receives. */
static cfi_status mask_means(const cfi_network *network, cfi_arena *arena, cfi_link *link, cfi_error *error)
{
    mask_job job = {.network = network, .all = link->g};

    if (!network->served) {
        return CFI_OK;
    }
    job.served = arena_alloc(arena, network->K * network->L, sizeof(double));
    if (!job.served) {
        return link_out_of_memory(network, error);
    }
    threads_share(network->threads, network->L, threads_part(network->K), mask_aps, &job);
    link->g = job.served;
    return CFI_OK;
}

cfi_status link_make(const cfi_network *network, cfi_arena *arena, cfi_link *link, cfi_error *error)
{
    simulated_moments found;
    cfi_status status = unless_stopped(network, find_moments(network, arena, &found, error), error);
    const double *estimate = channel_is_iid(network) ? NULL : channel_estimate_power(network, arena);

    if (status != CFI_OK) {
        return status;
    }
    if (!channel_is_iid(network) && !estimate) {
        return link_out_of_memory(network, error);
    }
    *link = (cfi_link){.system = network->system,
                       .drop = network->drop,
                       .L = network->L,
                       .K = network->K,
                       .threads = network->threads,
                       .stop = network->stop,
                       .kind = found.mean_square ? "simulated" : "closed_form",
                       .theorem1 = channel_is_iid(network) && network->system->precoding.kind == CFI_PRECODER_MR,
                       .largest_relative_std_error = found.largest_relative_std_error,
                       .served = network->served,
                       .g = found.moments.g,
                       .heard = found.moments.g,
                       .V = found.moments.V,
                       .V_by_stream = found.moments.V_by_stream,
                       .S = found.moments.S ? found.moments.S : network->beta, /* a_l: not of the channels */
                       .estimate = estimate,
                       .mean_square = found.mean_square,
                       .origin = network,
                       .pilot = network->pilot,
                       .pilot_first = network->pilot_first,
                       .pilot_next = network->pilot_next,
                       .pilots_overlap = network->pilots_overlap};
    status = mask_means(network, arena, link, error);
    if (status == CFI_OK) {
        status = link_set_coherent(link, found.moments.coherent, arena, error);
    }
    if (status == CFI_OK) {
        status = add_information(network, arena, link, error);
    }
    if (status == CFI_OK && !channel_is_iid(network)) {
        status = directions_make(network, found.beam, arena, link, error);
    }
    if (status == CFI_OK) {
        status = add_turns(network, arena, link, error);
    }
    return unless_stopped(network, status, error);
}

cfi_status link_set_coherent(cfi_link *link, const double complex *coherent, cfi_arena *arena, cfi_error *error)
{
    size_t *start = coherent ? arena_alloc(arena, link->K + 1, sizeof *start) : NULL;

    if (coherent && !start) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the pairs of %zu users", link->K);
    }
    if (start) {
        network_number_pairs(link->origin, start);
    }
    link->coherent = coherent;
    link->coherent_start = start;
    return CFI_OK;
}

double link_share_at(const cfi_link *link, size_t k, size_t l)
{
    return link->estimate ? link->estimate[k + link->K * l] : channel_mmse_variance_at(link->origin, k, l);
}

void link_share(const cfi_link *link, size_t first, size_t end, double *restrict share)
{
    size_t before = link->K * first, count = link->K * end - before;

    if (link->estimate) {
        memcpy(share, link->estimate + before, count * sizeof *share);
    } else {
        channel_mmse_variance_of(link->origin, first, end, share);
    }
    for (size_t i = 0; link->served && i < count; i++) {
        share[i] = link->served[before + i] ? share[i] : 0.0;
    }
}

/* The gain of AP l with the largest power: of those that it serves the largest, or the smallest where the exponent is
 * negative; 1 when it serves nobody. */
static double dominant_gain(const cfi_link *link, const double *beta, size_t l, double exponent)
{
    double dominant = 0.0;

    for (size_t k = 0; k < link->K; k++) {
        if (link_serves(link, k, l) && (dominant == 0.0 || (exponent < 0.0) == (beta[k] < dominant))) {
            dominant = beta[k];
        }
    }
    return dominant > 0.0 ? dominant : 1.0;
}

void link_gain_share(const cfi_link *link, size_t l, double exponent, double *restrict share)
{
    const cfi_network *network = link->origin;
    const double *beta = network->beta + link->K * l;
    double dominant = dominant_gain(link, beta, l, exponent);

    for (size_t k = 0; k < link->K; k++) {
        share[k] = link_serves(link, k, l) ? pow(beta[k] / dominant, exponent) : 0.0;
    }
}
