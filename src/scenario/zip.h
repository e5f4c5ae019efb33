/* The keys of an axis of a sweep: one, or several that vary together, "network.ues+pilots.length". */
#ifndef SCENARIO_ZIP_H
#define SCENARIO_ZIP_H

#include "scenario/keys.h"
#include "scenario/value.h"

typedef struct axis_keys {
    key_id id[KEY_COUNT];
    size_t count;
} axis_keys;

/* The keys of an axis's name. CFI_INVALID: one of them is no key, cannot be swept, or is there twice. */
cfi_status zip_read(const char *name, const cfi_place *place, axis_keys *keys, cfi_error *error);

/* Goes on to the next key of a name, .part of .length bytes; .next: the name, before the first. */
typedef struct zip_walk {
    const char *next, *part;
    size_t length;
} zip_walk;
bool zip_walk_on(zip_walk *at);

/* Whether an axis of this name varies a key. */
bool zip_has(const char *name, const char *key);
/* Whether all keys of the name are among these. */
bool zip_is_within(const char *name, const axis_keys *keys);

/* The values of one of the keys where the axis is a text: of one RANGE for all keys, or of its own among as many as
 * keys with a + between them. *expanded: a list, the caller's (cJSON_Delete); NULL where the axis is no text: then its
 * items are the values, by zip_item. */
cfi_status zip_expand(const cJSON *axis, const axis_keys *keys, size_t which, const cfi_place *place, cJSON **expanded,
                      cfi_error *error);
/* What an item of an axis is for one of the keys: of a list with a value for each its own. */
const cJSON *zip_item(const cJSON *item, const axis_keys *keys, size_t which);

#endif
