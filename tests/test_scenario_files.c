/* scenario: files of numbers and the shipped scenarios. */
#include "cfisac/scenario.h"

#include "scenario/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static cfi_scenario *parse(const char *text)
{
    cfi_scenario *scenario;
    cfi_error error = {0};

    if (scenario_parse(text, strlen(text), "t.json", NULL, 0, &scenario, &error) != CFI_OK) {
        fail_msg("%s", error.text);
    }
    return scenario;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void fail_unless_told(const cfi_error *error, const char *message)
{
    if (!strstr(error->text, message)) {
        fail_msg("\"%s\" does not say \"%s\"", error->text, message);
    }
}

typedef struct folder {
    char path[64], scenario[96], gain[96];
} folder;

static int make_folder(void **state)
{
    static folder f;

    strcpy(f.path, "/tmp/cfisac_scenario_XXXXXX");
    if (!mkdtemp(f.path)) {
        return -1;
    }
    snprintf(f.scenario, sizeof f.scenario, "%s/s.json", f.path);
    snprintf(f.gain, sizeof f.gain, "%s/g.csv", f.path);
    *state = &f;
    return 0;
}

static int remove_folder(void **state)
{
    const folder *f = *state;

    unlink(f->scenario);
    unlink(f->gain);
    return rmdir(f->path);
}

#define GAIN_SCENARIO "{\"network\": {\"aps\": 3, \"ues\": 2}, \"propagation\": {\"gain\": %s}}"

static void gain_file_is_read_relative_to_the_scenario(void **state)
{
    static const char *const files[] = {"1,2,3\n4,5e-1,6\n", "# a comment\r\n 1 ,\t2, 3\r\n4,0.5,6.0E0\r\n\r\n",
                                        "1,2,3\n#between\n4,0.5,6\n\n  \n# end", "1,2,3\n4,0.5,6"};
    const folder *f = *state;
    char text[256];
    cfi_scenario *inlined, *scenario;
    cfi_error error = {0};

    snprintf(text, sizeof text, GAIN_SCENARIO, "[[1, 2, 3], [4, 0.5, 6]]");
    inlined = parse(text);
    snprintf(text, sizeof text, GAIN_SCENARIO, "\"g.csv\"");
    write_file(f->scenario, text);
    for (size_t i = 0; i < COUNT(files); i++) {
        write_file(f->gain, files[i]);
        assert_int_equal(scenario_read(f->scenario, NULL, 0, &scenario, &error), CFI_OK);
        assert_memory_equal(scenario_system(scenario)->propagation.gain, scenario_system(inlined)->propagation.gain,
                            6 * sizeof(double));
        assert_true(scenario_system(scenario)->propagation.gain[1 + 2 * 1] == 0.5);
        assert_string_equal(scenario_resolved_json(scenario), scenario_resolved_json(inlined)); /* needs no file */
        assert_string_equal(scenario_sha256(scenario), scenario_sha256(inlined));
        scenario_destroy(scenario);
    }
    scenario_destroy(inlined);
}

static void faulty_gain_file_is_refused_with_line_and_column(void **state)
{
    static const struct {
        const char *file, *message;
    } cases[] = {{"", "g.csv:1:1: 0 rows (allowed: 2"},
                 {"1,2,3\n", "g.csv:2:1: 1 row"},
                 {"1,2,3\n4,5\n", "g.csv:2:4: a row of 2 numbers (allowed: 3"},
                 {"1,2,3,4\n", "g.csv:1:6: more than 3 numbers"},
                 {"1,2,3,\n", "g.csv:1:6: more than 3 numbers"},
                 {"1,2,3\n4,5,6\n7,8,9\n", "g.csv:3:1: more than 2 rows"},
                 {"a,b,c\n1,2,3\n4,5,6\n", "g.csv:1:1: \"a\" is not a number"},
                 {"1,2,3\n4, nan,6\n", "g.csv:2:4: \"nan\" is not a number"},
                 {"1,inf,3\n", "\"inf\" is not a number"},
                 {"1,0x10,3\n", "\"0x10\" is not a number"},
                 {"1,,3\n", "g.csv:1:3: \"\" is not a number"},
                 {"1;2;3\n", "\"1;2;3\" is not a number"},
                 {"1,2 2,3\n", "g.csv:1:5: something other than a comma"},
                 {"1,0,3\n", "g.csv:1:3: 0 is out of range"},
                 {"1,-2,3\n", "-2 is out of range"},
                 {"1,1e999,3\n", "1e999 is out of range"},
                 {"\xef\xbb\xbf"
                  "1,2,3\n",
                  "byte order mark"},
                 {"1,01,3\n", "\"01\" is not a number"}};
    const folder *f = *state;
    char text[256];

    snprintf(text, sizeof text, GAIN_SCENARIO, "\"g.csv\"");
    write_file(f->scenario, text);
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_scenario *scenario;
        cfi_error error = {0};

        write_file(f->gain, cases[i].file);
        assert_int_equal(scenario_read(f->scenario, NULL, 0, &scenario, &error), CFI_INVALID);
        assert_null(scenario);
        assert_non_null(strstr(error.text, "s.json: /propagation/gain: g.csv"));
        fail_unless_told(&error, cases[i].message);
    }
}

