/* What a key allows, in words. */
#include "scenario/key_text.h"

/* Appends the range of a key's numbers: "1 .. 65535", "above 0, up to 1", "from 0.1, below 1". */
static void describe_range(const key_spec *spec, cfi_wording *out)
{
    if (spec->above && spec->below) {
        wording_add(out, "strictly between ");
        wording_number(out, spec->low);
        wording_add(out, " and ");
    } else if (spec->above) {
        wording_add(out, "above ");
        wording_number(out, spec->low);
        wording_add(out, ", up to ");
    } else if (spec->below) {
        wording_add(out, "from ");
        wording_number(out, spec->low);
        wording_add(out, ", below ");
    } else {
        wording_number(out, spec->low);
        wording_add(out, " .. ");
    }
    wording_number(out, spec->high);
}

static const char *size_letter(key_size size)
{
    static const char *const letters[] = {"", "2", "L", "K"};

    return letters[size];
}

static void describe_words(const key_spec *spec, cfi_wording *out)
{
    for (size_t i = 0; spec->words[i]; i++) {
        wording_format(out, "%s%s", i > 0 ? ", " : "", spec->words[i]);
    }
}

void key_describe_allowed(const key_spec *spec, cfi_wording *out)
{
    const char *kind = spec->whole ? "whole number" : "number";
    const char *separator = "";

    for (unsigned form = FORM_NULL; form <= FORM_LAST; form *= 2) {
        if (!(spec->forms & form)) {
            continue;
        }
        wording_add(out, separator);
        separator = "; ";
        if (form == FORM_NULL) {
            wording_add(out, "null");
        } else if (form == FORM_NUMBER) {
            wording_format(out, "a %s ", kind);
            describe_range(spec, out);
        } else if (form == FORM_WORD) {
            describe_words(spec, out);
        } else if (form == FORM_FLAG) {
            wording_add(out, "true, false");
        } else if (form == FORM_TEXT) {
            wording_add(out, spec->rows == SIZE_NONE ? "text" : "the path of a CSV or JSON file");
        } else {
            wording_format(out, "a list of %s ", size_letter(spec->rows));
            if (form == FORM_MATRIX) {
                wording_format(out, "lists of %s ", size_letter(spec->columns));
            }
            wording_format(out, "%ss ", kind);
            describe_range(spec, out);
        }
    }
}
