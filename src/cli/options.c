/* Strict parsing of what follows the command's name. */
#include "cli/options.h"

#include "base/wrap.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_WORD = 60, /* bytes of an argument in a message */
    HELP_COLUMN = 22 /* where the help says what an option does */
};
static const double MOST_SECONDS = 1e9; /* 31 years */

/* A command line being read. */
typedef struct reader {
    const cli_command *command;
    int argc, next;
    char **argv;
    cli_options *options;
    cfi_error *error;
} reader;

/* ---------------------------------------------------------------------------- what was given ---- */

static const given_option *find_given(const cli_options *options, const cli_option *option)
{
    for (size_t i = 0; i < options->given_count; i++) {
        if (options->given[i].option == option) {
            return &options->given[i];
        }
    }
    return NULL;
}

bool has_option(const cli_options *options, const cli_option *option)
{
    return find_given(options, option);
}

const char *option_text(const cli_options *options, const cli_option *option)
{
    const given_option *given = find_given(options, option);

    return given ? given->text : NULL;
}

uint64_t option_number(const cli_options *options, const cli_option *option)
{
    const given_option *given = find_given(options, option);

    return given ? given->number : 0;
}

double option_seconds(const cli_options *options, const cli_option *option)
{
    const given_option *given = find_given(options, option);

    return given ? given->seconds : 0.0;
}

shard_number option_shard(const cli_options *options, const cli_option *option)
{
    const given_option *given = find_given(options, option);

    return given ? (shard_number){.index = given->number, .of = given->of} : (shard_number){.index = 1, .of = 1};
}

/* -------------------------------------------------------------------------------- complaints ---- */

