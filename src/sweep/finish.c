/* The files beside a journal. */
#include "sweep/finish.h"

#include "base/replace.h"
#include "sweep/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TABLE_NAME "sweep.csv"

/* -------------------------------------------------------------------------- sweep.json ---- */

static cfi_status write_identity(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_identity(context, stream, error);
}

static cfi_status write_scenario(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_scenario(context, stream, error);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

cfi_status finish_identity(const sweep_plan *plan, const build_list *builds, const char *directory, cfi_error *error)
{
    const char **name = calloc(builds->count + 1, sizeof *name);
    cfi_sweep_identity identity = {
        .sweep = plan->sweep, .shard = plan->shard, .shards = plan->shards, .build = name, .builds = builds->count};
    cfi_status status = CFI_OK;

    if (!name) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the builds of a sweep");
    }
    for (size_t i = 0; i < builds->count; i++) {
        name[i] = builds->name[i];
    }
    qsort(name, builds->count, sizeof *name, compare_names);
    status = replace_file(directory, "scenario.json", write_scenario, plan->sweep, error);
    if (status == CFI_OK) {
        status = replace_file(directory, "sweep.json", write_identity, &identity, error);
    }
    free(name);
    return status;
}

cfi_status finish_read_identity(const char *directory, cfi_known_identity *identity, bool *there, cfi_error *error)
{
    char *path;
    cfi_status status;

    *there = false;
    if (asprintf(&path, "%s/sweep.json", directory) < 0) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    status = report_read_identity(path, identity, error);
    free(path);
    *there = status == CFI_OK;
    return status == CFI_NO_MEMORY ? status : CFI_OK;
}

/* --------------------------------------------------------------------------- sweep.csv ---- */

static cfi_status write_table(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_sweep_csv(context, stream, error);
}

static bool has_table(const char *directory)
{
    char *path = NULL;
    bool there = asprintf(&path, "%s/" TABLE_NAME, directory) >= 0 && access(path, F_OK) == 0;

    free(path);
    return there;
}

void finish_remove_table(const char *directory)
{
    char *path = NULL;

    if (asprintf(&path, "%s/" TABLE_NAME, directory) >= 0) {
        unlink(path);
        free(path);
    }
}

/* A finished journal as it is read back. */
typedef struct finished {
    const journal *journal;
    const sweep_plan *plan;
    cfi_line *line;                 /* one an item */
    char failure[CFI_LINE_FAILURE]; /* of the first failed one */
} finished;

static cfi_status take_line(finished *f, size_t item, const file_line *text, cfi_error *error)
{
    cfi_line *line = &f->line[item];
    cfi_line_text more;
    cfi_error cause = {.text = "its newline is missing"};
    cfi_status status = text->whole ? report_read_line(text->text, text->length, line, &more, &cause) : CFI_INVALID;
    size_t trial = plan_trial(f->plan, item);

    if (status == CFI_NO_MEMORY) {
        return error_set(error, status, "%s", cause.text);
    }
    if (status == CFI_OK && (line->point != plan_point(f->plan, trial) || line->drop != plan_drop(f->plan, trial))) {
        status = error_set(&cause, CFI_INVALID, "it is drop %u of point %zu", line->drop, line->point);
    }
    if (status != CFI_OK) {
        return error_set(error, CFI_OUTPUT, "%.300s:%zu: does not read back as it was written: %s (--resume mends it)",
                         f->journal->path, item + 1, cause.text);
    }
    if (line->status == CFI_DROP_FAILED && !*f->failure) {
        snprintf(f->failure, sizeof f->failure, "%s", more.failure);
    }
    return CFI_OK;
}

static cfi_status read_back(finished *f, cfi_error *error)
{
    line_reader reader = {.file = f->journal->file};
    size_t items = f->plan->items;
    file_line text;
    cfi_status status = CFI_OK;

    for (size_t item = 0; item < items && status == CFI_OK; item++) {
        int got = lines_next(&reader, &text);

        if (got < 0) {
            status = journal_read_error(f->journal, errno, error);
        } else if (got == 0) {
            status = error_set(error, CFI_OUTPUT, "%.300s: only %zu of %zu lines could be read back", f->journal->path,
                               item, items);
        } else {
            status = take_line(f, item, &text, error);
        }
    }
    lines_free(&reader);
    return status;
}

/* The table, the remarks and the verdict of a whole sweep. */
static cfi_status conclude_sweep(const finished *f, bool keep, const cfi_sweep_warn *warn, cfi_error *error)
{
    const char *directory = f->journal->directory;
    cfi_sweep_lines lines = {
        .sweep = f->plan->sweep, .line = f->line, .first = f->plan->first, .failure = *f->failure ? f->failure : NULL};
    cfi_status status = CFI_OK;

    if (!(keep && has_table(directory))) {
        status = replace_file(directory, TABLE_NAME, write_table, &lines, error);
    }
    if (status == CFI_OK && warn->emit) {
        report_sweep_warnings(&lines, warn->emit, warn->context);
    }
    return status == CFI_OK ? report_sweep_verdict(&lines, error) : status;
}

cfi_status finish_table(const journal *j, const sweep_plan *plan, bool keep, const cfi_sweep_warn *warn,
                        cfi_error *error)
{
    finished f = {.journal = j, .plan = plan, .line = calloc(plan->items + 1, sizeof *f.line)};
    cfi_status status =
        f.line ? read_back(&f, error)
               : error_set(error, CFI_NO_MEMORY, "out of memory for the %zu lines of a sweep", plan->items);

    if (status == CFI_OK && plan->shards == 1) {
        status = conclude_sweep(&f, keep, warn, error);
    }
    free(f.line);
    return status;
}
