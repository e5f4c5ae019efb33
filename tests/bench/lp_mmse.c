/* Time of lp_mmse's simulated statistics and of its Monte Carlo on one thread, CPU time, medians of ROUNDS, in
 * milliseconds. lp_mmse L K N PILOTS DRAWS CHANNELS ROUNDS */
#include "cfisac/metrics.h"
#include "systems.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_ROUNDS = 100 };

static void stop_unless(cfi_status status)
{
    if (status != CFI_OK) {
        fprintf(stderr, "lp_mmse: status %d\n", (int)status);
        exit(1);
    }
}

/* Powers that are the same for all. */
static cfi_powers equal_powers(const cfi_system *system, cfi_arena *arena)
{
    size_t pairs = system->L * system->K;
    cfi_powers powers = {.p = arena_alloc(arena, pairs, sizeof(double)),
                         .s = arena_zeros(arena, system->L, sizeof(double))};

    for (size_t i = 0; i < pairs; i++) {
        powers.p[i] = system->power.budget_w / (double)pairs;
    }
    return powers;
}

int main(int argc, char **argv)
{
    size_t given[7] = {0}, rounds;
    double statistics[MOST_ROUNDS], channels[MOST_ROUNDS];
    cfi_arena *arena = arena_create();
    made_system made;
    cfi_network network;
    cfi_powers powers;

    for (int i = 0; i < 7 && i + 1 < argc; i++) {
        given[i] = strtoul(argv[i + 1], NULL, 10);
    }
    rounds = given[6];
    if (rounds < 1 || rounds > MOST_ROUNDS || !arena) {
        fprintf(stderr, "usage: lp_mmse L K N PILOTS DRAWS CHANNELS ROUNDS\n");
        return 1;
    }
    made = make_system(1, given[0], given[1], given[2], 1);
    reuse_pilots(&made, given[3]);
    made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_LP_MMSE, .draws = given[4]};
    made.system.monte_carlo = (cfi_monte_carlo_settings){.realizations = given[5], .bounds = CFI_MC_BOUNDS_NONE};
    stop_unless(network_draw(&made.system, 0, arena, &network, NULL));
    powers = equal_powers(&made.system, arena);
    for (size_t i = 0; i < rounds; i++) {
        cfi_arena_mark mark = arena_mark(arena);
        cfi_link link;
        cfi_monte_carlo result;
        double start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), middle;

        stop_unless(link_make(&network, arena, &link, NULL));
        middle = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
        network.mean_square = link.mean_square;
        stop_unless(metrics_monte_carlo(&network, &powers, 1, NULL, arena, &result, NULL));
        channels[i] = 1e3 * (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - middle);
        statistics[i] = 1e3 * (middle - start);
        network.mean_square = NULL;
        arena_release(arena, mark);
    }
    printf("%.2f %.2f\n", bench_median(statistics, rounds), bench_median(channels, rounds));
    arena_destroy(arena);
    free_system(&made);
    return 0;
}
