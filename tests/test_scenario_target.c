/* Keys of a target at a place: what they become, what they need in memory, and that a resolved scenario reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cfisac/scenario.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

static cfi_scenario *parse(const char *text)
{
    cfi_scenario *scenario = NULL;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "test.json", NULL, 0, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

static void by_default_there_are_angles_without_a_target(void **state)
{
    cfi_scenario *paper = parse("{}");
    const cfi_sensing *s = &scenario_system(paper)->sensing;

    (void)state;
    assert_int_equal(s->geometry, CFI_GEOMETRY_ANGLES);
    assert_int_equal(s->echo, CFI_ECHO_CONSTANT);
    assert_null(s->target_position_m);
    assert_true(s->position_threshold_m == 0.0);
    scenario_destroy(paper);
}

/* Two coordinates, whatever the number of users or access points. */
static void a_place_has_two_coordinates(void **state)
{
    static const char *const sizes[] = {"\"aps\": 1, \"ues\": 1", "\"aps\": 5, \"ues\": 1", "\"aps\": 1, \"ues\": 9"};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char text[256];
        cfi_scenario *scenario;
        const cfi_sensing *s;

        snprintf(text, sizeof text,
                 "{\"network\": {%s}, \"sensing\": {\"geometry\": \"target\", \"target_position_m\": [-7.5, 12]}}",
                 sizes[i]);
        scenario = parse(text);
        s = &scenario_system(scenario)->sensing;
        assert_int_equal(s->geometry, CFI_GEOMETRY_TARGET);
        assert_true(s->target_position_m[0] == -7.5 && s->target_position_m[1] == 12.0);
        scenario_destroy(scenario);
    }
}

static void a_resolved_scenario_with_a_target_reads_back(void **state)
{
    cfi_scenario *target = parse("{\"network\": {\"aps\": 2, \"ues\": 1, \"ap_positions_m\": [[0, 0], [90, 5]]}, "
                                 "\"propagation\": {\"carrier_ghz\": 3.5}, \"sensing\": {\"geometry\": \"target\", "
                                 "\"target_position_m\": [30, 40], \"echo\": \"radar\", \"rcs_m2\": 0.5}}"),
                 *again = parse(scenario_complete_json(target));
    const cfi_sensing *s = &scenario_system(again)->sensing;

    (void)state;
    assert_string_equal(scenario_sha256(target), scenario_sha256(again));
    assert_true(s->target_position_m[0] == 30.0 && s->target_position_m[1] == 40.0);
    assert_int_equal(s->echo, CFI_ECHO_RADAR);
    assert_true(s->rcs_m2 == 0.5);
    scenario_destroy(target);
    scenario_destroy(again);
}

/* Echo paths by range differ: 16 bytes a pair of access points, at least. */
static void memory_of_echoes_by_range_is_foretold(void **state)
{
    cfi_scenario *same = parse("{\"network\": {\"aps\": 1000}, \"sensing\": {\"geometry\": \"target\"}, "
                               "\"monte_carlo\": {\"realizations\": 0}}"),
                 *range = parse("{\"network\": {\"aps\": 1000}, \"sensing\": {\"geometry\": \"target\", \"echo\": "
                                "\"distance\"}, \"monte_carlo\": {\"realizations\": 0}}");
    double more = scenario_memory_bytes(scenario_system(range)) - scenario_memory_bytes(scenario_system(same));

    (void)state;
    assert_true(more >= 16e6 && more < 20e6);
    scenario_destroy(same);
    scenario_destroy(range);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_there_are_angles_without_a_target),
        cmocka_unit_test(a_place_has_two_coordinates),
        cmocka_unit_test(a_resolved_scenario_with_a_target_reads_back),
        cmocka_unit_test(memory_of_echoes_by_range_is_foretold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
