/* Gain files: a table of numbers, an access point a column, a user a row. */
#ifndef SCENARIO_GAIN_H
#define SCENARIO_GAIN_H

#include "scenario/value.h"

/* Reads a CSV file of K rows of L numbers in the key's range into a matrix; with K = 0 the file says its sizes. The
 * path is relative to the folder of `scenario`. Empty lines at the end and lines that start with # do not count. The
 * error names the file, line and column. */
cfi_status gain_read(const char *path, const char *scenario, cfi_sizes sizes, const cfi_place *place, cfi_value *value,
                     cfi_error *error);

#endif
