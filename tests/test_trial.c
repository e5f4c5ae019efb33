/* One trial: what a record holds, and that it is pure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/trial.h"
#include "check.h"
#include "systems.h"

static cfi_record run(const cfi_system *system, cfi_arena *arena)
{
    cfi_record record;
    cfi_trial_options options = {.threads = 1};
    cfi_error error = {.text = ""};

    if (trial_run(system, 3, &options, arena, &record, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return record;
}

static void drawn(made_system *made)
{
    made->system.propagation.gain = NULL;
    made->system.sensing.angle_rad = NULL;
    made->system.sensing.angle_min_rad = -1.0;
    made->system.sensing.angle_max_rad = 1.0;
    made->system.geometry.min_distance_m = 100.0;
    made->system.propagation.shadowing_std = 1.6;
    made->system.monte_carlo.realizations = 60;
}

static void record_holds_every_part_of_a_drop(void **state)
{
    (void)state;
    made_system made = make_system(1, 6, 3, 4, 4);
    cfi_arena *arena = arena_create();
    cfi_record record;
    double sum = 0.0;

    drawn(&made);
    record = run(&made.system, arena);
    assert_int_equal(record.status, CFI_DROP_OK);
    assert_int_equal(record.index, 3);
    assert_true(record.has_monte_carlo && record.equal.available && record.heuristic.available);
    assert_close(record.closed_form.sum_rate_exact_bit_s_hz, record.allocation.sum_rate_bit_s_hz, 1e-13);
    for (size_t k = 0; k < 3; k++) {
        sum += record.closed_form.rate_exact_bit_s_hz[k];
    }
    assert_close(sum, record.allocation.sum_rate_bit_s_hz, 1e-13);
    assert_true(record.allocation.sum_rate_bit_s_hz >= record.heuristic.sum_rate_bit_s_hz);
    assert_true(fabs(record.monte_carlo.sum_rate_bit_s_hz - sum) < 5.0 * record.monte_carlo.sum_rate_std_error);
    assert_true(record.heuristic.max_constraint_violation < 1e-12);
    arena_destroy(arena);
    free_system(&made);
}

static void a_trial_repeats_to_the_last_bit_and_allocates_nothing_the_second_time(void **state)
{
    (void)state;
    made_system made = make_system(2, 6, 3, 4, 4);
    cfi_arena *arena = arena_create();
    cfi_arena_mark mark = arena_mark(arena);
    cfi_record record;
    double rates[3], gamma[18];
    size_t capacity;

    drawn(&made);
    record = run(&made.system, arena);
    memcpy(rates, record.monte_carlo.rate_bit_s_hz, sizeof rates);
    memcpy(gamma, record.allocation.powers.p, sizeof gamma);
    capacity = arena_capacity(arena);
    arena_release(arena, mark);
    record = run(&made.system, arena);
    assert_memory_equal(rates, record.monte_carlo.rate_bit_s_hz, sizeof rates);
    assert_memory_equal(gamma, record.allocation.powers.p, sizeof gamma);
    assert_int_equal(arena_capacity(arena), capacity);
    arena_destroy(arena);
    free_system(&made);
}

static void infeasible_drop_is_a_result_without_numbers(void **state)
{
    (void)state;
    made_system made = make_system(3, 4, 2, 4, 4);
    cfi_arena *arena = arena_create();
    cfi_record record;

    drawn(&made);
    for (size_t l = 0; l < 4; l++) {
        made.threshold[l] = 1e-9;
    }
    record = run(&made.system, arena);
    assert_int_equal(record.status, CFI_DROP_INFEASIBLE);
    assert_null(record.closed_form.crlb_own_echo_rad2);
    assert_false(record.has_monte_carlo || record.heuristic.available);
    assert_true(record.equal.available && record.equal.max_constraint_violation > 0.5);
    assert_true(record.allocation.least_threshold_factor > 1.0);
    arena_destroy(arena);
    free_system(&made);
}

static void equal_split_is_never_infeasible(void **state)
{
    (void)state;
    made_system made = make_system(3, 4, 2, 4, 4);
    cfi_arena *arena = arena_create();
    cfi_record record;

    drawn(&made);
    made.system.allocation.method = CFI_METHOD_EQUAL;
    for (size_t l = 0; l < 4; l++) {
        made.threshold[l] = 1e-9;
    }
    record = run(&made.system, arena);
    assert_int_equal(record.status, CFI_DROP_OK);
    assert_true(record.allocation.max_constraint_violation > 0.5);
    arena_destroy(arena);
    free_system(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_holds_every_part_of_a_drop),
        cmocka_unit_test(a_trial_repeats_to_the_last_bit_and_allocates_nothing_the_second_time),
        cmocka_unit_test(infeasible_drop_is_a_result_without_numbers),
        cmocka_unit_test(equal_split_is_never_infeasible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
