/* The lines, fields and numbers of a Conic Benchmark Format file in memory. */
#include "socp/cbf_text.h"

#include "base/text_file.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_FIELD = 40 }; /* bytes of a field in a message */

/* -------------------------------------------------------------------------- the stream ---- */

cfi_status text_load(cbf_text *text, FILE *stream, const char *name, cfi_error *error)
{
    size_t length = 0;

    *text = (cbf_text){.name = name, .line = 1, .error = error, .plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0)};
    if (!text->plain) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", name);
    }
    text->memory = text_file_read(stream, SIZE_MAX, &length);
    if (!text->memory) {
        return text_file_error(name, errno, error);
    }
    text->at = text->memory;
    text->end = text->memory + length;
    if (length > 1 && memcmp(text->memory, "\x1f\x8b", 2) == 0) {
        return error_set(error, CFI_INVALID, "%.300s: compressed (allowed: gunzip -c %.300s | cfisac solve -)", name,
                         name);
    }
    return CFI_OK;
}

void text_free(cbf_text *text)
{
    free(text->memory);
    text->memory = NULL;
    if (text->plain) {
        freelocale(text->plain);
        text->plain = (locale_t)0;
    }
}

cfi_status text_error(const cbf_text *text, const char *format, ...)
{
    char what[512];
    va_list list;

    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    return error_set(text->error, CFI_INVALID, "%.300s:%zu: %s", text->name, text->line, what);
}

size_t text_left(const cbf_text *text)
{
    return (size_t)(text->end - text->at);
}

/* --------------------------------------------------------------------- lines and fields ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* To the next field of the line, or to its end. */
static void skip_cbf_space(cbf_text *text)
{
    while (is_space(*text->at)) {
        text->at++;
    }
    if (*text->at == '#') {
        const char *end = memchr(text->at, '\n', text_left(text));

        text->at = end ? end : text->end;
    }
}

bool text_next(cbf_text *text)
{
    for (;; text->at++, text->line++) {
        skip_cbf_space(text);
        if (text->at == text->end) {
            return false;
        }
        if (*text->at != '\n') {
            return true;
        }
    }
}

/* The length of the field at `at`; a NUL inside the text is part of it. */
static size_t field_length(const cbf_text *text)
{
    const char *c = text->at;

    while (c < text->end && !is_space(*c) && *c != '\n' && *c != '#') {
        c++;
    }
    return (size_t)(c - text->at);
}

cfi_status text_word(cbf_text *text, const char *what, const char **word, size_t *length)
{
    skip_cbf_space(text);
    *word = text->at;
    *length = field_length(text);
    text->at += *length;
    return *length > 0 ? CFI_OK : text_error(text, "%s is missing", what);
}

cfi_status text_line_end(cbf_text *text)
{
    skip_cbf_space(text);
    if (text->at == text->end || *text->at == '\n') {
        return CFI_OK;
    }
    return text_error(text, "'%.*s' is too much on this line (allowed: a line for every entry)",
                      (int)(field_length(text) < SHOWN_FIELD ? field_length(text) : SHOWN_FIELD), text->at);
}

/* ------------------------------------------------------------------------------ numbers ---- */

static cfi_status not_a(const cbf_text *text, const char *what, const char *allowed)
{
    size_t length = field_length(text);

    if (length == 0) {
        return text_error(text, "%s is missing (allowed: %s)", what, allowed);
    }
    return text_error(text, "%s '%.*s' (allowed: %s)", what, (int)(length < SHOWN_FIELD ? length : SHOWN_FIELD),
                      text->at, allowed);
}

static bool ends_field(const cbf_text *text, const char *c)
{
    return is_space(*c) || *c == '\n' || *c == '#' || c == text->end;
}

cfi_status text_size(cbf_text *text, const char *what, size_t most, size_t *value)
{
    const char *c;
    size_t number = 0;
    char allowed[64];

    skip_cbf_space(text);
    for (c = text->at; *c >= '0' && *c <= '9' && number <= most; c++) {
        number = 10 * number + (size_t)(*c - '0');
    }
    if (c == text->at || !ends_field(text, c) || number > most) {
        snprintf(allowed, sizeof allowed, "a whole number 0 .. %zu", most);
        return not_a(text, what, allowed);
    }
    text->at = c;
    *value = number;
    return CFI_OK;
}

/* Digits, a point among or beside them, an exponent: what strtod reads less hexadecimals, inf and nan. NULL when the
 * text is not such a number, else its end. *digits < 2^53 and *power give its value where *exact is set. */
static const char *scan_cbf_number(const char *c, bool *exact, uint64_t *digits, long *power)
{
    long count = 0, significant = 0, after = 0, exponent = 0;
    bool point = false, minus = false;

    *digits = 0;
    c += *c == '+' || *c == '-';
    for (;; c++) {
        if (*c >= '0' && *c <= '9') {
            count++;
            after += point;
            significant += significant > 0 || *c != '0';
            *digits = significant <= 15 ? 10 * *digits + (uint64_t)(*c - '0') : 0;
        } else if (*c == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (count == 0) {
        return NULL;
    }
    if (*c == 'e' || *c == 'E') {
        c++;
        minus = *c == '-';
        c += *c == '+' || *c == '-';
        if (*c < '0' || *c > '9') {
            return NULL;
        }
        for (; *c >= '0' && *c <= '9'; c++) {
            exponent = exponent < 10000 ? 10 * exponent + (*c - '0') : exponent;
        }
    }
    *power = (minus ? -exponent : exponent) - after;
    *exact = significant <= 15 && *power >= -22 && *power <= 22;
    return c;
}

cfi_status text_number(cbf_text *text, const char *what, double *value)
{
    /* exact in a double, so that one multiplication or division rounds once */
    static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *end;
    char *read;
    uint64_t digits;
    bool exact;
    long power;

    skip_cbf_space(text);
    end = scan_cbf_number(text->at, &exact, &digits, &power);
    if (!end || !ends_field(text, end)) {
        return not_a(text, what, "a finite decimal number");
    }
    if (exact) {
        *value = power < 0 ? (double)digits / ten[-power] : (double)digits * ten[power];
        *value = *text->at == '-' ? -*value : *value;
    } else {
        *value = strtod_l(text->at, &read, text->plain);
        if (read != end || !isfinite(*value)) {
            return not_a(text, what, "a finite decimal number");
        }
    }
    text->at = end;
    return CFI_OK;
}
