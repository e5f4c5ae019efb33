/* Writes the tables of keys of a page of the documentation anew, from the table of keys itself (scripts/docs.sh).
 *   key_tables FILE      prints the page with all between the lines of a pair like these replaced:
 *       <!-- keys: network -->  ..  <!-- end of keys -->        the keys of a section, or of `top`: none
 *       <!-- keys: names -->    ..  <!-- end of keys -->        a line a section, the names alone
 *       .\" keys: manual        ..  .\" end of keys             all of them, for man
 * Exit code 1: a pair is not closed or asks for something else; or the page has none. */
#include "scenario/key_text.h"
#include "scenario/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 1024 };

/* --------------------------------------------------------------------------- what a row says ---- */

/* What a key allows; words in `quotes`. */
static void describe_allowed(const key_spec *spec, const char *quote, cfi_wording *out)
{
    const char *separator = "";

    for (unsigned form = FORM_NULL; form <= FORM_LAST; form *= 2) {
        key_spec alone = *spec;

        alone.forms = form;
        if (!(spec->forms & form)) {
            continue;
        }
        wording_add(out, separator);
        separator = "; ";
        if (form != FORM_WORD) {
            key_describe_allowed(&alone, out);
            continue;
        }
        for (size_t i = 0; spec->words[i]; i++) {
            wording_format(out, "%s%s%s%s", i > 0 ? ", " : "", quote, spec->words[i], quote);
        }
    }
    if (spec->forms == 0) {
        wording_add(out, "null; an object");
    }
}

static void describe_meaning(const key_spec *spec, cfi_wording *out)
{
    wording_add(out, spec->help);
    if (spec->unit) {
        wording_format(out, "; %s", spec->unit);
    }
}

/* --------------------------------------------------------------------------------- markdown ---- */

static void print_row(const key_spec *spec)
{
    char allowed_text[TEXT_SIZE], meaning_text[TEXT_SIZE];
    cfi_wording allowed = wording_fixed(allowed_text, TEXT_SIZE), meaning = wording_fixed(meaning_text, TEXT_SIZE);
    const char *quote = spec->fallback ? "`" : "";

    describe_allowed(spec, "`", &allowed);
    describe_meaning(spec, &meaning);
    printf("| `%s` | %s%s%s | %s | %s |\n", spec->name, quote, spec->fallback ? spec->fallback : "absent", quote,
           allowed_text, meaning_text);
}

static bool print_section(const char *section)
{
    bool any = false;

    printf("| key | default | allowed | meaning |\n|---|---|---|---|\n");
    for (key_id id = 0; id < KEY_COUNT; id++) {
        if (strcmp(key_section_of(id), section) == 0) {
            print_row(&key_table[id]);
            any = true;
        }
    }
    return any;
}

static void print_names_of(const char *section)
{
    const char *separator = " ";

    printf("| %s%s%s |", *section ? "`" : "", section, *section ? "`" : "");
    for (key_id id = 0; id < KEY_COUNT; id++) {
        if (strcmp(key_section_of(id), section) == 0 && id != KEY_schema) {
            printf("%s`%s`", separator, key_leaf(key_table[id].name));
            separator = ", ";
        }
    }
    printf(" |\n");
}

static bool print_names(void)
{
    printf("| object | keys |\n|---|---|\n");
    for (size_t i = 0; i < KEY_SECTIONS; i++) {
        print_names_of(key_sections[i]);
    }
    print_names_of("");
    return true;
}

/* -------------------------------------------------------------------------------------- man ---- */

static void print_roff(const char *text)
{
    for (; *text; text++) {
        printf(*text == '-' ? "\\-" : *text == '\\' ? "\\e" : "%c", *text);
    }
}

static bool print_manual(void)
{
    for (key_id id = 0; id < KEY_COUNT; id++) {
        const key_spec *spec = &key_table[id];
        char text[TEXT_SIZE];
        cfi_wording line = wording_fixed(text, TEXT_SIZE);

        printf(".TP\n.B ");
        print_roff(spec->name);
        describe_meaning(spec, &line);
        wording_add(&line, ".\nAllowed: ");
        describe_allowed(spec, "", &line);
        wording_format(&line, ". Default: %s.", spec->fallback ? spec->fallback : "absent");
        printf("\n");
        print_roff(text);
        printf("\n");
    }
    return true;
}

/* ------------------------------------------------------------------------------------- pages ---- */

static bool print_table(const char *what)
{
    if (strcmp(what, "names") == 0 || strcmp(what, "manual") == 0) {
        return *what == 'n' ? print_names() : print_manual();
    }
    return print_section(strcmp(what, "top") == 0 ? "" : what);
}

/* The word behind "keys: ", if the line opens a table. */
static bool opens_table(const char *line, char what[32])
{
    return sscanf(line, "<!-- keys: %31[a-z_] -->", what) == 1 || sscanf(line, ".\\\" keys: %31[a-z_]", what) == 1;
}

static bool closes_table(const char *line)
{
    return strncmp(line, "<!-- end of keys -->", 20) == 0 || strncmp(line, ".\\\" end of keys", 15) == 0;
}

static bool rewrite_page(FILE *page)
{
    char *line = NULL, what[32];
    size_t size = 0, tables = 0;
    bool inside = false, right = true;

    while (getline(&line, &size, page) > 0) {
        if (closes_table(line)) {
            inside = false;
        }
        if (!inside) {
            fputs(line, stdout);
        }
        if (opens_table(line, what)) {
            right = !inside && print_table(what) && right;
            inside = true;
            tables++;
        }
    }
    free(line);
    return right && !inside && tables > 0 && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    FILE *page = argc == 2 ? fopen(argv[1], "r") : NULL;
    bool right;

    if (!page) {
        fprintf(stderr, "key_tables FILE: a page that can be read\n");
        return 1;
    }
    right = rewrite_page(page);
    fclose(page);
    if (!right) {
        fprintf(stderr, "key_tables: %s: no tables of keys, or one that is not closed or asks for something else\n",
                argv[1]);
    }
    return right ? 0 : 1;
}
