/* The sweep that a journal was begun with. */
#include "sweep/older.h"

#include <stdlib.h>
#include <string.h>

static cfi_status older_no_memory(const journal *j, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the lines of %.300s", j->path);
}

/* What of DIR/scenario.json is this sweep's. */
static cfi_status match_points(const journal *j, const sweep_plan *plan, older_sweep *older, cfi_error *error)
{
    cfi_error cause = {.text = ""};
    cfi_status status;

    plan->kind->hash(plan, older->scenario, older->hash);
    older->point = malloc(scenario_points(older->scenario) * sizeof *older->point);
    if (!older->point) {
        return older_no_memory(j, error);
    }
    status = scenario_continue(older->scenario, plan->sweep, older->point, &cause);
    if (status == CFI_OK && plan->shards > 1) {
        status = error_set(&cause, CFI_INVALID, "a shard cannot grow (allowed: merge the shards, then --resume)");
    }
    if (status == CFI_NO_MEMORY) {
        return older_no_memory(j, error);
    }
    return status == CFI_OK ? CFI_OK
                            : error_set(error, status, "%.300s: begun with another scenario: %s", j->path, cause.text);
}

cfi_status older_read(const journal *j, const sweep_plan *plan, older_sweep *older, cfi_error *error)
{
    cfi_error ignored;
    char *path;
    cfi_status status;

    older->asked = true;
    if (asprintf(&path, "%s/scenario.json", j->directory) < 0) {
        return older_no_memory(j, error);
    }
    status = scenario_read(path, NULL, 0, &older->scenario, &ignored);
    free(path);
    if (status == CFI_NO_MEMORY) {
        return older_no_memory(j, error);
    }
    return status == CFI_OK ? match_points(j, plan, older, error) : CFI_OK;
}

void older_free(older_sweep *older)
{
    scenario_destroy(older->scenario);
    free(older->point);
    *older = (older_sweep){.scenario = NULL};
}

bool older_point(const older_sweep *older, const char *hash, size_t line_point, size_t *point)
{
    if (!older->scenario || strcmp(hash, older->hash) != 0 || line_point >= scenario_points(older->scenario)) {
        return false;
    }
    *point = older->point[line_point];
    return true;
}
