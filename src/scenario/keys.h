/* The table of keys: the one place that knows every key of a scenario. Parsing, defaults, validation, conversion, the
 * nearest name, the JSON Schema, the help, the resolved print and the tables of the documentation are driven by it. */
#ifndef SCENARIO_KEYS_H
#define SCENARIO_KEYS_H

#include "scenario/key.h"

/* The rows of cfisac/scenario_keys.inc. */
extern const key_spec key_table[KEY_COUNT];

/* The sections, in the order of the table; each starts the names of its keys. */
enum { KEY_SECTIONS = 12 };
extern const char *const key_sections[KEY_SECTIONS];

/* The key of a dotted name, or KEY_COUNT. */
key_id key_find(const char *name);
/* Length of the section's name within a dotted name ("network.aps": 7), 0 for a key outside of the sections. */
size_t key_section(const char *name);
/* The part after the section. */
const char *key_leaf(const char *name);
/* The section that a dotted name lies in, or that it is the name of; "" when there is none of that name. */
const char *key_known_section(const char *name);
/* The section of a key of the table; "" outside of the sections. */
const char *key_section_of(key_id id);

/* Whether the key may name a file of numbers (table_file.h). */
bool key_takes_file(const key_spec *spec);
/* Whether a sweep can vary the key: it may be a number, a word, a path or null, and matters. */
bool key_can_be_swept(key_id id);

#endif
