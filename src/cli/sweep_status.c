/* sweep --status: how far a sweep is. */
#include "cli/sweep_status.h"

#include "base/text.h"
#include "cli/message.h"
#include "cli/progress.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SHOWN = 256 };

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
               text_by_count(p->points, "", "s"), p->trials, text_by_count(p->trials, "", "s"));
    } else if (p->points > 1) {
        printf("a %s of %zu points, %zu drop%s\n", s->noun, p->points, p->trials, text_by_count(p->trials, "", "s"));
    } else {
        printf("a %s of %zu drop%s\n", s->noun, p->trials, text_by_count(p->trials, "", "s"));
    }
    printf("  %zu drop%s done", p->done, text_by_count(p->done, "", "s"));
    if (p->trials > 0) {
        printf(" (%zu %%)", 100 * p->done / p->trials);
    }
    printf(": %zu feasible, %zu infeasible, %zu failed\n", p->done - p->infeasible - p->failed, p->infeasible,
           p->failed);
    if (p->points > 1) {
        printf("  %zu point%s drops\n", p->points_done,
               text_by_count(p->points_done, " with all its", "s with all their"));
    }
    if (s->damaged > 0) {
        printf("  %zu damaged line%s, to be put aside and computed again by --resume\n", s->damaged,
               text_by_count(s->damaged, "", "s"));
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
           s->progress.trials, text_by_count(s->progress.trials, "", "s"),
           s->running       ? "running"
           : is_finished(s) ? "finished"
                            : "not running");
    if (s->damaged > 0) {
        printf(", %zu damaged line%s", s->damaged, text_by_count(s->damaged, "", "s"));
    }
    printf("\n");
}

/* Paths of the directories with a journal in a directory, in the order of their names. */
typedef struct sweep_folders {
    char **path;
    size_t count;
} sweep_folders;

static void free_folders(sweep_folders *folders)
{
    for (size_t i = 0; i < folders->count; i++) {
        free(folders->path[i]);
    }
    free(folders->path);
}

static cfi_status no_status_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a list of directories");
}

/* Takes the path of an entry over when a sweep is there. */
static cfi_status add_folder(const char *directory, const char *name, sweep_folders *folders, cfi_error *error)
{
    char *path = NULL;

    if (*name == '.') {
        return CFI_OK;
    }
    if (asprintf(&path, "%s/%s", directory, name) < 0) {
        return no_status_memory(error);
    }
    if (sweep_is_there(path)) {
        folders->path[folders->count++] = path;
    } else {
        free(path);
    }
    return CFI_OK;
}

/* A directory that cannot be read has none. */
static cfi_status list_folders(const char *directory, sweep_folders *folders, cfi_error *error)
{
    struct dirent **entry = NULL;
    int found = scandir(directory, &entry, NULL, versionsort);
    cfi_status status = CFI_OK;

    if (found < 0) {
        return errno == ENOMEM ? no_status_memory(error) : CFI_OK;
    }
    folders->path = calloc((size_t)found + 1, sizeof *folders->path);
    status = folders->path ? CFI_OK : no_status_memory(error);
    for (int i = 0; i < found; i++) {
        status = status == CFI_OK ? add_folder(directory, entry[i]->d_name, folders, error) : status;
        free(entry[i]);
    }
    free(entry);
    return status;
}

/* Rows, and their sum; one that cannot be read is told, and does not keep the others back. */
static int print_sweeps_within(const char *directory, const sweep_folders *folders)
{
    char shown[NAME_SHOWN];
    cfi_sweep_progress all = {.points = 0};
    int code = EXIT_DONE;

    printf("%s: %zu director%s of sweeps\n", text_shown(shown, sizeof shown, directory), folders->count,
           text_by_count(folders->count, "y", "ies"));
    for (size_t i = 0; i < folders->count; i++) {
        cfi_sweep_state state;
        cfi_error error;
        cfi_status status = sweep_look(folders->path[i], &state, &error);

        if (status == CFI_NO_MEMORY) {
            return report_error(&error);
        }
        if (status != CFI_OK) {
            code = report_error(&error);
            continue;
        }
        print_sweep_within(folders->path[i] + strlen(directory) + 1, &state);
        all.done += state.progress.done;
        all.trials += state.progress.trials;
        all.infeasible += state.progress.infeasible;
        all.failed += state.progress.failed;
    }
    printf("  together %zu of %zu drops: %zu feasible, %zu infeasible, %zu failed\n", all.done, all.trials,
           all.done - all.infeasible - all.failed, all.infeasible, all.failed);
    return code;
}

int sweep_status_print(const char *directory)
{
    cfi_sweep_state state;
    cfi_error error;
    sweep_folders folders = {.count = 0};
    cfi_status status = sweep_is_there(directory) ? CFI_OK : list_folders(directory, &folders, &error);
    int code = EXIT_DONE;

    if (status == CFI_OK && folders.count > 0) {
        code = print_sweeps_within(directory, &folders);
    } else if (status == CFI_OK) {
        status = sweep_look(directory, &state, &error);
        if (status == CFI_OK) {
            print_state(directory, &state);
        }
    }
    free_folders(&folders);
    if (status == CFI_OK && code == EXIT_DONE) {
        status = finish_output(&error);
    }
    return status == CFI_OK ? code : report_error(&error);
}
