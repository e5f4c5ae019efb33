/* Wall time of the parts of one drop, in the order of a trial: drawing the network, the link, the two splits with what
 * closed forms say of them, the allocation, the closed forms of its powers. Then a checksum of powers, rates and bounds
 * to the bit, and the peak of resident memory above the program's own, in arrays of K L doubles.
 *   city SCENARIO THREADS [KEY=VALUE]... */
#include "cfisac/alloc.h"
#include "cfisac/linalg.h"
#include "reading.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct city {
    const cfi_system *system;
    size_t threads;
    cfi_arena *arena;
    alloc_workspace *workspace;
    cfi_network network;
    cfi_link link;
    cfi_allocation allocation;
    double *rate, *crlb; /* 2 K, 2 L: both forms, both bounds */
} city;

static void expect(cfi_status status, const cfi_error *error)
{
    if (status != CFI_OK) {
        bench_stop("city", error);
    }
}

static void draw_network(city *c, cfi_error *error)
{
    expect(network_draw_on(c->system, 0, c->threads, c->arena, &c->network, error), error);
}

static void make_link(city *c, cfi_error *error)
{
    expect(link_make(&c->network, c->arena, &c->link, error), error);
}

static void evaluate_splits(city *c, cfi_error *error)
{
    size_t K = c->link.K, L = c->link.L;
    cfi_arena_mark mark = arena_mark(c->arena);
    cfi_powers powers = {.p = arena_alloc(c->arena, K * L, sizeof(double)),
                         .s = arena_alloc(c->arena, L, sizeof(double))};
    cfi_evaluation evaluation;

    if (!powers.p || !powers.s) {
        bench_stop("city", &(cfi_error){.text = "out of memory"});
    }
    alloc_equal(&c->link, &powers);
    expect(alloc_evaluate(&c->link, &powers, c->arena, &evaluation, error), error);
    expect(alloc_heuristic(&c->link, c->arena, &powers, error), error);
    expect(alloc_evaluate(&c->link, &powers, c->arena, &evaluation, error), error);
    arena_release(c->arena, mark);
}

static void allocate(city *c, cfi_error *error)
{
    cfi_alloc_options options = {.workspace = c->workspace};

    expect(alloc_run(&c->link, &options, c->arena, &c->allocation, error), error);
}

static void evaluate_forms(city *c, cfi_error *error)
{
    const cfi_powers *powers = &c->allocation.powers;
    size_t K = c->link.K, L = c->link.L;

    expect(metrics_sinr(&c->link, powers, CFI_RATE_THEOREM1, c->arena, c->rate, error), error);
    expect(metrics_sinr(&c->link, powers, CFI_RATE_EXACT, c->arena, c->rate + K, error), error);
    expect(metrics_crlb_own_echo(&c->link, powers, c->arena, c->crlb, error), error);
    expect(metrics_crlb_multistatic(&c->link, powers, c->arena, c->crlb + L, error), error);
}

/* FNV-1a over doubles, a word at a time. */
static uint64_t add_numbers(uint64_t hash, const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t word;

        memcpy(&word, value + i, sizeof word);
        hash = (hash ^ word) * 0x100000001B3u;
    }
    return hash;
}

static uint64_t checksum(const city *c)
{
    size_t K = c->link.K, L = c->link.L;
    uint64_t hash = add_numbers(0xCBF29CE484222325u, c->allocation.powers.p, K * L);

    hash = add_numbers(hash, c->allocation.powers.s, L);
    hash = add_numbers(hash, c->rate, 2 * K);
    return add_numbers(hash, c->crlb, 2 * L);
}

static double resident_kibibytes(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss;
}

int main(int argc, char **argv)
{
    static void (*const part[])(city *, cfi_error *) = {draw_network, make_link, evaluate_splits, allocate,
                                                        evaluate_forms};
    enum { PARTS = sizeof part / sizeof *part };
    cfi_error error = {.text = ""};
    cfi_scenario *scenario;
    double start, own;
    city c;

    if (argc < 3) {
        fprintf(stderr, "usage: city SCENARIO THREADS [KEY=VALUE]...\n");
        return 1;
    }
    scenario = bench_read("city", argv[1], argc - 3, argv + 3);
    c = (city){.system = scenario_system(scenario),
               .threads = strtoul(argv[2], NULL, 10),
               .arena = arena_create(),
               .workspace = alloc_workspace_create()};
    expect(linalg_prepare(&c.threads, &error), &error);
    c.rate = calloc(2 * (c.system->K + c.system->L), sizeof *c.rate);
    if (!c.arena || !c.workspace || !c.rate) {
        bench_stop("city", &(cfi_error){.text = "out of memory"});
    }
    c.crlb = c.rate + 2 * c.system->K;
    own = resident_kibibytes();
    start = bench_seconds(CLOCK_MONOTONIC);
    for (size_t i = 0; i < PARTS; i++) {
        double before = bench_seconds(CLOCK_MONOTONIC);

        part[i](&c, &error);
        printf("%.3f ", bench_seconds(CLOCK_MONOTONIC) - before);
    }
    printf("%.3f %.2f %016llx %zu\n", bench_seconds(CLOCK_MONOTONIC) - start,
           (resident_kibibytes() - own) * 1024.0 / (8.0 * (double)c.system->K * (double)c.system->L),
           (unsigned long long)checksum(&c), c.allocation.iterations);
    free(c.rate);
    alloc_workspace_destroy(c.workspace);
    arena_destroy(c.arena);
    scenario_destroy(scenario);
    return 0;
}
