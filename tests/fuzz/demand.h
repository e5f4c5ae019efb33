/* What every fuzz target asks: its entry point, and demands that end the process when they are not met. */
#ifndef TESTS_FUZZ_DEMAND_H
#define TESTS_FUZZ_DEMAND_H

#include "cfisac/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Inputs that were taken, and that were refused: a target counts them. */
static size_t accepted, refused;

static inline void demand(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "violated: %s\n", what);
        abort();
    }
}

static inline void demand_one_line(const char *text)
{
    demand(text[0] != '\0', "the error has a text");
    for (const char *c = text; *c; c++) {
        demand((unsigned char)*c >= 0x20, "the error is one line");
    }
}

#endif
