/* Whole files in memory, and gain files. */
#ifndef SCENARIO_INPUT_H
#define SCENARIO_INPUT_H

#include "scenario/value.h"

/* Longest scenario or gain file, in bytes. */
enum { INPUT_MAX_BYTES = 268435456 };

/* Reads a whole file ("-": standard input) and ends it with NUL. *text is the caller's: free. Fails with
 * CFI_INVALID when the file cannot be read, is a directory or is too long, with CFI_NO_MEMORY; the former error starts
 * with `place`, or with the path itself when place is NULL. */
cfi_status input_read(const char *path, const cfi_place *place, char **text, size_t *length, cfi_error *error);

/* Reads a CSV file of K rows of L numbers in the key's range into a matrix. The path is relative to the folder of
 * `scenario`. Empty lines at the end and lines that start with # do not count. The error names the file, line and
 * column. */
cfi_status input_gain(const char *path, const char *scenario, cfi_sizes sizes, const cfi_place *place, cfi_value *value,
                      cfi_error *error);

#endif
