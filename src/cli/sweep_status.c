/* sweep --status: how far a sweep is. */
#include "cli/sweep_status.h"

#include "base/text.h"
#include "cli/message.h"
#include "cli/progress.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SHOWN = 256 };

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static bool is_finished(const cfi_sweep_state *s)
{
    return s->progress.done == s->progress.trials && s->damaged == 0 && !s->running && (s->has_tables || s->shards > 1);
}

/* ----------------------------------------------------------------------------- one of them ---- */

/* What becomes of it. */
static const char *outlook(const cfi_sweep_state *s)
{
    if (s->running) {
        return "a process is writing it";
    }
    if (is_finished(s)) {
        return s->shards > 1 ? "it is finished: merge joins the shards" : "it is finished";
    }
    return s->progress.done == s->progress.trials && s->damaged == 0
               ? "no process is writing it, and its tables are missing: --resume makes them"
               : "no process is writing it: --resume goes on";
}

static void print_times(const cfi_sweep_state *s)
{
    char idle[40], left[40];

    progress_format_seconds(s->idle_seconds, idle, sizeof idle);
    printf("  last written %s ago", idle);
    if (s->running && isfinite(s->seconds_left)) {
        progress_format_seconds(s->seconds_left, left, sizeof left);
        printf("; about %s left", left);
    }
    printf("\n");
}

static void print_state(const char *directory, const cfi_sweep_state *s)
{
    const cfi_sweep_progress *p = &s->progress;
    char shown[NAME_SHOWN];

    printf("%s: ", text_shown(shown, sizeof shown, directory));
    if (p->points == 0) {
        printf("a %s that has not begun\n  %s\n", s->noun,
               s->running ? "a process is at work on it" : "no process is at work on it");
        return;
    }
    if (s->shards > 1) {
        printf("shard %zu of %zu of a %s of %zu point%s, %zu drop%s\n", s->shard, s->shards, s->noun, p->points,
               plural(p->points), p->trials, plural(p->trials));
    } else if (p->points > 1) {
        printf("a %s of %zu points, %zu drop%s\n", s->noun, p->points, p->trials, plural(p->trials));
    } else {
        printf("a %s of %zu drop%s\n", s->noun, p->trials, plural(p->trials));
    }
    printf("  %zu drop%s done", p->done, plural(p->done));
    if (p->trials > 0) {
        printf(" (%zu %%)", 100 * p->done / p->trials);
    }
    printf(": %zu feasible, %zu infeasible, %zu failed\n", p->done - p->infeasible - p->failed, p->infeasible,
           p->failed);
    if (p->points > 1) {
        printf("  %zu point%s with all their drops\n", p->points_done, plural(p->points_done));
    }
    if (s->damaged > 0) {
        printf("  %zu damaged line%s, to be put aside and computed again by --resume\n", s->damaged,
               plural(s->damaged));
    }
    printf("  %s\n", outlook(s));
    print_times(s);
}

/* -------------------------------------------------------------------------- many of them ---- */

/* A row of a folder of sweeps. */
static void print_sweep_within(const char *name, const cfi_sweep_state *s)
{
    char shown[NAME_SHOWN], shard[48] = "";

    if (s->shards > 1) {
        snprintf(shard, sizeof shard, ", shard %zu of %zu", s->shard, s->shards);
    }
    printf("  %s%s: %zu of %zu drop%s, %s", text_shown(shown, sizeof shown, name), shard, s->progress.done,
           s->progress.trials, plural(s->progress.trials),
           s->running       ? "running"
           : is_finished(s) ? "finished"
                            : "not running");
    if (s->damaged > 0) {
        printf(", %zu damaged line%s", s->damaged, plural(s->damaged));
    }
    printf("\n");
}

/* Names of directories with a journal in them, by malloc; *count of them, 0 when the directory cannot be read. */
static struct dirent **list_sweeps(const char *directory, size_t *count)
{
    struct dirent **entry = NULL;
    int found = scandir(directory, &entry, NULL, versionsort);

    *count = 0;
    for (int i = 0; i < found; i++) {
        char *path = NULL;

        if (entry[i]->d_name[0] != '.' && asprintf(&path, "%s/%s", directory, entry[i]->d_name) >= 0 &&
            sweep_is_there(path)) {
            entry[(*count)++] = entry[i];
        } else {
            free(entry[i]);
        }
        free(path);
    }
    return entry;
}

static cfi_status look_into(const char *directory, const char *name, cfi_sweep_state *state, cfi_error *error)
{
    char *path = NULL;
    cfi_status status = asprintf(&path, "%s/%s", directory, name) >= 0
                            ? sweep_look(path, state, error)
                            : error_set(error, CFI_NO_MEMORY, "out of memory for a path");

    free(path);
    return status;
}

/* Rows, and their sum; one that cannot be read is told, and does not keep the others back. */
static int print_sweeps_within(const char *directory, struct dirent **entry, size_t count)
{
    char shown[NAME_SHOWN];
    cfi_sweep_progress all = {.points = 0};
    int code = EXIT_DONE;

    printf("%s: %zu director%s of sweeps\n", text_shown(shown, sizeof shown, directory), count,
           count == 1 ? "y" : "ies");
    for (size_t i = 0; i < count; i++) {
        cfi_sweep_state state;
        cfi_error error;

        if (look_into(directory, entry[i]->d_name, &state, &error) == CFI_OK) {
            print_sweep_within(entry[i]->d_name, &state);
            all.done += state.progress.done;
            all.trials += state.progress.trials;
            all.infeasible += state.progress.infeasible;
            all.failed += state.progress.failed;
        } else {
            code = report_error(&error);
        }
    }
    printf("  together %zu of %zu drops: %zu feasible, %zu infeasible, %zu failed\n", all.done, all.trials,
           all.done - all.infeasible - all.failed, all.infeasible, all.failed);
    return code;
}

int sweep_status_print(const char *directory)
{
    cfi_sweep_state state;
    cfi_error error;
    size_t count = 0;
    struct dirent **entry = sweep_is_there(directory) ? NULL : list_sweeps(directory, &count);
    int code = EXIT_DONE;

    if (count > 0) {
        code = print_sweeps_within(directory, entry, count);
    } else if (sweep_look(directory, &state, &error) == CFI_OK) {
        print_state(directory, &state);
    } else {
        code = report_error(&error);
    }
    for (size_t i = 0; i < count; i++) {
        free(entry[i]);
    }
    free(entry);
    if (code == EXIT_DONE && finish_output(&error) != CFI_OK) {
        code = report_error(&error);
    }
    return code;
}
