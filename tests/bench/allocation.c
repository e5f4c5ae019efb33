/* Time of one allocation: each drop of a scenario is allocated again and again in one process; the median over drops of
 * the medians over repetitions, in milliseconds.
 *   allocation SCENARIO DROPS REPETITIONS [KEY=VALUE]... */
#include "cfisac/alloc.h"
#include "cfisac/channel.h"
#include "cfisac/linalg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SETTINGS = 32 };

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double median(double *value, size_t count)
{
    qsort(value, count, sizeof *value, compare);
    return value[count / 2];
}

static void stop(const cfi_error *error)
{
    fprintf(stderr, "allocation: %s\n", error->text);
    exit(1);
}

/* Median time of the drop's allocations. */
static double time_drop(const cfi_system *system, uint32_t drop, size_t repetitions, double *seconds)
{
    cfi_arena *arena = arena_create();
    cfi_error error = {.text = ""};
    cfi_network network;
    cfi_link link;

    if (network_draw(system, drop, arena, &network, &error) != CFI_OK ||
        link_make(&network, arena, &link, &error) != CFI_OK) {
        stop(&error);
    }
    for (size_t i = 0; i < repetitions; i++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_alloc_options options = {.stop = NULL};
        cfi_allocation allocation;

        if (alloc_run(&link, &options, arena, &allocation, &error) != CFI_OK) {
            stop(&error);
        }
        seconds[i] = allocation.solve_seconds;
        arena_release(arena, mark);
    }
    arena_destroy(arena);
    return median(seconds, repetitions);
}

int main(int argc, char **argv)
{
    size_t drops = argc > 3 ? strtoul(argv[2], NULL, 10) : 0, repetitions = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    cfi_setting setting[MOST_SETTINGS];
    size_t settings = 0;
    cfi_scenario *scenario;
    cfi_error error = {.text = ""};
    double *seconds = calloc(repetitions + drops, sizeof *seconds);

    linalg_single_thread();
    for (int i = 4; i < argc && settings < MOST_SETTINGS; i++) {
        char *equals = strchr(argv[i], '=');

        if (equals) {
            *equals = '\0';
            setting[settings++] = (cfi_setting){.key = argv[i], .value = equals + 1};
        }
    }
    if (drops == 0 || repetitions == 0 || !seconds) {
        fprintf(stderr, "usage: allocation SCENARIO DROPS REPETITIONS [KEY=VALUE]...\n");
        return 1;
    }
    if (scenario_read(argv[1], setting, settings, &scenario, &error) != CFI_OK) {
        stop(&error);
    }
    for (size_t drop = 0; drop < drops; drop++) {
        seconds[repetitions + drop] = time_drop(scenario_system(scenario), (uint32_t)drop, repetitions, seconds);
    }
    printf("%.6g\n", 1e3 * median(seconds + repetitions, drops));
    free(seconds);
    scenario_destroy(scenario);
    return 0;
}
