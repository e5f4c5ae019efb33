/* Drops whose problems are not convex, and that ended without an answer: what was missing, a drop each. docs/model.md
 * (M13), (M32) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ordinary.h"

/* The allocation of drop 0 of the scenario; *o is the caller's to free. */
static cfi_allocation allocate(ordinary *o, const char *text)
{
    cfi_allocation allocation;

    ordinary_read(o, text, 0);
    allocation = run(o->drop);
    if (allocation.failure) {
        print_message("%s\n", allocation.failure);
    }
    return allocation;
}

/* Plain steps were at 90.848800 m after 200 of them. */
static const char *const SHORT_STEPS =
    "{\"seed\": 440, \"network\": {\"aps\": 7, \"ues\": 2, \"rx_antennas\": 1, \"wrap_around\": true, "
    "\"height_difference_m\": 10}, \"pilots\": {\"length\": 1}, \"power\": {\"snr_db\": -2.093660356081541, "
    "\"ap_limit_dbm\": -34.128}, \"sensing\": {\"geometry\": \"target\", \"crlb_threshold_db\": null, \"path_gain\": "
    "0.1}, \"allocation\": {\"objective\": \"min_position_error\", \"rate_target_bit_s_hz\": [0.5979, 0.1237], "
    "\"starts\": 2}}";

static void short_steps_are_accelerated(void **state)
{
    ordinary o;
    cfi_allocation allocation = allocate(&o, SHORT_STEPS);

    (void)state;
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_in_range(allocation.iterations, 17, 120);
    assert_true(allocation.objective.value < 90.84879);
    assert_true(allocation.max_constraint_violation <= 1e-10);
    for (size_t i = 1; i < allocation.objective.trace_count; i++) {
        assert_true(allocation.objective.trace[i] < allocation.objective.trace[i - 1]);
    }
    ordinary_free(&o);
}

/* The solver leaves a primal residual of 1.3e-8 in each step about the optimum. */
static const char *const UNANSWERED_STEP =
    "{\"seed\": 20638, \"network\": {\"aps\": 6, \"ues\": 1, \"tx_antennas\": 8, \"rx_antennas\": 8, "
    "\"placement\": \"none\", \"wrap_around\": true, \"height_difference_m\": 10}, \"propagation\": "
    "{\"model\": \"log_distance\", \"shadowing_correlation\": \"users\"}, \"pilots\": {\"length\": 1, "
    "\"assignment\": \"cyclic\"}, \"precoding\": {\"kind\": \"rzf\", \"realizations\": 200}, \"fading\": "
    "{\"correlation\": \"local_scattering\"}, \"rate\": {\"model\": \"exact\"}, \"power\": {\"snr_db\": "
    "45.52423096035153, \"ap_limit_dbm\": [15.457, 13.553, 15.317, 14.401, 19.469, 16.799]}, \"sensing\": "
    "{\"geometry\": \"angles\", \"crlb_threshold_db\": [-47.898, -46.225, -61.718, -42.634, -63.218, "
    "-61.306], \"path_gain\": 0.1, \"crlb_model\": \"own_echo\"}, \"allocation\": {\"objective\": "
    "\"proportional_fair\", \"weights\": [0.323], \"rate_target_bit_s_hz\": [2.878]}}";

static void steps_that_lead_back_from_all_around_have_converged(void **state)
{
    ordinary o;
    cfi_allocation allocation = allocate(&o, UNANSWERED_STEP);

    (void)state;
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_string_equal(allocation.stop_reason, "no_progress");
    assert_int_equal(allocation.broken_starts, 0);
    assert_true(allocation.max_constraint_violation <= 1e-10);
    ordinary_free(&o);
}

/* Targets 2e-9 below the largest rates there are, in that proportion. */
static const char *const NEAR_TARGETS =
    "{\"seed\": 634, \"network\": {\"aps\": 8, \"ues\": 4, \"tx_antennas\": 1, \"rx_antennas\": 8, \"placement\": "
    "\"none\", \"wrap_around\": true, \"array_orientation_deg\": \"inward\"}, \"pilots\": {\"length\": 3, "
    "\"assignment\": \"random\"}, \"fading\": {\"correlation\": \"local_scattering\"}, \"power\": {\"snr_db\": "
    "39.05079345109607, \"ap_limit_dbm\": 11.341}, \"sensing\": {\"geometry\": \"target\", \"crlb_threshold_db\": "
    "-24.684, \"path_gain\": 0.1, \"echo\": \"distance\"}, \"allocation\": {\"objective\": \"proportional_fair\", "
    "\"weights\": [0.952, 1.135, 0.653, 0.732], \"rate_target_bit_s_hz\": [0.8949867675956809, 1.5569811122222383, "
    "0.012936098585938752, 0.5127418287789896]}}";

