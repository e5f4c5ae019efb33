/* Lines of sight and correlation of one drop. docs/model.md (M22). */
#include "network/fading.h"

#include "base/threads.h"
#include "network/orientation.h"
#include "network/propagation.h"
#include "network/scattering.h"

#include <math.h>

/* ------------------------------------------------------------------------------- pairs ---- */

/* Where a user is seen from an array: azimuth from its broadside, elevation. */
typedef struct view {
    double azimuth_rad, elevation_rad;
} view;

static view view_user(const cfi_network *network, size_t k, size_t l)
{
    double offset[2];

    network_offset(network, k, l, offset);
    return (view){.azimuth_rad = atan2(offset[1], offset[0]) - network->fading.orientation_rad[l],
                  .elevation_rad =
                      -atan2(network->system->geometry.height_difference_m, propagation_measure(network, k, l).flat_m)};
}

/* Power in the line of sight over the rest. */
static double rician_factor_of(const cfi_network *network, size_t k, size_t l)
{
    switch (network->system->fading.rician) {
    case CFI_RICIAN_NUMBER:
        return network->system->fading.rician_factor;
    case CFI_RICIAN_DISTANCE:
        return exp(PROPAGATION_DECIBEL * (13.0 - 0.03 * propagation_measure(network, k, l).distance_m));
    case CFI_RICIAN_LOS:
        return network->line_of_sight[k + network->K * l] ? network->rician_factor : 0.0;
    default:
        return 0.0;
    }
}

/* What the threads share. */
typedef struct fading_job {
    const cfi_network *network;
    double *sight, *rician; /* those of network->fading */
    double complex *scatter;
    scattering_rule rule;
    double *work; /* of each thread, one after another */
    size_t work_size;
} fading_job;

static void fill_fading(void *context, size_t thread, size_t first, size_t end)
{
    const fading_job *job = context;
    size_t K = job->network->K, N = job->network->system->N;

    for (size_t l = first; l < end; l++) {
        for (size_t k = 0; k < K && !stop_requested(job->network->stop); k++) {
            view seen = view_user(job->network, k, l);
            size_t i = k + K * l;

            job->sight[i] = sin(seen.azimuth_rad) * cos(seen.elevation_rad);
            if (job->rician) {
                job->rician[i] = rician_factor_of(job->network, k, l);
            }
            if (job->scatter) {
                scattering_column(&job->rule, seen.azimuth_rad, seen.elevation_rad, job->work + job->work_size * thread,
                                  job->scatter + N * i);
            }
        }
    }
}

/* The rule and the table that it fills, with work space for `threads`. */
static bool prepare_scattering(fading_job *job, size_t threads, cfi_arena *arena)
{
    const cfi_network *network = job->network;

    job->scatter = arena_alloc(arena, network->system->N * network->K * network->L, sizeof *job->scatter);
    if (!job->scatter ||
        !scattering_make_rule(network->system->N, network->system->fading.angular_spread_rad, arena, &job->rule)) {
        return false;
    }
    job->work_size = scattering_work(&job->rule);
    job->work = arena_alloc(arena, threads * job->work_size, sizeof(double));
    return job->work;
}

/* Steps of a pair. */
static size_t fading_steps(const fading_job *job)
{
    enum { ANGLES = 256, NODES_A_STEP = 8 };
    size_t nodes = job->scatter ? job->rule.points * job->rule.points : 0;

    return ANGLES + nodes / NODES_A_STEP * (8 + job->network->system->N);
}

static bool make_fading(cfi_network *network, cfi_arena *arena)
{
    const cfi_fading_settings *settings = &network->system->fading;
    size_t pairs = network->K * network->L, threads = network->threads > 0 ? network->threads : 1;
    fading_job job = {.network = network, .sight = arena_alloc(arena, pairs, sizeof(double))};

    if (settings->rician != CFI_RICIAN_NONE) {
        job.rician = arena_alloc(arena, pairs, sizeof(double));
    }
    if (!orientation_set(network, arena) || !job.sight || (settings->rician != CFI_RICIAN_NONE && !job.rician) ||
        (settings->correlation == CFI_FADING_LOCAL_SCATTERING && !prepare_scattering(&job, threads, arena))) {
        return false;
    }
    threads_share(threads, network->L, threads_part(fading_steps(&job) * network->K), fill_fading, &job);
    network->fading.sight = job.sight;
    network->fading.rician = job.rician;
    network->fading.scatter = job.scatter;
    return true;
}

cfi_status fading_draw(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_fading_settings *settings = &network->system->fading;

    if (settings->rician == CFI_RICIAN_NONE && settings->correlation == CFI_FADING_UNCORRELATED) {
        return CFI_OK;
    }
    if (!make_fading(network, arena)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the fading of %zu access points and %zu users",
                         network->L, network->K);
    }
    return stop_requested(network->stop)
               ? error_set(error, CFI_INTERRUPTED, "interrupted while covariances were worked out")
               : CFI_OK;
}
