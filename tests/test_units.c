/* Real units: a budget in dBm, bandwidth and noise figure; what each says, what may not stand beside it, how it
 * resolves, and the remarks on powers, noises and thresholds that do not fit together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"

#include "cfisac/scenario.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static cfi_scenario *parse(const char *text)
{
    cfi_scenario *scenario;
    cfi_error error = {.text = ""};

    if (scenario_parse(text, strlen(text), "t.json", NULL, 0, &scenario, &error) != CFI_OK) {
        fail_msg("%s: %s", text, error.text);
    }
    return scenario;
}

/* --------------------------------------------------------------------------- what keys say ---- */

static void a_budget_in_dbm_is_that_power(void **state)
{
    cfi_scenario *scenario = parse("{\"power\": {\"budget_dbm\": 33.01029995663981}, \"pilots\": {\"power_dbm\": 20}}");
    const cfi_system *s = scenario_system(scenario);

    (void)state;
    assert_close(s->power.budget_w, 2.0, 1e-14);
    assert_true(s->power.budget_in_dbm);
    assert_close(s->frame.pilot_power_w, 0.1, 1e-15);
    assert_true(s->power.bandwidth_hz == 0.0);
    scenario_destroy(scenario);
}

static void a_budget_of_limits_is_their_sum_at_every_size(void **state)
{
    cfi_scenario *list =
        parse("{\"network\": {\"aps\": 3}, \"pilots\": {\"power_dbm\": 20}, \"power\": {\"budget_dbm\": "
              "\"limits\", \"ap_limit_dbm\": [20, 30, 10]}}");
    cfi_scenario *swept =
        parse("{\"network\": {\"aps\": 3}, \"pilots\": {\"power_dbm\": 20}, \"power\": {\"budget_dbm\": "
              "\"limits\", \"ap_limit_dbm\": 20}, \"sweep\": {\"network.aps\": [5, 50]}}");
    cfi_scenario *point;
    cfi_error error;

    (void)state;
    assert_close(scenario_system(list)->power.budget_w, 1.11, 1e-14);
    assert_close(scenario_system(swept)->power.budget_w, 0.3, 1e-14);
    for (size_t p = 0; p < 2; p++) {
        assert_int_equal(scenario_at_point(swept, p, &point, &error), CFI_OK);
        assert_close(scenario_system(point)->power.budget_w, p == 0 ? 0.5 : 5.0, 1e-14);
        scenario_destroy(point);
    }
    scenario_destroy(list);
    scenario_destroy(swept);
}

/* -174 + 10 log10(20e6) + 7 = -93.9897... dBm */
static void bandwidth_and_noise_figure_give_the_noises_that_are_not_given(void **state)
{
    const double noise_w = 3.9905246299377587e-13;
    static const struct {
        const char *keys;
        double comm, sensing; /* of noise_w; 0: -80 dBm */
    } cases[] = {{"\"bandwidth_mhz\": 20, \"noise_figure_db\": 7", 1.0, 1.0},
                 {"\"bandwidth_mhz\": 20, \"noise_figure_db\": 7, \"comm_noise_dbm\": -80", 0.0, 1.0},
                 {"\"bandwidth_mhz\": 20, \"noise_figure_db\": 7, \"sensing_noise_dbm\": -80", 1.0, 0.0},
                 {"\"bandwidth_mhz\": 20, \"noise_figure_db\": 7, \"sensing_noise_dbm\": null", 1.0, 1.0}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        cfi_scenario *scenario;
        const cfi_system *s;

        snprintf(text, sizeof text, "{\"power\": {%s, \"snr_db\": 100}}", cases[i].keys);
        scenario = parse(text);
        s = scenario_system(scenario);
        assert_close(s->power.comm_noise_w, cases[i].comm > 0.0 ? noise_w : 1e-11, 1e-13);
        assert_close(s->power.sensing_noise_w, cases[i].sensing > 0.0 ? noise_w : 1e-11, 1e-13);
        assert_close(s->power.budget_w, s->power.sensing_noise_w * 1e10, 1e-14);
        assert_close(s->power.bandwidth_hz, 20e6, 1e-15);
        scenario_destroy(scenario);
    }
}

static void a_bandwidth_alone_changes_no_noise(void **state)
{
    cfi_scenario *scenario = parse("{\"power\": {\"bandwidth_mhz\": 20}}");

    (void)state;
    assert_close(scenario_system(scenario)->power.comm_noise_w, 1e-6, 1e-15);
    assert_close(scenario_system(scenario)->power.sensing_noise_w, 1e-6, 1e-15);
    scenario_destroy(scenario);
}

/* ------------------------------------------------------------------------ what is refused ---- */

