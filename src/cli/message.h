/* What goes to standard error, exit codes, and the end of standard output. */
#ifndef CFISAC_CLI_MESSAGE_H
#define CFISAC_CLI_MESSAGE_H

#include "cli/options.h"

enum {
    EXIT_DONE = 0,
    EXIT_USAGE = 2,
    EXIT_INVALID = 3,
    EXIT_INFEASIBLE = 4,
    EXIT_FAILED = 5,
    EXIT_OUTPUT = 6,
    EXIT_INTERRUPTED = 130
};

int exit_code(cfi_status status);

/* Characters of a line of the terminal that standard error is; where it says none, those of a page. */
size_t terminal_columns(void);

/* Prints the error as one line, which a terminal shows broken at words, and returns its exit code. Errors in an input
 * start with the input's name and stand as they are; all others are prefixed with the program's name. */
int report_error(const cfi_error *error);

/* A warning, in the same way, unless --quiet. */
void report_warning(const cli_options *options, const char *line);

/* The same for rooms that only know a callback: context is the options. */
void pass_warning(void *context, const char *line);

/* Flushes standard output and says whether everything reached it; a reader that has closed its pipe has had enough,
 * and that is CFI_OK. */
cfi_status finish_output(cfi_error *error);
/* The same of `status`, the outcome of writing to standard output: names the stream in the error. */
cfi_status name_output(cfi_status status, cfi_error *error);
/* Prints text to standard output and returns the exit code. */
int print_text(const char *text);

/* Colour and cursor movement are welcome on the stream: a terminal, and neither NO_COLOR, TERM=dumb nor --quiet. */
bool may_move_cursor(const cli_options *options, FILE *stream);
bool may_colour(const cli_options *options, FILE *stream);

#endif
