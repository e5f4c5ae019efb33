/* Completion of the command line by a shell: a script that carries the tables of commands, options and keys with it. */
#ifndef CFISAC_CLI_COMPLETION_H
#define CFISAC_CLI_COMPLETION_H

#include "cfisac/error.h"

#include <stdio.h>

/* The script is a file of src/cli/completion, in the shell's own language, and a row of completion_shells. */
typedef struct completion_shell {
    const char *name;
    const char *script; /* with the line of its tables, and the shell's own quotes about it */
    const char *quote;  /* a single quote within single quotes */
} completion_shell;

extern const completion_shell completion_shells[];
extern const size_t completion_shell_count;

/* Writes the script with the tables in it: lines of fields with a tab between them, of which none is empty ("-").
 *
 *     command  NAME     OFFER  HELP          OFFER: of its argument
 *     option   COMMAND  NAME   OFFER  HELP   COMMAND: - for what stands alone
 *     topic    NAME     HELP
 *     key      NAME     SWEPT  FILE   WORDS  HELP
 *
 * OFFER is what a value may be: flag (an option without one), - (nothing can be offered), file, file:ENDING, directory,
 * words:WORD WORD ..., key (KEY=VALUE), sweep (KEY=RANGE) or topic (what `help` explains). SWEPT and FILE are yes or
 * no, WORDS those with a space between them. */
void completion_write(const completion_shell *shell, FILE *stream);

#endif
