/* Files of numbers: what a key may name in place of its list or its lists. */
#ifndef SCENARIO_TABLE_FILE_H
#define SCENARIO_TABLE_FILE_H

#include "scenario/value.h"

/* A file, and what is wanted of it. */
typedef struct table_source {
    const key_spec *spec;   /* takes a list or lists of numbers, whose range and lengths hold */
    const char *path;       /* as it is named: relative to the scenario's folder, or to the working directory */
    const char *scenario;   /* the scenario's own path */
    bool from_shell;        /* the command line names the file: relative to the working directory */
    cfi_sizes sizes;        /* K = 0: the file says its own */
    const cfi_place *place; /* where the scenario names the file */
} table_source;

/* Reads a CSV or a JSON file into a list or a matrix. A file that begins with [ or { is JSON: the value itself, or an
 * object that has it as the member that the key ends with, in the key's section, or in results.json of one drop:
 * powers_w, allocation.powers_w or drops[0].allocation.powers_w. Anything else is CSV: a row a line, a list in one line
 * or a number a line; lines that are empty or start with # do not count. An error names the file, and the line and
 * column or the place in the JSON; where there is no file, but one in the other of the two folders, it says so. */
cfi_status table_file_read(const table_source *from, cfi_value *value, cfi_error *error);

/* The same of the text of a CSV file. */
cfi_status table_csv_read(const table_source *from, const char *text, size_t length, cfi_value *value,
                          cfi_error *error);

#endif
