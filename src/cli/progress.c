/* Progress on standard error. */
#include "cli/progress.h"

#include "base/clock.h"
#include "cli/message.h"

#include <string.h>
#include <unistd.h>

/* Seconds from one showing of progress to the next. */
static const double BAR_PERIOD = 0.1, LINE_PERIOD = 20.0;

progress_bar progress_make(const cli_options *options)
{
    progress_bar bar = {.form = may_move_cursor(options, stderr) ? PROGRESS_BAR : PROGRESS_LINES,
                        .start = clock_seconds()};

    bar.form = options->quiet ? PROGRESS_NONE : bar.form;
    bar.last = bar.start;
    return bar;
}

void progress_format_seconds(double seconds, char *text, size_t size)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);

    if (whole < 100) {
        snprintf(text, size, "%lu s", whole);
    } else if (whole < 6000) {
        snprintf(text, size, "%lu min %02lu s", whole / 60, whole % 60);
    } else {
        snprintf(text, size, "%lu h %02lu min", whole / 3600, whole / 60 % 60);
    }
}

/* Characters of the bar, at most and at least; bytes of the whole line. */
enum { BAR_WIDTH = 30, LEAST_WIDTH = 5, LONGEST_LINE = 256 };

/* Whether it is time to show progress again. */
static bool is_due(progress_bar *bar, double now)
{
    if (bar->form == PROGRESS_NONE || now - bar->last < (bar->form == PROGRESS_BAR ? BAR_PERIOD : LINE_PERIOD)) {
        return false;
    }
    bar->last = now;
    bar->visible = bar->form == PROGRESS_BAR;
    return true;
}

/* A line that fits the terminal, since a carriage return goes back over one row only: a bar in what the text leaves,
 * none where that is too little, and the text cut off at last. */
static void draw_line(size_t done, size_t total, const char *text)
{
    size_t columns = terminal_columns() - 1, length = strlen(text), width = BAR_WIDTH;
    char cells[BAR_WIDTH + 1];

    if (length + 3 + LEAST_WIDTH > columns) {
        fprintf(stderr, "\r%.*s\033[K", (int)columns, text);
    } else {
        width = columns - length - 3 < BAR_WIDTH ? columns - length - 3 : BAR_WIDTH;
        memset(cells, '.', width);
        memset(cells, '#', total > 0 ? width * done / total : 0);
        cells[width] = '\0';
        fprintf(stderr, "\r[%s] %s\033[K", cells, text);
    }
    fflush(stderr);
}

static void show_progress(const progress_bar *bar, size_t done, size_t total, const char *text)
{
    if (bar->form == PROGRESS_BAR) {
        draw_line(done, total, text);
    } else {
        fprintf(stderr, "cfisac: %s\n", text);
    }
}

void progress_update(void *context, size_t done, size_t total)
{
    progress_bar *bar = context;
    double now = clock_seconds();
    char left[40], text[LONGEST_LINE];

    if (is_due(bar, now)) {
        progress_format_seconds((now - bar->start) / (double)done * (double)(total - done), left, sizeof left);
        snprintf(text, sizeof text, "%zu/%zu drops, %s left", done, total, left);
        show_progress(bar, done, total, text);
    }
}

void progress_update_sweep(void *context, const cfi_sweep_progress *p)
{
    progress_bar *bar = context;
    double now = clock_seconds(), rate = (double)(p->done - p->resumed) / (now - bar->start);
    char left[40], points[60] = "", infeasible[40] = "", failed[40] = "", text[LONGEST_LINE];

    if (is_due(bar, now)) {
        progress_format_seconds((double)(p->trials - p->done) / rate, left, sizeof left);
        if (p->points > 1) {
            snprintf(points, sizeof points, "%zu/%zu points, ", p->points_done, p->points);
        }
        if (p->infeasible > 0) {
            snprintf(infeasible, sizeof infeasible, ", %zu infeasible", p->infeasible);
        }
        if (p->failed > 0) {
            snprintf(failed, sizeof failed, ", %zu failed", p->failed);
        }
        snprintf(text, sizeof text, "%s%zu/%zu drops, %.*f/s, %s left%s%s", points, p->done, p->trials,
                 rate < 10.0 ? 1 : 0, rate, left, infeasible, failed);
        show_progress(bar, p->done, p->trials, text);
    }
}

void progress_clear(progress_bar *bar)
{
    if (bar->visible) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        bar->visible = false;
    }
}

void progress_warn(void *context, const char *line)
{
    const progress_voice *voice = context;

    progress_clear(voice->bar);
    report_warning(voice->options, line);
}
