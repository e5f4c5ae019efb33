/* The parts of a record against the same numbers computed apart: the reference splits under either bound, the check by
 * the other solver, and what a drop leaves behind that fails a part but not as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/trial.h"
#include "check.h"
#include "systems.h"

/* What the allocations of a trial are asked for: put in between by the linker. */
static size_t allocations, starts_asked_for[2];
static enum { BY_ITSELF, RETURNS_FAILED, ENDS_FAILED, CUT_SHORT } outcome; /* of every allocation */
cfi_status __real_alloc_run(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena,
                            cfi_allocation *out, cfi_error *error);
cfi_status __wrap_alloc_run(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena,
                            cfi_allocation *out, cfi_error *error);

cfi_status __wrap_alloc_run(const cfi_link *link, const cfi_alloc_options *options, cfi_arena *arena,
                            cfi_allocation *out, cfi_error *error)
{
    if (allocations < 2) {
        starts_asked_for[allocations] = link->system->allocation.starts;
    }
    allocations++;
    cfi_status status = __real_alloc_run(link, options, arena, out, error);

    out->status = outcome == ENDS_FAILED ? CFI_ALLOC_FAILED : out->status;
    out->certificate.interrupted = outcome == CUT_SHORT;
    return outcome == RETURNS_FAILED ? error_set(error, CFI_FAILED, "a breakdown") : status;
}

typedef struct trial {
    made_system made;
    cfi_arena *arena;
    cfi_record record;
    cfi_error error;
} trial;

static trial *run_trial(made_system made, bool check)
{
    trial *t = calloc(1, sizeof *t);
    cfi_trial_options options = {.threads = 1, .check = check};

    allocations = 0;
    t->made = made;
    t->arena = arena_create();
    t->made.system.monte_carlo.realizations = 4;
    if (trial_run(&t->made.system, 0, &options, t->arena, &t->record, &t->error) != CFI_OK) {
        fail_msg("%s", t->error.text);
    }
    return t;
}

static void free_trial(trial *t)
{
    arena_destroy(t->arena);
    free_system(&t->made);
    free(t);
}

/* The equal split at its own powers, under the bound of the scenario. */
static void the_equal_split_is_judged_by_the_bound_of_the_scenario(void **state)
{
    double worst[2];

    (void)state;
    for (int model = 0; model < 2; model++) {
        made_system made = make_system(40, 4, 2, 4, 4);
        double p[8], s[4], crlb[4], sinr[2];
        cfi_powers powers = {p, s};
        cfi_status status;
        trial *t;

        made.system.allocation.method = CFI_METHOD_EQUAL;
        made.system.sensing.crlb_model = model == 0 ? CFI_CRLB_OWN_ECHO : CFI_CRLB_MULTISTATIC;
        t = run_trial(made, false);
        alloc_equal(t->record.link, &powers);
        status = model == 0 ? metrics_crlb_own_echo(t->record.link, &powers, t->arena, crlb, NULL)
                            : metrics_crlb_multistatic(t->record.link, &powers, t->arena, crlb, NULL);
        assert_int_equal(status, CFI_OK);
        worst[model] = fmax(fmax(crlb[0], crlb[1]), fmax(crlb[2], crlb[3]));
        assert_true(t->record.equal.available && t->record.equal.worst_crlb_rad2 == worst[model]);
        assert_int_equal(metrics_sinr(t->record.link, &powers, CFI_RATE_EXACT, t->arena, sinr, NULL), CFI_OK);
        assert_true(t->record.equal.sum_rate_bit_s_hz == metrics_rates(&t->made.system, sinr, NULL));
        assert_int_equal(t->record.heuristic.available, model == 0); /* it meets own-echo thresholds only */
        free_trial(t);
    }
    assert_true(worst[1] < 0.9 * worst[0]); /* all echoes tell more: the two cannot be mixed up */
}

/* Thresholds beyond reach: the equal split stands all the same, the heuristic one is left out without a word. */
static void a_heuristic_split_that_is_infeasible_leaves_no_error(void **state)
{
    made_system made = make_system(41, 4, 2, 4, 4);
    trial *t;

    (void)state;
    made.system.allocation.method = CFI_METHOD_EQUAL;
    for (size_t l = 0; l < 4; l++) {
        made.threshold[l] = 1e-9;
    }
    t = run_trial(made, false);
    assert_int_equal(t->record.status, CFI_DROP_OK);
    assert_true(t->record.equal.available);
    assert_false(t->record.heuristic.available);
    assert_int_equal(t->error.status, CFI_OK);
    assert_string_equal(t->error.text, "");
    assert_null(t->record.failure);
    free_trial(t);
}

