/* A progress bar on standard error. */
#include "cli/progress.h"

#include "base/clock.h"
#include "cli/message.h"

#include <string.h>
#include <unistd.h>

progress_bar progress_make(const cli_options *options)
{
    progress_bar bar = {.enabled = may_move_cursor(options, stderr), .start = clock_seconds()};

    bar.last = bar.start;
    return bar;
}

static void format_seconds(double seconds, char *text, size_t size)
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
enum { WIDTH = 30, LEAST_WIDTH = 5, LONGEST_LINE = 256 };

/* Whether it is time to draw again: at most ten times a second. */
static bool is_due(progress_bar *bar, double now)
{
    if (!bar->enabled || now - bar->last < 0.1) {
        return false;
    }
    bar->last = now;
    bar->visible = true;
    return true;
}

/* A line that fits the terminal, since a carriage return goes back over one row only: a bar in what the text leaves,
 * none where that is too little, and the text cut off at last. */
static void draw_line(size_t done, size_t total, const char *text)
{
    size_t columns = terminal_columns() - 1, length = strlen(text), width = WIDTH;
    char cells[WIDTH + 1];

    if (length + 3 + LEAST_WIDTH > columns) {
        fprintf(stderr, "\r%.*s\033[K", (int)columns, text);
    } else {
        width = columns - length - 3 < WIDTH ? columns - length - 3 : WIDTH;
        memset(cells, '.', width);
        memset(cells, '#', total > 0 ? width * done / total : 0);
        cells[width] = '\0';
        fprintf(stderr, "\r[%s] %s\033[K", cells, text);
    }
    fflush(stderr);
}

void progress_update(void *context, size_t done, size_t total)
{
    progress_bar *bar = context;
    double now = clock_seconds();
    char left[40], text[LONGEST_LINE];

    if (is_due(bar, now)) {
        format_seconds((now - bar->start) / (double)done * (double)(total - done), left, sizeof left);
        snprintf(text, sizeof text, "%zu/%zu drops, %s left", done, total, left);
        draw_line(done, total, text);
    }
}

void progress_update_sweep(void *context, const cfi_sweep_progress *p)
{
    progress_bar *bar = context;
    double now = clock_seconds(), rate = (double)(p->done - p->resumed) / (now - bar->start);
    char left[40], infeasible[40] = "", failed[40] = "", text[LONGEST_LINE];

    if (is_due(bar, now)) {
        format_seconds((double)(p->trials - p->done) / rate, left, sizeof left);
        if (p->infeasible > 0) {
            snprintf(infeasible, sizeof infeasible, ", %zu infeasible", p->infeasible);
        }
        if (p->failed > 0) {
            snprintf(failed, sizeof failed, ", %zu failed", p->failed);
        }
        snprintf(text, sizeof text, "%zu/%zu points, %zu/%zu drops, %.*f/s, %s left%s%s", p->points_done, p->points,
                 p->done, p->trials, rate < 10.0 ? 1 : 0, rate, left, infeasible, failed);
        draw_line(p->done, p->trials, text);
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
