/* One target at a place: where it is, and where access points see it. docs/model.md (M23). */
#include "network/target.h"

#include "network/offset.h"
#include "network/orientation.h"

#include <string.h>

enum { TARGET_ATTEMPTS = 100000 };

/* What a place is like, seen from the access points. Those of the network that is being drawn. */
typedef struct sighting {
    double *range_m, *bearing_rad, *angle_rad; /* L each */
} sighting;

/* A line of antennas does not tell front from back: what is behind an array looks like its mirror image before it. */
static double fold_angle(double angle)
{
    angle = remainder(angle, 2.0 * M_PI);
    return fabs(angle) >= M_PI_2 ? copysign(M_PI, angle) - angle : angle;
}

/* Ranges and bearings of the target at `position`; whether it is far enough from every access point. */
static bool sight_target(const cfi_network *network, const double position[2], const sighting *seen)
{
    const cfi_geometry *geometry = &network->system->geometry;
    bool apart = true;

    for (size_t l = 0; l < network->L; l++) {
        const double *at = network->ap_position_m + 2 * l;
        double dx = offset_nearest(position[0] - at[0], offset_period(geometry, 0)),
               dy = offset_nearest(position[1] - at[1], offset_period(geometry, 1));

        seen->range_m[l] = hypot(dx, dy);
        seen->bearing_rad[l] = atan2(dy, dx);
        apart = apart && seen->range_m[l] >= CFI_LEAST_TARGET_RANGE_M;
    }
    return apart;
}

/* Every attempt is a block of one stream, which depends on nothing else: another access point moves the target only
 * where it stands on it. */
static bool draw_target(const cfi_network *network, const sighting *seen, double position[2])
{
    cfi_stream stream = stream_make(network->system->seed, network->drop, CFI_DRAW_TARGET, 0);

    while (stream.block < TARGET_ATTEMPTS) {
        random_uniforms(&stream, 2, position);
        position[0] *= network->system->geometry.area_m[0];
        position[1] *= network->system->geometry.area_m[1];
        if (sight_target(network, position, seen)) {
            return true;
        }
    }
    return false;
}

static cfi_status no_place(const cfi_network *network, cfi_error *error)
{
    const cfi_geometry *geometry = &network->system->geometry;

    return error_set(error, CFI_INVALID,
                     "/sensing/target_position_m: no place for the target in drop %u that is %g m from all %zu access "
                     "points (area %g m x %g m; allowed: a larger area)",
                     network->drop, CFI_LEAST_TARGET_RANGE_M, network->L, geometry->area_m[0], geometry->area_m[1]);
}

cfi_status target_place(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const double *given = network->system->sensing.target_position_m;
    size_t L = network->L;
    double *position = arena_alloc(arena, 2, sizeof *position);
    sighting seen = {.range_m = arena_alloc(arena, L, sizeof(double)),
                     .bearing_rad = arena_alloc(arena, L, sizeof(double)),
                     .angle_rad = arena_alloc(arena, L, sizeof(double))};

    if (!position || !seen.range_m || !seen.bearing_rad || !seen.angle_rad || !orientation_set(network, arena)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a target and %zu access points", L);
    }
    if (given) {
        memcpy(position, given, 2 * sizeof *position);
    }
    if (given ? !sight_target(network, position, &seen) : !draw_target(network, &seen, position)) {
        return no_place(network, error);
    }
    for (size_t l = 0; l < L; l++) {
        seen.angle_rad[l] = fold_angle(seen.bearing_rad[l] - network->fading.orientation_rad[l]);
    }
    network->target_position_m = position;
    network->target_range_m = seen.range_m;
    network->target_bearing_rad = seen.bearing_rad;
    network->angle_rad = seen.angle_rad;
    return CFI_OK;
}
