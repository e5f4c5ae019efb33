/* scenario: defaults, units, the resolved text, sweeps, schema. */
#include "scenario/objective.h"
#include "scenario/range.h"
#include "scenario/relations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static cfi_scenario *parse_with(const char *text, const cfi_setting *settings, size_t count)
{
    cfi_scenario *scenario;
    cfi_error error = {0};

    if (scenario_parse(text, strlen(text), "t.json", settings, count, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

static cfi_scenario *parse(const char *text)
{
    return parse_with(text, NULL, 0);
}

static void empty_object_is_the_scenario_of_the_paper(void **state)
{
    cfi_scenario *scenario = parse("{}");
    const cfi_system *s = scenario_system(scenario);

    (void)state;
    assert_int_equal(s->seed, 1);
    assert_int_equal(s->L, 32);
    assert_int_equal(s->K, 4);
    assert_int_equal(s->N, 4);
    assert_int_equal(s->M, 4);
    assert_true(s->geometry.area_m[0] == 250.0 && s->geometry.area_m[1] == 250.0 &&
                s->geometry.min_distance_m == 100.0);
    assert_int_equal(s->geometry.placement, CFI_PLACEMENT_REJECT);
    assert_null(s->geometry.ap_position_m);
    assert_null(s->geometry.ue_position_m);
    assert_true(s->propagation.reference_distance_m == 100.0 && s->propagation.path_loss_exponent == 3.2);
    assert_null(s->propagation.gain);
    assert_int_equal(s->frame.tau_p, 4);
    assert_int_equal(s->frame.tau_c, 200);
    assert_int_equal(s->frame.T, 30);
    assert_int_equal(s->frame.pilot_assignment, CFI_PILOTS_CYCLIC);
    assert_null(s->frame.pilot);
    assert_null(s->power.ap_limit_w);
    assert_null(s->sensing.angle_rad);
    assert_true(s->sensing.path_gain == 0.01 && !s->sensing.path_gains && !s->sensing.path_phases_rad &&
                !s->sensing.random_path_phase);
    assert_int_equal(s->sensing.crlb_model, CFI_CRLB_OWN_ECHO);
    assert_int_equal(s->rate_model, CFI_RATE_EXACT);
    assert_int_equal(s->allocation.method, CFI_METHOD_SCA);
    assert_int_equal(s->allocation.objective, CFI_SUM_RATE);
    assert_null(s->allocation.rate_target_bit_s_hz);
    assert_true(s->allocation.equal_fraction == 0.5 && s->allocation.heuristic_fraction == 0.3);
    assert_int_equal(s->allocation.surrogate, CFI_SURROGATE_PRODUCT);
    assert_int_equal(s->allocation.crlb_constraint, CFI_CRLB_EXACT);
    assert_int_equal(s->allocation.solver, CFI_SOLVER_AUTO);
    assert_int_equal(s->allocation.starts, 0);
    assert_int_equal(s->allocation.max_iterations, 200);
    assert_true(s->allocation.tolerance == 1e-6 && s->monte_carlo.max_std_error == 0.0);
    assert_int_equal(s->monte_carlo.drops, 10);
    assert_int_equal(s->monte_carlo.realizations, 100);
    assert_string_equal(scenario_name(scenario), "paper");
    scenario_destroy(scenario);
}

static void decibels_and_degrees_become_linear_units(void **state)
{
    cfi_scenario *scenario =
        parse("{\"network\": {\"aps\": 2, \"ues\": 1}, \"power\": {\"snr_db\": 20, \"comm_noise_dbm\": 0, "
              "\"sensing_noise_dbm\": -30, \"ap_limit_dbm\": [30, 33]}, \"pilots\": {\"power_dbm\": 10},"
              "\"propagation\": {\"shadowing_std_db\": 7}, \"frame\": {\"coherence_symbols\": 100},"
              "\"sensing\": {\"angle_range_deg\": [-90, 30], \"angles_deg\": [60, -45], \"path_phase_deg\": 180,"
              "\"crlb_threshold_db\": -20}, \"allocation\": {\"sensing_fraction\": 0.25}}");
    const cfi_system *s = scenario_system(scenario);

    (void)state;
    assert_close(s->power.comm_noise_w, 1e-3, 1e-15);
    assert_close(s->power.sensing_noise_w, 1e-6, 1e-15);
    assert_close(s->power.budget_w, 1e-4, 1e-14); /* 20 dB above the sensing noise */
    assert_close(s->frame.pilot_power_w, 1e-2, 1e-15);
    assert_close(s->power.ap_limit_w[0], 1.0, 1e-15);
    assert_close(s->power.ap_limit_w[1], 1.9952623149688797, 1e-14);
    assert_close(s->propagation.shadowing_std, 1.6118095650958319, 1e-15); /* 0.7 ln 10 */
    assert_close(s->frame.prelog, 0.96, 1e-15);
    assert_close(s->sensing.angle_min_rad, -1.5707963267948966, 1e-15);
    assert_close(s->sensing.angle_max_rad, 0.5235987755982989, 1e-15);
    assert_close(s->sensing.angle_rad[0], 1.0471975511965976, 1e-15);
    assert_close(s->sensing.angle_rad[1], -0.7853981633974483, 1e-15);
    assert_close(s->sensing.path_phase_rad, 3.141592653589793, 1e-15);
    assert_close(s->sensing.crlb_threshold_rad2[0], 0.01, 1e-15);
    assert_close(s->sensing.crlb_threshold_rad2[1], 0.01, 1e-15);
    assert_true(s->allocation.equal_fraction == 0.25 && s->allocation.heuristic_fraction == 0.25);
    scenario_destroy(scenario);
}

static void pilots_take_the_power_budget_unless_given(void **state)
{
    cfi_scenario *scenario = parse("{\"power\": {\"snr_db\": 10}, \"frame\": {\"coherence_symbols\": 0}}");

    (void)state;
    assert_true(scenario_system(scenario)->frame.pilot_power_w == scenario_system(scenario)->power.budget_w);
    assert_true(scenario_system(scenario)->frame.prelog == 1.0);
    scenario_destroy(scenario);
}

static void matrices_become_column_major(void **state)
{
    cfi_scenario *scenario =
        parse("{\"network\": {\"aps\": 2, \"ues\": 3, \"ap_positions_m\": [[1, 2], [3, 4]]},"
              "\"propagation\": {\"gain\": [[11, 12], [21, 22], [31, 32]]}, \"pilots\": {\"assignment\": [2, 0, 3]},"
              "\"sensing\": {\"path_gain\": [[0.1, 0.2], [0.3, 0.4]], \"path_phase_deg\": [[0, 90], [180, 360]]}}");
    const cfi_system *s = scenario_system(scenario);

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t l = 0; l < 2; l++) {
            assert_true(s->propagation.gain[k + 3 * l] == (double)(10 * (k + 1) + l + 1));
        }
    }
    assert_true(s->geometry.ap_position_m[0] == 1.0 && s->geometry.ap_position_m[1] == 2.0 &&
                s->geometry.ap_position_m[3] == 4.0);
    assert_int_equal(s->frame.pilot_assignment, CFI_PILOTS_EXPLICIT);
    assert_int_equal(s->frame.pilot[0], 2);
    assert_int_equal(s->frame.pilot[2], 3);
    assert_true(s->sensing.path_gains[0 + 2 * 1] == 0.2); /* transmitted by AP 0, received by AP 1 */
    assert_true(s->sensing.path_gains[1 + 2 * 0] == 0.3);
    assert_close(s->sensing.path_phases_rad[0 + 2 * 1], 1.5707963267948966, 1e-15);
    scenario_destroy(scenario);
}

static void resolved_text_reads_back_to_the_same_scenario(void **state)
{
    static const char *const texts[] = {
        "{}", "{\"$schema\": \"s\", \"name\": \"a\\\"b\\\\c\\n\\u00e9\\u0001\", \"seed\": 9007199254740991}",
        "{\"network\": {\"aps\": 2, \"ues\": 1, \"ap_positions_m\": [[0.1, 1e-7], [3, 4]], \"area_m\": "
        "[0.30000000000000004, "
        "1e6]}, \"propagation\": {\"gain\": [[1.2345678901234567e-5, 2]]}, \"sweep\": {\"power.snr_db\": [-0, 1e0, "
        "0.1]}}",
        "{\"sensing\": {\"path_phase_deg\": \"random\"}, \"allocation\": {\"starts\": 3}, \"sweep\": {\"seed\": "
        "\"1:1:9\", "
        "\"rate.model\": [\"exact\", \"theorem1\"]}}"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        cfi_scenario *first = parse(texts[i]), *second = parse(scenario_resolved_json(first));

        assert_string_equal(scenario_resolved_json(first), scenario_resolved_json(second));
        assert_string_equal(scenario_sha256(first), scenario_sha256(second));
        assert_string_equal(scenario_name(first), scenario_name(second));
        scenario_destroy(first);
        scenario_destroy(second);
    }
}

static void numbers_are_the_shortest_that_read_back(void **state)
{
    static const double numbers[] = {0.1, 0.30000000000000004, 1e-6, 9007199254740991.0, -12.5, 5e-324, 2.0 / 3.0};
    static const char *const texts[] = {"0.1",
                                        "0.30000000000000004",
                                        "1e-06",
                                        "9007199254740991",
                                        "-12.5",
                                        "4.94065645841247e-324",
                                        "0.6666666666666666"};
    char buffer[TEXT_NUMBER_LENGTH];

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        text_double(numbers[i], buffer);
        assert_true(strtod(buffer, NULL) == numbers[i]);
        assert_string_equal(buffer, texts[i]);
    }
}

