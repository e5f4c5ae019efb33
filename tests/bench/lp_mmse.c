/* Time of lp_mmse's simulated statistics and of its Monte Carlo on one thread, CPU time, medians of ROUNDS, in
 * milliseconds. lp_mmse L K N PILOTS DRAWS CHANNELS ROUNDS [FADING]
 * FADING: iid (the default), correlated (scatterers within 15 degrees of each user), rician (lines of sight as strong
 * as what is scattered, too). */
#include "cfisac/metrics.h"
#include "fading_systems.h"
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

static placed_system system_with(const size_t given[], const char *fading)
{
    const double spread = 15.0 * M_PI / 180.0;
    bool iid = strcmp(fading, "iid") == 0, rician = strcmp(fading, "rician") == 0;
    made_system made = make_system(1, given[0], given[1], given[2], 1);

    if (!iid && !rician && strcmp(fading, "correlated") != 0) {
        fprintf(stderr, "lp_mmse: FADING is iid, correlated or rician\n");
        exit(1);
    }
    reuse_pilots(&made, given[3]);
    made.system.precoding = (cfi_precoding){.kind = CFI_PRECODER_LP_MMSE, .draws = given[4]};
    made.system.monte_carlo = (cfi_monte_carlo_settings){.realizations = given[5], .bounds = CFI_MC_BOUNDS_NONE};
    return place_system(made, iid ? -1.0 : spread, rician ? 1.0 : 0.0);
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
    placed_system placed;
    cfi_system *system = &placed.made.system;
    cfi_network network;
    cfi_powers powers;

    for (int i = 0; i < 7 && i + 1 < argc; i++) {
        given[i] = strtoul(argv[i + 1], NULL, 10);
    }
    rounds = given[6];
    if (rounds < 1 || rounds > MOST_ROUNDS || !arena) {
        fprintf(stderr, "usage: lp_mmse L K N PILOTS DRAWS CHANNELS ROUNDS [FADING]\n");
        return 1;
    }
    placed = system_with(given, argc > 8 ? argv[8] : "iid");
    stop_unless(network_draw(system, 0, arena, &network, NULL));
    powers = equal_powers(system, arena);
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
    free_places(&placed);
    free_system(&placed.made);
    return 0;
}