/* --set and --over name a file as the shell does, a scenario as its own folder does; who took the one for the other is
 * told so. */
static void settings_name_files_relative_to_the_working_directory(void **state)
{
    const folder *f = *state;
    cfi_setting set[] = {{.key = "propagation.gain", .value = "s.csv"},
                         {.key = "propagation.gain", .value = "s.csv", .over = true},
                         {.key = "sweep", .value = "{\"propagation.gain\": [\"s.csv\"]}"}};
    char *home = getcwd(NULL, 0), elsewhere[96], text[256];
    cfi_scenario *scenario, *point;
    cfi_error error = {0};

    assert_non_null(home);
    snprintf(elsewhere, sizeof elsewhere, "%s/in", f->path);
    assert_int_equal(mkdir(elsewhere, 0700), 0);
    assert_int_equal(chdir(elsewhere), 0);
    write_file("s.csv", "7,8,9\n4,5,6\n");
    snprintf(text, sizeof text, GAIN_SCENARIO, "\"g.csv\"");
    write_file("../s.json", text);
    write_file("../g.csv", "1,2,3\n4,5,6\n");
    assert_int_equal(scenario_read("../s.json", NULL, 0, &scenario, &error), CFI_OK);
    assert_true(scenario_system(scenario)->propagation.gain[0] == 1.0);
    scenario_destroy(scenario);
    for (size_t i = 0; i < COUNT(set); i++) {
        assert_int_equal(scenario_read("../s.json", &set[i], 1, &scenario, &error), CFI_OK);
        assert_int_equal(scenario_at_point(scenario, 0, &point, &error), CFI_OK);
        assert_true(scenario_system(point)->propagation.gain[0] == 7.0);
        assert_null(strstr(scenario_resolved_json(scenario), "\"gain\": \"s.csv\""));
        scenario_destroy(point);
        scenario_destroy(scenario);
        set[i].value = i < 2 ? "g.csv" : "{\"propagation.gain\": [\"g.csv\"]}";
        assert_int_equal(scenario_read("../s.json", &set[i], 1, &scenario, &error), CFI_INVALID);
        fail_unless_told(&error, "propagation.gain: g.csv cannot be read: No such file or directory (did you mean "
                                 "../g.csv?)");
        fail_unless_told(&error, set[i].over ? "--over " : "--set ");
    }
    snprintf(text, sizeof text, GAIN_SCENARIO, "\"s.csv\"");
    write_file("../s.json", text);
    assert_int_equal(scenario_read("../s.json", NULL, 0, &scenario, &error), CFI_INVALID);
    assert_string_equal(error.text,
                        "../s.json: /propagation/gain: ../s.csv cannot be read: No such file or directory (a "
                        "path in a scenario starts from its folder; this file is in the working directory)");
    unlink("s.csv");
    assert_int_equal(chdir(home), 0);
    assert_int_equal(rmdir(elsewhere), 0);
    free(home);
}

/* A point of other sizes reads the file again, from where the setting named it. */
static void a_file_of_a_setting_fits_all_points_or_none(void **state)
{
    const folder *f = *state;
    const cfi_setting set[] = {{.key = "propagation.gain", .value = f->gain},
                               {.key = "network.aps", .value = "3,2", .over = true}};
    cfi_scenario *scenario, *point;
    cfi_error error = {0};
    char text[256];

    snprintf(text, sizeof text, GAIN_SCENARIO, "null");
    write_file(f->scenario, text);
    write_file(f->gain, "1,2,3\n4,5,6\n");
    assert_int_equal(scenario_read(f->scenario, set, 2, &scenario, &error), CFI_OK);
    assert_int_equal(scenario_at_point(scenario, 0, &point, &error), CFI_OK);
    scenario_destroy(point);
    assert_int_equal(scenario_at_point(scenario, 1, &point, &error), CFI_INVALID);
    fail_unless_told(&error, "at --over network.aps = 2: --set propagation.gain: ");
    fail_unless_told(&error, "g.csv:1:4: more than 2 numbers in a row");
    scenario_destroy(scenario);
}

