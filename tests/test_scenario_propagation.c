/* The scenario's keys of propagation, wrap-around and heights. */
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

static bool warns(const cfi_scenario *scenario, const char *what)
{
    const char *const *lines;
    size_t count = scenario_warnings(scenario, &lines), found = 0;

    for (size_t i = 0; i < count; i++) {
        found += strstr(lines[i], what) != NULL;
    }
    return found == 1; /* once, if at all */
}

static void assert_warns(const char *text, const char *what, bool expected)
{
    cfi_scenario *scenario = parse(text);

    if (warns(scenario, what) != expected) {
        fail_msg("%s: %s \"%s\"", text, expected ? "does not warn of" : "warns of", what);
    }
    scenario_destroy(scenario);
}

/* What `name` is in the resolved scenario, as it is printed. */
static const char *resolved_value(const cfi_scenario *scenario, const char *name)
{
    const char *at = strstr(scenario_resolved_json(scenario), name);

    assert_non_null(at);
    return strchr(at, ':') + 2;
}

static void keys_of_propagation_become_logarithms_and_hertz(void **state)
{
    cfi_scenario *scenario =
        parse("{\"network\": {\"wrap_around\": true, \"height_difference_m\": 10}, \"propagation\": {\"model\": "
              "\"tr38901_uma\", \"carrier_ghz\": 3.5, \"intercept_db\": -30, \"shadowing_correlation\": \"both\", "
              "\"shadowing_decorrelation_m\": 100, \"shadowing_split\": 0.25}}");
    const cfi_system *s = scenario_system(scenario);

    (void)state;
    assert_true(s->geometry.wrap_around && s->geometry.height_difference_m == 10.0);
    assert_int_equal(s->propagation.model, CFI_PROPAGATION_TR38901_UMA);
    assert_close(s->propagation.carrier_hz, 3.5e9, 1e-15);
    assert_close(s->propagation.log_intercept, -6.907755278982137, 1e-15); /* ln 10^-3 */
    assert_true(s->propagation.shadowing_std == -1.0);                     /* the model's own */
    assert_int_equal(s->propagation.shadowing_correlation, CFI_SHADOWING_BOTH);
    assert_true(s->propagation.shadowing_decorrelation_m == 100.0 && s->propagation.shadowing_split == 0.25);
    assert_int_equal(strncmp(resolved_value(scenario, "\"wrap_around\""), "true,", 5), 0);
    scenario_destroy(scenario);
    scenario = parse("{}");
    assert_false(scenario_system(scenario)->geometry.wrap_around);
    assert_int_equal(strncmp(resolved_value(scenario, "\"wrap_around\""), "false,", 6), 0);
    scenario_destroy(scenario);
}

/* Reads the resolved text again: the same text. Returns what propagation.model is in it; "" where it is left out. */
static const char *model_read_back(const char *text, char model[16])
{
    cfi_scenario *scenario = parse(text), *again = parse(scenario_resolved_json(scenario));
    const char *first = resolved_value(scenario, "\"propagation\"") + 2 + 4; /* behind the brace and the indentation */

    assert_string_equal(scenario_resolved_json(again), scenario_resolved_json(scenario));
    assert_string_equal(scenario_sha256(again), scenario_sha256(scenario));
    snprintf(model, 16, "%s", "");
    if (strncmp(first, "\"model\": ", 9) == 0) {
        snprintf(model, 16, "%.*s", (int)strcspn(first + 9, ","), first + 9);
    }
    scenario_destroy(again);
    scenario_destroy(scenario);
    return model;
}

/* Gains that are given leave no model, and gains that are swept leave it to the points; the default else. */
static void given_gains_leave_no_model_of_propagation(void **state)
{
    static const char sizes[] = "{\"network\": {\"aps\": 1, \"ues\": 1}, ";
    char text[256], model[16];

    (void)state;
    assert_string_equal(model_read_back("{}", model), "\"log_distance\"");
    assert_string_equal(model_read_back("{\"propagation\": {\"model\": \"three_slope\"}}", model), "\"three_slope\"");
    snprintf(text, sizeof text, "%s\"propagation\": {\"gain\": [[2]]}}", sizes);
    assert_string_equal(model_read_back(text, model), "null");
    snprintf(text, sizeof text, "%s\"propagation\": {\"gain\": [[2]], \"model\": null}}", sizes);
    assert_string_equal(model_read_back(text, model), "null");
    snprintf(text, sizeof text, "%s\"sweep\": {\"propagation.gain\": [null, {\"a\": [[2]]}]}}", sizes);
    assert_string_equal(model_read_back(text, model), "");
}

/* An access point above a user, or a model whose gain stays finite at no distance, needs no room between them; two
 * places at opposite edges are one where the area wraps around. */
static void one_place_of_both_kinds_is_refused_where_the_gain_has_none(void **state)
{
    static const char edges[] = "{\"network\": {\"aps\": 1, \"ues\": 1, \"min_distance_m\": 10, \"ap_positions_m\": "
                                "[[0, 50]], \"ue_positions_m\": [[250, 50]]%s}, \"propagation\": {%s}}";
    static const struct {
        const char *network, *propagation;
        cfi_status status;
    } cases[] = {{"", "", CFI_OK},
                 {", \"wrap_around\": true", "", CFI_INVALID},
                 {", \"wrap_around\": true, \"placement\": \"clamp\"", "", CFI_OK},
                 {", \"wrap_around\": true, \"height_difference_m\": 10", "", CFI_OK},
                 {", \"wrap_around\": true", "\"model\": \"three_slope\"", CFI_OK}};
    char text[400];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cfi_scenario *scenario;
        cfi_error error = {.text = ""};

        snprintf(text, sizeof text, edges, cases[i].network, cases[i].propagation);
        assert_int_equal(scenario_parse(text, strlen(text), "t.json", NULL, 0, &scenario, &error), cases[i].status);
        if (cases[i].status != CFI_OK) {
            assert_non_null(strstr(error.text, "/network/ap_positions_m/0: the position of user 0 too"));
        } else {
            assert_true(warns(scenario, "1 pair of explicit positions is closer") == (i >= 3));
        }
        scenario_destroy(scenario);
    }
}

static void correlations_that_may_be_clipped_are_remarked_on(void **state)
{
    static const char clipped[] = "negative eigenvalues are clipped";

    (void)state;
    assert_warns("{\"network\": {\"wrap_around\": true}, \"propagation\": {\"shadowing_correlation\": \"users\", "
                 "\"shadowing_decorrelation_m\": 50}}",
                 clipped, true);
    assert_warns("{\"network\": {\"wrap_around\": true}, \"propagation\": {\"shadowing_correlation\": \"both\"}}",
                 clipped, false);
    assert_warns("{\"network\": {\"wrap_around\": true}, \"propagation\": {\"shadowing_decorrelation_m\": 50}}",
                 clipped, false);
    assert_warns("{\"propagation\": {\"shadowing_correlation\": \"users\", \"shadowing_decorrelation_m\": 50}}",
                 clipped, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_propagation_become_logarithms_and_hertz),
        cmocka_unit_test(given_gains_leave_no_model_of_propagation),
        cmocka_unit_test(one_place_of_both_kinds_is_refused_where_the_gain_has_none),
        cmocka_unit_test(correlations_that_may_be_clipped_are_remarked_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
