/* Strict parsing of what follows the command's name. */
#include "cli/options.h"

#include "base/threads.h"
#include "cli/commands.h"

#include "cfisac/sweep.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60 };
static const double MOST_SECONDS = 1e9; /* 31 years */

typedef enum { KIND_FLAG, KIND_TEXT, KIND_NUMBER, KIND_SECONDS, KIND_SETTING, KIND_SHARD } option_kind;

typedef struct option_spec {
    unsigned bit;
    option_kind kind;
    const char *name, *value, *help;
    size_t offset; /* of the text or number in cli_options */
    uint64_t low, high;
} option_spec;

static const option_spec option_table[] = {
    {OPTION_SET, KIND_SETTING, "--set", "KEY=VALUE", "change a key of the scenario; may be repeated", 0, 0, 0},
    {OPTION_OVER, KIND_SETTING, "--over", "KEY=RANGE",
     "sweep a key over 8,16,32 or -12:1:0 (first:step:last) or words; may be\n"
     "                      repeated; replaces what the scenario's sweep says of the key",
     0, 0, 0},
    {OPTION_OUT, KIND_TEXT, "--out", "DIR", "where the files go", offsetof(cli_options, out), 0, 0},
    {OPTION_RESUME, KIND_FLAG, "--resume", NULL, "go on with the sweep in DIR; starts one if there is none", 0, 0, 0},
    {OPTION_FORCE, KIND_FLAG, "--force", NULL, "start anew and replace what DIR holds, whatever it is", 0, 0, 0},
    {OPTION_MIXED, KIND_FLAG, "--mixed", NULL,
     "take what another build or BLAS kernel has computed, too; sweep.json and the\n"
     "                      lines say which",
     0, 0, 0},
    {OPTION_SHARD, KIND_SHARD, "--shard", "I/N", "every N-th trial, from the I-th; see merge (1/1 .. 1000000/1000000)",
     0, 1, 1000000},
    {OPTION_DRY_RUN, KIND_FLAG, "--dry-run", NULL, "print the points and the number of trials; run nothing", 0, 0, 0},
    {OPTION_JSON, KIND_FLAG, "--json", NULL, "print JSON instead of the table", 0, 0, 0},
    {OPTION_CSV, KIND_FLAG, "--csv", NULL, "print drops.csv instead of the table", 0, 0, 0},
    {OPTION_DROP, KIND_NUMBER, "--drop", "I", "index of the drop, from 0; it may lie beyond monte_carlo.drops",
     offsetof(cli_options, drop), 0, 2147483647},
    {OPTION_THREADS, KIND_NUMBER, "--threads", "N", "threads; the results do not depend on it",
     offsetof(cli_options, threads), 1, MOST_THREADS},
    {OPTION_REPEAT, KIND_NUMBER, "--repeat", "N",
     "set up and solve N times; times are medians (1 .. 1000000; default: 1)", offsetof(cli_options, repeat), 1,
     1000000},
    {OPTION_TIME_LIMIT, KIND_SECONDS, "--time-limit", "S",
     "end set-up and solve after S seconds, of all repetitions together, and print\n"
     "                      the best point found (greater than 0, up to 1e9; default: none)",
     offsetof(cli_options, time_limit), 0, 0},
    {OPTION_EXPORT_CBF, KIND_TEXT, "--export-cbf", "DIR",
     "write every problem given to the cone solver into DIR, in the Conic Benchmark Format",
     offsetof(cli_options, export_cbf), 0, 0},
    {OPTION_CHECK, KIND_FLAG, "--check", NULL,
     "allocate every drop again by the other solver of the steps and compare; exit\n"
     "                      code 5 if two sum rates differ by more than 1e-6 (or allocation.tolerance)",
     0, 0, 0},
    {OPTION_TIMING, KIND_FLAG, "--timing", NULL,
     "add allocation.solve_seconds to the JSON, print the wall time on standard error", 0, 0, 0},
    {OPTION_QUIET, KIND_FLAG, "--quiet", NULL, "no warnings and no progress; errors still print", 0, 0, 0},
    {OPTION_HELP, KIND_FLAG, "--help", NULL, "this text", 0, 0, 0},
};
enum { OPTIONS = sizeof option_table / sizeof *option_table };

/* A command line being read. */
typedef struct reader {
    const cli_command *command;
    int argc, next;
    char **argv;
    cli_options *options;
    cfi_error *error;
} reader;

#define USAGE(r, format, ...)                                                                                          \
    error_set((r)->error, CFI_USAGE, "%s: " format "; see 'cfisac help %s'", (r)->command->name, __VA_ARGS__,          \
              (r)->command->name)

