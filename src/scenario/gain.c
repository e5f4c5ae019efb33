/* Gain files: K rows of L numbers, separated by commas. */
#include "scenario/gain.h"

#include "base/text.h"
#include "scenario/input.h"
#include "scenario/keys.h"
#include "scenario/syntax.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct table_reader {
    const char *file; /* as the scenario names it */
    const cfi_place *place;
    cfi_sizes sizes;
    const char *at, *line_start, *end;
    size_t line;
    cfi_error *error;
} table_reader;

__attribute__((format(printf, 2, 3))) static cfi_status fail_here(const table_reader *t, const char *format, ...)
{
    char what[384];
    size_t column = 1;
    va_list arguments;

    for (const char *c = t->line_start; c < t->at; c++) {
        column += !text_continues(*c);
    }
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return place_error(t->place, t->error, CFI_INVALID, "%.300s:%zu:%zu: %s", t->file, t->line, column, what);
}

static void skip_blanks(table_reader *t)
{
    while (t->at < t->end && (*t->at == ' ' || *t->at == '\t')) {
        t->at++;
    }
}

static bool at_line_end(const table_reader *t)
{
    return t->at == t->end || *t->at == '\n' || (*t->at == '\r' && t->at + 1 < t->end && t->at[1] == '\n') ||
           (*t->at == '\r' && t->at + 1 == t->end);
}

static void next_table_line(table_reader *t)
{
    const char *newline = memchr(t->at, '\n', (size_t)(t->end - t->at));

    t->at = t->line_start = newline ? newline + 1 : t->end;
    t->line++;
}

/* Goes to the next line with numbers, over comments and empty lines; false at the end of the file. */
static bool next_row(table_reader *t)
{
    while (t->at < t->end) {
        skip_blanks(t);
        if (!at_line_end(t) && *t->at != '#') {
            return true;
        }
        next_table_line(t);
    }
    return false;
}

static cfi_status read_cell(table_reader *t, double *out)
{
    const key_spec *spec = &key_table[KEY_gain];
    size_t count = syntax_number(t->at, (size_t)(t->end - t->at)), shown = 0;
    const char *after = t->at + count;

    while (t->at + shown < t->end && shown < 40 && !strchr(",\r\n", t->at[shown])) {
        shown++;
    }
    if (count == 0 || (after < t->end && !strchr(", \t\r\n", *after))) {
        return fail_here(t, "\"%.*s\" is not a number (allowed: %zu numbers a line, separated by commas)", (int)shown,
                         t->at, t->sizes.L);
    }
    *out = strtod(t->at, NULL);
    if (!(*out >= spec->low && *out <= spec->high)) {
        return fail_here(t, "%.*s is out of range (allowed: %g .. %g)", (int)(count < 40 ? count : 40), t->at,
                         spec->low, spec->high);
    }
    t->at = after;
    skip_blanks(t);
    return CFI_OK;
}

static cfi_status read_row(table_reader *t, double *row)
{
    for (size_t l = 0; l < t->sizes.L; l++) {
        cfi_status status;

        if (l > 0 && (at_line_end(t) || *t->at != ',')) {
            return at_line_end(t)
                       ? fail_here(t, "a row of %zu numbers (allowed: %zu, one per access point)", l, t->sizes.L)
                       : fail_here(t, "something other than a comma between numbers");
        }
        t->at += l > 0;
        skip_blanks(t);
        status = read_cell(t, &row[l]);
        if (status != CFI_OK) {
            return status;
        }
    }
    if (!at_line_end(t)) {
        return fail_here(t, "more than %zu numbers in a row (allowed: one per access point)", t->sizes.L);
    }
    next_table_line(t);
    return CFI_OK;
}

/* The sizes that the file itself says: the numbers of its first row, and its rows. */
static cfi_sizes count_table(table_reader t)
{
    cfi_sizes sizes = {.L = 1};

    while (next_row(&t)) {
        for (; sizes.K == 0 && !at_line_end(&t); t.at++) {
            sizes.L += *t.at == ',';
        }
        sizes.K++;
        next_table_line(&t);
    }
    return sizes;
}

static cfi_status read_table(table_reader *t, double *entry)
{
    cfi_status status = CFI_OK;

    for (size_t k = 0; k < t->sizes.K && status == CFI_OK; k++) {
        if (!next_row(t)) {
            return fail_here(t, "%zu rows (allowed: %zu, one per user)", k, t->sizes.K);
        }
        status = read_row(t, entry + k * t->sizes.L);
    }
    if (status == CFI_OK && next_row(t)) {
        return fail_here(t, "more than %zu rows (allowed: one per user)", t->sizes.K);
    }
    return status;
}

/* The path seen from where the program runs; "./" keeps "-" from meaning standard input. NULL when out of memory. */
static char *join_path(const char *path, const char *scenario)
{
    const char *slash = strrchr(scenario, '/');
    size_t folder = *path != '/' && slash ? (size_t)(slash - scenario) + 1 : 0, length = strlen(path) + folder + 3;
    char *joined = malloc(length);

    if (joined) {
        snprintf(joined, length, "%s%.*s%s", strcmp(path, "-") == 0 ? "./" : "", (int)folder, scenario, path);
    }
    return joined;
}

/* What makes a file no plain text at all, or NULL. */
static const char *text_fault(const char *text, size_t length)
{
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        return "a byte order mark (allowed: plain text without one)";
    }
    return memchr(text, '\0', length) ? "a NUL byte in the file (allowed: plain text)" : NULL;
}

cfi_status gain_read(const char *path, const char *scenario, cfi_sizes sizes, const cfi_place *place, cfi_value *value,
                     cfi_error *error)
{
    table_reader t = {.file = path, .place = place, .sizes = sizes, .line = 1, .error = error};
    char *file = join_path(path, scenario), *text = NULL;
    const char *fault;
    size_t length = 0;
    cfi_status status;

    *value = (cfi_value){.form = FORM_MATRIX, .rows = sizes.K, .columns = sizes.L};
    status = file ? input_read(file, place, &text, &length, error) : CFI_NO_MEMORY;
    if (status != CFI_OK) {
        goto done;
    }
    t.at = t.line_start = text;
    t.end = text + length;
    fault = text_fault(text, length);
    if (fault) {
        status = fail_here(&t, "%s", fault);
        goto done;
    }
    if (sizes.K == 0) {
        t.sizes = count_table(t);
        value->rows = t.sizes.K;
        value->columns = t.sizes.L;
    }
    if (t.sizes.K == 0) {
        status = fail_here(&t, "no row (allowed: a row of numbers per user)");
        goto done;
    }
    value->entry = malloc(t.sizes.K * t.sizes.L * sizeof *value->entry);
    status = value->entry ? read_table(&t, value->entry) : CFI_NO_MEMORY;
done:
    if (status == CFI_NO_MEMORY) {
        place_error(place, error, CFI_NO_MEMORY, "out of memory");
    }
    if (status != CFI_OK) {
        value_free(value);
    }
    free(text);
    free(file);
    return status;
}
