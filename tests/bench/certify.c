/* The certificate of the sum rate.
 *   certify SCENARIO DROPS [KEY=VALUE]...   boxes and seconds of CPU of the first drops: medians and the largest
 *   certify check NETWORKS POINTS STARTS [FIRST_SEED]   not a speed: at each of so many random networks of all kinds,
 * random feasible powers and starts of sca against the bound; what goes wrong is listed, and fatal */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bench/reading.h"
#include "bench/timing.h"
#include "cfisac/linalg.h"
#include "feasible_powers.h"

#include <stdio.h>

/* ------------------------------------------------------------------------------ times ---- */

/* The allocation of a drop with its certificate; *seconds of CPU, which others on the machine do not lengthen. */
static cfi_allocation certify_drop(const cfi_system *system, uint32_t index, cfi_arena *arena, double *seconds)
{
    cfi_error error = {.text = ""};
    cfi_network network;
    cfi_link link;
    cfi_allocation allocation;
    double start;

    if (network_draw(system, index, arena, &network, &error) != CFI_OK ||
        link_make(&network, arena, &link, &error) != CFI_OK) {
        bench_stop("certify", &error);
    }
    start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (alloc_run(&link, NULL, arena, &allocation, &error) != CFI_OK) {
        bench_stop("certify", &error);
    }
    *seconds = bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    return allocation;
}

static int time_drops(const char *path, size_t drops, int count, char **settings)
{
    cfi_scenario *scenario = bench_read("certify", path, count, settings);
    double *value = calloc(3 * drops, sizeof *value);
    size_t proved = 0;

    for (size_t i = 0; value && i < drops; i++) {
        cfi_arena *arena = arena_create();
        cfi_allocation allocation = certify_drop(scenario_system(scenario), (uint32_t)i, arena, &value[i]);

        value[drops + i] = (double)allocation.certificate.nodes;
        value[2 * drops + i] = allocation.certificate.gap;
        proved += allocation.status == CFI_ALLOC_OPTIMAL;
        arena_destroy(arena);
    }
    if (value && drops > 0) {
        double seconds = bench_median(value, drops), nodes = bench_median(value + drops, drops);
        double gap = bench_median(value + 2 * drops, drops);

        printf("%zu of %zu proved; %.0f boxes, at most %.0f; %.3f s of CPU, at most %.3f; gap %.2g, at most %.2g\n",
               proved, drops, nodes, value[2 * drops - 1], seconds, value[drops - 1], gap, value[3 * drops - 1]);
    }
    free(value);
    scenario_destroy(scenario);
    return 0;
}

/* ------------------------------------------------------------------------------ check ---- */

static drop *random_network(uint64_t seed)
{
    cfi_stream stream = stream_make(seed, 0, CFI_DRAW_START, 881);
    size_t K = (size_t)made_uniform(&stream, 1.0, 5.99);
    link_kind kind = {.L = (size_t)made_uniform(&stream, 1.0, 12.99),
                      .K = K,
                      .N = (size_t)made_uniform(&stream, 2.0, 9.0),
                      .M = (size_t)made_uniform(&stream, 1.0, 9.0),
                      .pilots = K,
                      .served = made_uniform(&stream, 0.0, 1.0) < 0.3 ? 0.6 : 1.0,
                      .tightness = pow(10.0, made_uniform(&stream, -6.0, -0.01)),
                      .limits = made_uniform(&stream, 0.0, 1.0) < 0.3 ? 1.2 : 0.0,
                      .streams = made_uniform(&stream, 0.0, 1.0) < 0.2,
                      .zero_forcing = made_uniform(&stream, 0.0, 1.0) < 0.4};
    drop *d;

    kind.M = kind.served < 1.0 && kind.M == 1 ? 2 : kind.M; /* with nobody to serve one antenna senses nothing */
    d = make_link_drop(seed, kind);
    d->made.system.power.budget_w = d->made.system.power.comm_noise_w * pow(10.0, made_uniform(&stream, -2.0, 6.0));
    set_tightness(d, kind.tightness);
    for (size_t l = 0; kind.limits > 0.0 && l < kind.L; l++) {
        d->made.limit[l] = d->made.system.power.budget_w / (double)kind.L * made_uniform(&stream, 0.7, 4.0);
    }
    d->made.system.allocation.certify = true;
    d->made.system.allocation.certify_gap = pow(10.0, made_uniform(&stream, -4.0, -1.5));
    d->made.system.allocation.certify_nodes = 3000;
    d->made.system.allocation.solver = CFI_SOLVER_AUTO;
    d->made.system.allocation.max_iterations = 200;
    return d;
}

