/* Keys for help, from the table. */
#include "cfisac/scenario.h"

#include "base/wrap.h"
#include "scenario/key_text.h"
#include "scenario/keys.h"

#include <string.h>

enum {
    HELP_INDENT = 6,  /* of what is said of a key in a list */
    HELP_LABEL = 11,  /* "  default  " before what is said of one key alone */
    HELP_TEXT = 1024, /* the longest such text */
};

/* Whether there is something to say of what a key allows. */
static bool is_restricted(const key_spec *spec)
{
    return spec->forms != FORM_TEXT && spec->forms != 0;
}

/* "  network.aps = 32", and below it its meaning. */
static void list_key(key_id id, FILE *stream)
{
    key_spec spec = key_table[id];
    char buffer[HELP_TEXT];
    cfi_wording text = wording_fixed(buffer, sizeof buffer);

    spec.forms &= ~(unsigned)FORM_NULL; /* the help says what null means */
    wording_format(&text, "%s%s%s%s", spec.help, spec.unit ? ", in " : "", spec.unit ? spec.unit : "",
                   is_restricted(&spec) ? "; " : "");
    if (is_restricted(&spec)) {
        key_describe_allowed(&spec, &text);
    }
    fprintf(stream, "  %s%s%s\n%*s", spec.name, spec.fallback ? " = " : "", spec.fallback ? spec.fallback : "",
            HELP_INDENT, "");
    wrap_text(stream, buffer, HELP_INDENT, HELP_INDENT);
}

void scenario_keys_help(FILE *stream)
{
    for (size_t id = 0; id < KEY_COUNT; id++) {
        list_key((key_id)id, stream);
    }
}

static void explain_line(const char *label, const char *text, FILE *stream)
{
    fprintf(stream, "  %-*s", HELP_LABEL - 2, label);
    wrap_text(stream, text, HELP_LABEL, HELP_LABEL);
}

/* One key, with all that is known of it. */
static void explain_key(key_id id, FILE *stream)
{
    const key_spec *spec = &key_table[id];
    char buffer[HELP_TEXT];
    cfi_wording text = wording_fixed(buffer, sizeof buffer);

    fprintf(stream, "%s: ", spec->name);
    wrap_text(stream, spec->help, strlen(spec->name) + 2, 4);
    fputc('\n', stream);
    explain_line("default", spec->fallback ? spec->fallback : "absent", stream);
    if (spec->unit) {
        explain_line("unit", spec->unit, stream);
    }
    if (is_restricted(spec)) {
        key_describe_allowed(spec, &text);
        explain_line("allowed", buffer, stream);
    }
    if (id == KEY_sweep) { /* --over says it better */
        return;
    }
    text = wording_fixed(buffer, sizeof buffer);
    wording_format(&text, "--set %s=VALUE", spec->name);
    if (key_can_be_swept(id)) {
        wording_format(&text, " or, of a sweep, --over %s=RANGE", spec->name);
    }
    explain_line("option", buffer, stream);
    if (key_takes_file(spec)) {
        explain_line("file",
                     "A path in a scenario starts from the scenario's folder, one in --set or --over from the working "
                     "directory.",
                     stream);
    }
}

/* The keys of a section. */
static void list_section(const char *section, FILE *stream)
{
    fprintf(stream, "%s: keys of a scenario, with their defaults\n\n", section);
    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (strcmp(key_section_of((key_id)id), section) == 0) {
            list_key((key_id)id, stream);
        }
    }
}

bool scenario_help(const char *name, FILE *stream)
{
    key_id id = key_find(name);
    bool found = id != KEY_COUNT;

    if (found) {
        explain_key(id, stream);
        return true;
    }
    if (*name && strcmp(key_known_section(name), name) == 0) {
        list_section(name, stream);
        return true;
    }
    for (size_t other = 0; other < KEY_COUNT; other++) { /* the last part of a name, in whatever sections */
        if (strcmp(key_leaf(key_table[other].name), name) == 0) {
            fputs(found ? "\n" : "", stream);
            explain_key((key_id)other, stream);
            found = true;
        }
    }
    return found;
}
