/* Where the arrays of one drop point. docs/model.md (M22). */
#include "network/orientation.h"

#include <math.h>

static double drawn_orientation(const cfi_network *network, size_t l)
{
    cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_ORIENTATION, (uint32_t)l);
    double turns;

    random_uniforms(&stream, 1, &turns);
    return 2.0 * M_PI * turns;
}

static double inward_orientation(const cfi_network *network, size_t l)
{
    const double *area = network->system->geometry.area_m, *at = network->ap_position_m + 2 * l;

    return atan2(0.5 * area[1] - at[1], 0.5 * area[0] - at[0]);
}

bool orientation_set(cfi_network *network, cfi_arena *arena)
{
    const cfi_geometry *geometry = &network->system->geometry;
    double *orientation;

    if (network->fading.orientation_rad) {
        return true;
    }
    network->fading.orientation_rad = geometry->array_orientation_rad;
    if (geometry->array_orientation_rad) {
        return true;
    }
    network->fading.orientation_rad = orientation = arena_alloc(arena, network->L, sizeof *orientation);
    for (size_t l = 0; orientation && l < network->L; l++) {
        orientation[l] = geometry->arrays_inward ? inward_orientation(network, l) : drawn_orientation(network, l);
    }
    return orientation;
}
