/* scenario: gain files and the shipped scenarios. */
#include "cfisac/scenario.h"

#include "scenario/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
        assert_non_null(strstr(scenario_resolved_json(scenario), "\"gain\": \"g.csv\""));
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
                 {"1,2,3\n", "g.csv:2:1: 1 rows"},
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
        if (!strstr(error.text, cases[i].message)) {
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].message);
        }
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
        cmocka_unit_test(shipped_configs_are_valid),
        cmocka_unit_test(documentation_has_every_key_with_its_default_and_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
