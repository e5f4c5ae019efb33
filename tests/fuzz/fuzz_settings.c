/* Any --set and --over, a line each, are either a scenario (whose grid has its first and last point, or an error for
 * them), or an error of one line. A line that begins with + is --over. */
#include "cfisac/scenario.h"
#include "demand.h"

enum { MOST = 8, LARGE_GRID = 100 };

/* Splits the text, which is changed, into settings as the command line does: at the first equals sign. */
static size_t split_settings(char *text, cfi_setting setting[MOST])
{
    size_t count = 0;

    for (char *line = text, *next; line && count < MOST; line = next) {
        char *equals;

        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        setting[count].over = line[0] == '+';
        setting[count].key = line + setting[count].over;
        equals = strchr(line, '=');
        if (equals) {
            *equals = '\0';
            setting[count++].value = equals + 1;
        }
    }
    return count;
}

static void check_error(cfi_status status, const cfi_error *error)
{
    demand(status == CFI_INVALID || status == CFI_UNAVAILABLE || status == CFI_USAGE, "an error is of the input");
    demand(error->status == status, "the error has the status returned");
    demand_one_line(error->text);
}

static void check_point(const cfi_scenario *scenario, size_t point)
{
    cfi_scenario *at = NULL;
    cfi_error error = {0};
    cfi_status status = scenario_at_point(scenario, point, &at, &error);

    if (status != CFI_OK) {
        check_error(status, &error);
        return;
    }
    demand(!scenario_has_sweep(at) && scenario_points(at) == 1, "a point has no grid");
    scenario_destroy(at);
}

static void check_scenario(const cfi_scenario *scenario)
{
    const char *json = scenario_resolved_json(scenario);
    cfi_scenario *again;
    cfi_error error = {0};

    demand(scenario_parse(json, strlen(json), "f/fuzz.json", NULL, 0, &again, &error) == CFI_OK,
           "the resolved text is valid");
    demand(strcmp(scenario_resolved_json(again), json) == 0, "the resolved text resolves to itself");
    demand(scenario_points(again) == scenario_points(scenario), "with the same grid");
    scenario_destroy(again);
    check_point(scenario, 0);
    check_point(scenario, scenario_points(scenario) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char base[] = "{\"network\": {\"aps\": 4}, \"sweep\": {\"seed\": [1, 2]}}";
    char *text = strndup((const char *)data, size);
    cfi_setting setting[MOST];
    cfi_scenario *scenario;
    cfi_error error = {0};
    cfi_status status;

    demand(text != NULL, "memory for the text");
    status =
        scenario_parse(base, sizeof base - 1, "f/fuzz.json", setting, split_settings(text, setting), &scenario, &error);
    if (status != CFI_OK) {
        check_error(status, &error);
        refused++;
    } else {
        accepted++;
        if (scenario_points(scenario) <= LARGE_GRID) {
            check_scenario(scenario);
        }
        scenario_destroy(scenario);
    }
    free(text);
    return 0;
}

#ifndef CFISAC_FUZZ

#include "mutate.h"

int main(int argc, char **argv)
{
    static const char *const pieces[] = {"=",      "\n+",   ":",        ",",     "network.aps=",
                                         "+seed=", "1:1:9", "-3:0.5:3", "null",  "[",
                                         "]",      "{",     "\"",       "1e9",   "-1",
                                         "0.1:",   "exact", ".",        "1e400", "9007199254740993",
                                         "\xc3",   "#",     "[1, 2]",   "true",  " ",
                                         "pilots", "\\u00", "9:-1:1",   "a.csv", "4294967296"};
    const mutator m = {.piece = pieces, .pieces = sizeof pieces / sizeof pieces[0], .seed = 20240604};

    return run_files(&m, argc, argv);
}

#endif
