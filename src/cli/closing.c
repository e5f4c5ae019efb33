/* The last words of sweep, merge and frontier. */
#include "cli/closing.h"

#include "cli/message.h"

void closing_warn(void *context, const char *line)
{
    const closing_voice *last = context;

    progress_warn(last->voice, line);
}

void closing_note(void *context, size_t points, const cfi_sweep_tally *tally)
{
    closing_voice *last = context;

    last->ended = true;
    last->closing->points = points;
    last->closing->drops = tally->lines;
    last->closing->infeasible = tally->infeasible;
    last->closing->failed = tally->failed;
    last->closing->inaccurate = tally->inaccurate;
}

cfi_status closing_print(const cli_options *options, const closing_voice *last, cfi_status status, cfi_error *error)
{
    const char *name[CFI_MOST_SWEEP_FILES];
    bool verdict = status == CFI_OK || status == CFI_INFEASIBLE || status == CFI_FAILED;
    cfi_error output;
    cfi_status printed;

    if (options->quiet || !last->ended || !verdict) {
        return status;
    }
    last->closing->file = name;
    last->closing->files = sweep_list_files(last->closing->directory, last->frontier, name);
    printed = name_output(report_write_closing(last->closing, stdout, &output), &output);
    if (printed == CFI_OK) {
        return status;
    }
    *error = output;
    return printed;
}