static void hash_covers_what_decides_the_results(void **state)
{
    static const char *const same[] = {"{\"name\": \"other\"}", "{\"$schema\": \"x\"}",
                                       "{\"network\": {\"aps\": 32.0}, \"power\": {\"snr_db\": 3e1}}",
                                       "{\"sensing\": {\"path_phase_deg\": 45}, \"sweep\": null}"};
    static const char *const different[] = {"{\"seed\": 2}", "{\"monte_carlo\": {\"drops\": 11}}",
                                            "{\"power\": {\"snr_db\": 30.000000000000004}}",
                                            "{\"sweep\": {\"seed\": [1]}}"};
    cfi_scenario *reference = parse("{}");

    (void)state;
    assert_int_equal(strlen(scenario_sha256(reference)), 64);
    for (size_t i = 0; i < COUNT(same); i++) {
        cfi_scenario *other = parse(same[i]);

        assert_string_equal(scenario_sha256(other), scenario_sha256(reference));
        scenario_destroy(other);
    }
    for (size_t i = 0; i < COUNT(different); i++) {
        cfi_scenario *other = parse(different[i]);

        assert_string_not_equal(scenario_sha256(other), scenario_sha256(reference));
        scenario_destroy(other);
    }
    scenario_destroy(reference);
}

static void settings_override_the_text_in_order(void **state)
{
    const cfi_setting settings[] = {{.key = "network.aps", .value = "7"},
                                    {.key = "network.aps", .value = "3"},
                                    {.key = "rate.model", .value = "theorem1"},
                                    {.key = "sensing.angles_deg", .value = "[1, 2, 3]"},
                                    {.key = "name", .value = "12"},
                                    {.key = "pilots.power_dbm", .value = "null"},
                                    {.key = "allocation.method", .value = "\"none\""}};
    cfi_scenario *scenario = parse_with("{\"network\": {\"aps\": \"wrong, but replaced\"}}", settings, COUNT(settings));

    (void)state;
    assert_int_equal(scenario_system(scenario)->L, 3);
    assert_int_equal(scenario_system(scenario)->rate_model, CFI_RATE_THEOREM1);
    assert_int_equal(scenario_system(scenario)->allocation.method, CFI_METHOD_NONE);
    assert_close(scenario_system(scenario)->sensing.angle_rad[2], 0.05235987755982989, 1e-15);
    assert_string_equal(scenario_name(scenario), "12");
    scenario_destroy(scenario);
}

