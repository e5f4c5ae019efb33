/* A progress bar on standard error. */
#include "cli/progress.h"

#include "cli/message.h"

#include <time.h>

static double now_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

progress_bar progress_make(const cli_options *options)
{
    progress_bar bar = {.enabled = may_move_cursor(options, stderr), .start = now_seconds()};

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

enum { WIDTH = 30 };

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

static void draw_cells(size_t done, size_t total, char cells[WIDTH + 1])
{
    size_t filled = total > 0 ? WIDTH * done / total : 0;

    for (size_t i = 0; i < WIDTH; i++) {
        cells[i] = i < filled ? '#' : '.';
    }
    cells[WIDTH] = '\0';
}

void progress_update(void *context, size_t done, size_t total)
{
    progress_bar *bar = context;
    double now = now_seconds();
    char left[40], cells[WIDTH + 1];

    if (is_due(bar, now)) {
        draw_cells(done, total, cells);
        format_seconds((now - bar->start) / (double)done * (double)(total - done), left, sizeof left);
        fprintf(stderr, "\r[%s] %zu/%zu drops, %s left\033[K", cells, done, total, left);
        fflush(stderr);
    }
}

void progress_update_sweep(void *context, const cfi_sweep_progress *p)
{
    progress_bar *bar = context;
    double now = now_seconds(), rate = (double)(p->done - p->resumed) / (now - bar->start);
    char left[40], cells[WIDTH + 1];

    if (is_due(bar, now)) {
        draw_cells(p->done, p->trials, cells);
        format_seconds((double)(p->trials - p->done) / rate, left, sizeof left);
        fprintf(stderr, "\r[%s] %zu/%zu points, %zu/%zu drops, %.3g/s, %s left", cells, p->points_done, p->points,
                p->done, p->trials, rate, left);
        if (p->infeasible > 0) {
            fprintf(stderr, ", %zu infeasible", p->infeasible);
        }
        if (p->failed > 0) {
            fprintf(stderr, ", %zu failed", p->failed);
        }
        fputs("\033[K", stderr);
        fflush(stderr);
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
