/* One drop: large-scale gains, pilots, target angles, echo path gains. docs/model.md (M1). */
#include "network/paths.h"
#include "network/placement.h"

#include <math.h>

/* Pairs of indices share a 32-bit stream index; scenario keeps both below 65536. */
static uint32_t pair_index(size_t l, size_t k)
{
    return (uint32_t)(l * 65536 + k);
}

static cfi_status out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a network");
}

/* beta_kl = z_kl (r_h / r_kl)^nu */
static double draw_gain(const cfi_network *network, size_t k, size_t l)
{
    const cfi_system *system = network->system;
    const double *ap = network->ap_position_m + 2 * l, *ue = network->ue_position_m + 2 * k;
    double distance = hypot(ap[0] - ue[0], ap[1] - ue[1]), normal = 0.0;
    cfi_stream stream = stream_make(system->seed, network->drop, CFI_DRAW_SHADOWING, pair_index(l, k));

    if (system->geometry.placement == CFI_PLACEMENT_CLAMP) {
        distance = fmax(distance, system->geometry.min_distance_m);
    }
    random_normals(&stream, 1, &normal);
    return exp(system->propagation.shadowing_std * normal) *
           pow(system->propagation.reference_distance_m / distance, system->propagation.path_loss_exponent);
}

static cfi_status draw_gains(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t K = network->K, L = network->L;
    double *beta;

    if (system->propagation.gain) {
        network->beta = system->propagation.gain;
        network->ap_position_m = system->geometry.ap_position_m;
        network->ue_position_m = system->geometry.ue_position_m;
        return CFI_OK;
    }
    cfi_status status = placement_draw(network, arena, error);
    if (status != CFI_OK) {
        return status;
    }
    beta = arena_alloc(arena, K * L, sizeof *beta);
    if (!beta) {
        return out_of_memory(error);
    }
    for (size_t l = 0; l < L; l++) {
        for (size_t k = 0; k < K; k++) {
            beta[k + K * l] = draw_gain(network, k, l);
            if (!isfinite(beta[k + K * l]) || !(beta[k + K * l] > 0.0)) {
                return error_set(
                    error, CFI_INVALID,
                    "/network: the gain between access point %zu and user %zu of drop %u is %g (allowed: a "
                    "finite number > 0; move them apart or change the path loss)",
                    l, k, network->drop, beta[k + K * l]);
            }
        }
    }
    network->beta = beta;
    return CFI_OK;
}

static cfi_status assign_pilots(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t K = network->K, *pilot;

    network->pilot = system->frame.pilot;
    if (system->frame.pilot_assignment != CFI_PILOTS_EXPLICIT) {
        network->pilot = pilot = arena_alloc(arena, K, sizeof *pilot);
        if (!pilot) {
            return out_of_memory(error);
        }
        for (size_t k = 0; k < K; k++) {
            double u = 0.0;
            cfi_stream stream = stream_make(system->seed, network->drop, CFI_DRAW_PILOT, (uint32_t)k);

            if (system->frame.pilot_assignment == CFI_PILOTS_RANDOM) {
                random_uniforms(&stream, 1, &u);
                pilot[k] = (size_t)(u * (double)system->frame.tau_p);
            } else {
                pilot[k] = k % system->frame.tau_p;
            }
        }
    }
    for (size_t k = 0; k < K && !network->pilots_overlap; k++) {
        for (size_t j = 0; j < k && !network->pilots_overlap; j++) {
            network->pilots_overlap = network->pilot[j] == network->pilot[k];
        }
    }
    return CFI_OK;
}

static cfi_status draw_angles(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = network->system;
    double *angle;

    network->angle_rad = system->sensing.angle_rad;
    if (system->sensing.angle_rad) {
        return CFI_OK;
    }
    network->angle_rad = angle = arena_alloc(arena, network->L, sizeof *angle);
    if (!angle) {
        return out_of_memory(error);
    }
    for (size_t l = 0; l < network->L; l++) {
        double u;
        cfi_stream stream = stream_make(system->seed, network->drop, CFI_DRAW_ANGLE, (uint32_t)l);

        random_uniforms(&stream, 1, &u);
        angle[l] = system->sensing.angle_min_rad + (system->sensing.angle_max_rad - system->sensing.angle_min_rad) * u;
    }
    return CFI_OK;
}

cfi_status network_draw(const cfi_system *system, uint32_t drop, cfi_arena *arena, cfi_network *network,
                        cfi_error *error)
{
    cfi_status status;

    *network = (cfi_network){.system = system, .drop = drop, .L = system->L, .K = system->K};
    status = draw_gains(network, arena, error);
    if (status == CFI_OK) {
        status = assign_pilots(network, arena, error);
    }
    if (status == CFI_OK) {
        status = draw_angles(network, arena, error);
    }
    return status == CFI_OK ? paths_draw(network, arena, error) : status;
}
