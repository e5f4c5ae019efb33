/* The last words of sweep, merge and frontier, on standard output. */
#ifndef CFISAC_CLI_CLOSING_H
#define CFISAC_CLI_CLOSING_H

#include "cli/progress.h"

typedef struct closing_voice {
    progress_voice *voice; /* of the warnings before */
    cfi_closing *closing;
    bool frontier;
    bool ended; /* all drops are done and the rest was made of them */
} closing_voice;

/* A cfi_sweep_warn's emit and end; context is the voice. */
void closing_warn(void *context, const char *line);
void closing_note(void *context, size_t points, const cfi_sweep_tally *tally);

/* Prints the summary where the work came to its end, by its `status` and *error, unless --quiet; the status that it
 * then has: CFI_OUTPUT where standard output takes none. */
cfi_status closing_print(const cli_options *options, const closing_voice *last, cfi_status status, cfi_error *error);

#endif