/* ------------------------------------------------------------------------------ results ---- */

static void results_are_read_as_their_scenario(void **state)
{
    static const char *const text =
        "{\"provenance\": {\"version\": \"0.1.0\"}, \"scenario\": {\"seed\": 7, \"network\": {\"aps\": 3}}, "
        "\"drops\": [{\"index\": 0}], \"summary\": {}, \"warnings\": []}";
    cfi_scenario *plain = parse("{\"seed\": 7, \"network\": {\"aps\": 3}}"), *read = parse(text);

    (void)state;
    assert_string_equal(scenario_resolved_json(read), scenario_resolved_json(plain));
    assert_string_equal(scenario_sha256(read), scenario_sha256(plain));
    scenario_destroy(read);
    scenario_destroy(plain);
}

static void results_without_a_sound_scenario_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"provenance\": {}, \"scenario\": {\"network\": {\"aps\": 0}}}",
         "t.json: /scenario/network/aps: 0 is out of range"},
        {"{\"provenance\": {}, \"scenario\": {\"apz\": 1}}", "t.json: /scenario/apz: unknown key"},
        {"{\"provenance\": {}, \"scenario\": 3}", "t.json: /scenario: 3 is no scenario (allowed: an object)"},
        {"{\"provenance\": {}, \"builds\": []}", "t.json: /: provenance without a scenario (allowed: "},
        {"{\"provenance\": {}, \"scenario\": {}, \"network\": {}}",
         "t.json: /network: a key of a scenario beside the provenance of results (allowed: one of them)"},
        {"{\"provenance\": {}, \"seed\": 1}", "t.json: /seed: a key of a scenario beside"},
        {"{\"provenance\": 1, \"scenario\": {}}", "t.json: /provenance: unknown key"},
        {"{\"scenario\": {}}", "t.json: /scenario: unknown key"},
        {"{\"provenance\": {}, \"scenario\": {\"provenance\": {}, \"scenario\": {}}}",
         "t.json: /scenario/provenance: unknown key"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_scenario *scenario;
        cfi_error error = {0};

        assert_int_equal(scenario_parse(cases[i].text, strlen(cases[i].text), "t.json", NULL, 0, &scenario, &error),
                         CFI_INVALID);
        fail_unless_told(&error, cases[i].message);
    }
}

static void missing_gain_file_is_refused(void **state)
{
    cfi_scenario *scenario;
    cfi_error error = {0};
    const char *text = "{\"propagation\": {\"gain\": \"no/such.csv\"}}";

    (void)state;
    assert_int_equal(scenario_parse(text, strlen(text), "t.json", NULL, 0, &scenario, &error), CFI_INVALID);
    assert_string_equal(error.text, "t.json: /propagation/gain: no/such.csv cannot be read: No such file or directory");
}

/* ------------------------------------------------------------------------------- powers ---- */

#define POWER_SCENARIO                                                                                                 \
    "{\"network\": {\"aps\": 3, \"ues\": 2}, \"allocation\": {\"method\": \"given\", \"powers_w\": %s, "               \
    "\"sensing_powers_w\": %s}}"