/* Where pilots overlap the number of starts depends on the solver: the second one takes that of the first. */
static void the_check_takes_as_many_starts_as_the_first_allocation(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        made_system made = make_system(42, 4, 3, 4, 4);
        trial *t;

        reuse_pilots(&made, 1);
        made.system.allocation.starts = 0;
        made.system.allocation.solver = first == 0 ? CFI_SOLVER_AUTO : CFI_SOLVER_SOCP;
        t = run_trial(made, true);
        assert_int_equal(allocations, 2);
        assert_int_equal(starts_asked_for[0], 0);
        assert_int_equal(t->record.allocation.starts_asked, first == 0 ? 16 : 8);
        assert_int_equal(starts_asked_for[1], t->record.allocation.starts_asked);
        assert_true(t->record.check.available);
        assert_string_equal(t->record.allocation.solver, first == 0 ? "structured" : "socp");
        assert_string_equal(t->record.check.solver, first == 0 ? "socp" : "structured");
        assert_true(t->record.check.relative_difference < 1e-6);
        assert_close(t->record.check.sum_rate_bit_s_hz, t->record.allocation.sum_rate_bit_s_hz, 1e-6);
        free_trial(t);
    }
}

static void a_check_without_another_solver_is_not_one(void **state)
{
    made_system made = make_system(43, 4, 2, 4, 4);
    trial *t;

    (void)state;
    made.system.allocation.surrogate = CFI_SURROGATE_FRACTIONAL; /* the cone solver's alone */
    t = run_trial(made, true);
    assert_int_equal(allocations, 2);
    assert_string_equal(t->record.allocation.solver, "socp");
    assert_false(t->record.check.available);
    free_trial(t);
    made = make_system(43, 4, 2, 4, 4);
    made.system.allocation.method = CFI_METHOD_HEURISTIC; /* nothing is iterated */
    t = run_trial(made, true);
    assert_int_equal(allocations, 1);
    assert_false(t->record.check.available);
    free_trial(t);
}

static void an_allocation_that_breaks_down_is_a_failed_drop_with_a_reason_and_no_numbers(void **state)
{
    (void)state;
    for (outcome = RETURNS_FAILED; outcome <= ENDS_FAILED; outcome++) {
        trial *t = run_trial(make_system(44, 4, 2, 4, 4), false);

        assert_int_equal(t->record.status, CFI_DROP_FAILED);
        assert_non_null(t->record.failure);
        assert_true(strlen(t->record.failure) > 0);
        assert_null(t->record.closed_form.rate_exact_bit_s_hz);
        assert_false(t->record.has_monte_carlo);
        free_trial(t);
    }
    outcome = BY_ITSELF;
}

/* What a sweep would keep as done must be done; a run keeps what there is. */
static void a_drop_whose_proof_was_cut_short_is_a_result_only_where_that_is_asked_for(void **state)
{
    (void)state;
    made_system made = make_system(44, 4, 2, 4, 4);
    cfi_arena *arena = arena_create();
    cfi_record record;
    cfi_error error = {.text = ""};
    cfi_trial_options options = {.threads = 1};

    made.system.monte_carlo.realizations = 4;
    outcome = CUT_SHORT;
    assert_int_equal(trial_run(&made.system, 0, &options, arena, &record, &error), CFI_INTERRUPTED);
    options.keep_interrupted = true;
    assert_int_equal(trial_run(&made.system, 0, &options, arena, &record, &error), CFI_OK);
    assert_int_equal(record.status, CFI_DROP_OK);
    assert_non_null(record.closed_form.rate_exact_bit_s_hz);
    assert_false(record.has_monte_carlo);
    outcome = BY_ITSELF;
    arena_destroy(arena);
    free_system(&made);
}

static void the_names_of_the_status_of_a_drop_are_those_of_the_results(void **state)
{
    (void)state;
    assert_string_equal(drop_status_name(CFI_DROP_OK), "ok");
    assert_string_equal(drop_status_name(CFI_DROP_INFEASIBLE), "infeasible");
    assert_string_equal(drop_status_name(CFI_DROP_FAILED), "failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_equal_split_is_judged_by_the_bound_of_the_scenario),
        cmocka_unit_test(a_heuristic_split_that_is_infeasible_leaves_no_error),
        cmocka_unit_test(the_check_takes_as_many_starts_as_the_first_allocation),
        cmocka_unit_test(a_check_without_another_solver_is_not_one),
        cmocka_unit_test(an_allocation_that_breaks_down_is_a_failed_drop_with_a_reason_and_no_numbers),
        cmocka_unit_test(a_drop_whose_proof_was_cut_short_is_a_result_only_where_that_is_asked_for),
        cmocka_unit_test(the_names_of_the_status_of_a_drop_are_those_of_the_results),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
