/* Time of one allocation: each drop of a scenario is allocated again and again in one process; the median over drops of
 * the medians over repetitions, in milliseconds.
 *   allocation SCENARIO DROPS REPETITIONS [KEY=VALUE]... */
#include "cfisac/alloc.h"
#include "cfisac/channel.h"
#include "cfisac/linalg.h"
#include "reading.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Median time of the drop's allocations. */
static double time_drop(const cfi_system *system, uint32_t drop, size_t repetitions, double *seconds)
{
    cfi_arena *arena = arena_create();
    cfi_alloc_options options = {.workspace = alloc_workspace_create()};
    cfi_error error = {.text = ""};
    cfi_network network;
    cfi_link link;

    if (network_draw(system, drop, arena, &network, &error) != CFI_OK ||
        link_make(&network, arena, &link, &error) != CFI_OK) {
        bench_stop("allocation", &error);
    }
    for (size_t i = 0; i < repetitions; i++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_allocation allocation;

        if (alloc_run(&link, &options, arena, &allocation, &error) != CFI_OK) {
            bench_stop("allocation", &error);
        }
        seconds[i] = allocation.solve_seconds;
        arena_release(arena, mark);
    }
    alloc_workspace_destroy(options.workspace);
    arena_destroy(arena);
    return bench_median(seconds, repetitions);
}

int main(int argc, char **argv)
{
    size_t drops = argc > 3 ? strtoul(argv[2], NULL, 10) : 0, repetitions = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    cfi_scenario *scenario;
    double *seconds = calloc(repetitions + drops, sizeof *seconds);

    linalg_single_thread();
    if (drops == 0 || repetitions == 0 || !seconds) {
        fprintf(stderr, "usage: allocation SCENARIO DROPS REPETITIONS [KEY=VALUE]...\n");
        return 1;
    }
    scenario = bench_read("allocation", argv[1], argc - 4, argv + 4);
    for (size_t drop = 0; drop < drops; drop++) {
        seconds[repetitions + drop] = time_drop(scenario_system(scenario), (uint32_t)drop, repetitions, seconds);
    }
    printf("%.6g\n", 1e3 * bench_median(seconds + repetitions, drops));
    free(seconds);
    scenario_destroy(scenario);
    return 0;
}
