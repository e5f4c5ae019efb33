/* What a command is. Each stands in a file of its own, with its options; commands.c lists them. */
#ifndef CFISAC_CLI_COMMANDS_H
#define CFISAC_CLI_COMMANDS_H

#include "cli/options.h"

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
    bool argument_optional, argument_repeats;
    bool lists_keys;                         /* its help lists the scenario's keys */
    const cli_option *options[MOST_OPTIONS]; /* in the order of the help, NULL behind the last */
    /* What the options say together; NULL: nothing more to check. CFI_USAGE by usage_error. */
    cfi_status (*check)(const cli_options *options, cfi_error *error);
} cli_command;

extern const cli_command *const command_table[];
extern const size_t command_count;

/* NULL and an error that suggests the nearest name when there is none. */
const cli_command *command_find(const char *name, cfi_error *error);

#endif
