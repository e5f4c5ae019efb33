/* Echo paths of one drop: gains and phases from access point to target to access point. docs/model.md (M1), (M7). */
#include "network/paths.h"

#include <math.h>

/* Square root of what the radar equation is at ranges of a metre: lambda^2 rcs / (4 pi)^3. */
static double radar_amplitude(const cfi_system *system)
{
    static const double LIGHT_M_S = 299792458.0;
    const double sphere = 4.0 * M_PI;

    return LIGHT_M_S / system->propagation.carrier_hz * sqrt(system->sensing.rcs_m2 / sphere) / sphere;
}

static double path_amplitude(const cfi_network *network, size_t l, size_t p)
{
    const cfi_sensing *sensing = &network->system->sensing;
    const double *range = network->target_range_m;
    double reference = network->system->propagation.reference_distance_m;

    switch (sensing->echo) {
    case CFI_ECHO_DISTANCE:
        return sensing->path_gain * (reference / range[l]) * (reference / range[p]);
    case CFI_ECHO_RADAR:
        return radar_amplitude(network->system) / range[l] / range[p];
    case CFI_ECHO_CONSTANT:
        break;
    }
    return sensing->path_gains ? sensing->path_gains[l + network->L * p] : sensing->path_gain;
}

static double path_phase(const cfi_network *network, size_t l, size_t p)
{
    const cfi_system *system = network->system;

    if (system->sensing.random_path_phase) {
        double turns;
        /* a stream a pair: scenario keeps indices below 65536 */
        cfi_stream stream = stream_make(system->seed, network->drop, CFI_DRAW_PATH_PHASE, (uint32_t)(l * 65536 + p));

        random_uniforms(&stream, 1, &turns);
        return 2.0 * M_PI * turns;
    }
    return system->sensing.path_phases_rad ? system->sensing.path_phases_rad[l + system->L * p]
                                           : system->sensing.path_phase_rad;
}

cfi_status paths_draw(cfi_network *network, cfi_arena *arena, cfi_error *error)
{
    const cfi_sensing *sensing = &network->system->sensing;
    bool equal = sensing->echo == CFI_ECHO_CONSTANT && !sensing->path_gains && !sensing->path_phases_rad &&
                 !sensing->random_path_phase;
    size_t L = network->L, columns = equal ? 1 : L;
    double complex *path = arena_alloc(arena, L * columns, sizeof *path);

    if (!path) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the echo paths of %zu access points", L);
    }
    for (size_t p = 0; p < columns; p++) {
        for (size_t l = 0; l < L; l++) {
            double phase = path_phase(network, l, p);

            path[l + L * p] = path_amplitude(network, l, p) * (cos(phase) + I * sin(phase));
        }
    }
    network->path = path;
    network->equal_paths = equal;
    return CFI_OK;
}

const double complex *network_path_gains(const cfi_network *network, size_t p)
{
    return network->equal_paths ? network->path : network->path + network->L * p;
}

double network_path_power(const cfi_network *network, size_t l, size_t p)
{
    double amplitude = path_amplitude(network, l, p);

    return amplitude * amplitude;
}

/* 1 where the array sees the target in front of itself, -1 where behind, and its angle folded: the angle falls there
 * while the azimuth rises. 1 where nobody knows where the array points. */
static double side_of_array(const cfi_network *network, size_t l)
{
    const double *orientation = network->fading.orientation_rad;

    return orientation && cos(network->target_bearing_rad[l] - orientation[l]) < 0.0 ? -1.0 : 1.0;
}

void network_target_turn(const cfi_network *network, size_t l, double turn[2])
{
    double bearing = network->target_bearing_rad[l], slope = side_of_array(network, l) / network->target_range_m[l];

    turn[0] = -sin(bearing) * slope;
    turn[1] = cos(bearing) * slope;
}
