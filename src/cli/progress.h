/* Progress on standard error: a bar on a terminal, now and then a line elsewhere. */
#ifndef CFISAC_CLI_PROGRESS_H
#define CFISAC_CLI_PROGRESS_H

#include "cfisac/sweep.h"
#include "cli/options.h"

typedef enum { PROGRESS_NONE, PROGRESS_BAR, PROGRESS_LINES } progress_form;

typedef struct progress_bar {
    progress_form form;
    bool visible;
    double start, last; /* seconds */
} progress_bar;

/* A bar where the cursor may be moved, at most ten times a second; elsewhere, as in the log of a job, three lines a
 * minute; nothing with --quiet. */
progress_bar progress_make(const cli_options *options);
/* A cfi_run_options.progress; context is the bar. */
void progress_update(void *context, size_t done, size_t total);
/* A cfi_sweep_options.progress; context is the bar. */
void progress_update_sweep(void *context, const cfi_sweep_progress *progress);
/* Where remarks go: past the bar. */
typedef struct progress_voice {
    const cli_options *options;
    progress_bar *bar;
} progress_voice;
/* A cfi_sweep_warn.emit; context is the voice. */
void progress_warn(void *context, const char *line);
/* "40 s", "3 min 20 s" or "2 h 05 min". */
void progress_format_seconds(double seconds, char *text, size_t size);
/* Erases the bar. */
void progress_clear(progress_bar *bar);

#endif