/* Says what is above the bound; 1 if something is. */
static size_t compare(uint64_t seed, const char *what, double value, double bound)
{
    if (value > bound) {
        printf("seed %zu: %s has %.15g, above the bound %.15g\n", (size_t)seed, what, value, bound);
        return 1;
    }
    return 0;
}

static size_t check_points(drop *d, const cfi_allocation *allocation, size_t points)
{
    cfi_stream stream = stream_make(d->made.system.seed, 0, CFI_DRAW_START, 882);
    size_t wrong = 0;

    for (size_t i = 0; i < points; i++) {
        draw_feasible(d, violation_of_link, d, &allocation->powers, &stream, &d->powers);
        wrong +=
            compare(d->made.system.seed, "a point", raw_sum_rate(d, &d->powers), allocation->certificate.upper_bound);
    }
    return wrong;
}

static size_t check_network(uint64_t seed, size_t points, size_t starts, double worst[2])
{
    drop *d = random_network(seed);
    cfi_allocation allocation;
    cfi_error error = {.text = ""};
    double bound, start = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    size_t wrong = 0;

    if (alloc_run(&d->link, NULL, d->arena, &allocation, &error) != CFI_OK) {
        printf("seed %zu: %s\n", (size_t)seed, error.text);
        return 1;
    }
    worst[1] = fmax(worst[1], bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
    if (allocation.status != CFI_ALLOC_INFEASIBLE) {
        bound = allocation.certificate.upper_bound;
        if (!(allocation.certificate.gap >= 0.0) || allocation.status == CFI_ALLOC_FAILED) {
            printf("seed %zu: %s, %s, gap %g\n", (size_t)seed, alloc_status_name(allocation.status),
                   allocation.stop_reason, allocation.certificate.gap);
            wrong++;
        }
        if (allocation.status != CFI_ALLOC_OPTIMAL) {
            printf("seed %zu: L %zu, K %zu: gap %.3g, %.3g asked for, after %zu boxes\n", (size_t)seed, d->link.L,
                   d->link.K, allocation.certificate.gap, d->made.system.allocation.certify_gap,
                   allocation.certificate.nodes);
        }
        worst[0] = fmax(worst[0], (double)allocation.certificate.nodes);
        wrong += check_points(d, &allocation, points);
        d->made.system.allocation.certify = false;
        d->made.system.allocation.starts = starts;
        if (starts > 0 && alloc_run(&d->link, NULL, d->arena, &allocation, &error) == CFI_OK) {
            wrong += compare(seed, "a start", allocation.objective.value, bound);
        }
    }
    free_drop(d);
    return wrong;
}

static int check_networks(size_t networks, size_t points, size_t starts, uint64_t first)
{
    size_t wrong = 0;
    double worst[2] = {0.0, 0.0};

    for (uint64_t seed = first; seed < first + networks; seed++) {
        wrong += check_network(seed, points, starts, worst);
    }
    printf("%zu networks, %zu points and %zu starts at each: %zu wrong; at most %.0f boxes and %.3f s of CPU\n",
           networks, points, starts, wrong, worst[0], worst[1]);
    return wrong > 0;
}

int main(int argc, char **argv)
{
    size_t number[4] = {0, 0, 0, 0};

    linalg_single_thread();
    if (argc < 3) {
        fprintf(stderr,
                "usage: certify SCENARIO DROPS [KEY=VALUE]... or certify check NETWORKS POINTS STARTS [SEED]\n");
        return 1;
    }
    if (strcmp(argv[1], "check") != 0) {
        return time_drops(argv[1], strtoul(argv[2], NULL, 10), argc - 3, argv + 3);
    }
    for (int i = 0; i < 4 && i + 2 < argc; i++) {
        number[i] = strtoul(argv[i + 2], NULL, 10);
    }
    return check_networks(number[0], number[1], number[2], number[3]);
}
