/* Files that are replaced whole: written beside their place, synced, renamed. A reader sees the old file or the new
 * one, never half of one. */
#ifndef CFISAC_BASE_REPLACE_H
#define CFISAC_BASE_REPLACE_H

#include "cfisac/error.h"

#include <stdio.h>

typedef cfi_status (*replace_writer)(const void *context, FILE *stream, cfi_error *error);

/* A file to be written: `write` gets `context`. */
typedef struct replace_part {
    const char *name;
    replace_writer write;
    const void *context;
} replace_part;

/* Writes the files of `directory`, all of them before the first old one goes. CFI_OUTPUT, CFI_NO_MEMORY, what a writer
 * fails with; no temporary file stays behind. */
cfi_status replace_files(const char *directory, const replace_part *part, size_t parts, cfi_error *error);
/* One of them. */
cfi_status replace_file(const char *directory, const char *name, replace_writer write, const void *context,
                        cfi_error *error);
/* The same without syncing, for one of thousands of files: a reader sees a whole file or none, but a machine that stops
 * may lose it. */
cfi_status replace_passing_file(const char *directory, const char *name, replace_writer write, const void *context,
                                cfi_error *error);

/* Removes what processes that are gone left of files that they were writing in a directory: regular files with the
 * temporary names of REPLACE_PROBE and of names that are ours, and no others. */
void replace_remove_temporaries(const char *directory, bool (*is_ours)(const char *name));

/* NAME of a file that is only made to see whether files can be made. */
#define REPLACE_PROBE "cfisac"

/* Makes `directory` and its missing parents, and checks that a file can be made in it: to be called before hours of
 * work. CFI_OUTPUT, CFI_NO_MEMORY. */
cfi_status replace_prepare_directory(const char *directory, cfi_error *error);

#endif