static void the_search_for_targets_goes_on_while_they_are_near(void **state)
{
    ordinary o;
    cfi_allocation allocation = allocate(&o, NEAR_TARGETS);

    (void)state;
    assert_int_equal(allocation.status, CFI_ALLOC_CONVERGED);
    assert_true(allocation.max_constraint_violation <= 1e-10);
    ordinary_free(&o);
}

/* Not convex twice over: shared pilots beside a position and loads apart. */
static const char *const TOO_MUCH =
    "{\"seed\": 11097, \"network\": {\"aps\": 5, \"ues\": 5, \"tx_antennas\": 8, \"rx_antennas\": 8, \"placement\": "
    "\"clamp\", \"wrap_around\": true, \"array_orientation_deg\": \"inward\"}, \"propagation\": "
    "{\"shadowing_correlation\": \"both\"}, \"pilots\": {\"length\": 1}, \"precoding\": {\"kind\": \"lp_mmse\", "
    "\"realizations\": 200}, \"power\": {\"snr_db\": 49.32259105328598}, \"sensing\": {\"geometry\": \"target\", "
    "\"crlb_threshold_db\": [-55.198, -38.414, -37.47, -50.673, -30.757], \"echo\": \"distance\", "
    "\"path_phase_deg\": \"random\", \"position_threshold_m\": 0.2117}, \"allocation\": {\"objective\": "
    "\"min_power\", \"rate_target_bit_s_hz\": [0.02691, 2.265, 0.01106, 0.3928, 0.0003496]}}";

/* What is proved of less is true of all: no powers that are found have the targets over a smaller factor. */
static void targets_beyond_a_relaxed_problem_are_infeasible(void **state)
{
    ordinary o;
    cfi_allocation allocation = allocate(&o, TOO_MUCH), most;
    const double *targets = o.drop->made.system.allocation.rate_target_bit_s_hz;

    (void)state;
    assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
    assert_int_equal(allocation.because.constraint, CFI_CONSTRAINT_RATE);
    assert_true(allocation.because.factor > 2.0);
    o.drop->made.system.allocation.objective = CFI_MAX_MIN_RATE;
    o.drop->made.system.allocation.weights = targets;
    o.drop->made.system.allocation.rate_target_bit_s_hz = NULL;
    remake_link(o.drop);
    most = run(o.drop);
    assert_int_equal(most.status, CFI_ALLOC_CONVERGED);
    assert_true(most.objective.value * allocation.because.factor <= 1.0);
    ordinary_free(&o);
}

/* Thresholds on angles are units under min_crlb, of which the verdict on targets beside detection knows nothing. */
static void units_of_bounds_have_no_say_in_what_is_proved(void **state)
{
    static const char *const text =
        "{\"seed\": 2, \"network\": {\"aps\": 6, \"ues\": 5, \"tx_antennas\": 4, \"rx_antennas\": 4}, \"pilots\": "
        "{\"length\": 2}, \"precoding\": {\"kind\": \"rzf\", \"realizations\": 200}, \"power\": {\"snr_db\": 30}, "
        "\"sensing\": {\"geometry\": \"target\", \"detection_threshold\": 0.3, \"crlb_threshold_db\": %s}, "
        "\"allocation\": {\"objective\": \"min_crlb\", \"rate_target_bit_s_hz\": 1.5}}";
    double factor[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        char scenario[1024];
        cfi_allocation allocation;
        ordinary o;

        snprintf(scenario, sizeof scenario, text, i == 0 ? "null" : "-30");
        allocation = allocate(&o, scenario);
        assert_int_equal(allocation.status, CFI_ALLOC_INFEASIBLE);
        assert_true(allocation.because.at_least);
        factor[i] = allocation.because.factor;
        ordinary_free(&o);
    }
    assert_close(factor[1] / factor[0], 1.0, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_steps_are_accelerated),
        cmocka_unit_test(steps_that_lead_back_from_all_around_have_converged),
        cmocka_unit_test(the_search_for_targets_goes_on_while_they_are_near),
        cmocka_unit_test(targets_beyond_a_relaxed_problem_are_infeasible),
        cmocka_unit_test(units_of_bounds_have_no_say_in_what_is_proved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
