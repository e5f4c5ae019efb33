/* cli: command table, strict option parsing, progress bar. */
#ifndef CFISAC_CLI_H
#define CFISAC_CLI_H

#include <stddef.h>

/* An option that stands in place of a command. */
typedef struct sole_option {
    const char *name, *letter; /* letter: NULL where there is none */
    const char *help;
    int (*print)(void); /* returns the exit code; NULL of one that is the command help */
} sole_option;
extern const sole_option sole_options[];
extern const size_t sole_option_count;

/* Runs the command line; returns the process's exit code (README.md lists them). */
int cli_main(int argc, char **argv);

#endif
