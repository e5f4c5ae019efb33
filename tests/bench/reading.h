/* The command line of a bench: a scenario with settings. */
#ifndef BENCH_READING_H
#define BENCH_READING_H

#include "cfisac/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BENCH_MOST_SETTINGS = 32 };

static inline void bench_stop(const char *bench, const cfi_error *error)
{
    fprintf(stderr, "%s: %s\n", bench, error->text);
    exit(1);
}

/* The scenario `path` with `count` words KEY=VALUE, which are taken apart; ends the bench when it cannot be had. */
static inline cfi_scenario *bench_read(const char *bench, const char *path, int count, char **words)
{
    cfi_setting setting[BENCH_MOST_SETTINGS];
    cfi_scenario *scenario = NULL;
    cfi_error error = {.text = ""};
    size_t settings = 0;

    for (int i = 0; i < count; i++) {
        char *equals = strchr(words[i], '=');

        if (!equals || settings == BENCH_MOST_SETTINGS) {
            fprintf(stderr, "%s: %s: not a setting (allowed: up to %d words KEY=VALUE)\n", bench, words[i],
                    (int)BENCH_MOST_SETTINGS);
            exit(1);
        }
        *equals = '\0';
        setting[settings++] = (cfi_setting){.key = words[i], .value = equals + 1};
    }
    if (scenario_read(path, setting, settings, &scenario, &error) != CFI_OK) {
        bench_stop(bench, &error);
    }
    return scenario;
}

#endif
