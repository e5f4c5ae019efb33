/* Ordinary scenarios: none may end failed or inaccurate, by whichever solver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ordinary.h"

/* The allocation by a solver, judged; fails with the scenario and the cause. */
static cfi_allocation allocate(ordinary *o, cfi_solver solver)
{
    cfi_allocation allocation;
    const char *fault;

    o->drop->made.system.allocation.solver = solver;
    allocation = run(o->drop);
    fault = ordinary_fault(o->drop, &allocation);
    if (fault) {
        fail_msg("%s by %s: %s\n%s", fault, solver == CFI_SOLVER_SOCP ? "socp" : "auto",
                 allocation.failure ? allocation.failure : "", o->text);
    }
    return allocation;
}

/* Drops of a scenario by `socp`: what failed in 0.1.0 by the drops named. */
static void allocate_drops(const char *text, const uint32_t *index, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ordinary o;

        ordinary_read(&o, text, index[i]);
        assert_int_equal(allocate(&o, CFI_SOLVER_SOCP).status, CFI_ALLOC_CONVERGED);
        ordinary_free(&o);
    }
}

/* Thresholds that are all but free, and linearised. */
static const char *const NEAR_USERS =
    "{\"network\": {\"tx_antennas\": 4, \"rx_antennas\": 1, \"placement\": \"none\"}, "
    "\"pilots\": {\"assignment\": \"random\"}, \"sensing\": {\"path_gain\": 1}}";
static const char *const FREE_THRESHOLDS =
    "{\"network\": {\"tx_antennas\": 8, \"rx_antennas\": 2, \"placement\": \"none\"}, "
    "\"pilots\": {\"assignment\": \"random\"}, \"sensing\": {\"crlb_threshold_db\": 24.5}}";

static void near_users_and_loose_thresholds_are_allocated(void **state)
{
    (void)state;
    allocate_drops(NEAR_USERS, (const uint32_t[]){7, 23, 38, 41, 61}, 5);
    allocate_drops(FREE_THRESHOLDS, (const uint32_t[]){7, 23, 38, 41, 140, 194}, 6);
}

/* Two access points whose limit is 100 dB below the third one's. */
static const char *const UNEQUAL_LIMITS =
    "{\"network\": {\"aps\": 3, \"rx_antennas\": 1}, \"power\": {\"ap_limit_dbm\": "
    "[-100, -100, 0]}, \"sensing\": {\"crlb_threshold_db\": 300}}";

static void limits_a_hundred_decibels_apart_are_allocated(void **state)
{
    (void)state;
    for (uint32_t index = 0; index < 20; index++) {
        allocate_drops(UNEQUAL_LIMITS, &index, 1);
    }
}

/* The same to the bit, with and without. */
static void assert_same(const cfi_allocation *a, const cfi_allocation *b, const ordinary *o)
{
    size_t K = o->drop->network.K, L = o->drop->network.L;

    assert_int_equal(a->status, b->status);
    assert_int_equal(a->iterations, b->iterations);
    assert_true(a->sum_rate_bit_s_hz == b->sum_rate_bit_s_hz);
    assert_memory_equal(a->powers.p, b->powers.p, K * L * sizeof(double));
    assert_memory_equal(a->powers.s, b->powers.s, L * sizeof(double));
}

/* The budget of the paper's scenario is 0 dBm. */
static void a_limit_that_cannot_bind_changes_nothing(void **state)
{
    static const char *const base[] = {
        "\"network\": {\"aps\": 32}", "\"allocation\": {\"surrogate\": \"fractional\", \"max_iterations\": 10}",
        "\"pilots\": {\"length\": 2}, \"allocation\": {\"starts\": 2}",
        "\"pilots\": {\"length\": 2}, \"network\": {\"rx_antennas\": 2}, \"allocation\": {\"starts\": 2}"};
    const int limit_dbm[] = {30, 60, 90, 100, 300};

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        cfi_solver solver = i < 4 ? CFI_SOLVER_SOCP : CFI_SOLVER_AUTO;
        ordinary free_of_limits;
        cfi_allocation expected;
        char text[1000];

        snprintf(text, sizeof text, "{%s}", base[i % 4]);
        ordinary_read(&free_of_limits, text, 1);
        expected = allocate(&free_of_limits, solver);
        for (size_t j = 0; j < 5; j++) {
            ordinary limited;
            cfi_allocation allocation;

            snprintf(text, sizeof text, "{%s, \"power\": {\"ap_limit_dbm\": %d}}", base[i % 4], limit_dbm[j]);
            ordinary_read(&limited, text, 1);
            allocation = allocate(&limited, solver);
            assert_same(&allocation, &expected, &limited);
            ordinary_free(&limited);
        }
        ordinary_free(&free_of_limits);
    }
}

/* The sizes of the numbers in a problem; of those that are not 0. */
typedef struct sizes {
    double least_constant, most_constant, most_coefficient;
    size_t problems;
} sizes;

