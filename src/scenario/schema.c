/* The JSON Schema, from the table of keys. */
#include "cfisac/scenario.h"

#include "scenario/keys.h"
#include "scenario/wording.h"

#include <pthread.h>
#include <string.h>

/* Made once and then only read. */
static char schema_text[65536];
static pthread_once_t schema_once = PTHREAD_ONCE_INIT;

static void add_number_schema(const key_spec *spec, cfi_wording *out)
{
    wording_format(out, "\"type\": \"%s\", \"%s\": ", spec->whole ? "integer" : "number",
                   spec->above ? "exclusiveMinimum" : "minimum");
    wording_number(out, spec->low);
    wording_format(out, ", \"%s\": ", spec->below ? "exclusiveMaximum" : "maximum");
    wording_number(out, spec->high);
}

/* The head of a list's schema, up to its items. Lengths that the sizes fix are only bounded. */
static void open_list_schema(key_size size, cfi_wording *out)
{
    size_t most = size == SIZE_TWO ? 2 : 65535;

    wording_format(out, "\"type\": \"array\", \"minItems\": %d, \"maxItems\": %zu, \"items\": {",
                   size == SIZE_TWO ? 2 : 1, most);
}

static void add_words_schema(const key_spec *spec, cfi_wording *out)
{
    wording_add(out, "\"enum\": [");
    for (size_t i = 0; spec->words[i]; i++) {
        wording_add(out, i > 0 ? ", " : "");
        wording_quoted(out, spec->words[i]);
    }
    wording_add(out, "]");
}

static void add_form_schema(const key_spec *spec, unsigned form, cfi_wording *out)
{
    switch (form) {
    case FORM_NULL:
        wording_add(out, "\"type\": \"null\"");
        break;
    case FORM_NUMBER:
        add_number_schema(spec, out);
        break;
    case FORM_WORD:
        add_words_schema(spec, out);
        break;
    case FORM_TEXT:
        wording_add(out, spec->rows == SIZE_NONE ? "\"type\": \"string\"" : "\"type\": \"string\", \"minLength\": 1");
        break;
    case FORM_FLAG:
        wording_add(out, "\"type\": \"boolean\"");
        break;
    case FORM_LIST:
        open_list_schema(spec->rows, out);
        add_number_schema(spec, out);
        wording_add(out, "}");
        break;
    default:
        open_list_schema(spec->rows, out);
        open_list_schema(spec->columns, out);
        add_number_schema(spec, out);
        wording_add(out, "}}");
    }
}

static void add_forms_schema(const key_spec *spec, cfi_wording *out)
{
    bool single = (spec->forms & (spec->forms - 1)) == 0;
    const char *separator = "";

    if (single) {
        add_form_schema(spec, spec->forms, out);
        return;
    }
    wording_add(out, "\"anyOf\": [");
    for (unsigned form = FORM_NULL; form <= FORM_LAST; form *= 2) {
        if (spec->forms & form) {
            wording_format(out, "%s{", separator);
            add_form_schema(spec, form, out);
            wording_add(out, "}");
            separator = ", ";
        }
    }
    wording_add(out, "]");
}

/* The names of all keys that can be swept: quoted, a line each, or as a regular expression. */
static void add_swept_names(bool quoted, cfi_wording *out)
{
    const char *separator = "";

    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (!key_can_be_swept((key_id)id)) {
            continue;
        }
        wording_add(out, separator);
        if (quoted) {
            wording_format(out, "\n        \"%s\"", key_table[id].name);
        } else {
            size_t section = key_section(key_table[id].name);

            wording_format(out, "%.*s%s%s", (int)section, key_table[id].name, section > 0 ? "\\\\." : "",
                           key_leaf(key_table[id].name));
        }
        separator = quoted ? "," : "|";
    }
}

/* A list of values, of which each is one of these schemas. */
static void add_values_schema(const char *of_value, cfi_wording *out)
{
    wording_format(out,
                   "{\"anyOf\": [{\"type\": \"string\", \"minLength\": 1},\n"
                   "        {\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": [%s]}}]}",
                   of_value);
}

/* A word or a number, or a table with a name. */
#define SWEPT_VALUE                                                                                                    \
    "{\"type\": [\"number\", \"string\", \"boolean\", \"null\"]},\n"                                                   \
    "          {\"type\": \"object\", \"minProperties\": 1, \"maxProperties\": 1,\n"                                   \
    "           \"additionalProperties\": {\"type\": \"array\"}}"

/* Keys that vary together have names with a +, and may have a list of values for each of them. */
static void add_sweep_schema(cfi_wording *out)
{
    wording_add(out, "\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"object\", \"minProperties\": 1,\n"
                     "      \"patternProperties\": {\"\\\\+\": ");
    add_values_schema(SWEPT_VALUE
                      ",\n          {\"type\": \"array\", \"minItems\": 2, \"items\": {\"anyOf\": [" SWEPT_VALUE "]}}",
                      out);
    wording_add(out, "},\n      \"additionalProperties\": ");
    add_values_schema(SWEPT_VALUE, out);
    wording_add(out, ",\n      \"propertyNames\": {\"anyOf\": [{\"enum\": [");
    add_swept_names(true, out);
    wording_add(out, "]},\n        {\"pattern\": \"^(");
    add_swept_names(false, out);
    wording_add(out, ")(\\\\+(");
    add_swept_names(false, out);
    wording_add(out, "))+$\"}]}}]");
}

static void add_key_schema(key_id id, cfi_wording *out)
{
    const key_spec *spec = &key_table[id];
    char buffer[512];
    cfi_wording description = wording_fixed(buffer, sizeof buffer);

    wording_add(&description, spec->help);
    if (spec->unit) {
        wording_format(&description, "; unit: %s", spec->unit);
    }
    wording_quoted(out, key_leaf(spec->name));
    wording_add(out, ": {\"description\": ");
    wording_quoted(out, buffer);
    if (spec->fallback) {
        wording_format(out, ", \"default\": %s", spec->fallback);
    }
    wording_add(out, ", ");
    if (id == KEY_sweep) {
        add_sweep_schema(out);
    } else {
        add_forms_schema(spec, out);
    }
    wording_add(out, "}");
}

/* Ends the property before and opens the section of the next one, if that changes. */
static void join_properties(const char *open, const char *section, bool first, cfi_wording *out)
{
    bool changes = strcmp(open, section) != 0;

    wording_add(out, changes && *open ? "\n    }}" : "");
    wording_add(out, first ? "\n" : ",\n");
    if (changes && *section) {
        wording_format(out, "    \"%s\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\n",
                       section);
    }
}

static void make_schema(void)
{
    cfi_wording out = wording_fixed(schema_text, sizeof schema_text);
    const char *open = "";

    wording_add(&out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                      "  \"title\": \"cfisac scenario\",\n"
                      "  \"description\": \"A cell-free massive MIMO ISAC network. Every key is optional.\",\n"
                      "  \"type\": \"object\",\n  \"additionalProperties\": false,\n  \"properties\": {");
    for (size_t id = 0; id < KEY_COUNT; id++) {
        const char *section = key_section_of((key_id)id);

        join_properties(open, section, id == 0, &out);
        wording_repeat(&out, ' ', *section ? 6 : 4);
        add_key_schema((key_id)id, &out);
        open = section;
    }
    wording_add(&out, "\n  }\n}\n"); /* the last key is outside of the sections */
}

const char *scenario_schema_json(void)
{
    pthread_once(&schema_once, make_schema);
    return schema_text;
}
