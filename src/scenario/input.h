/* Whole files in memory. */
#ifndef SCENARIO_INPUT_H
#define SCENARIO_INPUT_H

#include "scenario/place.h"

/* Longest scenario or file of numbers, in bytes. */
enum { INPUT_MAX_BYTES = 268435456 };

/* Reads a whole file ("-": standard input) and ends it with NUL. *text is the caller's: free. Fails with
 * CFI_INVALID when the file cannot be read, is a directory or is too long, with CFI_NO_MEMORY; the former error starts
 * with `place`, or with the path itself when place is NULL. */
cfi_status input_read(const char *path, const cfi_place *place, char **text, size_t *length, cfi_error *error);

#endif