static void a_title_is_the_name_that_was_given_or_that_of_the_file(void **state)
{
    static const cfi_setting named = {.key = "name", .value = "mine"};
    static const struct {
        const char *text, *file;
        size_t settings;
        const char *title;
    } cases[] = {
        {"{}", "folder/city.json", 0, "city.json"},
        {"{}", "city.json", 0, "city.json"},
        {"{}", "-", 0, "standard input"},
        {"{\"name\": \"\"}", "city.json", 0, "city.json"},
        {"{\"name\": \"paper\"}", "city.json", 0, "paper"},
        {"{}", "city.json", 1, "mine"},
        {"{\"provenance\": {}, \"scenario\": {\"name\": \"city\"}}", "results.json", 0, "city"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_scenario *scenario;
        cfi_error error;

        assert_int_equal(scenario_parse(cases[i].text, strlen(cases[i].text), cases[i].file, &named, cases[i].settings,
                                        &scenario, &error),
                         CFI_OK);
        assert_string_equal(scenario_title(scenario), cases[i].title);
        scenario_destroy(scenario);
    }
}

/* ------------------------------------------------------------------------- sweeps, remarks ---- */

static void assert_expands(const char *text, const double *expected, size_t count)
{
    const cfi_place place = place_file("t.json");
    cJSON *list;
    size_t i = 0;

    assert_int_equal(range_expand(&key_table[KEY_snr_db], text, &place, &list, NULL), CFI_OK);
    assert_int_equal(cJSON_GetArraySize(list), count);
    for (const cJSON *item = list->child; item; item = item->next) {
        assert_true(item->valuedouble == expected[i++]);
    }
    cJSON_Delete(list);
}

static void ranges_include_both_ends(void **state)
{
    (void)state;
    assert_expands("-12:4:0", (const double[]){-12, -8, -4, 0}, 4);
    assert_expands("8, 16,32", (const double[]){8, 16, 32}, 3);
    assert_expands("1,0.1:0.1:0.5,7", (const double[]){1, 0.1, 0.2, 0.3, 0.4, 0.5, 7}, 7);
    assert_expands("3:-1:1", (const double[]){3, 2, 1}, 3);
    assert_expands("5:1:5", (const double[]){5}, 1);
    assert_expands("0:3:10", (const double[]){0, 3, 6, 9}, 4);
}

static bool warns(const cfi_scenario *scenario, const char *what)
{
    const char *const *lines;
    size_t count = scenario_warnings(scenario, &lines);

    for (size_t i = 0; i < count; i++) {
        assert_null(strchr(lines[i], '\n'));
        if (strstr(lines[i], what)) {
            return true;
        }
    }
    return false;
}

static void assert_warns(const char *text, const char *what, bool expected)
{
    cfi_scenario *scenario = parse(text);

    if (warns(scenario, what) != expected) {
        fail_msg("%s: %s \"%s\"", text, expected ? "does not warn of" : "warns of", what);
    }
    scenario_destroy(scenario);
}

static void grid_is_the_product_of_the_axes_the_last_fastest(void **state)
{
    const cfi_setting over[] = {{.key = "network.aps", .value = "4:2:8", .over = true},
                                {.key = "rate.model", .value = "exact,theorem1", .over = true}};
    cfi_scenario *scenario =
        parse_with("{\"name\": \"grid\", \"sweep\": {\"network.aps\": [1, 2], \"power.snr_db\": [10, 20]}}", over, 2);
    const cfi_axis *axis;
    cfi_scenario *point;

    (void)state;
    assert_int_equal(scenario_axes(scenario, &axis), 3); /* --over replaces in place, or comes last */
    assert_string_equal(axis[0].key, "network.aps");
    assert_int_equal(axis[0].count, 3);
    assert_string_equal(axis[0].value[2], "8");
    assert_string_equal(axis[2].value[0], "\"exact\"");
    assert_int_equal(scenario_points(scenario), 12);
    assert_int_equal(scenario_at_point(scenario, 7, &point, NULL), CFI_OK); /* 7 = (1, 1, 1) */
    assert_int_equal(scenario_axis_index(scenario, 7, 0), 1);
    assert_int_equal(scenario_system(point)->L, 6);
    assert_close(scenario_system(point)->power.budget_w / scenario_system(point)->power.sensing_noise_w, 100.0, 1e-10);
    assert_int_equal(scenario_system(point)->rate_model, CFI_RATE_THEOREM1);
    assert_string_equal(scenario_name(point), "grid");
    assert_false(scenario_has_sweep(point));
    scenario_destroy(point);
    scenario_destroy(scenario);
}

/* By lists with a value for each key, one value for all, a range for each, one range for all, or JSON in --over. */
static void keys_that_vary_together_are_one_axis_of_the_grid(void **state)
{
    static const char rows[] = "{\"sweep\": {\"network.aps+network.ues\": [[8, 4], [16, 8], 9], \"seed\": [1, 2]}}";
    static const char ranges[] = "{\"sweep\": {\"network.aps+network.ues\": \"8,16,9+4:4:8,9\", \"seed\": \"1,2\"}}";
    const cfi_setting json[] = {{.key = "network.aps+network.ues", .value = "[[8, 4], [16, 8], 9]", .over = true},
                                {.key = "seed", .value = "[1, 2]", .over = true}};
    const cfi_setting alike = {.key = "network.ues+pilots.length", .value = "4:4:20", .over = true};
    cfi_scenario *grid = parse(rows), *same = parse(ranges), *typed = parse_with("{}", json, 2), *point;
    cfi_scenario *again = parse(scenario_complete_json(grid)), *five = parse_with("{}", &alike, 1);
    const cfi_axis *axis;

    (void)state;
    assert_int_equal(scenario_axes(grid, &axis), 3);
    assert_true(!axis[0].zipped && axis[1].zipped && !axis[2].zipped);
    assert_string_equal(axis[1].key, "network.ues");
    assert_string_equal(axis[1].value[2], "9");
    assert_int_equal(scenario_points(grid), 6);
    assert_true(scenario_axis_stride(grid, 0) == 2 && scenario_axis_stride(grid, 1) == 2);
    assert_true(scenario_axis_leader(grid, 1) == 0 && scenario_axis_leader(grid, 2) == 2);
    assert_int_equal(scenario_at_point(grid, 3, &point, NULL), CFI_OK); /* 3 = (1, 1) */
    assert_true(scenario_system(point)->L == 16 && scenario_system(point)->K == 8 && scenario_system(point)->seed == 2);
    scenario_destroy(point);
    assert_string_equal(scenario_sha256(grid), scenario_sha256(same));
    assert_string_equal(scenario_sha256(grid), scenario_sha256(typed));
    assert_string_equal(scenario_complete_json(grid), scenario_complete_json(again));
    assert_int_equal(scenario_points(five), 5);
    assert_int_equal(scenario_at_point(five, 4, &point, NULL), CFI_OK);
    assert_true(scenario_system(point)->K == 20 && scenario_system(point)->frame.tau_p == 20);
    scenario_destroy(point);
    scenario_destroy(grid);
    scenario_destroy(same);
    scenario_destroy(typed);
    scenario_destroy(again);
    scenario_destroy(five);
}

static void over_replaces_the_axes_that_have_no_other_key(void **state)
{
    static const char text[] = "{\"sweep\": {\"network.ues\": [1, 2], \"seed\": [1], \"network.aps\": [3, 4, 5]}}";
    const cfi_setting both = {.key = "network.aps+network.ues", .value = "8,9", .over = true};
    const cfi_setting twice[] = {both, {.key = "network.ues+network.aps", .value = "7", .over = true}};
    cfi_scenario *scenario = parse_with(text, &both, 1), *last = parse_with(text, twice, 2);
    const cfi_axis *axis;

    (void)state;
    assert_int_equal(scenario_axes(scenario, &axis), 3);
    assert_string_equal(axis[0].key, "network.aps"); /* where the first of the two stood */
    assert_string_equal(axis[2].key, "seed");
    assert_int_equal(scenario_points(scenario), 2);
    assert_int_equal(scenario_points(last), 1);
    for (size_t i = 0; i < 3; i++) { /* in place, wherever that is */
        static const char *const keys[] = {"network.ues", "seed", "network.aps"};
        const cfi_setting one = {.key = keys[i], .value = "6:1:9", .over = true};
        cfi_scenario *replaced = parse_with(text, &one, 1);

        assert_int_equal(scenario_axes(replaced, &axis), 3);
        assert_string_equal(axis[i].key, keys[i]);
        assert_int_equal(axis[i].count, 4);
        scenario_destroy(replaced);
    }
    scenario_destroy(scenario);
    scenario_destroy(last);
}

static void a_wrong_axis_of_keys_that_vary_together_is_told_by_key_and_value(void **state)
{
    static const struct {
        const char *key, *values, *text;
    } wrong[] = {
        {"network.ues+network.ues", "3",
         "--over network.ues+network.ues: network.ues is there twice (allowed: each key once)"},
        {"network.ues+network.uex", "3", "--over network.ues+network.uex: unknown key (nearest: network.ues;"},
        {"network.ues+", "3", "--over network.ues+: a key is missing (allowed: keys with a + between them)"},
        {"network.ues+name", "3", "--over network.ues+name: name cannot be swept (allowed: "},
        {"name", "3", "--over name: this key cannot be swept (allowed: "},
        {"network.ues+pilots.length", "4,0", "--over network.ues+pilots.length (network.ues): 0 is out of range"},
        {"network.aps+rate.model", "4,8+exact,best",
         " (rate.model): text \"best\" is unknown (allowed: theorem1, exact)"},
        {"network.aps+network.ues", "8:8:32+4,5",
         ": 4 values of network.aps, but 2 of network.ues (allowed: as many of each)"},
        {"network.aps+network.ues", "1+2+3",
         ": 3 ranges for 2 keys (allowed: one for all, or one for each with a + between them)"},
        {"network.aps+network.ues", "[[8, 4], [16, 8, 7]]",
         " (network.aps): 3 values for 2 keys (allowed: one for all, or a list"},
        {"network.aps+network.ues", "[[8, 4], [16, [8]]]",
         " (network.ues): a list (allowed: numbers, words, and named tables"},
        {"network.aps+network.ues", "[[8, 4], [4, 8], [8, 4]]",
         "--over network.aps+network.ues: 8, 4 is there twice (allowed: values that differ)"},
        {"network.aps+network.ues", "[8", "--over network.aps+network.ues:1:3: the text ends where"},
        {"network.aps", "[[8]]", "--over network.aps: a list (allowed: numbers, words, and named tables"},
        {"seed", "3",
         "--over seed: seed is swept by seed+frame.sensing_symbols, too (allowed: each key in one of them)"}};

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        static const char text[] = "{\"sweep\": {\"seed+frame.sensing_symbols\": [40, 50]}}";
        const cfi_setting over = {.key = wrong[i].key, .value = wrong[i].values, .over = true};
        cfi_scenario *scenario;
        cfi_error error = {.text = ""};

        assert_int_equal(scenario_parse(text, strlen(text), "t.json", &over, 1, &scenario, &error), CFI_INVALID);
        assert_null(scenario);
        if (!strstr(error.text, wrong[i].text)) {
            fail_msg("%s=%s: \"%s\", not \"%s\"", wrong[i].key, wrong[i].values, error.text, wrong[i].text);
        }
    }
}

