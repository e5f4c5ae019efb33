/* Monte Carlo of the bounds against that of the rates alone, in the same channels.
 *   bounds L K N REALISATIONS PHASES [THREADS]   PHASES: equal, random or matrices (of path gains and phases); prints
 *                                                seconds of CPU of the rates alone, with own echo, with all bounds
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "drops.h"
#include "timing.h"

#include <stdio.h>

static double time_bounds(drop *d, cfi_mc_bounds bounds)
{
    cfi_monte_carlo mc;
    cfi_arena_mark mark = arena_mark(d->arena);
    double start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);

    d->made.system.monte_carlo.bounds = bounds;
    if (metrics_monte_carlo(&d->network, &d->powers, 1, NULL, d->arena, &mc, NULL) != CFI_OK) {
        exit(1);
    }
    start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    arena_release(d->arena, mark);
    return start;
}

int main(int count, char **words)
{
    size_t size[4] = {32, 4, 4, 1000};
    made_system made;
    double *gains, *phases;
    drop *d;

    for (int i = 0; i < 4 && i + 1 < count; i++) {
        size[i] = strtoul(words[i + 1], NULL, 10);
    }
    made = make_system(1, size[0], size[1], size[2], size[2]);
    gains = malloc(size[0] * size[0] * sizeof *gains);
    phases = malloc(size[0] * size[0] * sizeof *phases);
    for (size_t i = 0; i < size[0] * size[0]; i++) {
        gains[i] = 0.005 + 0.00001 * (double)(i % 1009);
        phases[i] = (double)(i % 641);
    }
    if (count > 5 && strcmp(words[5], "random") == 0) {
        made.system.sensing.random_path_phase = true;
    } else if (count > 5 && strcmp(words[5], "matrices") == 0) {
        made.system.sensing.path_gains = gains;
        made.system.sensing.path_phases_rad = phases;
    }
    made.system.monte_carlo.realizations = size[3];
    d = make_drop(made);
    printf("%.3f %.3f %.3f\n", time_bounds(d, CFI_MC_BOUNDS_NONE), time_bounds(d, CFI_MC_BOUNDS_OWN_ECHO),
           time_bounds(d, CFI_MC_BOUNDS_ALL));
    free_drop(d);
    free(gains);
    free(phases);
    return 0;
}
