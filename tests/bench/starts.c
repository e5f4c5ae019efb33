/* CPU time of making starts where users share pilots: set-up of the problem, and sixteen starts as a run of `sca` makes
 * them from one incumbent, milliseconds; medians over repetitions. The link itself is timed apart. starts SCENARIO
 * REPETITIONS [KEY=VALUE]... */
#include "alloc/starts.h"
#include "cfisac/alloc.h"
#include "cfisac/channel.h"
#include "cfisac/linalg.h"
#include "reading.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STARTS = 16 };

typedef struct times {
    double link, build, starts;
} times;

/* What starts are made from, the heuristic split as incumbent; without users when out of memory. */
static start_source source_make(const alloc_problem *problem, const cfi_powers *powers, cfi_arena *arena)
{
    alloc_state incumbent;
    double *key = arena_alloc(arena, problem->K, sizeof *key);

    if (!problem_state(problem, arena, &incumbent) || !key) {
        return (start_source){.problem = problem};
    }
    problem_from_powers(problem, powers, incumbent.point);
    problem_evaluate(problem, incumbent.point, incumbent.values);
    return (start_source){.problem = problem,
                          .heuristic.powers = powers,
                          .incumbent = incumbent,
                          .users = contest_make(problem->link, arena),
                          .key = key};
}

/* One round; *sum takes part of every start, so that two builds can be compared. */
static times time_round(const cfi_network *network, cfi_arena *arena, double *sum)
{
    cfi_error error = {.text = ""};
    alloc_problem problem;
    cfi_powers powers = {.p = arena_alloc(arena, network->K * network->L, sizeof(double)),
                         .s = arena_alloc(arena, network->L, sizeof(double))};
    cfi_link link;
    double begun = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), linked, built;

    if (!powers.p || !powers.s || link_make(network, arena, &link, &error) != CFI_OK) {
        bench_stop("starts", &error);
    }
    linked = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (problem_build(&link, arena, &problem, &error) != CFI_OK ||
        alloc_heuristic(&link, arena, &powers, &error) != CFI_OK) {
        bench_stop("starts", &error);
    }
    built = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    start_source source = source_make(&problem, &powers, arena);
    alloc_point *point = problem_point(&problem, arena);

    if (!source.users || !point) {
        bench_stop("starts", &error);
    }
    for (size_t start = 0; start < STARTS; start++) {
        *sum += start_make(&source, start, point) ? point->w[source.turn] : 0.0;
    }
    return (times){
        .link = linked - begun, .build = built - linked, .starts = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - built};
}

static void time_all(const cfi_system *system, size_t repetitions, double *value)
{
    cfi_arena *arena = arena_create();
    cfi_error error = {.text = ""};
    cfi_network network;
    double sum = 0.0;

    if (!arena || network_draw(system, 0, arena, &network, &error) != CFI_OK) {
        bench_stop("starts", &error);
    }
    for (size_t i = 0; i < repetitions; i++) {
        cfi_arena_mark mark = arena_mark(arena);
        times t = time_round(&network, arena, &sum);

        value[i] = t.link;
        value[repetitions + i] = t.build;
        value[2 * repetitions + i] = t.starts;
        arena_release(arena, mark);
    }
    printf("link %.4f ms, set-up %.4f ms, %d starts %.4f ms (checksum %.17g)\n", 1e3 * bench_median(value, repetitions),
           1e3 * bench_median(value + repetitions, repetitions), (int)STARTS,
           1e3 * bench_median(value + 2 * repetitions, repetitions), sum);
    arena_destroy(arena);
}

int main(int argc, char **argv)
{
    size_t repetitions = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    cfi_scenario *scenario;
    double *value = calloc(3 * repetitions + 1, sizeof *value);

    linalg_single_thread();
    if (repetitions == 0 || !value) {
        fprintf(stderr, "usage: starts SCENARIO REPETITIONS [KEY=VALUE]...\n");
        return 1;
    }
    scenario = bench_read("starts", argv[1], argc - 3, argv + 3);
    time_all(scenario_system(scenario), repetitions, value);
    free(value);
    scenario_destroy(scenario);
    return 0;
}
