/* Allocation under sensing constraints that couple access points. docs/model.md (M28) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alloc/coupled.h"
#include "coupled_drops.h"

#include <stdio.h>

/* Kinds of drops: every set of constraints, both models, both kinds of arrays and of gains, shared pilots, limits. */
static coupled_kind kind_of(uint64_t seed)
{
    const size_t antennas[][2] = {{4, 4}, {2, 4}, {4, 2}, {8, 2}, {4, 1}, {3, 3}};
    size_t a = seed % 6;

    return (coupled_kind){.L = 2 + seed % 5,
                          .K = 1 + seed % 4,
                          .N = antennas[a][0],
                          .M = antennas[a][1],
                          .pilots = seed % 3 == 0 ? (1 + seed % 4 + 1) / 2 : 1 + seed % 4,
                          .asked = (unsigned)(1 + seed / 2 % 7),
                          .noncoherent = seed % 2 == 1,
                          .general_gains = seed / 3 % 2 == 1,
                          .limits = seed / 5 % 3 == 0,
                          .margin = 1.2};
}

static void results_meet_all_constraints_recomputed_from_powers(void **state)
{
    (void)state;
    size_t infeasible = 0, converged = 0;

    for (uint64_t seed = 0; seed < 210; seed++) {
        coupled_drop *c = make_coupled_drop(seed, kind_of(seed));
        cfi_allocation allocation;

        allocation = run(c->d);
        if (getenv("SHOW")) {
            printf("%d asked %u nc %d: %s (%s) %zu steps, rate %.6g, violation %.2g %.2g factor %.9g %s\n", (int)seed,
                   kind_of(seed).asked, kind_of(seed).noncoherent, alloc_status_name(allocation.status),
                   allocation.stop_reason, allocation.iterations, allocation.sum_rate_bit_s_hz,
                   raw_coupled_violation(c, &allocation.powers), allocation.max_constraint_violation,
                   allocation.least_threshold_factor, allocation.failure ? allocation.failure : "");
        }
        if (allocation.status == CFI_ALLOC_INFEASIBLE) {
            infeasible++;
        } else {
            assert_true(raw_coupled_violation(c, &allocation.powers) < 1e-9);
            assert_true(allocation.max_constraint_violation < 1e-9);
            check_trace(&allocation);
            converged += allocation.status == CFI_ALLOC_CONVERGED;
        }
        free_coupled_drop(c);
    }
    print_message("%zu infeasible %zu converged\n", infeasible, converged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_meet_all_constraints_recomputed_from_powers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
