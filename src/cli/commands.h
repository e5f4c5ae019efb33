/* The table of commands: it drives dispatch, option parsing and every help text. */
#ifndef CFISAC_CLI_COMMANDS_H
#define CFISAC_CLI_COMMANDS_H

#include "cli/options.h"

/* A command returns the process's exit code. */
typedef int (*cli_function)(const cli_options *options);

typedef struct cli_command {
    const char *name;
    cli_function function;
    const char *usage;    /* what follows the name */
    const char *summary;  /* a line for the list of commands */
    const char *text;     /* what it does */
    const char *example;  /* lines with two spaces before each */
    const char *argument; /* name of the positional argument, or NULL: takes none */
    unsigned options;     /* OPTION_* bits */
    bool argument_optional, argument_repeats;
    bool lists_keys; /* its help lists the scenario's keys */
} cli_command;

extern const cli_command command_table[];
extern const size_t command_count;

/* NULL and an error that suggests the nearest name when there is none. */
const cli_command *command_find(const char *name, cfi_error *error);

int command_run(const cli_options *options);
int command_replay(const cli_options *options);
int command_sweep(const cli_options *options);
int command_merge(const cli_options *options);
int command_validate(const cli_options *options);
int command_solve(const cli_options *options);
int command_schema(const cli_options *options);
int command_help(const cli_options *options);

/* Help texts on standard output; each returns the exit code. */
int help_print_command(const cli_command *command);
int help_print_program(void);
int help_print_version(void);
/* The short usage on standard error, for a command line without a command. */
void help_print_usage(void);

#endif
