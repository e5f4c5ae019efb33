/* A strict scanner of JSON: finds what is wrong and where, builds nothing. */
#include "scenario/syntax.h"

#include "base/text.h"
#include "scenario/place.h"
#include "scenario/wording.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One open list or object: where we are in it, and where its keys begin (for duplicates). */
typedef struct frame {
    bool object;
    size_t index;
    size_t key[SYNTAX_MAX_MEMBERS];
} frame;

typedef struct scanner {
    const char *name, *text;
    size_t length, at, values;
    size_t depth;
    frame *stack; /* SYNTAX_MAX_DEPTH */
    cfi_error *error;
} scanner;

__attribute__((format(printf, 3, 4))) static bool fail_at(const scanner *s, size_t at, const char *format, ...)
{
    size_t line = 1, column = 1, length = strlen(s->name);
    bool cut = length > PLACE_SHOWN_FILE;
    char what[512];
    va_list arguments;

    for (size_t i = 0; i < at; i++) {
        if (s->text[i] == '\n') {
            line++;
            column = 1;
        } else if (!text_continues(s->text[i])) {
            column++;
        }
    }
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    error_set(s->error, CFI_INVALID, "%s%s:%zu:%zu: %s", cut ? "..." : "",
              cut ? s->name + length - PLACE_SHOWN_FILE : s->name, line, column, what);
    return false;
}

static bool fail_unexpected(const scanner *s, const char *wanted)
{
    unsigned char c;

    if (s->at >= s->length) {
        return fail_at(s, s->at, "the text ends where %s is needed", wanted);
    }
    c = (unsigned char)s->text[s->at];
    if (c > 0x20 && c < 0x7f) {
        return fail_at(s, s->at, "'%c' where %s is needed", c, wanted);
    }
    return fail_at(s, s->at, "byte 0x%02x where %s is needed", c, wanted);
}

static int peek(const scanner *s)
{
    return s->at < s->length ? (unsigned char)s->text[s->at] : -1;
}

static void skip_json_space(scanner *s)
{
    int c = peek(s);

    while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        s->at++;
        c = peek(s);
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text, size_t at, size_t length)
{
    while (at < length && is_digit(text[at])) {
        at++;
    }
    return at;
}

size_t syntax_number(const char *text, size_t length)
{
    size_t at = length > 0 && text[0] == '-', end;

    if (at >= length || !is_digit(text[at])) {
        return 0;
    }
    at = text[at] == '0' ? at + 1 : digits(text, at, length);
    if (at < length && text[at] == '.') {
        end = digits(text, at + 1, length);
        if (end == at + 1) {
            return 0;
        }
        at = end;
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        size_t exponent = at + 1;

        if (exponent < length && (text[exponent] == '+' || text[exponent] == '-')) {
            exponent++;
        }
        end = digits(text, exponent, length);
        if (end == exponent) {
            return 0;
        }
        at = end;
    }
    return at;
}

static bool scan_json_number(scanner *s)
{
    size_t start = s->at, count = syntax_number(s->text + start, s->length - start);
    char token[SYNTAX_MAX_NUMBER + 1];

    if (count == 0) {
        return fail_at(s, start, "malformed number");
    }
    if (count > SYNTAX_MAX_NUMBER) {
        return fail_at(s, start, "a number of more than %d characters", SYNTAX_MAX_NUMBER);
    }
    memcpy(token, s->text + start, count);
    token[count] = '\0';
    if (!isfinite(strtod(token, NULL))) {
        return fail_at(s, start, "%s is beyond the range of double precision", token);
    }
    s->at += count;
    if (s->at < s->length && (is_digit(s->text[s->at]) || s->text[s->at] == '.')) {
        return fail_at(s, start, "malformed number (no leading zeros)");
    }
    return true;
}

/* The code unit of four hexadecimal digits at text, or -1. */
static long code_unit(const char *text, size_t length)
{
    long unit = 0;

    if (length < 4) {
        return -1;
    }
    for (size_t i = 0; i < 4; i++) {
        char c = text[i];
        int digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0) {
            return -1;
        }
        unit = 16 * unit + digit;
    }
    return unit;
}

/* Code point of \uXXXX or of a surrogate pair at text (which starts at the backslash), -1 when malformed; *count
 * becomes the bytes it takes. */