static void a_sweep_goes_on_only_with_the_same_keys_together(void **state)
{
    static const struct {
        const char *older, *newer, *refused; /* NULL: goes on */
    } pairs[] = {{"{\"network.aps+network.ues\": [[8, 4], [16, 8]], \"seed\": [1, 2]}",
                  "{\"seed\": [2, 1, 3], \"network.ues+network.aps\": [[5, 9], [8, 16], [4, 8]]}", NULL},
                 {"{\"network.aps+network.ues\": [[8, 4], [16, 8]]}",
                  "{\"network.aps+network.ues\": [[8, 4], [16, 4]]}",
                  "network.aps = 16, network.ues = 8 is there, not here (allowed: "},
                 {"{\"network.aps+network.ues\": [[8, 4]]}", "{\"network.aps\": [8], \"network.ues\": [4]}",
                  "network.ues is swept together with network.aps there, not here (allowed: "},
                 {"{\"network.aps\": [8], \"network.ues\": [4]}", "{\"network.aps+network.ues\": [[8, 4]]}",
                  "network.ues is swept together with network.aps here, not there (allowed: "}};

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const cfi_setting before = {.key = "sweep", .value = pairs[i].older},
                          now = {.key = "sweep", .value = pairs[i].newer};
        cfi_scenario *older = parse_with("{}", &before, 1), *newer = parse_with("{}", &now, 1);
        cfi_error error = {.text = ""};
        size_t place[4] = {0};

        assert_int_equal(scenario_continue(older, newer, place, &error), pairs[i].refused ? CFI_INVALID : CFI_OK);
        assert_true(!pairs[i].refused || strstr(error.text, pairs[i].refused));
        for (size_t p = 0; !pairs[i].refused && p < 4; p++) { /* by hand: seeds 2, 1, 3 and rows 9, 16, 8 */
            assert_int_equal(place[p], (p % 2 == 0 ? 3 : 0) + (p < 2 ? 2 : 1));
        }
        scenario_destroy(older);
        scenario_destroy(newer);
    }
}

