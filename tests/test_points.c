/* scenario: a point of a grid is the scenario with the point's values set, to the last byte of its text and number of
 * its system, and says the same of a value that is wrong. */
#include "scenario/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

enum { MOST_AXES = 4 };

static cfi_status read_with(const char *text, const cfi_setting *settings, size_t count, cfi_scenario **scenario,
                            cfi_error *error)
{
    return scenario_parse(text, strlen(text), "t.json", settings, count, scenario, error);
}

static cfi_scenario *grid_of(const char *text, const cfi_setting *over, size_t count)
{
    cfi_scenario *scenario;
    cfi_error error = {.text = ""};

    if (read_with(text, over, count, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

/* What the point's values are set to. */
static size_t settings_of(const cfi_scenario *grid, size_t point, cfi_setting *settings)
{
    const cfi_axis *axis;
    size_t axes = scenario_axes(grid, &axis);

    assert_in_range(axes, 1, MOST_AXES);
    for (size_t i = 0; i < axes; i++) {
        settings[i] = (cfi_setting){.key = axis[i].key, .value = axis[i].setting[scenario_axis_index(grid, point, i)]};
    }
    return axes;
}

/* ------------------------------------------------------------------------- the same system ---- */

static size_t length_of(key_size size, const cfi_system *s)
{
    return size == SIZE_APS ? s->L : size == SIZE_UES ? s->K : size == SIZE_TWO ? 2 : 1;
}

static void assert_same_array(const key_spec *spec, const cfi_system *a, const cfi_system *b)
{
    size_t offset = spec->array ? spec->array : spec->offset;
    size_t bytes = length_of(spec->rows, a) * length_of(spec->columns, a) * sizeof(double);
    const void *in_a, *in_b;

    _Static_assert(sizeof(size_t) == sizeof(double), "pilots and numbers have one size");
    memcpy(&in_a, (const char *)a + offset, sizeof in_a);
    memcpy(&in_b, (const char *)b + offset, sizeof in_b);
    assert_true(!in_a == !in_b);
    if (in_a) {
        assert_memory_equal(in_a, in_b, bytes);
    }
}

static void assert_same_system(const cfi_system *a, const cfi_system *b)
{
    for (size_t id = 0; id < KEY_COUNT; id++) {
        const key_spec *spec = &key_table[id];
        size_t bytes = spec->forms & FORM_FLAG                                   ? sizeof(bool)
                       : spec->forms & FORM_WORD && !(spec->forms & FORM_NUMBER) ? sizeof(cfi_method)
                                                                                 : sizeof(double);

        if (spec->convert && spec->offset > 0) {
            assert_memory_equal((const char *)a + spec->offset, (const char *)b + spec->offset, bytes);
        }
        if (spec->fill) {
            assert_same_array(spec, a, b);
        }
    }
    assert_true(a->seed == b->seed && a->frame.prelog == b->frame.prelog);
    assert_memory_equal(a->geometry.area_m, b->geometry.area_m, sizeof a->geometry.area_m);
    assert_true(a->sensing.angle_min_rad == b->sensing.angle_min_rad);
    assert_true(a->sensing.angle_max_rad == b->sensing.angle_max_rad);
    assert_int_equal(a->sensing.random_path_phase, b->sensing.random_path_phase);
    assert_true(a->allocation.heuristic_fraction == b->allocation.heuristic_fraction);
}

static void assert_same_scenario(const cfi_scenario *a, const cfi_scenario *b)
{
    const char *const *line_a, *const *line_b;
    size_t lines = scenario_warnings(a, &line_a);

    assert_same_system(scenario_system(a), scenario_system(b));
    assert_int_equal(lines, scenario_warnings(b, &line_b));
    for (size_t i = 0; i < lines; i++) {
        assert_string_equal(line_a[i], line_b[i]);
    }
    assert_string_equal(scenario_sha256(a), scenario_sha256(b)); /* first: it makes the texts of a point */
    assert_string_equal(scenario_resolved_json(a), scenario_resolved_json(b));
    assert_string_equal(scenario_complete_json(a), scenario_complete_json(b));
    assert_false(scenario_has_sweep(a));
    assert_int_equal(scenario_points(a), 1);
}

/* Every point of `base` over the axes against the base with its values set: the same, or the same complaint behind the
 * point's name. Returns how many points were refused. */
static size_t compare_points(const char *base, const cfi_setting *over, size_t count)
{
    cfi_scenario *grid = grid_of(base, over, count);
    size_t refused = 0;

    for (size_t p = 0; p < scenario_points(grid); p++) {
        cfi_setting settings[MOST_AXES];
        size_t axes = settings_of(grid, p, settings);
        cfi_scenario *point, *set;
        cfi_error error = {.text = ""}, expected = {.text = ""};
        cfi_status status = scenario_at_point(grid, p, &point, &error);

        assert_int_equal(status, read_with(base, settings, axes, &set, &expected));
        if (status == CFI_OK) {
            assert_same_scenario(point, set);
            assert_string_equal(scenario_name(point), scenario_name(set));
        } else {
            static const char file[] = "t.json: ", option[] = "--set "; /* what the place begins with, but for points */
            const char *what = expected.text;

            what += strncmp(what, file, sizeof file - 1) == 0 ? sizeof file - 1 : 0;
            what += strncmp(what, option, sizeof option - 1) == 0 ? sizeof option - 1 : 0;

            refused++;
            assert_null(point);
            assert_int_equal(strncmp(error.text, file, sizeof file - 1), 0);
            assert_non_null(strstr(error.text, "at "));
            assert_null(strstr(error.text, option));
            assert_string_equal(error.text + strlen(error.text) - strlen(what), what);
        }
        scenario_destroy(point);
        scenario_destroy(set);
    }
    scenario_destroy(grid);
    return refused;
}

#define OVER(...) (const cfi_setting[]){__VA_ARGS__}, sizeof((const cfi_setting[]){__VA_ARGS__}) / sizeof(cfi_setting)
#define AXIS(name, range)                                                                                              \
    {                                                                                                                  \
        .key = (name), .value = (range), .over = true                                                                  \
    }

static void a_point_is_the_scenario_with_its_values_set(void **state)
{
    static const char lists[] =
        "{\"name\": \"lists\", \"network\": {\"aps\": 2, \"ues\": 2, \"ap_positions_m\": [[0, 0], [1, 2]],"
        " \"ue_positions_m\": [[500, 0], [7, 800]]}, \"propagation\": {\"gain\": [[1, 2], [3, 4]]},"
        " \"pilots\": {\"assignment\": [1, 0]}, \"power\": {\"ap_limit_dbm\": [3, 4]},"
        " \"sensing\": {\"angles_deg\": [1, 2], \"path_gain\": [[1, 2], [3, 4]], \"path_phase_deg\": [[5, 6], [7, 8]],"
        " \"crlb_threshold_db\": [-3, -4]}, \"allocation\": {\"rate_target_bit_s_hz\": [1, 2]}}";

    (void)state;
    assert_int_equal(compare_points("{}", OVER(AXIS("network.aps", "1,8,32"), AXIS("network.ues", "4,1"))), 0);
    assert_int_equal(compare_points("{}", OVER(AXIS("power.snr_db", "-3.7:2.1:9"), AXIS("pilots.power_dbm", "null,3"))),
                     0);
    assert_int_equal(compare_points("{}", OVER(AXIS("power.sensing_noise_dbm", "-30,7"),
                                               AXIS("allocation.sensing_fraction", "null,0.25"),
                                               AXIS("frame.coherence_symbols", "0,200"), AXIS("pilots.length", "4,7"))),
                     0);
    assert_int_equal(compare_points(lists, OVER(AXIS("seed", "1,2,9007199254740991"))), 0);
    assert_int_equal(compare_points("{}", OVER(AXIS("network.ues+pilots.length", "3,4"),
                                               AXIS("power.snr_db+rate.model", "10,20+exact,theorem1"))),
                     0);
    assert_int_equal(
        compare_points(lists, OVER(AXIS("power.ap_limit_dbm", "null,3"), AXIS("propagation.gain", "null"),
                                   AXIS("sensing.path_gain", "0.1"), AXIS("sensing.path_phase_deg", "random,3"))),
        0);
    assert_int_equal(compare_points(lists, OVER(AXIS("sensing.crlb_threshold_db", "-1,-2"),
                                                AXIS("pilots.assignment", "cyclic,random"),
                                                AXIS("allocation.rate_target_bit_s_hz", "null,3"))),
                     0);
}

/* A model of a point goes with its gains: none where they are given, the default where they are not. */
static void points_have_the_model_that_their_gains_leave(void **state)
{
    static const char one[] = "{\"network\": {\"aps\": 1, \"ues\": 1}, \"propagation\": {\"gain\": [[3]]}}";
    static const char carrier[] = "{\"propagation\": {\"carrier_ghz\": 2}}";
    static const char tables[] = "{\"network\": {\"aps\": 1, \"ues\": 1}, \"sweep\": {\"propagation.gain\": "
                                 "[null, {\"a\": [[1]]}]}}";
    cfi_scenario *grid = grid_of(tables, NULL, 0), *point;
    cfi_error error = {.text = ""};

    (void)state;
    assert_int_equal(compare_points(one, OVER(AXIS("propagation.gain", "null"))), 0);
    assert_int_equal(compare_points(one, OVER(AXIS("propagation.model", "null,three_slope"))), 1);
    assert_int_equal(compare_points("{}", OVER(AXIS("propagation.model", "log_distance,three_slope,tr38901_umi"),
                                               AXIS("network.wrap_around", "true,false"))),
                     2);
    assert_int_equal(compare_points(carrier, OVER(AXIS("propagation.model", "log_distance,tr38901_umi,tr38901_inh"),
                                                  AXIS("propagation.carrier_ghz", "null,3.5"),
                                                  AXIS("network.wrap_around", "true,false"))),
                     4);
    assert_int_equal(scenario_at_point(grid, 0, &point, &error), CFI_OK);
    assert_non_null(strstr(scenario_resolved_json(point), "\"model\": \"log_distance\""));
    scenario_destroy(point);
    assert_int_equal(scenario_at_point(grid, 1, &point, &error), CFI_OK);
    assert_non_null(strstr(scenario_resolved_json(point), "\"model\": null"));
    scenario_destroy(point);
    scenario_destroy(grid);
}

static void a_point_that_is_no_scenario_is_refused_like_one(void **state)
{
    static const char two[] = "{\"network\": {\"aps\": 2, \"ues\": 2}, \"pilots\": {\"assignment\": [1, 0]}}";

    (void)state;
    assert_int_equal(compare_points("{}", OVER(AXIS("pilots.length", "4,200,300"))), 2);
    assert_int_equal(compare_points("{}", OVER(AXIS("network.ues", "30,31"), AXIS("frame.sensing_symbols", "30,31"))),
                     1);
    assert_int_equal(compare_points("{\"sensing\": {\"crlb_threshold_db\": null}}",
                                    OVER(AXIS("allocation.objective", "sum_rate,min_power"))),
                     1);
    assert_int_equal(compare_points(two, OVER(AXIS("network.ues", "2,1,3"))), 2);
    assert_int_equal(compare_points(two, OVER(AXIS("pilots.length", "4,1"))), 1);
    assert_int_equal(compare_points(two, OVER(AXIS("network.ues+seed", "2,1,3+1,2,3"))), 2);
    /* a list that a point replaces has no length to keep: only where it stays do three users not fit */
    assert_int_equal(
        compare_points(two, OVER(AXIS("network.ues", "2,3,30"), AXIS("pilots.assignment", "cyclic,random"))), 0);
}

/* A place in an error of point 1 of two values of pilots.length, by --over and in the scenario. */
static void what_is_wrong_with_a_point_is_told_as_it_was_given(void **state)
{
    static const char in_file[] = "{\"sweep\": {\"pilots.length\": [4, 300]}}";
    static const cfi_setting over = {.key = "pilots.length", .value = "4,300", .over = true},
                             set = {.key = "frame.coherence_symbols", .value = "200"};
    const struct {
        const char *base;
        cfi_setting settings[2];
        size_t count;
        const char *expected;
    } cases[] = {
        {in_file, {{.key = NULL}}, 0, "t.json: /sweep: at pilots.length = 300: /frame/coherence_symbols: 200 leaves "},
        {in_file, {set}, 1, "t.json: /sweep: at pilots.length = 300: --set frame.coherence_symbols: 200 leaves "},
        {"{}", {over}, 1, "t.json: at --over pilots.length = 300: /frame/coherence_symbols: 200 leaves "},
        {"{}", {over, set}, 2, "t.json: at --over pilots.length = 300: --set frame.coherence_symbols: 200 leaves "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cfi_scenario *grid = grid_of(cases[i].base, cases[i].settings, cases[i].count), *point;
        cfi_error error = {.text = ""};

        assert_int_equal(scenario_at_point(grid, 1, &point, &error), CFI_INVALID);
        assert_int_equal(strncmp(error.text, cases[i].expected, strlen(cases[i].expected)), 0);
        scenario_destroy(grid);
    }
}

/* What a drop says of the scenario, and where that was given. */
static void what_a_drop_finds_wrong_has_its_place(void **state)
{
    static const char results[] = "{\"provenance\": {}, \"scenario\": {\"network\": {\"aps\": 2}}}";
    static const cfi_setting set = {.key = "network.placement", .value = "reject"},
                             over = {.key = "network.placement", .value = "reject,clamp", .over = true},
                             aps = {.key = "network.aps", .value = "2,3", .over = true};
    const struct {
        const char *base, *found;
        cfi_setting setting;
        size_t count;
        const char *expected;
    } cases[] = {
        {"{}", "/network/placement: no room", {.key = NULL}, 0, "t.json: /network/placement: no room"},
        {results, "/network/placement: no room", {.key = NULL}, 0, "t.json: /scenario/network/placement: no room"},
        {results, "/network: no gain", {.key = NULL}, 0, "t.json: /scenario/network: no gain"},
        {"{}", "/allocation/powers_w/1/2: 3 W", {.key = NULL}, 0, "t.json: /allocation/powers_w/1/2: 3 W"},
        {results, "/network/placement: no room", set, 1, "--set network.placement: no room"},
        {"{}", "/network/placement: no room", over, 1,
         "t.json: at --over network.placement = \"reject\": --over network.placement: no room"},
        {"{}", "/network/placement: no room", aps, 1, "t.json: at --over network.aps = 2: /network/placement: no room"},
        {"{}", "/sweep: too much", aps, 1, "t.json: at --over network.aps = 2: --over: too much"},
        {"{}", "/networks/a.csv: no file", {.key = NULL}, 0, "/networks/a.csv: no file"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cfi_scenario *grid = grid_of(cases[i].base, &cases[i].setting, cases[i].count);
        cfi_error error;

        error_set(&error, CFI_INVALID, "%s", cases[i].found);
        assert_int_equal(scenario_place_point_error(grid, 0, CFI_INVALID, &error), CFI_INVALID);
        assert_string_equal(error.text, cases[i].expected);
        error_set(&error, CFI_FAILED, "%s", cases[i].found);
        assert_int_equal(scenario_place_point_error(grid, 0, CFI_FAILED, &error), CFI_FAILED);
        assert_string_equal(error.text, cases[i].found);
        scenario_destroy(grid);
    }
}

static void named_tables_are_checked_at_their_points(void **state)
{
    static const char text[] = "{\"network\": {\"aps\": 2, \"ues\": 1}, \"sweep\": {\"network.aps\": [2, 3],"
                               " \"propagation.gain\": [{\"a\": [[1, 2]]}, null]}}";
    cfi_scenario *grid = grid_of(text, NULL, 0), *point;
    cfi_error error = {.text = ""};

    (void)state;
    assert_int_equal(scenario_at_point(grid, 0, &point, &error), CFI_OK);
    assert_true(scenario_system(point)->propagation.gain[1] == 2.0);
    scenario_destroy(point);
    assert_int_equal(scenario_at_point(grid, 2, &point, &error), CFI_INVALID);
    assert_string_equal(error.text, "t.json: /sweep: at network.aps = 3, propagation.gain = \"a\": /sweep/"
                                    "propagation.gain/0: a list of 2 (allowed: a list of 3, one per access point "
                                    "(network.aps))");
    assert_int_equal(scenario_at_point(grid, 3, &point, &error), CFI_OK);
    assert_null(scenario_system(point)->propagation.gain);
    scenario_destroy(point);
    scenario_destroy(grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_is_the_scenario_with_its_values_set),
        cmocka_unit_test(points_have_the_model_that_their_gains_leave),
        cmocka_unit_test(a_point_that_is_no_scenario_is_refused_like_one),
        cmocka_unit_test(what_is_wrong_with_a_point_is_told_as_it_was_given),
        cmocka_unit_test(what_a_drop_finds_wrong_has_its_place),
        cmocka_unit_test(named_tables_are_checked_at_their_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