static long escaped_code_point(const char *text, size_t length, size_t *count)
{
    long high = length > 2 ? code_unit(text + 2, length - 2) : -1, low;

    *count = 6;
    if (high < 0xd800 || high > 0xdfff) {
        return high;
    }
    if (high > 0xdbff || length < 12 || text[6] != '\\' || text[7] != 'u') {
        return -1;
    }
    low = code_unit(text + 8, length - 8);
    *count = 12;
    return low < 0xdc00 || low > 0xdfff ? -1 : 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static bool scan_escape(scanner *s)
{
    size_t count = 2;
    long point;

    if (s->at + 1 >= s->length) {
        return fail_at(s, s->at, "the text ends within a string");
    }
    if (s->text[s->at + 1] == 'u') {
        point = escaped_code_point(s->text + s->at, s->length - s->at, &count);
        if (point < 0) {
            return fail_at(s, s->at, "malformed \\u escape");
        }
        if (point == 0) {
            return fail_at(s, s->at, "\\u0000 is not allowed in a string");
        }
    } else if (!strchr("\"\\/bfnrt", s->text[s->at + 1]) || s->text[s->at + 1] == '\0') {
        return fail_at(s, s->at, "unknown escape in a string");
    }
    s->at += count;
    return true;
}

static bool scan_string(scanner *s)
{
    size_t start = s->at++;

    while (peek(s) != '"') {
        unsigned char c;
        uint32_t point;
        size_t count;

        if (s->at >= s->length) {
            return fail_at(s, start, "a string without its closing quote");
        }
        c = (unsigned char)s->text[s->at];
        if (c == '\\') {
            if (!scan_escape(s)) {
                return false;
            }
            continue;
        }
        if (c < 0x20) {
            return fail_at(s, s->at, "control character 0x%02x in a string", c);
        }
        count = text_character(s->text + s->at, s->length - s->at, &point);
        if (point == TEXT_INVALID) {
            return fail_at(s, s->at, "invalid UTF-8 (byte 0x%02x)", c);
        }
        s->at += count;
    }
    s->at++;
    return true;
}

/* The next character of a checked string, decoded to a code point or (plain bytes) to itself; advances *at. */
static long next_character(const char *text, size_t length, size_t *at)
{
    static const char letter[] = "bfnrt", meaning[] = "\b\f\n\r\t";
    uint32_t plain;
    size_t count = text_character(text + *at, length - *at, &plain);
    long point = (long)plain;
    const char *found;

    if (point == '\\' && text[*at + 1] == 'u') {
        point = escaped_code_point(text + *at, length - *at, &count);
    } else if (point == '\\') {
        found = strchr(letter, text[*at + 1]);
        point = found ? meaning[found - letter] : text[*at + 1];
        count = 2;
    }
    *at += count;
    return point;
}

/* Whether two checked keys, given where their quotes open, are the same once decoded. */
static bool same_key(const scanner *s, size_t a, size_t b)
{
    a++;
    b++;
    while (s->text[a] != '"' && s->text[b] != '"') {
        if (next_character(s->text, s->length, &a) != next_character(s->text, s->length, &b)) {
            return false;
        }
    }
    return s->text[a] == s->text[b];
}

/* The JSON pointer of the innermost key, as written. */
static void describe_path(const scanner *s, cfi_wording *path)
{
    for (size_t depth = 0; depth < s->depth; depth++) {
        const frame *f = &s->stack[depth];
        size_t from, to;

        if (!f->object) {
            wording_format(path, "/%zu", f->index);
            continue;
        }
        from = to = f->key[f->index] + 1;
        while (s->text[to] != '"' && to - from < 48) {
            to += s->text[to] == '\\' ? 2 : 1;
        }
        while (text_continues(s->text[to])) {
            to--; /* never cut within a character */
        }
        wording_format(path, "/%.*s", (int)(to - from), s->text + from);
    }
}

static bool scan_key(scanner *s, frame *f)
{
    size_t start = s->at;

    if (peek(s) != '"') {
        return fail_unexpected(s, "a key in double quotes");
    }
    if (f->index >= SYNTAX_MAX_MEMBERS) {
        return fail_at(s, start, "an object of more than %d members", SYNTAX_MAX_MEMBERS);
    }
    if (!scan_string(s)) {
        return false;
    }
    f->key[f->index] = start;
    for (size_t i = 0; i < f->index; i++) {
        if (same_key(s, f->key[i], start)) {
            char buffer[256];
            cfi_wording path = wording_fixed(buffer, sizeof buffer);

            describe_path(s, &path);
            return fail_at(s, start, "%s: duplicate key (allowed: each key once)", buffer);
        }
    }
    return true;
}

static bool scan_literal(scanner *s)
{
    static const char *const literals[] = {"true", "false", "null"};

    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(literals[i]);

        if (s->length - s->at >= length && memcmp(s->text + s->at, literals[i], length) == 0) {
            s->at += length;
            return true;
        }
    }
    return fail_unexpected(s, "a JSON value");
}