static void a_point_that_is_no_scenario_is_named(void **state)
{
    cfi_scenario *scenario =
        parse_with("{\"sensing\": {\"crlb_threshold_db\": [1, 2]}, \"network\": {\"aps\": 2}, \"sweep\": "
                   "{\"network.aps\": [2, 3]}}",
                   NULL, 0);
    cfi_scenario *point;
    cfi_error error;

    (void)state;
    assert_int_equal(scenario_at_point(scenario, 1, &point, &error), CFI_INVALID);
    assert_null(point);
    assert_non_null(strstr(error.text, "/sweep: at network.aps = 3: /sensing/crlb_threshold_db"));
    scenario_destroy(scenario);
}

static void warnings_name_what_is_ignored_or_useless(void **state)
{
    (void)state;
    assert_warns("{\"sensing\": {\"crlb_threshold_db\": -30, \"angle_range_deg\": [-3.3, 3.3]}}",
                 "-30 dB is a standard deviation of 1.81 degrees, hardly better than the prior", true);
    assert_warns("{\"sensing\": {\"crlb_threshold_db\": -25, \"angle_range_deg\": [-3, 3]}}",
                 "no better than the prior", true);
    assert_warns("{\"sensing\": {\"crlb_threshold_db\": -30, \"angle_range_deg\": [-4, 4]}}", "crlb_threshold_db",
                 false);
    assert_warns("{\"sensing\": {\"crlb_threshold_db\": -30, \"angle_range_deg\": [2, 2]}}", "crlb_threshold_db",
                 false);
    assert_warns("{\"allocation\": {\"method\": \"equal\"}}", "crlb_threshold_db", false);
    assert_warns("{}", "sweep", false);
    assert_warns("{\"network\": {\"tx_antennas\": 1, \"rx_antennas\": 1}}", "no information", true);
    assert_warns("{\"network\": {\"aps\": 1, \"ues\": 1, \"ap_positions_m\": [[0, 0]], \"ue_positions_m\": [[9, 0]]}}",
                 "1 pair of explicit positions is closer", true);
    assert_warns("{\"pilots\": {\"length\": 1}, \"frame\": {\"sensing_symbols\": 200}}", "with 1 pilot: within one",
                 true);
    assert_warns(
        "{\"network\": {\"aps\": 1, \"ues\": 1, \"ap_positions_m\": [[0, 0]]}, \"propagation\": {\"gain\": [[1]]}}",
        "positions are given too", true);
}

