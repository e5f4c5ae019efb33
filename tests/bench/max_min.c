/* The data of a drop's largest common rate, for solvers that are not ours (max_min_ecos.R):
 *   max_min SCENARIO DROP [KEY=VALUE]...
 * First a line L K prelog, the budget (L, in units of the problem), our rate and the bound on it; then a line each of K
 * users' signals, of their loads; of d1, d2 and limits (inf: none). docs/model.md (M9) */
#include "alloc/globals.h"
#include "base/units.h"
#include "cfisac/channel.h"
#include "cfisac/linalg.h"
#include "reading.h"

#include <math.h>

static void print_row(const char *end, const double *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("%.17g%s", row[i], i + 1 < count ? " " : end);
    }
}

int main(int argc, char **argv)
{
    cfi_alloc_options options = {.workspace = alloc_workspace_create()};
    cfi_error error = {.text = ""};
    cfi_arena *arena = arena_create();
    cfi_scenario *scenario;
    const cfi_system *system;
    cfi_allocation allocation;
    cfi_network network;
    alloc_problem problem;
    cfi_link link;

    linalg_single_thread();
    if (argc < 3) {
        fprintf(stderr, "usage: max_min SCENARIO DROP [KEY=VALUE]...\n");
        return 1;
    }
    scenario = bench_read("max_min", argv[1], argc - 3, argv + 3);
    system = scenario_system(scenario);
    if (network_draw(system, (uint32_t)strtoul(argv[2], NULL, 10), arena, &network, &error) != CFI_OK ||
        link_make(&network, arena, &link, &error) != CFI_OK ||
        alloc_run(&link, &options, arena, &allocation, &error) != CFI_OK ||
        problem_build(&link, arena, &problem, &error) != CFI_OK) {
        bench_stop("max_min", &error);
    }
    printf("%zu %zu %.17g %.17g %.17g %.17g\n", problem.L, problem.K, system->frame.prelog, (double)problem.L,
           allocation.objective.value, allocation.objective.dual_value);
    for (size_t k = 0; k < problem.K; k++) {
        print_row("\n", problem.signal + problem.stride * k, problem.L);
    }
    for (size_t k = 0; k < problem.K; k++) {
        print_row("\n", problem.load + problem.stride * k, problem.L);
    }
    print_row("\n", problem.sensing.d1, problem.L);
    print_row("\n", problem.sensing.d2, problem.L);
    print_row("\n", problem.limit, problem.L);
    alloc_workspace_destroy(options.workspace);
    arena_destroy(arena);
    scenario_destroy(scenario);
    return 0;
}
