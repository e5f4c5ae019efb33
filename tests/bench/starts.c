/* Time of making starts where users share pilots: set-up of the problem, and sixteen starts as a run of `sca` makes
 * them from one incumbent, milliseconds; medians over repetitions. The link itself is timed apart. starts SCENARIO
 * REPETITIONS [KEY=VALUE]... */
#include "alloc/starts.h"
#include "alloc/sca.h"
#include "cfisac/channel.h"
#include "cfisac/linalg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_SETTINGS = 32, STARTS = 16 };

typedef struct times {
    double link, build, starts;
} times;

static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void stop(const cfi_error *error)
{
    fprintf(stderr, "starts: %s\n", error->text);
    exit(1);
}

/* One round; *sum takes part of every start, so that two builds can be compared. */
static times time_round(const cfi_network *network, cfi_arena *arena, double *sum)
{
    cfi_error error = {.text = ""};
    alloc_problem problem;
    alloc_state incumbent;
    cfi_powers powers = {.p = arena_alloc(arena, network->K * network->L, sizeof(double)),
                         .s = arena_alloc(arena, network->L, sizeof(double))};
    cfi_link link;
    double begun = seconds(), linked, built;

    if (!powers.p || !powers.s || link_make(network, arena, &link, &error) != CFI_OK) {
        stop(&error);
    }
    linked = seconds();
    if (problem_build(&link, arena, &problem, &error) != CFI_OK ||
        alloc_heuristic(&link, arena, &powers, &error) != CFI_OK) {
        stop(&error);
    }
    built = seconds();
    alloc_point *heuristic = problem_point(&problem, arena), *point = problem_point(&problem, arena);

    if (!heuristic || !point || !problem_state(&problem, arena, &incumbent)) {
        stop(&error);
    }
    problem_from_powers(&problem, &powers, heuristic);
    problem_copy(&problem, heuristic, incumbent.point);
    problem_evaluate(&problem, incumbent.point, incumbent.values);
    start_source source = {.problem = &problem,
                           .heuristic = heuristic,
                           .incumbent = incumbent,
                           .users = contest_make(&link, problem.signal, arena),
                           .key = arena_alloc(arena, problem.K, sizeof(double))};

    if (!source.users || !source.key) {
        stop(&error);
    }
    for (size_t start = 0; start < STARTS; start++) {
        *sum += start_make(&source, start, point) ? point->w[0] : 0.0;
    }
    return (times){.link = linked - begun, .build = built - linked, .starts = seconds() - built};
}

static double median(double *value, size_t count)
{
    qsort(value, count, sizeof *value, compare);
    return value[count / 2];
}

static void time_all(const cfi_system *system, size_t repetitions, double *value)
{
    cfi_arena *arena = arena_create();
    cfi_error error = {.text = ""};
    cfi_network network;
    double sum = 0.0;

    if (!arena || network_draw(system, 0, arena, &network, &error) != CFI_OK) {
        stop(&error);
    }
    for (size_t i = 0; i < repetitions; i++) {
        cfi_arena_mark mark = arena_mark(arena);
        times t = time_round(&network, arena, &sum);

        value[i] = t.link;
        value[repetitions + i] = t.build;
        value[2 * repetitions + i] = t.starts;
        arena_release(arena, mark);
    }
    printf("link %.4f ms, set-up %.4f ms, %d starts %.4f ms (checksum %.17g)\n", 1e3 * median(value, repetitions),
           1e3 * median(value + repetitions, repetitions), (int)STARTS,
           1e3 * median(value + 2 * repetitions, repetitions), sum);
    arena_destroy(arena);
}

int main(int argc, char **argv)
{
    size_t repetitions = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, settings = 0;
    cfi_setting setting[MOST_SETTINGS];
    cfi_scenario *scenario;
    cfi_error error = {.text = ""};
    double *value = calloc(3 * repetitions + 1, sizeof *value);

    linalg_single_thread();
    for (int i = 3; i < argc && settings < MOST_SETTINGS; i++) {
        char *equals = strchr(argv[i], '=');

        if (equals) {
            *equals = '\0';
            setting[settings++] = (cfi_setting){.key = argv[i], .value = equals + 1};
        }
    }
    if (repetitions == 0 || !value) {
        fprintf(stderr, "usage: starts SCENARIO REPETITIONS [KEY=VALUE]...\n");
        return 1;
    }
    if (scenario_read(argv[1], setting, settings, &scenario, &error) != CFI_OK) {
        stop(&error);
    }
    time_all(scenario_system(scenario), repetitions, value);
    free(value);
    scenario_destroy(scenario);
    return 0;
}