static void default_scenario_has_one_remark(void **state)
{
    const char *const *lines;
    cfi_scenario *scenario = parse("{}");

    (void)state;
    assert_int_equal(scenario_warnings(scenario, &lines), 1);
    scenario_destroy(scenario);
}

static void coincident_positions_pass_only_when_clamped(void **state)
{
    static const char *const format =
        "{\"network\": {\"aps\": 1, \"ues\": 1, \"placement\": \"%s\", \"min_distance_m\": %d, "
        "\"ap_positions_m\": [[5, 5]], \"ue_positions_m\": [[5, 5]]}}";
    static const struct {
        const char *placement;
        int distance;
        cfi_status status;
    } cases[] = {
        {"clamp", 10, CFI_OK}, {"clamp", 0, CFI_INVALID}, {"reject", 10, CFI_INVALID}, {"none", 10, CFI_INVALID}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        cfi_scenario *scenario;
        cfi_error error = {0};

        snprintf(text, sizeof text, format, cases[i].placement, cases[i].distance);
        assert_int_equal(scenario_parse(text, strlen(text), "t.json", NULL, 0, &scenario, &error), cases[i].status);
        if (cases[i].status != CFI_OK) {
            assert_non_null(strstr(error.text, "t.json: /network/ap_positions_m/0: the position of user 0 too"));
        }
        scenario_destroy(scenario);
    }
}

/* Everything that powers may have to meet is enough, given here or at the points of a sweep. */
static void the_least_power_needs_something_to_meet(void **state)
{
    static const struct {
        const char *text;
        cfi_status status;
    } cases[] = {
        {"{}", CFI_OK}, /* angle thresholds */
        {"{\"sensing\": {\"crlb_threshold_db\": null}}", CFI_INVALID},
        {"{\"sensing\": {\"crlb_threshold_db\": null, \"detection_threshold\": 0.5}}", CFI_OK},
        {"{\"sensing\": {\"crlb_threshold_db\": null, \"geometry\": \"target\", \"position_threshold_m\": 5}}", CFI_OK},
        {"{\"sensing\": {\"crlb_threshold_db\": null}, \"sweep\": {\"allocation.rate_target_bit_s_hz\": [0, 1]}}",
         CFI_OK},
        {"{\"sensing\": {\"crlb_threshold_db\": null}, \"sweep\": {\"sensing.crlb_threshold_db\": [-5]}}", CFI_OK},
        {"{\"sensing\": {\"crlb_threshold_db\": null}, \"sweep\": {\"allocation.objective\": [\"sum_rate\"]}}", CFI_OK},
        {"{\"sensing\": {\"crlb_threshold_db\": null}, \"allocation\": {\"method\": \"equal\"}}", CFI_OK},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_scenario *scenario = parse(cases[i].text);
        cfi_error error = {0};

        assert_int_equal(check_objective(scenario, &error), CFI_OK);
        scenario->system.allocation.objective = CFI_MIN_POWER;
        assert_int_equal(check_objective(scenario, &error), cases[i].status);
        if (cases[i].status != CFI_OK) {
            assert_non_null(strstr(error.text, "/allocation/rate_target_bit_s_hz: null with the objective min_power"));
        }
        scenario_destroy(scenario);
    }
}

