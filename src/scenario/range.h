/* Ranges, the short way to write the values of a swept key. */
#ifndef SCENARIO_RANGE_H
#define SCENARIO_RANGE_H

#include "scenario/value.h"

/* Most values of a swept key. */
enum { RANGE_MAX_VALUES = 1000000 };

/* Expands a RANGE, "8,16,32" or "-12:1:0" (first:step:last, both ends) or both mixed by commas, into a list of
 * numbers, words and nulls that are not yet checked against the key. Fails with CFI_INVALID when malformed. *list is
 * the caller's: cJSON_Delete. */
cfi_status range_expand(const key_spec *spec, const char *text, const cfi_place *place, cJSON **list, cfi_error *error);

#endif
