/* The resolved scenario as JSON. */
#include "scenario/axes.h"
#include "scenario/model.h"

#include <string.h>

static bool is_printed(const cfi_scenario *scenario, key_id id, resolved_purpose purpose)
{
    if (purpose == RESOLVED_HASHED && (id == KEY_SCHEMA || id == KEY_NAME)) {
        return false;
    }
    return id == KEY_SWEEP ? scenario_has_sweep(scenario) && purpose != RESOLVED_POINT : scenario->value[id].form != 0;
}

void resolved_print_value(const cfi_scenario *scenario, key_id id, resolved_purpose purpose, size_t indent,
                          cfi_wording *out)
{
    const cfi_value *value = &scenario->value[id];

    if (id == KEY_SWEEP && purpose == RESOLVED_HASHED) {
        grid_print(&scenario->grid, indent, out);
        return;
    }
    if (id == KEY_SWEEP) {
        axes_print(scenario->tree.item[KEY_SWEEP], indent, out);
        return;
    }
    if (purpose == RESOLVED_HASHED && id == KEY_GAIN && value->form == FORM_TEXT) {
        value = &scenario->gain_file;
    }
    value_print(&key_table[id], value, indent, out);
}

/* Ends the member before, if any, and the section before when the next key is not in it. */
static void print_join(const char *open, const char *section, bool first, cfi_wording *out)
{
    bool changes = strcmp(open, section) != 0;

    if (changes && *open) {
        wording_add(out, "\n  }");
    }
    wording_add(out, first ? "\n" : ",\n");
    if (changes && *section) {
        wording_format(out, "  \"%s\": {\n", section);
    }
}

void resolved_print(const cfi_scenario *scenario, resolved_purpose purpose, cfi_wording *out)
{
    const char *open = "";
    bool first = true;

    wording_add(out, "{");
    for (size_t id = 0; id < KEY_COUNT; id++) {
        const char *name = key_table[id].name, *section = key_section(name) > 0 ? key_known_section(name) : "";
        size_t indent = *section ? 4 : 2;

        if (!is_printed(scenario, (key_id)id, purpose)) {
            continue;
        }
        print_join(open, section, first, out);
        wording_repeat(out, ' ', indent);
        wording_format(out, "\"%s\": ", key_leaf(name));
        resolved_print_value(scenario, (key_id)id, purpose, indent, out);
        open = section;
        first = false;
    }
    wording_add(out, *open ? "\n  }\n}\n" : "\n}\n");
}