static void what_objectives_do_not_look_at_is_told(void **state)
{
    (void)state;
    assert_warns("{\"allocation\": {\"method\": \"equal\", \"objective\": \"max_min_rate\"}}",
                 "allocation.objective: max_min_rate is ignored by the method equal", true);
    assert_warns("{\"network\": {\"ues\": 2}, \"allocation\": {\"method\": \"equal\", \"weights\": [1, 2]}}",
                 "allocation.weights: ignored by the method equal", true);
    assert_warns("{\"network\": {\"ues\": 2}, \"allocation\": {\"objective\": \"min_power\", \"weights\": [1, 2]}}",
                 "allocation.weights: ignored by the objective min_power", true);
    assert_warns("{\"network\": {\"ues\": 2}, \"allocation\": {\"objective\": \"max_min_rate\", \"weights\": [1, 2]}}",
                 "allocation", false);
    assert_warns("{\"allocation\": {\"method\": \"equal\"}, \"sweep\": {\"allocation.objective\": "
                 "[\"sum_rate\", \"max_min_rate\"]}}",
                 "allocation", false);
}

/* ------------------------------------------------------------- schema, help, names, configs ---- */

static void schema_gives_the_defaults_of_the_resolved_scenario(void **state)
{
    cfi_scenario *scenario = parse("{}");
    cJSON *schema = cJSON_Parse(scenario_schema_json()), *resolved = cJSON_Parse(scenario_resolved_json(scenario));
    size_t with_default = 0;

    (void)state;
    assert_non_null(schema);
    assert_non_null(strstr(scenario_schema_json(), "https://json-schema.org/draft/2020-12/schema"));
    for (size_t id = 0; id < KEY_COUNT; id++) {
        const char *name = key_table[id].name, *section = key_known_section(name);
        const cJSON *node = cJSON_GetObjectItemCaseSensitive(schema, "properties"), *value = resolved, *fallback;

        if (key_section(name) > 0) {
            node = cJSON_GetObjectItemCaseSensitive(node, section);
            assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(node, "additionalProperties")));
            node = cJSON_GetObjectItemCaseSensitive(node, "properties");
            value = cJSON_GetObjectItemCaseSensitive(value, section);
        }
        node = cJSON_GetObjectItemCaseSensitive(node, key_leaf(name));
        value = cJSON_GetObjectItemCaseSensitive(value, key_leaf(name));
        assert_true(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(node, "description")));
        fallback = cJSON_GetObjectItemCaseSensitive(node, "default");
        assert_int_equal(fallback != NULL, value != NULL);
        if (value) {
            assert_true(cJSON_Compare(fallback, value, true));
            with_default++;
        }
    }
    assert_int_equal(with_default, KEY_COUNT - 2); /* all but $schema and sweep */
    cJSON_Delete(schema);
    cJSON_Delete(resolved);
    scenario_destroy(scenario);
}

/* What is written to a stream; free it. */
static char *written_help(bool (*write)(const char *name, FILE *stream), const char *name)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    assert_non_null(stream);
    assert_true(write(name, stream));
    assert_int_equal(fclose(stream), 0);
    return text;
}

static bool write_keys(const char *name, FILE *stream)
{
    (void)name;
    scenario_keys_help(stream);
    return true;
}

static void assert_fits_columns(const char *text, size_t columns)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (length > columns) {
            fail_msg("%.*s", (int)length, text);
        }
        text += length + 1;
    }
}

static void help_lists_every_key_within_eighty_columns(void **state)
{
    char *all = written_help(write_keys, NULL), wanted[80];

    (void)state;
    for (size_t id = 0; id < KEY_COUNT; id++) {
        snprintf(wanted, sizeof wanted, "  %s%s", key_table[id].name, key_table[id].fallback ? " = " : "\n");
        assert_non_null(strstr(all, wanted));
    }
    assert_fits_columns(all, 80);
    free(all);
}

static void help_of_a_key_has_its_default_unit_range_and_option(void **state)
{
    (void)state;
    for (size_t id = 0; id < KEY_COUNT; id++) {
        const key_spec *spec = &key_table[id];
        char *text = written_help(scenario_help, spec->name), wanted[128];

        assert_fits_columns(text, 80);
        snprintf(wanted, sizeof wanted, "\n  default  %s\n", spec->fallback ? spec->fallback : "absent");
        assert_non_null(strstr(text, wanted));
        snprintf(wanted, sizeof wanted, "\n  unit     %s\n", spec->unit ? spec->unit : "");
        assert_true(!spec->unit || strstr(text, wanted));
        snprintf(wanted, sizeof wanted, "\n  option   --set %s=VALUE", spec->name);
        assert_true((strstr(text, wanted) != NULL) == (id != KEY_sweep));
        free(text);
    }
}

/* How often a text has a word. */
static size_t occurrences(const char *text, const char *word)
{
    size_t count = 0;

    while ((text = strstr(text, word))) {
        text += strlen(word);
        count++;
    }
    return count;
}

static void help_knows_sections_and_last_parts_of_names(void **state)
{
    char *section = written_help(scenario_help, "pilots"), *leaf = written_help(scenario_help, "snr_db"),
         *shared = written_help(scenario_help, "model");
    FILE *nowhere = tmpfile();

    (void)state;
    assert_int_equal(occurrences(section, "\n  pilots."), 4);
    assert_int_equal(occurrences(section, " = "), 4);
    assert_int_equal(strncmp(leaf, "power.snr_db: ", 14), 0);
    assert_int_equal(occurrences(shared, "\n  default  "), 2); /* of propagation and of rate */
    assert_non_null(nowhere);
    assert_false(scenario_help("pilots.lenght", nowhere));
    assert_false(scenario_help("", nowhere));
    assert_int_equal(ftell(nowhere), 0);
    assert_string_equal(scenario_nearest_key("pilots.lenght"), "pilots.length");
    fclose(nowhere);
    free(shared);
    free(leaf);
    free(section);
}

