/* Time of drawing one network: median over rounds of all drops, CPU time in microseconds, and a checksum of what was
 * drawn (positions, gains, pilots, angles, to the bit). Compiles with the headers of version 0.1.0 as well. network
 * SCENARIO DROPS ROUNDS [KEY=VALUE]... */
#include "cfisac/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_SETTINGS = 32 };

/* CPU time: others may use the machine. */
static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void stop(const cfi_error *error)
{
    fprintf(stderr, "network: %s\n", error->text);
    exit(1);
}

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
    double start = seconds();

    for (uint32_t drop = 0; drop < drops; drop++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_network network;

        if (network_draw(system, drop, arena, &network, &error) != CFI_OK) {
            stop(&error);
        }
        if (hash) {
            *hash = add_network(*hash, &network);
        }
        arena_release(arena, mark);
    }
    return seconds() - start;
}

int main(int argc, char **argv)
{
    size_t drops = argc > 3 ? strtoul(argv[2], NULL, 10) : 0, rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    double *time = calloc(rounds + 1, sizeof *time);
    cfi_setting setting[MOST_SETTINGS];
    cfi_arena *arena = arena_create();
    uint64_t hash = 0xCBF29CE484222325u;
    size_t settings = 0;
    cfi_scenario *scenario;
    cfi_error error = {.text = ""};

    for (int i = 4; i < argc && settings < MOST_SETTINGS; i++) {
        char *equals = strchr(argv[i], '=');

        if (equals) {
            *equals = '\0';
            setting[settings++] = (cfi_setting){.key = argv[i], .value = equals + 1};
        }
    }
    if (drops == 0 || rounds == 0 || !time || !arena) {
        fprintf(stderr, "usage: network SCENARIO DROPS ROUNDS [KEY=VALUE]...\n");
        return 1;
    }
    if (scenario_read(argv[1], setting, settings, &scenario, &error) != CFI_OK) {
        stop(&error);
    }
    draw_drops(scenario_system(scenario), (uint32_t)drops, arena, &hash);
    for (size_t i = 0; i < rounds; i++) {
        time[i] = draw_drops(scenario_system(scenario), (uint32_t)drops, arena, NULL) / (double)drops;
    }
    qsort(time, rounds, sizeof *time, compare);
    printf("%.3f %016llx\n", 1e6 * time[rounds / 2], (unsigned long long)hash);
    free(time);
    arena_destroy(arena);
    scenario_destroy(scenario);
    return 0;
}