cfi_status usage_error(const cli_options *options, cfi_error *error, const char *format, ...)
{
    const char *name = options->command->name;
    char text[sizeof error->text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_set(error, CFI_USAGE, "%s: %s; see 'cfisac help %s'", name, text, name);
}

cfi_status option_missing(const cli_options *options, const cli_option *option, const char *why, cfi_error *error)
{
    return usage_error(options, error, "%s %s is missing%s", option->name, option->value, why);
}

#define USAGE(r, ...) usage_error((r)->options, (r)->error, __VA_ARGS__)

/* ----------------------------------------------------------------------------- names to rows ---- */

bool option_next(const cli_command *command, option_cursor *at)
{
    for (; at->next < MOST_OPTIONS && command->options[at->next]; at->next++, at->next_format = 0) {
        at->option = command->options[at->next];
        at->format = NULL;
        if (at->option->kind != OPTION_FORMATS) {
            at->name = at->option->name;
            at->next++;
            return true;
        }
        while (at->next_format < report_format_count) {
            at->format = &report_formats[at->next_format++];
            if (at->format->option && at->option->offers(at->format)) {
                at->name = at->format->option;
                return true;
            }
        }
    }
    return false;
}

enum { MOST_NAMES = 2 * MOST_OPTIONS }; /* a format has one of its own */

static cfi_status unknown_option(const reader *r, const char *word, size_t length)
{
    const char *names[MOST_NAMES], *nearest;
    size_t count = 0;
    char shown[SHOWN_WORD + 1];

    snprintf(shown, sizeof shown, "%.*s", (int)(length < SHOWN_WORD ? length : SHOWN_WORD), word);
    for (option_cursor at = {0}; count < MOST_NAMES && option_next(r->command, &at);) {
        names[count++] = at.name;
    }
    nearest = nearest_word(shown, names, count);
    return nearest ? USAGE(r, "unknown option %s (did you mean %s?)", shown, nearest)
                   : USAGE(r, "unknown option %s", shown);
}

static bool find_option(const reader *r, const char *word, size_t length, option_cursor *at)
{
    *at = (option_cursor){0};
    while (option_next(r->command, at)) {
        if (strlen(at->name) == length && strncmp(at->name, word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------------------------ values ---- */

/* Decimal digits only, within the option's range. */
static cfi_status read_number_value(const reader *r, const cli_option *spec, const char *text, uint64_t *number)
{
    uint64_t value = 0;
    bool sound = *text != '\0';

    for (const char *c = text; sound && *c; c++) {
        sound = *c >= '0' && *c <= '9' && value <= spec->high;
        value = sound ? 10 * value + (uint64_t)(*c - '0') : 0;
    }
    if (!sound || value < spec->low || value > spec->high) {
        return USAGE(r, "%s %.*s: not a whole number in range (allowed: %llu .. %llu)", spec->name, SHOWN_WORD, text,
                     (unsigned long long)spec->low, (unsigned long long)spec->high);
    }
    *number = value;
    return CFI_OK;
}

/* A decimal number of seconds. */
static cfi_status read_seconds(const reader *r, const cli_option *spec, const char *text, double *seconds)
{
    bool decimal = *text != '+' && text[strspn(text, "0123456789.eE+-")] == '\0';
    char *end;

    *seconds = strtod(text, &end);
    if (!decimal || *end || !(*seconds > 0.0 && *seconds <= MOST_SECONDS)) {
        return USAGE(r, "%s %.*s: not a number of seconds in range (allowed: greater than 0, up to %g)", spec->name,
                     SHOWN_WORD, text, MOST_SECONDS);
    }
    return CFI_OK;
}

/* I/N with 1 <= I <= N. */
static cfi_status read_shard(const reader *r, const cli_option *spec, const char *text, given_option *given)
{
    const char *slash = strchr(text, '/');
    char index[16] = "";
    bool sound = slash && slash - text < (ptrdiff_t)sizeof index;

    if (sound) {
        memcpy(index, text, (size_t)(slash - text));
        sound = read_number_value(r, spec, index, &given->number) == CFI_OK &&
                read_number_value(r, spec, slash + 1, &given->of) == CFI_OK && given->number <= given->of;
    }
    return sound ? CFI_OK
                 : USAGE(r, "%s %.*s: not a shard (allowed: I/N with whole numbers 1 <= I <= N <= %llu)", spec->name,
                         SHOWN_WORD, text, (unsigned long long)spec->high);
}

static cfi_status read_setting(const reader *r, const cli_option *spec, const char *text)
{
    cfi_setting *setting = &r->options->setting[r->options->settings];
    const char *equals = strchr(text, '=');

    if (!equals || equals == text) {
        return USAGE(r, "%s %.*s: not %s (allowed: a dotted key of the scenario, =, %s)", spec->name, SHOWN_WORD, text,
                     spec->value, spec->kind == OPTION_OVER ? "values such as 8,16,32 or -12:1:0" : "a value");
    }
    setting->key = strndup(text, (size_t)(equals - text));
    setting->value = equals + 1;
    setting->over = spec->kind == OPTION_OVER;
    if (!setting->key) {
        return error_set(r->error, CFI_NO_MEMORY, "out of memory for the command line");
    }
    r->options->settings++;
    return CFI_OK;
}

static cfi_status store(const reader *r, const cli_option *spec, const char *value)
{
    given_option *given = &r->options->given[r->options->given_count];

    switch (spec->kind) {
    case OPTION_SETTING:
    case OPTION_OVER:
        return read_setting(r, spec, value);
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_NUMBER:
    case OPTION_SECONDS:
    case OPTION_SHARD:
    case OPTION_FORMATS:
        break;
    }
    *given = (given_option){.option = spec, .text = value};
    r->options->given_count++;
    if (spec->kind == OPTION_SHARD) {
        return read_shard(r, spec, value, given);
    }
    if (spec->kind == OPTION_SECONDS) {
        return read_seconds(r, spec, value, &given->seconds);
    }
    if (spec->kind == OPTION_NUMBER) {
        return read_number_value(r, spec, value, &given->number);
    }
    return spec->kind == OPTION_TEXT && !*value ? USAGE(r, "%s: its value is empty", spec->name) : CFI_OK;
}

static cfi_status choose_format(const reader *r, const cfi_format *format)
{
    const cfi_format *other = r->options->format;

    if (other && other != format) {
        return USAGE(r, "%s and %s exclude each other", other->option, format->option);
    }
    if (other) {
        return USAGE(r, "%s is given twice", format->option);
    }
    r->options->format = format;
    return CFI_OK;
}

static bool is_repeatable(const cli_option *spec)
{
    return spec->kind == OPTION_SETTING || spec->kind == OPTION_OVER;
}

static cfi_status read_option(reader *r, const char *word)
{
    const char *equals = strchr(word, '='), *value = equals ? equals + 1 : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    option_cursor at;
    bool flag;

    if (!find_option(r, word, length, &at)) {
        return unknown_option(r, word, length);
    }
    flag = at.option->kind == OPTION_FLAG || at.format;
    if (!is_repeatable(at.option) && has_option(r->options, at.option)) {
        return USAGE(r, "%s is given twice", at.name);
    }
    if (flag && value) {
        return USAGE(r, "%s takes no value", at.name);
    }
    if (!flag && !value) {
        if (r->next == r->argc) {
            return USAGE(r, "%s needs a value (%s)", at.name, at.option->value);
        }
        value = r->argv[r->next++];
    }
    return at.format ? choose_format(r, at.format) : store(r, at.option, value ? value : ""); /* a flag has none */
}

static cfi_status read_argument(const reader *r, const char *word)
{
    if (!r->command->argument) {
        return USAGE(r, "takes no argument, but got %.*s", SHOWN_WORD, word);
    }
    if (!*word) {
        return USAGE(r, "%s is empty", r->command->argument);
    }
    r->options->arguments[r->options->argument_count++] = word;
    if (r->options->argument && !r->command->argument_repeats) {
        return USAGE(r, "takes one %s, but got a second, %.*s", r->command->argument, SHOWN_WORD, word);
    }
    r->options->argument = r->options->arguments[0];
    return CFI_OK;
}

static cfi_status check_whole(const reader *r)
{
    const cli_command *command = r->command;

    if (command->argument && !command->argument_optional && !r->options->argument) {
        return USAGE(r, "%s is missing", command->argument);
    }
    return command->check ? command->check(r->options, r->error) : CFI_OK;
}

cfi_status options_parse(const cli_command *command, int argc, char **argv, cli_options *options, cfi_error *error)
{
    reader r = {.command = command, .argc = argc, .argv = argv, .options = options, .error = error};
    cfi_status status = CFI_OK;
    bool only_arguments = false;

    options->command = command;
    options->given = calloc((size_t)argc + 1, sizeof *options->given);
    options->setting = calloc((size_t)argc + 1, sizeof *options->setting);
    options->arguments = calloc((size_t)argc + 1, sizeof *options->arguments);
    if (!options->given || !options->setting || !options->arguments) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the command line");
    }
    while (status == CFI_OK && r.next < argc) {
        const char *word = argv[r.next++];

        if (only_arguments || word[0] != '-' || word[1] == '\0') { /* "-" alone is standard input */
            status = read_argument(&r, word);
        } else if (strcmp(word, "--") == 0) {
            only_arguments = true;
        } else {
            status = read_option(&r, strcmp(word, "-h") == 0 ? "--help" : word);
        }
        if (has_option(options, &option_help)) {
            return status;
        }
    }
    options->quiet = has_option(options, &option_quiet);
    return status == CFI_OK ? check_whole(&r) : status;
}

void options_free(cli_options *options)
{
    for (size_t i = 0; i < options->settings; i++) {
        free((char *)options->setting[i].key);
    }
    free(options->given);
    free(options->setting);
    free(options->arguments);
    *options = (cli_options){.command = NULL};
}

void options_print_help(const cli_command *command, FILE *stream)
{
    for (option_cursor at = {0}; option_next(command, &at);) {
        const cli_option *spec = at.option;
        char name[32], text[512];
        int used = snprintf(text, sizeof text, "%s", at.format ? at.format->help : spec->help);

        if (spec->standard) {
            snprintf(text + used, sizeof text - (size_t)used, " (%llu .. %llu; default: %zu)",
                     (unsigned long long)spec->low, (unsigned long long)spec->high, spec->standard());
        }
        snprintf(name, sizeof name, "%s%s%s", at.name, spec->value ? " " : "", spec->value ? spec->value : "");
        fprintf(stream, "  %-*s  ", HELP_COLUMN - 4, name);
        wrap_text(stream, text, strlen(name) + 4 > HELP_COLUMN ? strlen(name) + 4 : HELP_COLUMN, HELP_COLUMN);
    }
}
