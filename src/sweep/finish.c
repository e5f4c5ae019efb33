/* The files beside a journal. */
#include "sweep/finish.h"

#include <stdlib.h>
#include <unistd.h>

#define TABLE_NAME "sweep.csv"

static cfi_status write_identity(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_identity(context, stream, error);
}

static cfi_status write_scenario(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_scenario(context, stream, error);
}

static cfi_status write_table(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_sweep_csv(context, stream, error);
}

cfi_status finish_identity(const sweep_plan *plan, const char *directory, cfi_error *error)
{
    cfi_sweep_identity identity = {.sweep = plan->sweep, .shard = plan->shard, .shards = plan->shards};
    cfi_status status = report_replace_file(directory, "scenario.json", write_scenario, plan->sweep, error);

    return status == CFI_OK ? report_replace_file(directory, "sweep.json", write_identity, &identity, error) : status;
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

cfi_status finish_table(journal *j, const sweep_plan *plan, const char *directory, bool keep,
                        const cfi_sweep_warn *warn, cfi_error *error)
{
    cfi_line *line = calloc(plan->items + 1, sizeof *line);
    cfi_sweep_lines lines = {.sweep = plan->sweep, .line = line, .first = plan->first};
    size_t items = 0;
    cfi_status status;

    if (!line) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the %zu lines of a sweep", plan->items);
    }
    status = journal_read(j, plan, line, &items, error);
    if (status == CFI_OK && items < plan->items) {
        status = error_set(error, CFI_OUTPUT, "%.300s: only %zu of %zu lines could be read back", j->path, items,
                           plan->items);
    }
    if (status == CFI_OK && plan->shards == 1 && !(keep && has_table(directory))) {
        status = report_replace_file(directory, TABLE_NAME, write_table, &lines, error);
    }
    if (status == CFI_OK && plan->shards == 1 && warn->emit) {
        report_sweep_warnings(&lines, warn->emit, warn->context);
    }
    if (status == CFI_OK && plan->shards == 1) {
        status = report_sweep_verdict(&lines, error);
    }
    free(line);
    return status;
}
