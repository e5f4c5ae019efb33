/* One drop: large-scale gains, pilots, target angles, echo path gains. docs/model.md (M1). */
#include "network/fading.h"
#include "network/offset.h"
#include "network/paths.h"
#include "network/placement.h"
#include "network/propagation.h"

static cfi_status network_out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a network");
}

static cfi_status draw_gains(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = network->system;

    if (system->propagation.gain) {
        network->beta = system->propagation.gain;
        network->ap_position_m = system->geometry.ap_position_m;
        network->ue_position_m = system->geometry.ue_position_m;
        return CFI_OK;
    }
    cfi_status status = placement_draw(network, arena, error);
    return status == CFI_OK ? propagation_draw(network, arena, error) : status;
}

void network_offset(const cfi_network *network, size_t k, size_t l, double offset_m[2])
{
    for (int axis = 0; axis < 2; axis++) {
        double straight = network->ue_position_m[2 * k + (size_t)axis] - network->ap_position_m[2 * l + (size_t)axis];

        offset_m[axis] = offset_nearest(straight, offset_period(&network->system->geometry, axis));
    }
}

/* Who shares a pilot with whom, in O(K + tau_p). False when out of memory. */
static bool list_sharers(cfi_network *network, cfi_arena *arena)
{
    size_t K = network->K, tau_p = network->system->frame.tau_p;
    size_t *first = arena_alloc(arena, K, sizeof *first), *next = arena_alloc(arena, K, sizeof *next);
    cfi_arena_mark mark = arena_mark(arena);
    size_t *nearest = arena_alloc(arena, tau_p, sizeof *nearest); /* of each pilot's users so far the last, K: none */

    if (!first || !next || !nearest) {
        return false;
    }
    for (size_t i = 0; i < tau_p; i++) {
        nearest[i] = K;
    }
    for (size_t k = 0; k < K; k++) {
        size_t before = nearest[network->pilot[k]];

        first[k] = before < K ? first[before] : k;
        next[k] = K;
        if (before < K) {
            next[before] = k;
            network->pilots_overlap = true;
        }
        nearest[network->pilot[k]] = k;
    }
    network->pilot_first = first;
    network->pilot_next = next;
    arena_release(arena, mark);
    return true;
}

static cfi_status assign_pilots(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_system *system = network->system;
    size_t K = network->K, *pilot;

    network->pilot = system->frame.pilot;
    if (system->frame.pilot_assignment != CFI_PILOTS_EXPLICIT) {
        network->pilot = pilot = arena_alloc(arena, K, sizeof *pilot);
        if (!pilot) {
            return network_out_of_memory(error);
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
    return list_sharers(network, arena) ? CFI_OK : network_out_of_memory(error);
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
        return network_out_of_memory(error);
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
    return network_draw_on(system, drop, 1, arena, network, error);
}

cfi_status network_draw_on(const cfi_system *system, uint32_t drop, size_t threads, cfi_arena *arena,
                           cfi_network *network, cfi_error *error)
{
    cfi_status status;

    *network = (cfi_network){.system = system, .drop = drop, .L = system->L, .K = system->K, .threads = threads};
    status = draw_gains(network, arena, error);
    if (status == CFI_OK) {
        status = fading_draw(network, arena, error);
    }
    if (status == CFI_OK) {
        status = assign_pilots(network, arena, error);
    }
    if (status == CFI_OK) {
        status = draw_angles(network, arena, error);
    }
    return status == CFI_OK ? paths_draw(network, arena, error) : status;
}
