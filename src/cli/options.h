/* What a command is, its options, and strict parsing of what follows its name. */
#ifndef CFISAC_CLI_OPTIONS_H
#define CFISAC_CLI_OPTIONS_H

#include "cfisac/report.h"

typedef enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_NUMBER,  /* a whole number, low .. high */
    OPTION_SECONDS, /* greater than 0 */
    OPTION_SHARD,   /* I/N with low <= I <= N <= high */
    OPTION_SETTING, /* KEY=VALUE; may be repeated */
    OPTION_OVER,    /* KEY=RANGE; may be repeated */
    OPTION_FORMATS  /* the option of each format of report_formats that `offers`, of which one may be given */
} option_kind;

/* What a value of a command line names, so that a shell can offer it (completion.h). */
typedef enum hint_kind {
    HINT_FILE, /* of the ending, if there is one */
    HINT_DIRECTORY,
    HINT_WORD, /* one of the words */
    HINT_TOPIC /* what `help` explains: a command, a key */
} hint_kind;

enum { HINT_LENGTH = 80 };
typedef struct cli_hint {
    hint_kind kind;
    const char *ending;                                  /* of a file, without its dot; NULL: any */
    bool (*word)(size_t index, char *text, size_t size); /* false beyond the last, and then nothing is written */
} cli_hint;

/* An option, in the file of its command; those of several commands stand in shared_options.c. A command's list of them
 * is all that the parser, the help and the suggestions know, and a pointer to the row asks for what was given. */
typedef struct cli_option {
    option_kind kind;
    const char *name, *value, *help; /* value: what it is called; NULL of a flag */
    uint64_t low, high;
    size_t (*standard)(void); /* of a number whose range and default the help prints; or NULL */
    bool (*offers)(const cfi_format *format);
    cli_hint hint; /* of a text */
} cli_option;

extern const cli_option option_set, option_out, option_resume, option_force, option_threads, option_mixed,
    option_timing, option_quiet, option_help;

/* An option that was there, with its value as its kind reads it. */
typedef struct given_option {
    const cli_option *option;
    const char *text;
    uint64_t number, of; /* of: N of a shard */
    double seconds;
} given_option;

struct cli_command;

typedef struct cli_options {
    const struct cli_command *command;
    given_option *given; /* in the order of the command line, without settings and formats */
    size_t given_count;
    const cfi_format *format; /* what an option asked for, else NULL */
    bool quiet;               /* --quiet was given */
    const char *argument;     /* the positional argument, or the first of them, or NULL */
    const char **arguments;   /* all of them */
    size_t argument_count;
    cfi_setting *setting; /* of --set and --over; the keys are copies */
    size_t settings;
    const char *command_line; /* as typed, for timing.json */
} cli_options;

enum { MOST_OPTIONS = 16 };

/* Drives dispatch, option parsing and every help text. */
typedef struct cli_command {
    const char *name;
    int (*run)(const cli_options *options); /* returns the process's exit code */
    const char *usage;                      /* what follows the name */
    const char *summary;                    /* a line for the list of commands */
    const char *text;                       /* what it does */
    const char *example;                    /* lines with two spaces before each */
    const char *argument;                   /* name of the positional argument, or NULL: takes none */
    cli_hint argument_hint;
    bool argument_optional, argument_repeats;
    bool lists_keys;                         /* its help lists the scenario's keys */
    const cli_option *options[MOST_OPTIONS]; /* in the order of the help, NULL behind the last */
    /* What the options say together; NULL: nothing more to check. CFI_USAGE by usage_error. */
    cfi_status (*check)(const cli_options *options, cfi_error *error);
} cli_command;

/* Parses argv[0 .. argc - 1] by the command's list of options; stops at --help. CFI_USAGE, CFI_NO_MEMORY. Free with
 * options_free in every case. */
cfi_status options_parse(const struct cli_command *command, int argc, char **argv, cli_options *options,
                         cfi_error *error);
void options_free(cli_options *options);

/* What was given of an option of the command; without it false, NULL, 0 and 0. */
bool has_option(const cli_options *options, const cli_option *option);
const char *option_text(const cli_options *options, const cli_option *option);
uint64_t option_number(const cli_options *options, const cli_option *option);
double option_seconds(const cli_options *options, const cli_option *option);
/* --threads, or its default. */
size_t threads_asked(const cli_options *options);
/* I and N of a shard, 1 and 1 without. */
typedef struct shard_number {
    size_t index, of;
} shard_number;
shard_number option_shard(const cli_options *options, const cli_option *option);

/* CFI_USAGE, "COMMAND: ...; see 'cfisac help COMMAND'". */
cfi_status usage_error(const cli_options *options, cfi_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same of an option that a command cannot do without: "--out DIR is missing", and why. */
cfi_status option_missing(const cli_options *options, const cli_option *option, const char *why, cfi_error *error);

/* Goes on to the command's next option, and within its formats to the next format; all zero before the first. */
typedef struct option_cursor {
    size_t next, next_format;
    const cli_option *option;
    const cfi_format *format; /* of OPTION_FORMATS, else NULL */
    const char *name;
} option_cursor;
bool option_next(const struct cli_command *command, option_cursor *at);

/* "  --threads N   ... (default: 2)" for each option of the command. */
void options_print_help(const struct cli_command *command, FILE *stream);

#endif
