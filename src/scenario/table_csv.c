/* CSV files: rows of numbers, separated by commas. */
#include "scenario/table_file.h"

#include "base/text.h"
#include "scenario/syntax.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows, or numbers of a row: how many there have to be, and what each belongs to. */
typedef struct table_side {
    size_t count;
    const char *belongs; /* "one per user" */
} table_side;

typedef struct table_reader {
    const table_source *from;
    table_side rows, columns;
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
    return place_error(t->from->place, t->error, CFI_INVALID, "%.300s:%zu:%zu: %s", t->from->path, t->line, column,
                       what);
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
    const key_spec *spec = t->from->spec;
    size_t count = syntax_number(t->at, (size_t)(t->end - t->at)), shown = 0;
    const char *after = t->at + count;

    while (t->at + shown < t->end && shown < 40 && !strchr(",\r\n", t->at[shown])) {
        shown++;
    }
    if (count == 0 || (after < t->end && !strchr(", \t\r\n", *after))) {
        return fail_here(t, "\"%.*s\" is not a number (allowed: %zu numbers a line, separated by commas)", (int)shown,
                         t->at, t->columns.count);
    }
    *out = strtod(t->at, NULL) + 0.0; /* no negative zero */
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
    for (size_t i = 0; i < t->columns.count; i++) {
        cfi_status status;

        if (i > 0 && (at_line_end(t) || *t->at != ',')) {
            return at_line_end(t) ? fail_here(t, "a row of %zu number%s (allowed: %zu, %s)", i,
                                              text_by_count(i, "", "s"), t->columns.count, t->columns.belongs)
                                  : fail_here(t, "something other than a comma between numbers");
        }
        t->at += i > 0;
        skip_blanks(t);
        status = read_cell(t, &row[i]);
        if (status != CFI_OK) {
            return status;
        }
    }
    if (!at_line_end(t)) {
        return fail_here(t, "more than %zu number%s in a row (allowed: %s)", t->columns.count,
                         text_by_count(t->columns.count, "", "s"), t->columns.belongs);
    }
    next_table_line(t);
    return CFI_OK;
}

/* The sizes that the file itself says: its rows, and the numbers of the first one. */
static void count_table(table_reader t, size_t *rows, size_t *columns)
{
    *rows = 0;
    *columns = 1;
    while (next_row(&t)) {
        for (; *rows == 0 && !at_line_end(&t); t.at++) {
            *columns += *t.at == ',';
        }
        ++*rows;
        next_table_line(&t);
    }
}

static cfi_status read_table(table_reader *t, double *entry)
{
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < t->rows.count && status == CFI_OK; i++) {
        if (!next_row(t)) {
            return fail_here(t, "%zu row%s (allowed: %zu, %s)", i, text_by_count(i, "", "s"), t->rows.count,
                             t->rows.belongs);
        }
        status = read_row(t, entry + i * t->columns.count);
    }
    if (status == CFI_OK && next_row(t)) {
        return fail_here(t, "more than %zu row%s (allowed: %s)", t->rows.count, text_by_count(t->rows.count, "", "s"),
                         t->rows.belongs);
    }
    return status;
}

/* A side of a table. */
static table_side side_of(key_size size, cfi_sizes sizes)
{
    return size == SIZE_APS   ? (table_side){.count = sizes.L, .belongs = "one per access point"}
           : size == SIZE_UES ? (table_side){.count = sizes.K, .belongs = "one per user"}
                              : (table_side){.count = size == SIZE_TWO ? 2 : 1, .belongs = "one"};
}

/* The lengths that the table has to have. A list stands in one line, or has a number a line. */
static void settle_sides(table_reader *t)
{
    const key_spec *spec = t->from->spec;
    size_t rows, columns;

    count_table(*t, &rows, &columns);
    t->rows = side_of(spec->rows, t->from->sizes);
    t->columns = side_of(spec->forms & FORM_MATRIX ? spec->columns : SIZE_NONE, t->from->sizes);
    if (!(spec->forms & FORM_MATRIX) && columns > 1) {
        table_side list = t->rows;

        t->rows = t->columns;
        t->columns = list;
    }
    if (t->from->sizes.K == 0) {
        t->rows.count = rows;
        t->columns.count = columns;
    }
}

/* What makes a file no plain text at all, or NULL. */
static const char *text_fault(const char *text, size_t length)
{
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        return "a byte order mark (allowed: plain text without one)";
    }
    return memchr(text, '\0', length) ? "a NUL byte in the file (allowed: plain text)" : NULL;
}

cfi_status table_csv_read(const table_source *from, const char *text, size_t length, cfi_value *value, cfi_error *error)
{
    table_reader t = {.from = from, .at = text, .line_start = text, .end = text + length, .line = 1, .error = error};
    const char *fault = text_fault(text, length);
    bool matrix = from->spec->forms & FORM_MATRIX;

    if (fault) {
        return fail_here(&t, "%s", fault);
    }
    settle_sides(&t);
    if (t.rows.count == 0) {
        return fail_here(&t, "no row (allowed: a row of numbers %s)",
                         matrix && from->spec->rows == SIZE_UES ? "per user" : "per access point");
    }
    *value = (cfi_value){.form = matrix ? FORM_MATRIX : FORM_LIST,
                         .rows = matrix ? t.rows.count : t.rows.count * t.columns.count,
                         .columns = matrix ? t.columns.count : 1,
                         .entry = malloc(t.rows.count * t.columns.count * sizeof *value->entry)};
    return value->entry ? read_table(&t, value->entry) : CFI_NO_MEMORY;
}
