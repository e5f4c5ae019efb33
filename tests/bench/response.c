/* One evaluation of the allocation's map (src/alloc/response.h) against the time that its memory takes to be read: it
 * needs signals and loads of all pairs twice, 32 K L bytes, and a sum of products that reads so much is the limit. CPU
 * time of one thread, both taking turns, the least of ROUNDS and the median of their ratios.
 *   response SCENARIO ROUNDS [KEY=VALUE]... */
#include "alloc/response.h"
#include "cfisac/linalg.h"
#include "reading.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

/* States in the order that plain steps take: each finds the budget's price from that of the one before. */
enum { STATES = 6 };

typedef struct evaluations {
    alloc_problem problem;
    response map;
    double *state[STATES + 1];
} evaluations;

static void stop_unless(bool right, const cfi_error *error)
{
    if (!right) {
        bench_stop("response", error);
    }
}

/* The heuristic split's state and those that follow from it. */
static void take_states(evaluations *e, const cfi_link *link, cfi_arena *arena, cfi_error *error)
{
    cfi_powers powers = {.p = arena_zeros(arena, link->K * link->L, sizeof(double)),
                         .s = arena_zeros(arena, link->L, sizeof(double))};
    alloc_state at;
    size_t K = link->K;

    stop_unless(powers.p && powers.s && alloc_heuristic(link, arena, &powers, error) == CFI_OK, error);
    stop_unless(problem_build(link, arena, &e->problem, error) == CFI_OK && problem_state(&e->problem, arena, &at) &&
                    response_init(&e->map, &e->problem, arena, error) == CFI_OK,
                error);
    problem_from_powers(&e->problem, &powers, at.point);
    stop_unless(problem_complete(&e->problem, at.point), &(cfi_error){.text = "no feasible start"});
    problem_evaluate(&e->problem, at.point, at.values);
    for (size_t i = 0; i <= STATES; i++) {
        e->state[i] = arena_zeros(arena, response_length(&e->map), sizeof(double));
        stop_unless(e->state[i], &(cfi_error){.text = "out of memory"});
    }
    memcpy(e->state[0], at.values->u, K * sizeof(double));
    memcpy(e->state[0] + K, at.values->interference, K * sizeof(double));
}

static double time_evaluations(evaluations *e, size_t repetitions)
{
    double start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);

    for (size_t i = 0; i < repetitions; i++) {
        for (size_t s = 0; s < STATES; s++) {
            response_value value;

            stop_unless(response_answer(&e->map, e->state[s], e->state[s + 1], &value),
                        &(cfi_error){.text = "no answer"});
        }
    }
    return (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)(repetitions * STATES);
}

/* Reads signals and loads of all pairs twice. */
static double time_reading(const evaluations *e, size_t repetitions, double *sum)
{
    const alloc_problem *problem = &e->problem;
    size_t numbers = problem->K * problem->stride;
    double start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);

    for (size_t i = 0; i < repetitions * STATES * 2; i++) {
        *sum += rows_product(numbers, problem->signal, problem->sensing_load);
    }
    return (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)(repetitions * STATES);
}

static void measure(evaluations *e, size_t rounds)
{
    const alloc_problem *problem = &e->problem;
    double megabytes = 32e-6 * (double)(problem->K * problem->L), least[] = {INFINITY, INFINITY}, sum = 0.0;
    size_t repetitions = 1 + (size_t)(50.0 / megabytes);
    double *ratio = calloc(rounds, sizeof *ratio);

    stop_unless(ratio, &(cfi_error){.text = "out of memory"});
    time_evaluations(e, repetitions); /* warm */
    for (size_t i = 0; i < rounds; i++) {
        double map = time_evaluations(e, repetitions), reading = time_reading(e, repetitions, &sum);

        least[0] = fmin(least[0], map);
        least[1] = fmin(least[1], reading);
        ratio[i] = reading / map;
    }
    printf("L=%zu K=%zu: an evaluation %.4g ms, %.3g MB read %.4g ms (%.3g GB/s%s): share of the limit %.2f, median of "
           "%zu rounds %.2f\n",
           problem->L, problem->K, 1e3 * least[0], megabytes, 1e3 * least[1], 1e-3 * megabytes / least[1],
           sum > 0.0 ? "" : ", of zeros", least[1] / least[0], rounds, bench_median(ratio, rounds));
    free(ratio);
}

int main(int argc, char **argv)
{
    cfi_error error = {.text = ""};
    cfi_scenario *scenario;
    cfi_arena *arena = arena_create();
    cfi_network network;
    cfi_link link;
    evaluations e;

    if (argc < 3) {
        fprintf(stderr, "usage: response SCENARIO ROUNDS [KEY=VALUE]...\n");
        return 1;
    }
    scenario = bench_read("response", argv[1], argc - 3, argv + 3);
    stop_unless(arena && network_draw(scenario_system(scenario), 0, arena, &network, &error) == CFI_OK &&
                    link_make(&network, arena, &link, &error) == CFI_OK,
                &error);
    take_states(&e, &link, arena, &error);
    measure(&e, strtoul(argv[2], NULL, 10));
    arena_destroy(arena);
    scenario_destroy(scenario);
    return 0;
}