static cfi_status measure(void *context, const cfi_exported *exported, cfi_error *error)
{
    const socp_problem *problem = exported->problem;
    sizes *s = context;

    (void)error;
    s->problems++;
    for (size_t i = 0; i < problem->m; i++) {
        double size = fabs(problem->h[i]);

        s->most_constant = fmax(s->most_constant, size);
        s->least_constant = size > 0.0 ? fmin(s->least_constant, size) : s->least_constant;
    }
    for (size_t i = 0; i < problem->G.start[problem->n]; i++) {
        s->most_coefficient = fmax(s->most_coefficient, fabs(problem->G.value[i]));
    }
    return CFI_OK;
}

/* In units of the power share of an access point and of its limit everything is of order one; what is not, and does not
 * bind, is left out. Users' gains span four decades here. */
static void no_huge_or_tiny_numbers_enter_a_problem(void **state)
{
    static const char *const text[] = {
        "{\"network\": {\"aps\": 6}, \"sensing\": {\"crlb_threshold_db\": 300}, \"power\": {\"ap_limit_dbm\": 300}}",
        "{\"network\": {\"aps\": 6}, \"sensing\": {\"crlb_threshold_db\": [300, 250, 200, 100, 0, -5]}}",
        "{\"network\": {\"aps\": 6}, \"allocation\": {\"crlb_constraint\": \"sca\"}, \"sensing\": "
        "{\"crlb_threshold_db\": "
        "[300, 250, 200, 100, 0, -5]}}",
        "{\"network\": {\"aps\": 6, \"rx_antennas\": 1}, \"pilots\": {\"length\": 2}, \"allocation\": {\"starts\": 1}, "
        "\"sensing\": {\"crlb_threshold_db\": [300, 250, 200, 100, 10, 10]}}",
        UNEQUAL_LIMITS};

    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        sizes s = {.least_constant = INFINITY};
        cfi_alloc_options options = {.export_problem = measure, .export_context = &s};
        cfi_allocation allocation;
        cfi_error error = {.text = ""};
        ordinary o;

        ordinary_read(&o, text[i], 0);
        assert_int_equal(alloc_run(&o.drop->link, &options, o.drop->arena, &allocation, &error), CFI_OK);
        assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
        assert_true(s.problems > 0);
        assert_true(s.most_constant <= 10.0);
        assert_true(s.least_constant >= 1e-10);
        assert_true(s.most_coefficient <= 100.0);
        ordinary_free(&o);
    }
}

/* Interference is ten thousand times the noise and all users have one pilot: a plain answer left a part of the budget,
 * from where it looked as if nothing was to be gained; completed it had a gap 200 times as large, and ended 2e-6 low.
 */
static const char *const DROWNED_NOISE =
    "{\"seed\": 305288, \"network\": {\"aps\": 36, \"ues\": 3, \"tx_antennas\": 2, \"rx_antennas\": 8, \"placement\": "
    "\"clamp\"}, \"pilots\": {\"length\": 1}, \"allocation\": {\"starts\": 2}, \"power\": {\"snr_db\": 43.359}, "
    "\"sensing\": {\"path_gain\": 0.01, \"crlb_threshold_db\": -1.542}}";

static void the_result_itself_is_certified(void **state)
{
    cfi_allocation response, cones;
    ordinary o;

    (void)state;
    ordinary_read(&o, DROWNED_NOISE, 0);
    response = allocate(&o, CFI_SOLVER_STRUCTURED);
    assert_string_equal(response.stop_reason, "tolerance");
    assert_int_equal(response.fallback_steps, 0);
    assert_true(response.largest_step_gap <= 1e-8);
    cones = allocate(&o, CFI_SOLVER_SOCP);
    assert_close(response.sum_rate_bit_s_hz / cones.sum_rate_bit_s_hz, 1.0, 1e-7);
    ordinary_free(&o);
}

#ifdef ADDRESS_SANITIZER
enum { EVERY = 5 }; /* a scenario takes ten times as long there */
#else
enum { EVERY = 1 };
#endif

static void three_hundred_random_scenarios_are_allocated_by_both_solvers(void **state)
{
    size_t feasible = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed += EVERY) {
        ordinary o;

        ordinary_make(&o, seed, 8, 5);
        allocate(&o, CFI_SOLVER_AUTO);
        feasible += allocate(&o, CFI_SOLVER_SOCP).status != CFI_ALLOC_INFEASIBLE;
        ordinary_free(&o);
    }
    assert_in_range(feasible * EVERY, 240, 299); /* most, and not all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_that_cannot_bind_changes_nothing),
        cmocka_unit_test(no_huge_or_tiny_numbers_enter_a_problem),
        cmocka_unit_test(near_users_and_loose_thresholds_are_allocated),
        cmocka_unit_test(limits_a_hundred_decibels_apart_are_allocated),
        cmocka_unit_test(the_result_itself_is_certified),
        cmocka_unit_test(three_hundred_random_scenarios_are_allocated_by_both_solvers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