static cfi_status unknown_option(const reader *r, const char *word, size_t length)
{
    const char *names[OPTIONS], *nearest;
    size_t count = 0;
    char shown[SHOWN + 1];

    snprintf(shown, sizeof shown, "%.*s", (int)(length < SHOWN ? length : SHOWN), word);
    for (size_t i = 0; i < OPTIONS; i++) {
        if (r->command->options & option_table[i].bit) {
            names[count++] = option_table[i].name;
        }
    }
    nearest = nearest_word(shown, names, count);
    return nearest ? USAGE(r, "unknown option %s (did you mean %s?)", shown, nearest)
                   : USAGE(r, "unknown option %s", shown);
}

static const option_spec *find_option(const reader *r, const char *word, size_t length)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const option_spec *spec = &option_table[i];

        if ((r->command->options & spec->bit) && strlen(spec->name) == length &&
            strncmp(spec->name, word, length) == 0) {
            return spec;
        }
    }
    return NULL;
}

/* Decimal digits only, within the option's range. */
static cfi_status read_number(const reader *r, const option_spec *spec, const char *text, uint64_t *number)
{
    uint64_t value = 0;
    bool sound = *text != '\0';

    for (const char *c = text; sound && *c; c++) {
        sound = *c >= '0' && *c <= '9' && value <= spec->high;
        value = sound ? 10 * value + (uint64_t)(*c - '0') : 0;
    }
    if (!sound || value < spec->low || value > spec->high) {
        return USAGE(r, "%s %.*s: not a whole number in range (allowed: %llu .. %llu)", spec->name, SHOWN, text,
                     (unsigned long long)spec->low, (unsigned long long)spec->high);
    }
    *number = value;
    return CFI_OK;
}

/* A decimal number of seconds. */
static cfi_status read_seconds(const reader *r, const option_spec *spec, const char *text, double *seconds)
{
    bool decimal = *text != '+' && text[strspn(text, "0123456789.eE+-")] == '\0';
    char *end;

    *seconds = strtod(text, &end);
    if (!decimal || *end || !(*seconds > 0.0 && *seconds <= MOST_SECONDS)) {
        return USAGE(r, "%s %.*s: not a number of seconds in range (allowed: greater than 0, up to %g)", spec->name,
                     SHOWN, text, MOST_SECONDS);
    }
    return CFI_OK;
}

/* I/N with 1 <= I <= N. */
static cfi_status read_shard(const reader *r, const option_spec *spec, const char *text)
{
    const char *slash = strchr(text, '/');
    char index[16] = "";
    bool sound = slash && slash - text < (ptrdiff_t)sizeof index;

    if (sound) {
        memcpy(index, text, (size_t)(slash - text));
        sound = read_number(r, spec, index, &r->options->shard) == CFI_OK &&
                read_number(r, spec, slash + 1, &r->options->shards) == CFI_OK &&
                r->options->shard <= r->options->shards;
    }
    return sound ? CFI_OK
                 : USAGE(r, "--shard %.*s: not a shard (allowed: I/N with whole numbers 1 <= I <= N <= 1000000)", SHOWN,
                         text);
}

static cfi_status read_setting(const reader *r, const option_spec *spec, const char *text)
{
    cfi_setting *setting = &r->options->setting[r->options->settings];
    const char *equals = strchr(text, '=');

    if (!equals || equals == text) {
        return USAGE(r, "%s %.*s: not %s (allowed: a dotted key of the scenario, =, a value)", spec->name, SHOWN, text,
                     spec->value);
    }
    setting->key = strndup(text, (size_t)(equals - text));
    setting->value = equals + 1;
    setting->over = spec->bit == OPTION_OVER;
    if (!setting->key) {
        return error_set(r->error, CFI_NO_MEMORY, "out of memory for the command line");
    }
    r->options->settings++;
    return CFI_OK;
}

static cfi_status store(const reader *r, const option_spec *spec, const char *value)
{
    char *place = (char *)r->options + spec->offset;
    uint64_t number = 0;
    double seconds;
    cfi_status status;

    switch (spec->kind) {
    case KIND_FLAG:
        return CFI_OK;
    case KIND_SETTING:
        return read_setting(r, spec, value);
    case KIND_SHARD:
        return read_shard(r, spec, value);
    case KIND_TEXT:
        if (!*value) {
            return USAGE(r, "%s: its value is empty", spec->name);
        }
        memcpy(place, &value, sizeof value);
        return CFI_OK;
    case KIND_SECONDS:
        status = read_seconds(r, spec, value, &seconds);
        if (status == CFI_OK) {
            memcpy(place, &seconds, sizeof seconds);
        }
        return status;
    case KIND_NUMBER:
        break;
    }
    status = read_number(r, spec, value, &number);
    if (status == CFI_OK) {
        memcpy(place, &number, sizeof number);
    }
    return status;
}

