/* A progress bar on standard error. */
#ifndef CFISAC_CLI_PROGRESS_H
#define CFISAC_CLI_PROGRESS_H

#include "cfisac/sweep.h"
#include "cli/options.h"

typedef struct progress_bar {
    bool enabled, visible;
    double start, last; /* seconds */
} progress_bar;

/* Shown only where the cursor may be moved, at most ten times a second. */
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
/* Erases the bar. */
void progress_clear(progress_bar *bar);

#endif