/* Every way in which a file holds [[1, 2, 3], [0, 0.5, 6e-3]] and [7, 0, 9]. */
static void powers_are_read_from_csv_and_json(void **state)
{
    static const struct {
        const char *file, *powers, *sensing;
    } cases[] = {
        {"1,2,3\n-0,5e-1,0.006\n", "\"g.csv\"", "[7, 0, 9]"},
        {" \n [[1, 2, 3], [0, 0.5, 6e-3]]\n", "\"g.csv\"", "[7, 0, 9]"},
        {"7,0,9\n", "[[1, 2, 3], [0, 0.5, 6e-3]]", "\"g.csv\""},
        {"# of each\n7\n0\n9", "[[1, 2, 3], [0, 0.5, 6e-3]]", "\"g.csv\""},
        {"[7, 0, 9]", "[[1, 2, 3], [0, 0.5, 6e-3]]", "\"g.csv\""},
        {"{\"powers_w\": [[1, 2, 3], [0, 0.5, 6e-3]], \"sensing_powers_w\": [7, 0, 9]}", "\"g.csv\"", "\"g.csv\""},
        {"{\"allocation\": {\"powers_w\": [[1, 2, 3], [0, 0.5, 6e-3]], \"sensing_powers_w\": [7, 0, 9]}}", "\"g.csv\"",
         "\"g.csv\""},
        {"{\"scenario\": {\"allocation\": {\"powers_w\": null}}, \"drops\": [{\"allocation\": {\"powers_w\": "
         "[[1, 2, 3], [0, 0.5, 6e-3]], \"sensing_powers_w\": [7, 0, 9]}}]}",
         "\"g.csv\"", "\"g.csv\""}};
    static const double powers[] = {1, 0, 2, 0.5, 3, 6e-3}, sensing[] = {7, 0, 9};
    const folder *f = *state;
    char text[512];
    cfi_scenario *inlined;

    snprintf(text, sizeof text, POWER_SCENARIO, "[[1, 2, 3], [0, 0.5, 6e-3]]", "[7, 0, 9]");
    inlined = parse(text);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const cfi_allocation_settings *read;
        cfi_scenario *scenario, *again;
        cfi_error error = {0};
        const char *complete;

        write_file(f->gain, cases[i].file);
        snprintf(text, sizeof text, POWER_SCENARIO, cases[i].powers, cases[i].sensing);
        write_file(f->scenario, text);
        if (scenario_read(f->scenario, NULL, 0, &scenario, &error) != CFI_OK) {
            fail_msg("%s", error.text);
        }
        read = &scenario_system(scenario)->allocation;
        assert_memory_equal(read->powers_w, powers, sizeof powers);
        assert_memory_equal(read->sensing_powers_w, sensing, sizeof sensing);
        assert_string_equal(scenario_sha256(scenario), scenario_sha256(inlined));
        complete = scenario_complete_json(scenario);
        again = parse(complete);
        assert_string_equal(scenario_complete_json(again), complete);
        assert_memory_equal(scenario_system(again)->allocation.powers_w, powers, sizeof powers);
        scenario_destroy(again);
        scenario_destroy(scenario);
    }
    scenario_destroy(inlined);
}

