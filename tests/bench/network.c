/* Time of drawing one network: median over rounds of all drops, CPU time in microseconds, and a checksum of what was
 * drawn (positions, gains, pilots, angles, to the bit). Compiles with the headers of version 0.1.0 as well. network
 * SCENARIO DROPS ROUNDS [KEY=VALUE]... */
#include "cfisac/network.h"
#include "reading.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* FNV-1a over bytes. */
static uint64_t add_bytes(uint64_t hash, const void *data, size_t count)
{
    const unsigned char *byte = data;

    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ byte[i]) * 0x100000001B3u;
    }
    return hash;
}

static uint64_t add_network(uint64_t hash, const cfi_network *network)
{
    size_t K = network->K, L = network->L;

    hash = add_bytes(hash, network->ap_position_m, 2 * L * sizeof(double));
    hash = add_bytes(hash, network->ue_position_m, 2 * K * sizeof(double));
    hash = add_bytes(hash, network->beta, K * L * sizeof(double));
    hash = add_bytes(hash, network->angle_rad, L * sizeof(double));
    return add_bytes(hash, network->pilot, K * sizeof *network->pilot);
}

/* Seconds of drawing all drops; *hash takes them in where it is given. */
static double draw_drops(const cfi_system *system, uint32_t drops, cfi_arena *arena, uint64_t *hash)
{
    cfi_error error = {.text = ""};
    double start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);

    for (uint32_t drop = 0; drop < drops; drop++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_network network;

        if (network_draw(system, drop, arena, &network, &error) != CFI_OK) {
            bench_stop("network", &error);
        }
        if (hash) {
            *hash = add_network(*hash, &network);
        }
        arena_release(arena, mark);
    }
    return bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
}

int main(int argc, char **argv)
{
    size_t drops = argc > 3 ? strtoul(argv[2], NULL, 10) : 0, rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    double *time = calloc(rounds + 1, sizeof *time);
    cfi_arena *arena = arena_create();
    uint64_t hash = 0xCBF29CE484222325u;
    cfi_scenario *scenario;

    if (drops == 0 || rounds == 0 || !time || !arena) {
        fprintf(stderr, "usage: network SCENARIO DROPS ROUNDS [KEY=VALUE]...\n");
        return 1;
    }
    scenario = bench_read("network", argv[1], argc - 4, argv + 4);
    draw_drops(scenario_system(scenario), (uint32_t)drops, arena, &hash);
    for (size_t i = 0; i < rounds; i++) {
        time[i] = draw_drops(scenario_system(scenario), (uint32_t)drops, arena, NULL) / (double)drops;
    }
    printf("%.3f %016llx\n", 1e6 * bench_median(time, rounds), (unsigned long long)hash);
    free(time);
    arena_destroy(arena);
    scenario_destroy(scenario);
    return 0;
}
