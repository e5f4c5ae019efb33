/* Any bytes are either a table of 2 rows of 3 gains, or an error of one line that names the file. */
#include "cfisac/scenario.h"
#include "demand.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

/* The path of a file with these bytes, in memory. */
static int make_file(const uint8_t *data, size_t size, char path[64])
{
    int file = memfd_create("gains", MFD_CLOEXEC);

    demand(file >= 0 && (size == 0 || write(file, data, size) == (ssize_t)size), "a file in memory");
    snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

static void check_gains(const cfi_scenario *scenario)
{
    const char *json = scenario_complete_json(scenario);
    const double *gain = scenario_system(scenario)->propagation.gain;
    cfi_scenario *again;
    cfi_error error = {0};

    for (size_t i = 0; i < 6; i++) {
        demand(gain[i] > 0.0 && isfinite(gain[i]), "gains are positive and finite");
    }
    demand(scenario_parse(json, strlen(json), "f/fuzz.json", NULL, 0, &again, &error) == CFI_OK,
           "the text with the gains in it is valid");
    demand(memcmp(scenario_system(again)->propagation.gain, gain, 6 * sizeof *gain) == 0, "and has the same gains");
    demand(strcmp(scenario_sha256(again), scenario_sha256(scenario)) == 0, "and the same hash");
    scenario_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64], text[256];
    int file = make_file(data, size, path);
    cfi_scenario *scenario;
    cfi_error error = {0};
    cfi_status status;

    snprintf(text, sizeof text, "{\"network\": {\"aps\": 3, \"ues\": 2}, \"propagation\": {\"gain\": \"%s\"}}", path);
    status = scenario_parse(text, strlen(text), "f/fuzz.json", NULL, 0, &scenario, &error);
    if (status == CFI_OK) {
        check_gains(scenario);
        accepted++;
        scenario_destroy(scenario);
    } else {
        demand(status == CFI_INVALID && error.status == status, "an error is invalid");
        demand_one_line(error.text);
        demand(strstr(error.text, path) != NULL, "it names the file");
        refused++;
    }
    close(file);
    return 0;
}

#ifndef CFISAC_FUZZ

#include "mutate.h"

int main(int argc, char **argv)
{
    static const char *const pieces[] = {",",   "\n",   "\r\n", "#",  "-1",      "0",         "1e400", "1e-400", "nan",
                                         "inf", "0x1p", "1,2",  "\t", "\"0.1\"", ",\n",       "\xc3",  "1e",     ";",
                                         ".5",  "\0",   "[",    "]",  "{",       "\"gain\":", "null"};
    const mutator m = {.piece = pieces, .pieces = sizeof pieces / sizeof pieces[0], .seed = 20240603};

    return run_files(&m, argc, argv);
}

#endif
