/* Any bytes are either a scenario that reads back to itself, or an error of one line. */
#include "cfisac/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "violated: %s\n", what);
        abort();
    }
}

static void check_error(cfi_status status, const cfi_error *error)
{
    demand(status == CFI_INVALID || status == CFI_UNAVAILABLE, "an error is invalid or unavailable");
    demand(error->status == status, "the error has the status returned");
    demand(error->text[0] != '\0', "the error has a text");
    for (const char *c = error->text; *c; c++) {
        demand((unsigned char)*c >= 0x20, "the error is one line");
    }
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
        return 0;
    }
    check_round_trip(scenario);
    scenario_destroy(scenario);
    return 0;
}

#ifndef CFISAC_FUZZ

enum { LONGEST = 65536 };

static size_t pick(cfi_stream *stream, size_t below)
{
    double u;

    random_uniforms(stream, 1, &u);
    return (size_t)(u * (double)below);
}

/* One small change: another byte, a byte less, a piece of JSON in between, the rest cut off. */
static size_t mutate(cfi_stream *stream, uint8_t *data, size_t size)
{
    static const char *const pieces[] = {"null", "-1",   "1e400",           "[]", "{}",     "\"",   "\\",    ",",
                                         ":",    "0",    "\\u0000",         "[[", "1e-320", "\xc3", "65536", "\"sca\"",
                                         "\n",   "true", "9007199254740993"};
    size_t at = pick(stream, size), kind = pick(stream, 5);
    const char *piece = pieces[pick(stream, sizeof pieces / sizeof pieces[0])];
    size_t length = strlen(piece);

    if (kind == 0) {
        data[at] = (uint8_t)pick(stream, 256);
    } else if (kind == 1) {
        memmove(data + at, data + at + 1, size - at - 1);
        return size - 1;
    } else if (kind < 4) {
        memmove(data + at + length, data + at, size - at);
        memcpy(data + at, piece, length);
        return size + length;
    } else if (pick(stream, 8) == 0) {
        return at;
    }
    return size;
}

static void run_file(const char *path, size_t mutations)
{
    static uint8_t seed[LONGEST], data[LONGEST + 256];
    cfi_stream stream = stream_make(20240601, 0, CFI_DRAW_START, 0);
    FILE *file = fopen(path, "rb");
    size_t size;

    demand(file != NULL, "the seed file can be opened");
    size = fread(seed, 1, sizeof seed, file);
    fclose(file);
    LLVMFuzzerTestOneInput(seed, size);
    for (size_t i = 0; i < mutations; i++) {
        size_t length = size, changes = 1 + pick(&stream, 3);

        memcpy(data, seed, size);
        for (size_t j = 0; j < changes && length > 1; j++) {
            length = mutate(&stream, data, length);
        }
        LLVMFuzzerTestOneInput(data, length);
    }
}

/* fuzz_scenario [--mutate COUNT] FILE...   COUNT mutations in all, spread over the files */
int main(int argc, char **argv)
{
    int first = argc > 2 && strcmp(argv[1], "--mutate") == 0 ? 3 : 1;
    size_t mutations = first == 3 && argc > 3 ? strtoul(argv[2], NULL, 10) / (size_t)(argc - 3) : 0;

    for (int i = first; i < argc; i++) {
        run_file(argv[i], mutations);
    }
    return 0;
}

#endif
