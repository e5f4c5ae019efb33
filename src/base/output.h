/* The way out: directories for results, and the end of a stream. */
#ifndef CFISAC_BASE_OUTPUT_H
#define CFISAC_BASE_OUTPUT_H

#include "cfisac/error.h"

#include <stdio.h>

/* After a call of the system failed, by errno: "PATH: WHAT: why", CFI_OUTPUT; CFI_NO_MEMORY for lack of memory. */
cfi_status output_error(const char *what, const char *path, cfi_error *error);

/* Makes `directory` and its missing parents; one that is there is fine. CFI_OUTPUT. */
cfi_status output_make_directory(const char *directory, cfi_error *error);

/* Flushes; CFI_OUTPUT, "WHAT cannot be written", when any write to the stream has failed, CFI_NO_MEMORY when for lack
 * of memory. */
cfi_status output_finish(FILE *stream, const char *what, cfi_error *error);

#endif
