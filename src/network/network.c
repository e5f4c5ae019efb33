/* One drop: large-scale gains, pilots, target, echo path gains. docs/model.md (M1). */
#include "network/clusters.h"
#include "network/fading.h"
#include "network/offset.h"
#include "network/paths.h"
#include "network/pilots.h"
#include "network/placement.h"
#include "network/propagation.h"
#include "network/target.h"

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
    cfi_network_options options = {.threads = threads};

    return network_draw_with(system, drop, &options, arena, network, error);
}

cfi_status network_draw_with(const cfi_system *system, uint32_t drop, const cfi_network_options *options,
                             cfi_arena *arena, cfi_network *network, cfi_error *error)
{
    cfi_status status;

    *network = (cfi_network){.system = system,
                             .drop = drop,
                             .L = system->L,
                             .K = system->K,
                             .threads = options->threads,
                             .stop = options->stop};
    status = draw_gains(network, arena, error);
    if (status == CFI_OK) {
        status = fading_draw(network, arena, error);
    }
    if (status == CFI_OK) {
        status = pilots_assign(network, arena, error);
    }
    if (status == CFI_OK) {
        status = clusters_form(network, arena, error);
    }
    if (status == CFI_OK) {
        bool placed = system->sensing.geometry == CFI_GEOMETRY_TARGET;

        status = (placed ? target_place : draw_angles)(network, arena, error);
    }
    return status == CFI_OK ? paths_draw(network, arena, error) : status;
}
