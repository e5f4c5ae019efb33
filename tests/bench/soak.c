/* Random scenarios: every one must converge, or be infeasible exactly when the closed test says so.
 *   soak [SCENARIOS] [FIRST_SEED] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "allocations.h"

#include <omp.h>
#include <stdio.h>

/* What is wrong with the allocation of one scenario; NULL when nothing is. */
static const char *judge(drop *d, const cfi_allocation *allocation, bool *infeasible)
{
    *infeasible = threshold_factor(d) > 1.0;
    if (*infeasible || allocation->status == CFI_ALLOC_INFEASIBLE) {
        return *infeasible == (allocation->status == CFI_ALLOC_INFEASIBLE) ? NULL
                                                                           : "infeasible against the closed test";
    }
    if (allocation->status != CFI_ALLOC_CONVERGED) {
        return allocation->stop_reason;
    }
    if (!(violation_from_formula(d, &allocation->powers) < 1e-9)) {
        return "violates a constraint";
    }
    if (!(fabs(sum_rate_from_formula(d, &allocation->powers) / allocation->sum_rate_bit_s_hz - 1.0) < 1e-9)) {
        return "reports another sum rate";
    }
    for (size_t i = 1; i < allocation->trace_count; i++) {
        if (allocation->trace_bit_s_hz[i] < allocation->trace_bit_s_hz[i - 1]) {
            return "lowered the objective";
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long scenarios = argc > 1 ? strtol(argv[1], NULL, 10) : 10000,
         first = argc > 2 ? strtol(argv[2], NULL, 10) : 100000;
    size_t failures = 0, infeasible_count = 0, steps = 0, most = 0;

#pragma omp parallel for schedule(dynamic, 8)
    for (long i = 0; i < scenarios; i++) {
        drop *d = random_drop((uint64_t)(first + i), 64.0, 16.0);
        cfi_allocation allocation = run(d);
        bool infeasible;
        const char *wrong = judge(d, &allocation, &infeasible);

#pragma omp critical
        {
            infeasible_count += infeasible;
            steps += allocation.iterations;
            most = allocation.iterations > most ? allocation.iterations : most;
            if (wrong) {
                failures++;
                printf("seed %ld: %s (%s, %zu steps; L %zu K %zu N %zu M %zu, %zu pilots)\n", first + i, wrong,
                       alloc_status_name(allocation.status), allocation.iterations, d->made.system.L, d->made.system.K,
                       d->made.system.N, d->made.system.M, d->made.system.tau_p);
            }
        }
        free_drop(d);
    }
    printf("%ld scenarios: %zu failures, %zu infeasible, %.1f steps in the mean, %zu at most\n", scenarios, failures,
           infeasible_count, (double)steps / (double)(scenarios - (long)infeasible_count), most);
    return failures > 0;
}
