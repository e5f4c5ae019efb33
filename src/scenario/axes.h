/* The sweep object of a scenario: swept keys with lists of values, or ranges in text. */
#ifndef SCENARIO_AXES_H
#define SCENARIO_AXES_H

#include "scenario/keys.h"
#include "scenario/value.h"

/* Most points of a sweep. */
enum { AXES_MAX_POINTS = 1000000 };

/* Checks a sweep object: known keys that can be swept, every value allowed for its key, not too many points. `over`:
 * the keys that come from --over, for messages. */
cfi_status axes_check(const cJSON *sweep, const bool over[KEY_COUNT], cfi_sizes sizes, const cfi_place *place,
                      cfi_error *error);

/* Appends one value as JSON. */
void axes_print_item(const cJSON *item, cfi_wording *out);
/* Appends the sweep object as JSON. */
void axes_print(const cJSON *sweep, size_t indent, cfi_wording *out);

#endif
