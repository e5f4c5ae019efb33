/* What is foretold of the memory for sensing, beside what was measured. docs/solver.md */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/scenario.h"

/* Net of the program, in MB, by GNU time of `cfisac run` with one thread less what the same takes without:
 * estimators of a target's place, and heuristic splits held to angles on all echoes with gains of their own. */
static void memory_of_sensing_is_what_was_measured(void **state)
{
    static const struct {
        size_t L, antennas;
        double measured;
    } located[] = {{16, 4, 23},    {64, 4, 88},     {256, 8, 135}, {1024, 8, 212},
                   {512, 16, 300}, {1024, 16, 513}, {256, 32, 370}},
      held[] = {{256, 4, 41}, {512, 4, 208}};
    static const double NUMBER = 1.0;

    (void)state;
    for (size_t i = 0; i < sizeof located / sizeof *located; i++) {
        size_t n = located[i].antennas;
        cfi_system system = {.L = located[i].L,
                             .K = 4,
                             .N = n,
                             .M = n,
                             .sensing.geometry = CFI_GEOMETRY_TARGET,
                             .monte_carlo.realizations = 4};
        double without = scenario_memory_bytes(&system), bytes;

        system.monte_carlo.estimator = CFI_ESTIMATOR_ML;
        bytes = scenario_memory_bytes(&system) - without;
        assert_true(bytes > located[i].measured * 1e6 / 1.5 && bytes < located[i].measured * 1e6 * 1.5);
    }
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
        cfi_system system = {
            .L = held[i].L,
            .K = 10,
            .N = 4,
            .M = 4,
            .sensing = {.crlb_model = CFI_CRLB_NONCOHERENT, .crlb_threshold_rad2 = &NUMBER, .path_gains = &NUMBER},
            .allocation.method = CFI_METHOD_HEURISTIC};
        double bytes = scenario_memory_bytes(&system);

        assert_true(bytes > held[i].measured * 1e6 / 1.5 && bytes < held[i].measured * 1e6 * 1.5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_of_sensing_is_what_was_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