static int closing(const frame *f)
{
    return f->object ? '}' : ']';
}

/* What stands before a member's value: its key, in an object. */
static bool begin_member(scanner *s, frame *f)
{
    if (!f->object) {
        return true;
    }
    if (!scan_key(s, f)) {
        return false;
    }
    skip_json_space(s);
    if (peek(s) != ':') {
        return fail_unexpected(s, "a colon");
    }
    s->at++;
    skip_json_space(s);
    return true;
}

/* A value that holds no others. */
static bool scan_plain(scanner *s)
{
    int c = peek(s);

    if (c == '"') {
        return scan_string(s);
    }
    return c == '-' || (c >= '0' && c <= '9') ? scan_json_number(s) : scan_literal(s);
}

/* A value, or the beginning of one that holds others: up to the first of them, which is then to be scanned. */
static bool enter_value(scanner *s, bool *holds)
{
    int c = peek(s);
    frame *f;

    *holds = false;
    if (++s->values > SYNTAX_MAX_VALUES) {
        return fail_at(s, s->at, "more than %d values in one file", SYNTAX_MAX_VALUES);
    }
    if (c != '{' && c != '[') {
        return scan_plain(s);
    }
    if (s->depth == SYNTAX_MAX_DEPTH) {
        return fail_at(s, s->at, "nested deeper than %d levels", SYNTAX_MAX_DEPTH);
    }
    f = &s->stack[s->depth++];
    f->object = c == '{';
    f->index = 0;
    s->at++;
    skip_json_space(s);
    *holds = peek(s) != closing(f);
    if (*holds) {
        return begin_member(s, f);
    }
    s->at++;
    s->depth--;
    return true;
}

/* Behind a value: what it ends, up to the next one of what it does not end. */
static bool leave_value(scanner *s)
{
    while (s->depth > 0) {
        frame *f = &s->stack[s->depth - 1];

        skip_json_space(s);
        if (peek(s) == ',') {
            s->at++;
            skip_json_space(s);
            f->index++;
            return begin_member(s, f);
        }
        if (peek(s) != closing(f)) {
            return fail_unexpected(s, f->object ? "a comma or '}'" : "a comma or ']'");
        }
        s->at++;
        s->depth--;
    }
    return true;
}

static bool scan_value(scanner *s)
{
    bool holds;

    do {
        if (!enter_value(s, &holds) || (!holds && !leave_value(s))) {
            return false;
        }
    } while (s->depth > 0);
    return true;
}

static bool scan_text(scanner *s)
{
    if (s->length >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0) {
        return fail_at(s, 0, "a byte order mark (allowed: UTF-8 without one)");
    }
    skip_json_space(s);
    if (s->at == s->length) {
        return fail_at(s, s->at, "the text is empty (allowed: a JSON object)");
    }
    if (!scan_value(s)) {
        return false;
    }
    skip_json_space(s);
    return s->at == s->length || fail_unexpected(s, "the end of the text");
}

cfi_status syntax_check(const char *text, size_t length, const char *name, cfi_error *error)
{
    scanner s = {.name = name, .text = text, .length = length, .error = error};
    bool sound;

    s.stack = malloc(SYNTAX_MAX_DEPTH * sizeof *s.stack);
    if (!s.stack) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %s", name);
    }
    sound = scan_text(&s);
    free(s.stack);
    return sound ? CFI_OK : CFI_INVALID;
}

cfi_status syntax_blame(const char *text, size_t length)
{
    return syntax_check(text, length, "", NULL) == CFI_INVALID ? CFI_INVALID : CFI_NO_MEMORY;
}
