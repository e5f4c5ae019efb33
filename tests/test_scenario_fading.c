/* The scenario's keys of fading and of the orientation of arrays, and what they need in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cfisac/scenario.h"
#include "check.h"

static cfi_scenario *parse(const char *text)
{
    cfi_scenario *scenario;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "t.json", NULL, 0, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

static void by_default_fading_is_iid_rayleigh(void **state)
{
    cfi_scenario *scenario = parse("{}");
    const cfi_system *s = scenario_system(scenario);

    (void)state;
    assert_int_equal(s->fading.correlation, CFI_FADING_UNCORRELATED);
    assert_int_equal(s->fading.rician, CFI_RICIAN_NONE);
    assert_true(!s->geometry.array_orientation_rad && !s->geometry.arrays_inward);
    scenario_destroy(scenario);
}

static void keys_of_fading_become_radians_and_factors(void **state)
{
    static const char tail[] = "}, \"network\": {\"aps\": 2, \"array_orientation_deg\": ";
    static const struct {
        const char *rician;
        cfi_rician kind;
        double factor;
    } cases[] = {{"null", CFI_RICIAN_NONE, 0.0},
                 {"-10", CFI_RICIAN_NUMBER, 0.1},
                 {"0", CFI_RICIAN_NUMBER, 1.0},
                 {"\"distance\"", CFI_RICIAN_DISTANCE, 0.0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        cfi_scenario *scenario;
        const cfi_system *s;

        snprintf(text, sizeof text,
                 "{\"fading\": {\"correlation\": \"local_scattering\", \"angular_spread_deg\": 90, "
                 "\"rician_factor_db\": %s%s[-90, 180]}}",
                 cases[i].rician, tail);
        scenario = parse(text);
        s = scenario_system(scenario);
        assert_int_equal(s->fading.correlation, CFI_FADING_LOCAL_SCATTERING);
        assert_close(s->fading.angular_spread_rad, 1.5707963267948966, 1e-15);
        assert_int_equal(s->fading.rician, cases[i].kind);
        assert_close(s->fading.rician_factor, cases[i].factor, 1e-15);
        assert_close(s->geometry.array_orientation_rad[0], -1.5707963267948966, 1e-15);
        assert_close(s->geometry.array_orientation_rad[1], 3.141592653589793, 1e-15);
        scenario_destroy(scenario);
    }
}

static void one_orientation_is_that_of_all_arrays(void **state)
{
    cfi_scenario *one = parse("{\"network\": {\"aps\": 3, \"array_orientation_deg\": 45}}"),
                 *inward = parse("{\"network\": {\"array_orientation_deg\": \"inward\"}}"),
                 *los = parse("{\"propagation\": {\"model\": \"tr38901_inh\", \"carrier_ghz\": 28}, "
                              "\"fading\": {\"rician_factor_db\": \"los\"}}");

    (void)state;
    for (size_t l = 0; l < 3; l++) {
        assert_close(scenario_system(one)->geometry.array_orientation_rad[l], 0.78539816339744831, 1e-15);
    }
    assert_true(scenario_system(inward)->geometry.arrays_inward);
    assert_null(scenario_system(inward)->geometry.array_orientation_rad);
    assert_int_equal(scenario_system(los)->fading.rician, CFI_RICIAN_LOS);
    scenario_destroy(one);
    scenario_destroy(inward);
    scenario_destroy(los);
}

/* 8 bytes for each of the streams that each user hears of each access point, and 16 for each antenna of a pair. */
static void memory_of_moments_and_correlations_is_foretold(void **state)
{
    cfi_scenario *plain = parse("{\"network\": {\"aps\": 100, \"ues\": 40}, \"frame\": {\"sensing_symbols\": 40}, "
                                "\"pilots\": {\"length\": 40}}"),
                 *fading = parse("{\"network\": {\"aps\": 100, \"ues\": 40}, \"frame\": {\"sensing_symbols\": 40}, "
                                 "\"pilots\": {\"length\": 40}, \"fading\": {\"correlation\": \"local_scattering\"}}");
    double more = scenario_record_bytes(scenario_system(fading)) - scenario_record_bytes(scenario_system(plain)),
           least = 8.0 * 40 * 40 * 100 + 16.0 * 4 * 40 * 100;

    (void)state;
    assert_true(more >= least && more < 1.2 * least);
    scenario_destroy(plain);
    scenario_destroy(fading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_fading_is_iid_rayleigh),
        cmocka_unit_test(keys_of_fading_become_radians_and_factors),
        cmocka_unit_test(one_orientation_is_that_of_all_arrays),
        cmocka_unit_test(memory_of_moments_and_correlations_is_foretold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
