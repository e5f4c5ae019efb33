/* Text files that are read as a whole. */
#ifndef CFISAC_BASE_TEXT_FILE_H
#define CFISAC_BASE_TEXT_FILE_H

#include "cfisac/error.h"

#include <stdio.h>

/* Reads to the end of the stream, or to one byte beyond `most` bytes, with a NUL behind it: *length > most says that it
 * is longer. NULL and errno on failure. Free with free(). */
char *text_file_read(FILE *stream, size_t most, size_t *length);

/* "PATH: cannot be read: why", CFI_INVALID, after a call of the system failed with `number`; CFI_NO_MEMORY for lack of
 * memory. */
cfi_status text_file_error(const char *path, int number, cfi_error *error);

#endif
