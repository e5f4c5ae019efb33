/* The resolved scenario as JSON. */
#include "scenario/resolved.h"

#include "scenario/axes.h"
#include "scenario/idle.h"

#include <sha2.h>
#include <string.h>

/* What the resolved scenario is printed for. */
typedef enum {
    RESOLVED_WHOLE,   /* to be read: the sweep's ranges as they were given */
    RESOLVED_COMPLETE /* to be hashed: without name and $schema, all values of the sweep */
} resolved_purpose;

static bool is_printed(const cfi_scenario *scenario, key_id id, resolved_purpose purpose)
{
    if ((purpose == RESOLVED_COMPLETE && (id == KEY_schema || id == KEY_name)) || idle_is_left_out(scenario, id)) {
        return false;
    }
    return id == KEY_sweep ? tree_has_sweep(&scenario->tree) : scenario->value[id].form != 0;
}

static void print_value(const cfi_scenario *scenario, key_id id, resolved_purpose purpose, size_t indent,
                        cfi_wording *out)
{
    const cfi_value *value = &scenario->value[id];

    if (id == KEY_sweep && (purpose == RESOLVED_COMPLETE || grid_names_files(&scenario->grid))) {
        grid_print(&scenario->grid, indent, out);
        return;
    }
    if (id == KEY_sweep) {
        axes_print(scenario->tree.item[KEY_sweep], indent, out);
        return;
    }
    if (model_names_file(scenario, id)) { /* the text may be kept anywhere */
        value = &scenario->file_of[id];
    }
    value_print(&key_table[id], value, indent, out);
}

void resolved_print_complete(const cfi_scenario *scenario, key_id id, size_t indent, cfi_wording *out)
{
    print_value(scenario, id, RESOLVED_COMPLETE, indent, out);
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

/* Every key in order, two spaces a level. */
static void print_scenario(const cfi_scenario *scenario, resolved_purpose purpose, cfi_wording *out)
{
    const char *open = "";
    bool first = true;

    wording_add(out, "{");
    for (size_t id = 0; id < KEY_COUNT; id++) {
        const char *section = key_section_of((key_id)id);
        size_t indent = *section ? 4 : 2;

        if (!is_printed(scenario, (key_id)id, purpose)) {
            continue;
        }
        print_join(open, section, first, out);
        wording_repeat(out, ' ', indent);
        wording_format(out, "\"%s\": ", key_leaf(key_table[id].name));
        print_value(scenario, (key_id)id, purpose, indent, out);
        open = section;
        first = false;
    }
    wording_add(out, *open ? "\n  }\n}\n" : "\n}\n");
}

cfi_status resolved_make(cfi_scenario *scenario, cfi_error *error)
{
    cfi_wording resolved = {0}, complete = {0};
    bool done;

    print_scenario(scenario, RESOLVED_WHOLE, &resolved);
    print_scenario(scenario, RESOLVED_COMPLETE, &complete);
    done = !resolved.failed && !complete.failed;
    if (done) {
        scenario->resolved = resolved.data;
        scenario->complete = complete.data;
        SHA256Data((const uint8_t *)complete.data, complete.length, scenario->sha256);
    } else {
        wording_free(&resolved);
        wording_free(&complete);
    }
    return done ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", scenario->file);
}
