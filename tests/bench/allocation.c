/* CPU time of one allocation: a drop of a scenario is allocated again and again in one process, the median over
 * repetitions counts, in milliseconds.
 *   allocation SCENARIO DROPS REPETITIONS [KEY=VALUE]...   the median over the first DROPS drops
 *   allocation SCENARIO turns [KEY=VALUE]...               for each line DROP REPETITIONS on standard input, that
 * drop's */
#include "cfisac/alloc.h"
#include "cfisac/channel.h"
#include "cfisac/linalg.h"
#include "reading.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Median milliseconds of the drop's allocations. */
static double time_drop(const cfi_system *system, uint32_t drop, size_t repetitions)
{
    double *ms = calloc(repetitions, sizeof *ms), median;
    cfi_arena *arena = arena_create();
    cfi_alloc_options options = {.workspace = alloc_workspace_create()};
    cfi_error error = {.text = "out of memory"};
    cfi_network network;
    cfi_link link;

    if (!ms || network_draw(system, drop, arena, &network, &error) != CFI_OK ||
        link_make(&network, arena, &link, &error) != CFI_OK) {
        bench_stop("allocation", &error);
    }
    for (size_t i = 0; i < repetitions; i++) {
        cfi_arena_mark mark = arena_mark(arena);
        double begun = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
        cfi_allocation allocation;

        if (alloc_run(&link, &options, arena, &allocation, &error) != CFI_OK) {
            bench_stop("allocation", &error);
        }
        ms[i] = 1e3 * (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begun);
        arena_release(arena, mark);
    }
    alloc_workspace_destroy(options.workspace);
    arena_destroy(arena);
    median = bench_median(ms, repetitions);
    free(ms);
    return median;
}

static void time_drops(const cfi_system *system, size_t drops, size_t repetitions)
{
    cfi_error error = {.text = "out of memory"};
    double *ms = calloc(drops, sizeof *ms);

    if (!ms) {
        bench_stop("allocation", &error);
    }
    for (size_t drop = 0; drop < drops; drop++) {
        ms[drop] = time_drop(system, (uint32_t)drop, repetitions);
    }
    printf("%.6g\n", bench_median(ms, drops));
    free(ms);
}

/* Answers until standard input ends. */
static void take_turns(const cfi_system *system)
{
    unsigned drop, repetitions;

    while (scanf("%u %u", &drop, &repetitions) == 2 && repetitions > 0) {
        printf("%.6g\n", time_drop(system, drop, repetitions));
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    bool turns = argc > 2 && strcmp(argv[2], "turns") == 0;
    int words = turns ? 3 : 4; /* before the settings */
    size_t drops = argc > 3 ? strtoul(argv[2], NULL, 10) : 0, repetitions = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    cfi_scenario *scenario;

    linalg_single_thread();
    if (!turns && (drops == 0 || repetitions == 0)) {
        fprintf(stderr, "usage: allocation SCENARIO DROPS REPETITIONS [KEY=VALUE]...\n"
                        "       allocation SCENARIO turns [KEY=VALUE]...\n");
        return 1;
    }
    scenario = bench_read("allocation", argv[1], argc - words, argv + words);
    if (turns) {
        take_turns(scenario_system(scenario));
    } else {
        time_drops(scenario_system(scenario), drops, repetitions);
    }
    scenario_destroy(scenario);
    return 0;
}