static void keys_that_say_the_same_twice_or_nothing_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"power\": {\"budget_dbm\": 30, \"snr_db\": 30}, \"pilots\": {\"power_dbm\": 20}}",
         "t.json: /power/budget_dbm: given beside power.snr_db (allowed: one of them, the other absent or null)"},
        {"{\"power\": {\"budget_dbm\": \"limits\", \"ap_limit_dbm\": 20, \"snr_db\": 30}, \"pilots\": {\"power_dbm\": "
         "20}}",
         "t.json: /power/budget_dbm: given beside power.snr_db (allowed: one of them, the other absent or null)"},
        {"{\"power\": {\"budget_dbm\": \"limits\"}, \"pilots\": {\"power_dbm\": 20}}",
         "t.json: /power/budget_dbm: \"limits\" without power.ap_limit_dbm (allowed: a number, or limits where they "
         "are "
         "given)"},
        {"{\"power\": {\"budget_dbm\": 30, \"snr_db\": 30}}",
         "t.json: /power/budget_dbm: given beside power.snr_db (allowed: one of them, the other absent or null)"},
        {"{\"power\": {\"budget_dbm\": 30}}",
         "t.json: /pilots/power_dbm: null with power.budget_dbm, which is no power of a pilot (allowed: a number)"},
        {"{\"power\": {\"snr_db\": null}}", "t.json: /power/snr_db: null without power.budget_dbm (allowed: a number)"},
        {"{\"power\": {\"noise_figure_db\": 7}}",
         "t.json: /power/bandwidth_mhz: null with power.noise_figure_db, which gives no noise by itself (allowed: a "
         "number)"},
        {"{\"power\": {\"noise_figure_db\": 7}, \"sweep\": {\"power.bandwidth_mhz\": [5, 20]}}",
         "t.json: /power/bandwidth_mhz: null with power.noise_figure_db, which gives no noise by itself (allowed: a "
         "number); this is the scenario's own value, not a swept one"},
        {"{\"power\": {\"comm_noise_dbm\": null, \"bandwidth_mhz\": 20}}",
         "t.json: /power/comm_noise_dbm: null without power.bandwidth_mhz and power.noise_figure_db (allowed: a "
         "number)"},
        {"{\"power\": {\"budget_dbm\": \"all\"}}",
         "t.json: /power/budget_dbm: text \"all\" is unknown (allowed: null; a number -300 .. 300; limits)"},
        {"{\"power\": {\"bandwidth_mhz\": 0}}",
         "t.json: /power/bandwidth_mhz: 0 is out of range (allowed: null; a number 1e-06 .. 1000000)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_scenario *scenario;
        cfi_error error = {.text = ""};
        cfi_status status = scenario_parse(cases[i].text, strlen(cases[i].text), "t.json", NULL, 0, &scenario, &error);

        assert_string_equal(error.text, cases[i].message);
        assert_int_equal(status, CFI_INVALID);
        assert_null(scenario);
    }
}

/* ------------------------------------------------------------------------- how it resolves ---- */

