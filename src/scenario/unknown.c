/* Names that are no key. */
#include "scenario/unknown.h"

#include "cfisac/scenario.h"
#include "scenario/keys.h"
#include "scenario/wording.h"

#include <string.h>

static bool in_section(const key_spec *spec, const char *section)
{
    size_t length = key_section(spec->name);

    return length == strlen(section) && strncmp(spec->name, section, length) == 0;
}

/* The nearest leaf among the keys of one section, or among all keys (section NULL). */
static const char *nearest_leaf(const char *section, const char *leaf)
{
    const char *leaves[KEY_COUNT], *names[KEY_COUNT], *found;
    size_t count = 0;

    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (!section || in_section(&key_table[id], section)) {
            names[count] = key_table[id].name;
            leaves[count++] = key_leaf(key_table[id].name);
        }
    }
    found = nearest_word(leaf, leaves, count);
    for (size_t i = 0; found && i < count; i++) {
        if (leaves[i] == found) {
            return names[i];
        }
    }
    return NULL;
}

/* The nearest of all dotted names and sections. */
static const char *nearest_name(const char *name)
{
    const char *names[KEY_COUNT + KEY_SECTIONS];

    for (size_t id = 0; id < KEY_COUNT; id++) {
        names[id] = key_table[id].name;
    }
    memcpy(names + KEY_COUNT, key_sections, sizeof key_sections);
    return nearest_word(name, names, KEY_COUNT + KEY_SECTIONS);
}

const char *scenario_nearest_key(const char *name)
{
    const char *section = key_known_section(name), *last = strrchr(name, '.');
    const char *found = *section ? nearest_leaf(section, key_leaf(name)) : nearest_name(name);

    return found ? found : nearest_leaf(NULL, last ? last + 1 : name);
}

/* Appends what the section of a dotted name can hold, or the whole scenario when there is no such section. */
static void list_siblings(const char *name, cfi_wording *out)
{
    const char *section = key_known_section(name), *separator = "";

    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (in_section(&key_table[id], section)) {
            wording_format(out, "%s%s", separator, key_leaf(key_table[id].name));
            separator = ", ";
        }
    }
    for (size_t i = 0; i < KEY_SECTIONS && !*section; i++) {
        wording_format(out, "%s%s", separator, key_sections[i]);
        separator = ", ";
    }
}

cfi_status key_refuse_unknown(const cfi_place *place, const char *name, cfi_error *error)
{
    char list[512];
    cfi_wording siblings = wording_fixed(list, sizeof list);
    const char *nearest = scenario_nearest_key(name);

    list_siblings(name, &siblings);
    return nearest ? place_error(place, error, CFI_INVALID, "unknown key (nearest: %s; allowed: %s)", nearest, list)
                   : place_error(place, error, CFI_INVALID, "unknown key (allowed: %s)", list);
}
