/* Echo paths of one drop: gains and phases from access point to target to access point. docs/model.md (M1), (M7). */
#include "network/paths.h"

#include <math.h>

static double path_amplitude(const cfi_system *system, size_t l, size_t p)
{
    return system->sensing.path_gains ? system->sensing.path_gains[l + system->L * p] : system->sensing.path_gain;
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
    bool equal = !sensing->path_gains && !sensing->path_phases_rad && !sensing->random_path_phase;
    size_t L = network->L, columns = equal ? 1 : L;
    double complex *path = arena_alloc(arena, L * columns, sizeof *path);

    if (!path) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the echo paths of %zu access points", L);
    }
    for (size_t p = 0; p < columns; p++) {
        for (size_t l = 0; l < L; l++) {
            double phase = path_phase(network, l, p);

            path[l + L * p] = path_amplitude(network->system, l, p) * (cos(phase) + I * sin(phase));
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
    double amplitude = path_amplitude(network->system, l, p);

    return amplitude * amplitude;
}