static void idle_keys_resolve_to_null_and_read_back(void **state)
{
    static const struct {
        const char *text, *holds, *lacks;
    } cases[] = {
        {"{}", "\"snr_db\": 30,", "\"snr_db\": null"},
        {"{\"power\": {\"budget_dbm\": 30}, \"pilots\": {\"power_dbm\": 20}}", "\"snr_db\": null,", "\"snr_db\": 30"},
        {"{\"power\": {\"budget_dbm\": 30, \"snr_db\": null}, \"pilots\": {\"power_dbm\": 20}}", "\"snr_db\": null,",
         "\"snr_db\": 30"},
        {"{\"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7}}", "\"comm_noise_dbm\": null,",
         "\"sensing_noise_dbm\": -30"},
        {"{\"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7, \"comm_noise_dbm\": -90}}",
         "\"comm_noise_dbm\": -90,", "\"sensing_noise_dbm\": -30"},
        {"{\"pilots\": {\"power_dbm\": 20}, \"sweep\": {\"power.budget_dbm\": [null, 10]}}", "\"budget_dbm\": null,",
         "\"snr_db\""},
        {"{\"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7}, \"sweep\": {\"power.noise_figure_db\": [null, "
         "9]}}",
         "\"noise_figure_db\": 7,", "comm_noise_dbm"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_scenario *first = parse(cases[i].text), *second = parse(scenario_resolved_json(first));

        assert_non_null(strstr(scenario_resolved_json(first), cases[i].holds));
        assert_null(strstr(scenario_resolved_json(first), cases[i].lacks));
        assert_string_equal(scenario_resolved_json(first), scenario_resolved_json(second));
        assert_string_equal(scenario_sha256(first), scenario_sha256(second));
        scenario_destroy(first);
        scenario_destroy(second);
    }
}

/* Points where a key is idle and points where it is not, of the scenario and of what it resolves to. */
static void points_of_a_resolved_sweep_are_those_of_the_sweep(void **state)
{
    cfi_scenario *first = parse(
        "{\"pilots\": {\"power_dbm\": 20}, \"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7}, \"sweep\": "
        "{\"power.budget_dbm\": [null, 10, 20], \"power.noise_figure_db\": [null, 9]}}");
    cfi_scenario *second = parse(scenario_resolved_json(first));

    (void)state;
    assert_int_equal(scenario_points(first), 6);
    for (size_t p = 0; p < 6; p++) {
        const double noise_w = p % 2 == 0 ? 1e-6 : 6.324555320336759e-13; /* -174 + 73.0103 + 9 dBm */
        const double budget_w[] = {noise_w * 1e3, 1e-2, 1e-1};
        cfi_scenario *from[2];
        cfi_error error = {.text = ""};

        assert_int_equal(scenario_at_point(first, p, &from[0], &error), CFI_OK);
        assert_int_equal(scenario_at_point(second, p, &from[1], &error), CFI_OK);
        assert_string_equal(scenario_sha256(from[0]), scenario_sha256(from[1]));
        assert_close(scenario_system(from[1])->power.comm_noise_w, noise_w, 1e-12);
        assert_close(scenario_system(from[1])->power.budget_w, budget_w[p / 2], 1e-12);
        scenario_destroy(from[0]);
        scenario_destroy(from[1]);
    }
    scenario_destroy(first);
    scenario_destroy(second);
}

static void a_point_may_not_say_the_budget_twice(void **state)
{
    cfi_scenario *scenario = parse("{\"power\": {\"snr_db\": 20}, \"pilots\": {\"power_dbm\": 20}, \"sweep\": "
                                   "{\"power.budget_dbm\": [null, 10]}}");
    cfi_scenario *point;
    cfi_error error = {.text = ""};

    (void)state;
    assert_int_equal(scenario_at_point(scenario, 0, &point, &error), CFI_OK);
    scenario_destroy(point);
    assert_int_equal(scenario_at_point(scenario, 1, &point, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "power.budget_dbm: given beside power.snr_db"));
    scenario_destroy(scenario);
}

/* -------------------------------------------------------------------------------- remarks ---- */

/* The remarks that begin with the key: as many as expected, and the text in the first. */
static void assert_remarks(const char *text, const char *key, size_t count, const char *holds)
{
    cfi_scenario *scenario = parse(text);
    const char *const *line;
    size_t lines = scenario_warnings(scenario, &line), found = 0;

    for (size_t i = 0; i < lines; i++) {
        if (strncmp(line[i], key, strlen(key)) == 0) {
            found++;
            assert_null(strchr(line[i], '\n'));
            if (!strstr(line[i], holds)) {
                fail_msg("%s: \"%s\" does not say \"%s\"", text, line[i], holds);
            }
        }
    }
    if (found != count) {
        fail_msg("%s: %zu remarks on %s, expected %zu", text, found, key, count);
    }
    scenario_destroy(scenario);
}

static void limits_that_cannot_bind_are_told(void **state)
{
    static const char *const key = "power.ap_limit_dbm:";

    (void)state;
    assert_remarks("{\"power\": {\"ap_limit_dbm\": 90}}", key, 1,
                   "90 dBm cannot bind: the budget of all access points is 0 dBm (power.snr_db)");
    assert_remarks("{\"power\": {\"budget_dbm\": 33, \"ap_limit_dbm\": 33.1}, \"pilots\": {\"power_dbm\": 20}}", key, 1,
                   "33.1 dBm cannot bind: the budget of all access points is 33 dBm (power.budget_dbm)");
    assert_remarks("{\"network\": {\"aps\": 3}, \"power\": {\"ap_limit_dbm\": [-3, 20, 1]}}", key, 1,
                   "the limits of 2 of 3 access points cannot bind: the budget of all is 0 dBm (power.snr_db)");
    assert_remarks("{\"power\": {\"ap_limit_dbm\": -1}}", key, 0, "");
    assert_remarks("{\"power\": {\"ap_limit_dbm\": 0}}", key, 0, "");
    assert_remarks("{\"power\": {\"ap_limit_dbm\": null}}", key, 0, "");
    assert_remarks(
        "{\"network\": {\"aps\": 1}, \"power\": {\"budget_dbm\": \"limits\", \"ap_limit_dbm\": 23}, \"pilots\": "
        "{\"power_dbm\": 20}}",
        key, 0, "");
}

/* (0.225 / M)^2 rad^2: -12.96 dB for one antenna, -24.998 dB for four, -31.02 dB for eight. */
static void thresholds_that_no_estimator_keeps_are_told(void **state)
{
    static const char *const key = "sensing.crlb_threshold_db:";

    (void)state;
    assert_remarks(
        "{}", key, 1,
        "-5 dB, a standard deviation of 32.2 degrees, is useless for 4 receive antennas: estimators reach the "
        "bound only below -25 dB");
    assert_remarks("{\"sensing\": {\"crlb_threshold_db\": -24.9}}", key, 1, "for 4 receive antennas");
    assert_remarks("{\"sensing\": {\"crlb_threshold_db\": -25}}", key, 0, "");
    assert_remarks("{\"sensing\": {\"crlb_threshold_db\": -25}, \"network\": {\"rx_antennas\": 8}}", key, 1,
                   "for 8 receive antennas: estimators reach the bound only below -31.02 dB");
    assert_remarks("{\"sensing\": {\"crlb_threshold_db\": -31.1}, \"network\": {\"rx_antennas\": 8}}", key, 0, "");
    assert_remarks("{\"sensing\": {\"crlb_threshold_db\": -12.9}, \"network\": {\"rx_antennas\": 1}}", key, 1,
                   "for 1 receive antenna: ");
    assert_remarks("{\"sensing\": {\"crlb_threshold_db\": -13}, \"network\": {\"rx_antennas\": 1}}", key, 0, "");
    assert_remarks(
        "{\"network\": {\"aps\": 2}, \"sensing\": {\"crlb_threshold_db\": [-40, -20], \"angles_deg\": [1, 2]}}", key, 1,
        "-20 dB, ");
    assert_remarks("{\"allocation\": {\"method\": \"equal\"}}", key, 0, "");
}

#define GAINS(g) "\"network\": {\"aps\": 2, \"ues\": 1}, \"propagation\": {\"gain\": [[" g ", " g "]]}"

static void signals_lost_in_noise_are_told_by_the_key_that_is_wrong(void **state)
{
    (void)state;
    /* 1 mW over gains of 1e-12 against -30 dBm: nobody's noise */
    assert_remarks(
        "{" GAINS("1e-12") "}", "power.comm_noise_dbm:", 1,
        "-30 dBm is no receiver's noise, and gains are 1e-12 at most: the received signal is lost in the noise "
        "of -30 dBm, no user's SNR can exceed -80.97 dB");
    /* a real noise, and a budget that is still relative to it: -63.99 dBm */
    assert_remarks("{" GAINS("1e-12") ", \"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7}}",
                   "power.snr_db:", 1, "a budget of -63.99 dBm is too little for gains of 1e-12 at most");
    assert_remarks(
        "{" GAINS("1e-20") ", \"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7, \"budget_dbm\": 30}, "
                           "\"pilots\": {\"power_dbm\": 20}}",
        "propagation.gain:", 1, "gains of 1e-20 at most are too small for a budget of 30 dBm");
    assert_remarks(
        "{" GAINS("1e-12") ", \"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7, \"budget_dbm\": 30}, "
                           "\"pilots\": {\"power_dbm\": -60}}",
        "pilots.power_dbm:", 1, "pilots of -60 dBm are lost in the noise of -93.99 dBm");
    assert_remarks("{" GAINS("1") ", \"power\": {\"snr_db\": -40}}", "power.snr_db:", 1, "a budget of -70 dBm");
}

static void signals_above_the_noise_get_no_remark(void **state)
{
    static const char *const keys[] = {"power.", "propagation.", "pilots."};
    static const char *const texts[] = {
        "{" GAINS("1") "}", "{" GAINS("1") ", \"power\": {\"snr_db\": -10}}",
        "{" GAINS("1e-12") ", \"power\": {\"bandwidth_mhz\": 20, \"noise_figure_db\": 7, \"budget_dbm\": 30}, "
                           "\"pilots\": {\"power_dbm\": 20}}"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t j = 0; j < COUNT(keys); j++) {
            assert_remarks(texts[i], keys[j], 0, "");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_in_dbm_is_that_power),
        cmocka_unit_test(a_budget_of_limits_is_their_sum_at_every_size),
        cmocka_unit_test(bandwidth_and_noise_figure_give_the_noises_that_are_not_given),
        cmocka_unit_test(a_bandwidth_alone_changes_no_noise),
        cmocka_unit_test(keys_that_say_the_same_twice_or_nothing_are_refused),
        cmocka_unit_test(idle_keys_resolve_to_null_and_read_back),
        cmocka_unit_test(points_of_a_resolved_sweep_are_those_of_the_sweep),
        cmocka_unit_test(a_point_may_not_say_the_budget_twice),
        cmocka_unit_test(limits_that_cannot_bind_are_told),
        cmocka_unit_test(thresholds_that_no_estimator_keeps_are_told),
        cmocka_unit_test(signals_lost_in_noise_are_told_by_the_key_that_is_wrong),
        cmocka_unit_test(signals_above_the_noise_get_no_remark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
