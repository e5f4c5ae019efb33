/* Any bytes are either a scenario that reads back to itself, or an error of one line. */
#include "cfisac/scenario.h"
#include "demand.h"

static void check_error(cfi_status status, const cfi_error *error)
{
    demand(status == CFI_INVALID || status == CFI_UNAVAILABLE, "an error is invalid or unavailable");
    demand(error->status == status, "the error has the status returned");
    demand_one_line(error->text);
}

static void check_round_trip(const cfi_scenario *scenario)
{
    const char *json = scenario_resolved_json(scenario);
    cfi_scenario *again;
    cfi_error error = {0};

    demand(scenario_parse(json, strlen(json), "f/fuzz.json", NULL, 0, &again, &error) == CFI_OK,
           "the resolved text is valid");
    demand(strcmp(scenario_resolved_json(again), json) == 0, "the resolved text resolves to itself");
    demand(strcmp(scenario_sha256(again), scenario_sha256(scenario)) == 0, "the hash survives the round trip");
    scenario_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cfi_scenario *scenario;
    cfi_error error = {0};
    cfi_status status = scenario_parse((const char *)data, size, "f/fuzz.json", NULL, 0, &scenario, &error);

    if (status != CFI_OK) {
        check_error(status, &error);
        refused++;
        return 0;
    }
    check_round_trip(scenario);
    accepted++;
    scenario_destroy(scenario);
    return 0;
}

#ifndef CFISAC_FUZZ

#include "mutate.h"

int main(int argc, char **argv)
{
    static const char *const pieces[] = {"null", "-1",   "1e400",           "[]", "{}",     "\"",   "\\",    ",",
                                         ":",    "0",    "\\u0000",         "[[", "1e-320", "\xc3", "65536", "\"sca\"",
                                         "\n",   "true", "9007199254740993"};
    const mutator m = {.piece = pieces, .pieces = sizeof pieces / sizeof pieces[0], .seed = 20240601};

    return run_files(&m, argc, argv);
}

#endif
