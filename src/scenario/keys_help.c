/* The list of keys for help, from the table. */
#include "cfisac/scenario.h"

#include "scenario/key_text.h"
#include "scenario/keys.h"

#include <pthread.h>
#include <string.h>

/* Made once and then only read. */
static char help_text[65536];
static pthread_once_t help_once = PTHREAD_ONCE_INIT;

enum { HELP_WIDTH = 100, HELP_NAME = 37, HELP_DEFAULT = 14, HELP_TEXT = 2 + HELP_NAME + 1 + HELP_DEFAULT + 1 };

/* Bytes up to the next place where a line may break: not within "1 .. 8". */
static size_t piece_length(const char *text)
{
    size_t length = strcspn(text, " ");

    while (strncmp(text + length, " .. ", 4) == 0) {
        length += 4 + strcspn(text + length + 4, " ");
    }
    return length;
}

/* Text from the present column on, broken before HELP_WIDTH and indented to HELP_TEXT. */
static void add_wrapped(const char *text, cfi_wording *out)
{
    size_t column = HELP_TEXT;

    while (*text) {
        size_t length = piece_length(text);

        if (column > HELP_TEXT && column + 1 + length > HELP_WIDTH) {
            wording_add(out, "\n");
            wording_repeat(out, ' ', HELP_TEXT);
            column = HELP_TEXT;
        } else if (column > HELP_TEXT) {
            wording_add(out, " ");
            column++;
        }
        wording_format(out, "%.*s", (int)length, text);
        column += length;
        text += length;
        text += *text == ' ';
    }
    wording_add(out, "\n");
}

static void add_key_help(key_id id, cfi_wording *out)
{
    key_spec spec = key_table[id];
    char buffer[768];
    cfi_wording text = wording_fixed(buffer, sizeof buffer);

    wording_add(&text, spec.help);
    spec.forms &= ~(unsigned)FORM_NULL; /* the help says what null means */
    if (spec.forms != FORM_TEXT && spec.forms != 0) {
        wording_add(&text, "; ");
        key_describe_allowed(&spec, &text);
    }
    wording_format(out, "  %-*s %-*s ", HELP_NAME, spec.name, HELP_DEFAULT, spec.fallback ? spec.fallback : "");
    add_wrapped(buffer, out);
}

static void make_help(void)
{
    cfi_wording out = wording_fixed(help_text, sizeof help_text);

    for (size_t id = 0; id < KEY_COUNT; id++) {
        add_key_help((key_id)id, &out);
    }
}

const char *scenario_keys_help(void)
{
    pthread_once(&help_once, make_help);
    return help_text;
}