static void faulty_files_of_powers_are_refused(void **state)
{
    static const struct {
        const char *file, *powers, *sensing, *message;
    } cases[] = {
        {"1,2,3\n-1,5,6\n", "\"g.csv\"", "null", "powers_w: g.csv:2:1: -1 is out of range (allowed: 0 .. 1e+27)"},
        {"1,2,3\n", "\"g.csv\"", "null", "powers_w: g.csv:2:1: 1 row (allowed: 2, one per user)"},
        {"1,2\n", "\"g.csv\"", "null", "g.csv:1:4: a row of 2 numbers (allowed: 3, one per access point)"},
        {"1,2\n3,4\n5,6\n", "\"g.csv\"", "null", "g.csv:1:4: a row of 2 numbers (allowed: 3"},
        {"[[1, 2, 3]]", "\"g.csv\"", "null", "powers_w: g.csv: /: a list of 1 (allowed: a list of 2, one per user"},
        {"[[1, 2], [3, 4], [5, 6]]", "\"g.csv\"", "null", "g.csv: /: a list of 3 (allowed: a list of 2"},
        {"[[1, 2, 3], [4, -5, 6]]", "\"g.csv\"", "null",
         "g.csv: /1/1: -5 is out of range (allowed: a list of K lists of L numbers 0 .. 1e+27)"},
        {"[[1, 2, 3], [4, 5]]", "\"g.csv\"", "null", "g.csv: /1: a list of 2 (allowed: a list of 3, one per"},
        {"[[1, 2, 3], [4, 5, 6]", "\"g.csv\"", "null", "powers_w: g.csv:1:22: "},
        {"[[1, 2, 3], [4, 5, 06]]", "\"g.csv\"", "null", "powers_w: g.csv:1:"},
        {"{\"powers\": [[1, 2, 3], [4, 5, 6]]}", "\"g.csv\"", "null",
         "g.csv: /: no member \"powers_w\" (allowed: a list, or an object with powers_w, allocation.powers_w "
         "or drops[0].allocation.powers_w)"},
        {"{\"allocation\": {\"powers_w\": null}}", "\"g.csv\"", "null",
         "g.csv: /allocation/powers_w: null is of the wrong type (allowed: a list of K lists of L numbers"},
        {"{\"powers_w\": \"h.csv\"}", "\"g.csv\"", "null", "g.csv: /powers_w: text \"h.csv\""},
        {"{\"drops\": [{}, {}]}", "\"g.csv\"", "null", "g.csv: /drops: results of 2 drops (allowed: of one drop)"},
        {"{\"drops\": [3]}", "\"g.csv\"", "null", "g.csv: /drops/0: no member"},
        {"{\"drops\": 3}", "\"g.csv\"", "null", "g.csv: /drops: results of 0 drops"},
        {"1,2\n", "null", "\"g.csv\"", "g.csv:1:4: a row of 2 numbers (allowed: 3, one per access point)"},
        {"1,2,3\n4,5,6\n", "null", "\"g.csv\"", "g.csv:2:1: more than 1 row (allowed: one)"},
        {"1\n2\n", "null", "\"g.csv\"", "g.csv:3:1: 2 rows (allowed: 3, one per access point)"},
        {"1\n2,3\n4\n", "null", "\"g.csv\"", "g.csv:2:2: more than 1 number in a row (allowed: one)"},
        {"[[1, 2, 3]]", "null", "\"g.csv\"", "g.csv: /: a list of 1 (allowed: a list of 3"},
        {"[1, 2, -3]", "null", "\"g.csv\"", "g.csv: /2: -3 is out of range"},
        {"", "null", "\"g.csv\"", "g.csv:1:1: 0 rows (allowed: 3, one per access point)"}};
    const folder *f = *state;
    char text[512];

    for (size_t i = 0; i < COUNT(cases); i++) {
        bool sensing = strcmp(cases[i].powers, "null") == 0;
        cfi_scenario *scenario;
        cfi_error error = {0};

        write_file(f->gain, cases[i].file);
        snprintf(text, sizeof text, POWER_SCENARIO, sensing ? "[[1, 2, 3], [4, 5, 6]]" : cases[i].powers,
                 cases[i].sensing);
        write_file(f->scenario, text);
        assert_int_equal(scenario_read(f->scenario, NULL, 0, &scenario, &error), CFI_INVALID);
        assert_null(scenario);
        assert_non_null(strstr(error.text, sensing ? "s.json: /allocation/sensing_powers_w: g.csv"
                                                   : "s.json: /allocation/powers_w: g.csv"));
        fail_unless_told(&error, cases[i].message);
    }
}

/* Each file is read once; a point of other sizes finds that it does not fit. */
static void files_of_powers_can_be_swept(void **state)
{
    static const char *const text =
        "{\"network\": {\"aps\": 3, \"ues\": 2}, \"allocation\": {\"method\": \"given\", "
        "\"sensing_powers_w\": \"g.csv\"}, \"sweep\": {\"allocation.powers_w\": [\"g.csv\", "
        "{\"b\": [[1, 2, 3], [4, 5, 6]]}], \"network.aps\": [3, 2]}}";
    const folder *f = *state;
    cfi_scenario *scenario, *point;
    cfi_error error = {0};

    write_file(f->scenario, text);
    write_file(f->gain, "{\"powers_w\": [[7, 8, 9], [0, 0, 1]], \"sensing_powers_w\": [1, 2, 4]}");
    assert_int_equal(scenario_read(f->scenario, NULL, 0, &scenario, &error), CFI_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(scenario_at_point(scenario, 2 * i, &point, &error), CFI_OK);
        assert_true(scenario_system(point)->allocation.powers_w[4] == (i == 0 ? 9.0 : 3.0));
        assert_true(scenario_system(point)->allocation.sensing_powers_w[2] == 4.0);
        scenario_destroy(point);
        assert_int_equal(scenario_at_point(scenario, 2 * i + 1, &point, &error), CFI_INVALID);
        assert_null(point);
        assert_non_null(strstr(error.text, "/sweep: at allocation.powers_w = "));
    }
    assert_non_null(strstr(scenario_complete_json(scenario), "[[7, 8, 9], [0, 0, 1]]"));
    scenario_destroy(scenario);
    write_file(f->gain, "[]");
    assert_int_equal(scenario_read(f->scenario, NULL, 0, &scenario, &error), CFI_INVALID);
    write_file(f->scenario, "{\"sweep\": {\"allocation.powers_w\": [\"g.csv\"]}}");
    assert_int_equal(scenario_read(f->scenario, NULL, 0, &scenario, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "g.csv: /: a list of 0 (allowed: a list of 1, one per user"));
}

