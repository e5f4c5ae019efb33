/* The sweep object of a scenario: swept keys with lists of values, or ranges in text. */
#ifndef SCENARIO_AXES_H
#define SCENARIO_AXES_H

#include "scenario/keys.h"
#include "scenario/value.h"
#include "scenario/zip.h"

/* Most points of a sweep. */
enum { AXES_MAX_POINTS = 1000000 };

/* Checks a sweep object: known keys that can be swept, none of them twice, every value allowed for its key, as many
 * values of keys that vary together, not too many points. `over`: the keys that come from --over, for messages. */
cfi_status axes_check(const cJSON *sweep, const bool over[KEY_COUNT], cfi_sizes sizes, const cfi_place *place,
                      cfi_error *error);

/* The keys of a member of a sweep object (of which `sweep` is the place), and where it was given. Fails as zip_read. */
cfi_status axes_read_name(const cJSON *axis, const bool over[KEY_COUNT], const cfi_place *sweep, cfi_place *place,
                          axis_keys *keys, cfi_error *error);

/* Appends one value as JSON. */
void axes_print_item(const cJSON *item, cfi_wording *out);
/* Appends the sweep object as JSON. */
void axes_print(const cJSON *sweep, size_t indent, cfi_wording *out);

#endif