static cfi_status read_option(reader *r, const char *word)
{
    const char *equals = strchr(word, '='), *value = equals ? equals + 1 : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const option_spec *spec = find_option(r, word, length);

    if (!spec) {
        return unknown_option(r, word, length);
    }
    if (spec->kind != KIND_SETTING && has_option(r->options, spec->bit)) {
        return USAGE(r, "%s is given twice", spec->name);
    }
    if (spec->kind == KIND_FLAG && value) {
        return USAGE(r, "%s takes no value", spec->name);
    }
    if (spec->kind != KIND_FLAG && !value) {
        if (r->next == r->argc) {
            return USAGE(r, "%s needs a value (%s)", spec->name, spec->value);
        }
        value = r->argv[r->next++];
    }
    r->options->given |= spec->bit;
    return store(r, spec, value);
}

static cfi_status read_argument(const reader *r, const char *word)
{
    if (!r->command->argument) {
        return USAGE(r, "takes no argument, but got %.*s", SHOWN, word);
    }
    if (!*word) {
        return USAGE(r, "%s is empty", r->command->argument);
    }
    r->options->arguments[r->options->argument_count++] = word;
    if (r->options->argument && !r->command->argument_repeats) {
        return USAGE(r, "takes one %s, but got a second, %.*s", r->command->argument, SHOWN, word);
    }
    r->options->argument = r->options->arguments[0];
    return CFI_OK;
}

static cfi_status check_whole(const reader *r)
{
    const cli_options *o = r->options;

    if (r->command->argument && !r->command->argument_optional && !o->argument) {
        return USAGE(r, "%s is missing", r->command->argument);
    }
    if (has_option(o, OPTION_JSON) && has_option(o, OPTION_CSV)) {
        return USAGE(r, "%s and %s exclude each other", "--json", "--csv");
    }
    if (has_option(o, OPTION_RESUME) && has_option(o, OPTION_FORCE)) {
        return USAGE(r, "%s and %s exclude each other", "--resume", "--force");
    }
    if ((r->command->options & OPTION_OUT_NEEDED) && !has_option(o, OPTION_OUT) && !has_option(o, OPTION_DRY_RUN)) {
        return USAGE(r, "%s is missing", "--out DIR");
    }
    if (has_option(o, OPTION_FORCE) && !has_option(o, OPTION_OUT) && !has_option(o, OPTION_DRY_RUN)) {
        return USAGE(r, "%s is missing, whose files --force would replace", "--out DIR");
    }
    if ((r->command->options & OPTION_DROP) && !has_option(o, OPTION_DROP)) {
        return USAGE(r, "%s is missing", "--drop I");
    }
    return CFI_OK;
}

cfi_status options_parse(const cli_command *command, int argc, char **argv, cli_options *options, cfi_error *error)
{
    reader r = {.command = command, .argc = argc, .argv = argv, .options = options, .error = error};
    cfi_status status = CFI_OK;
    bool only_arguments = false;

    options->setting = calloc((size_t)argc + 1, sizeof *options->setting);
    options->arguments = calloc((size_t)argc + 1, sizeof *options->arguments);
    if (!options->setting || !options->arguments) {
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
        if (has_option(options, OPTION_HELP)) {
            return status;
        }
    }
    return status == CFI_OK ? check_whole(&r) : status;
}

void options_free(cli_options *options)
{
    for (size_t i = 0; i < options->settings; i++) {
        free((char *)options->setting[i].key);
    }
    free(options->setting);
    free(options->arguments);
    options->arguments = NULL;
    options->setting = NULL;
    options->settings = 0;
}

void options_print_help(unsigned mask, FILE *stream)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const option_spec *spec = &option_table[i];
        char name[32];

        if (!(mask & spec->bit)) {
            continue;
        }
        snprintf(name, sizeof name, "%s%s%s", spec->name, spec->value ? " " : "", spec->value ? spec->value : "");
        fprintf(stream, "  %-18s  %s", name, spec->help);
        if (spec->bit == OPTION_THREADS) {
            fprintf(stream, " (%llu .. %llu; default: %zu)", (unsigned long long)spec->low,
                    (unsigned long long)spec->high, sweep_default_threads());
        }
        fputc('\n', stream);
    }
}