static void nearest_word_tolerates_a_third_of_the_letters(void **state)
{
    static const char *const words[] = {"aps", "ues", "tx_antennas", "rx_antennas", "min_distance_m"};

    (void)state;
    assert_string_equal(nearest_word("apz", words, 5), "aps");
    assert_string_equal(nearest_word("asp", words, 5), "aps");
    assert_string_equal(nearest_word("tx_antenas", words, 5), "tx_antennas");
    assert_string_equal(nearest_word("min_distance", words, 5), "min_distance_m");
    assert_string_equal(nearest_word("tx_antennas", words, 5), "tx_antennas");
}

static void of_words_as_near_the_one_that_begins_so_is_nearest(void **state)
{
    static const char *const words[] = {"plot", "pilots"};

    (void)state;
    assert_string_equal(nearest_word("pilot", words, 2), "pilots");
    assert_string_equal(nearest_word("plott", words, 2), "plot");
}

static void distant_words_have_no_nearest(void **state)
{
    static const char *const words[] = {"aps", "tx_antennas"};
    char longest[200];

    (void)state;
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_null(nearest_word("placement", words, 2));
    assert_null(nearest_word("", words, 2));
    assert_null(nearest_word(longest, words, 2));
    assert_null(nearest_word("aps", words, 0));
}

static void memory_estimate_grows_with_the_sizes(void **state)
{
    const cfi_system closed = {.L = 4096, .K = 64, .N = 8};
    const cfi_system drawn = {.L = 512, .K = 4, .N = 8, .monte_carlo.realizations = 10};
    const cfi_system large = {.L = 513, .K = 4, .N = 8, .monte_carlo.realizations = 10};
    const cfi_system phases = {.L = 4096, .K = 4, .N = 8, .sensing.random_path_phase = true};

    (void)state;
    assert_true(scenario_memory_bytes(&closed) == 8.0 * (3.0 * 4096 * 64 + 16.0 * 4160 + 64));
    assert_true(scenario_memory_bytes(&closed) == scenario_record_bytes(&closed)); /* nothing is drawn or iterated */
    assert_true(scenario_memory_bytes(&drawn) == scenario_record_bytes(&drawn) + 600.0 * 8 * 4 + 256.0 * 4 * 4 +
                                                     32.0 * (10 + 4) * 8 * 512); /* streams in eights */
    assert_true(scenario_memory_bytes(&large) < scenario_memory_bytes(&drawn));  /* no multistatic Monte Carlo */
    assert_true(scenario_memory_bytes(&phases) ==
                scenario_record_bytes(&phases) + 16.0 * 4096 * 4096); /* echo paths are kept */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_object_is_the_scenario_of_the_paper),
        cmocka_unit_test(decibels_and_degrees_become_linear_units),
        cmocka_unit_test(pilots_take_the_power_budget_unless_given),
        cmocka_unit_test(matrices_become_column_major),
        cmocka_unit_test(resolved_text_reads_back_to_the_same_scenario),
        cmocka_unit_test(numbers_are_the_shortest_that_read_back),
        cmocka_unit_test(hash_covers_what_decides_the_results),
        cmocka_unit_test(a_title_is_the_name_that_was_given_or_that_of_the_file),
        cmocka_unit_test(settings_override_the_text_in_order),
        cmocka_unit_test(ranges_include_both_ends),
        cmocka_unit_test(grid_is_the_product_of_the_axes_the_last_fastest),
        cmocka_unit_test(keys_that_vary_together_are_one_axis_of_the_grid),
        cmocka_unit_test(over_replaces_the_axes_that_have_no_other_key),
        cmocka_unit_test(a_wrong_axis_of_keys_that_vary_together_is_told_by_key_and_value),
        cmocka_unit_test(a_sweep_goes_on_only_with_the_same_keys_together),
        cmocka_unit_test(a_point_that_is_no_scenario_is_named),
        cmocka_unit_test(warnings_name_what_is_ignored_or_useless),
        cmocka_unit_test(default_scenario_has_one_remark),
        cmocka_unit_test(coincident_positions_pass_only_when_clamped),
        cmocka_unit_test(the_least_power_needs_something_to_meet),
        cmocka_unit_test(what_objectives_do_not_look_at_is_told),
        cmocka_unit_test(schema_gives_the_defaults_of_the_resolved_scenario),
        cmocka_unit_test(help_lists_every_key_within_eighty_columns),
        cmocka_unit_test(help_of_a_key_has_its_default_unit_range_and_option),
        cmocka_unit_test(help_knows_sections_and_last_parts_of_names),
        cmocka_unit_test(nearest_word_tolerates_a_third_of_the_letters),
        cmocka_unit_test(of_words_as_near_the_one_that_begins_so_is_nearest),
        cmocka_unit_test(distant_words_have_no_nearest),
        cmocka_unit_test(memory_estimate_grows_with_the_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