static void given_powers_must_be_there(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"allocation\": {\"method\": \"given\"}}",
         "t.json: /allocation/powers_w: null with the allocation.method given (allowed: a list of K lists"},
        {"{\"allocation\": {\"powers_w\": [[-1]]}, \"network\": {\"aps\": 1, \"ues\": 1}}",
         "t.json: /allocation/powers_w/0/0: -1 is out of range (allowed: null; the path of a CSV or JSON file; a "
         "list of K lists of L numbers 0 .. 1e+27)"},
        {"{\"allocation\": {\"sensing_powers_w\": 1}}", "t.json: /allocation/sensing_powers_w: 1 is of the wrong"},
        {"{\"allocation\": {\"sensing_powers_w\": \"\"}}", "sensing_powers_w: text \"\" is no path"},
        {"{\"allocation\": {\"fractional_exponent\": 11}}",
         "t.json: /allocation/fractional_exponent: 11 is out of range (allowed: a number -10 .. 10)"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_scenario *scenario;
        cfi_error error = {0};

        assert_int_equal(scenario_parse(cases[i].text, strlen(cases[i].text), "t.json", NULL, 0, &scenario, &error),
                         CFI_INVALID);
        fail_unless_told(&error, cases[i].message);
    }
}

static void shipped_configs_are_valid(void **state)
{
    static const char *const names[] = {"paper", "fig1a", "fig1b", "fig1c", "pilot_reuse"};
    static const bool sweeps[] = {false, true, true, true, false};
    cfi_scenario *defaults = parse("{}");

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[512];
        cfi_scenario *scenario;
        cfi_error error = {0};

        snprintf(path, sizeof path, "%s/configs/%s.json", CFISAC_SOURCE_DIR, names[i]);
        if (scenario_read(path, NULL, 0, &scenario, &error) != CFI_OK) {
            fail_msg("%s", error.text);
        }
        assert_int_equal(scenario_has_sweep(scenario), sweeps[i]);
        if (i == 0) {
            assert_string_equal(scenario_resolved_json(scenario), scenario_resolved_json(defaults));
        }
        scenario_destroy(scenario);
    }
    scenario_destroy(defaults);
}

/* The line of docs/scenario.md that describes a key; line must hold 1024 bytes. */
static bool find_documentation(const char *key, char *line)
{
    FILE *file = fopen(CFISAC_SOURCE_DIR "/docs/scenario.md", "r");
    char wanted[80];
    bool found = false;

    assert_non_null(file);
    snprintf(wanted, sizeof wanted, "| `%s` | ", key);
    while (!found && fgets(line, 1024, file)) {
        found = strncmp(line, wanted, strlen(wanted)) == 0;
    }
    fclose(file);
    return found;
}

static void documentation_has_every_key_with_its_default_and_words(void **state)
{
    (void)state;
    for (size_t id = 0; id < KEY_COUNT; id++) {
        const key_spec *spec = &key_table[id];
        char line[1024], wanted[80];

        if (!find_documentation(spec->name, line)) {
            fail_msg("%s is not documented", spec->name);
        }
        snprintf(wanted, sizeof wanted, "` | %s%s%s |", spec->fallback ? "`" : "",
                 spec->fallback ? spec->fallback : "absent", spec->fallback ? "`" : "");
        assert_non_null(strstr(line, wanted));
        for (size_t i = 0; spec->words && spec->words[i]; i++) {
            snprintf(wanted, sizeof wanted, "`%s`", spec->words[i]);
            assert_non_null(strstr(line, wanted));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gain_file_is_read_relative_to_the_scenario, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(faulty_gain_file_is_refused_with_line_and_column, make_folder, remove_folder),
        cmocka_unit_test(missing_gain_file_is_refused),
        cmocka_unit_test_setup_teardown(settings_name_files_relative_to_the_working_directory, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_file_of_a_setting_fits_all_points_or_none, make_folder, remove_folder),
        cmocka_unit_test(results_are_read_as_their_scenario),
        cmocka_unit_test(results_without_a_sound_scenario_are_refused),
        cmocka_unit_test_setup_teardown(powers_are_read_from_csv_and_json, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(faulty_files_of_powers_are_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(files_of_powers_can_be_swept, make_folder, remove_folder),
        cmocka_unit_test(given_powers_must_be_there),
        cmocka_unit_test(shipped_configs_are_valid),
        cmocka_unit_test(documentation_has_every_key_with_its_default_and_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
