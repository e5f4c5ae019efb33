/* scenario.json and sweep.json beside a journal. */
#include "sweep/identity.h"
#include "base/replace.h"

#include <stdlib.h>
#include <string.h>

/* What an identity file says. */
typedef struct identity_file {
    const sweep_plan *plan;
    cfi_sweep_identity identity;
} identity_file;

static cfi_status write_identity(const void *context, FILE *stream, cfi_error *error)
{
    const identity_file *file = context;

    return file->plan->kind->write_identity(file->plan, &file->identity, stream, error);
}

static cfi_status write_scenario(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_scenario(context, stream, error);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

cfi_status identity_write(const sweep_plan *plan, const build_list *builds, const char *directory, cfi_error *error)
{
    const char **name = calloc(builds->count + 1, sizeof *name);
    identity_file file = {.plan = plan,
                          .identity = {.sweep = plan->sweep,
                                       .shard = plan->shard,
                                       .shards = plan->shards,
                                       .build = name,
                                       .builds = builds->count}};
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
        status = replace_file(directory, plan->kind->identity, write_identity, &file, error);
    }
    free(name);
    return status;
}

cfi_status identity_read(const sweep_kind *kind, const char *directory, cfi_known_identity *identity, bool *there,
                         cfi_error *error)
{
    char *path;
    cfi_status status;

    *there = false;
    if (asprintf(&path, "%s/%s", directory, kind->identity) < 0) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    status = report_read_identity(path, identity, error);
    free(path);
    *there = status == CFI_OK;
    return status == CFI_NO_MEMORY ? status : CFI_OK;
}
