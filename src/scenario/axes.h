/* The swept keys of a scenario: lists of values, or ranges in text. */
#ifndef SCENARIO_AXES_H
#define SCENARIO_AXES_H

#include "scenario/value.h"

/* Most points of a sweep. */
enum { AXES_MAX_POINTS = 1000000 };

/* Expands a RANGE, "8,16,32" or "-12:1:0" (first:step:last, both ends) or both mixed by commas, into a list of
 * numbers, words and nulls that are not yet checked against the key. Fails with CFI_INVALID when malformed. *list is
 * the caller's: cJSON_Delete. */
cfi_status axes_expand(const key_spec *spec, const char *text, const cfi_place *place, cJSON **list, cfi_error *error);

/* Checks a sweep object: known keys that can be swept, every value allowed for its key, not too many points. `over`:
 * the keys that come from --over, for messages. */
cfi_status axes_check(const cJSON *sweep, const bool over[KEY_COUNT], cfi_sizes sizes, const cfi_place *place,
                      cfi_error *error);

/* Whether a value is a named table, {"name": [...]}. */
bool axes_is_named(const cJSON *item);
/* Appends one value as JSON. */
void axes_print_item(const cJSON *item, cfi_wording *out);
/* Appends the sweep object as JSON. */
void axes_print(const cJSON *sweep, size_t indent, cfi_wording *out);

#endif
