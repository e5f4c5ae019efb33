/* Joins the journals of shards. */
#include "cfisac/sweep.h"

#include "sweep/finish.h"

#include <stdlib.h>
#include <string.h>

/* One shard's journal, read line by line. */
typedef struct shard_input {
    const char *directory;
    journal journal;
    FILE *stream;
    char *text;
    size_t room;
} shard_input;

typedef struct merge {
    size_t shards;
    shard_input *input;     /* shards, in the order of their numbers */
    cfi_scenario *scenario; /* of the first one given */
    sweep_plan plan;
} merge;

static char *path_in(const char *directory, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

static cfi_status out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a merge");
}

static cfi_status read_scenario_of(const char *directory, cfi_scenario **scenario, cfi_error *error)
{
    char *path = path_in(directory, "scenario.json");
    cfi_status status = path ? scenario_read(path, NULL, 0, scenario, error) : out_of_memory(error);

    free(path);
    return status;
}

/* Puts a directory into its place among the inputs. */
static cfi_status place_shard(merge *m, const char *directory, cfi_error *error)
{
    char *path = path_in(directory, "sweep.json");
    cfi_scenario *scenario = NULL;
    size_t shard = 0, shards = 0;
    cfi_status status = path ? report_read_identity(path, &shard, &shards, error) : out_of_memory(error);

    if (status == CFI_OK && shards != m->shards) {
        status = error_set(error, CFI_INVALID, "%.300s: this is shard %zu of %zu, but %zu are given", directory, shard,
                           shards, m->shards);
    }
    if (status == CFI_OK && m->input[shard - 1].directory) {
        status = error_set(error, CFI_INVALID, "%.300s: shard %zu of %zu is there twice (also %.200s)", directory,
                           shard, shards, m->input[shard - 1].directory);
    }
    if (status == CFI_OK) {
        status = read_scenario_of(directory, &scenario, error);
    }
    if (status == CFI_OK && m->scenario && strcmp(scenario_sha256(scenario), scenario_sha256(m->scenario)) != 0) {
        status = error_set(error, CFI_INVALID, "%.300s: a shard of another scenario", directory);
    }
    if (status == CFI_OK) {
        m->input[shard - 1].directory = directory;
    }
    if (status == CFI_OK && !m->scenario) {
        m->scenario = scenario;
        scenario = NULL;
    }
    scenario_destroy(scenario);
    free(path);
    return status;
}

/* Opens a shard's journal and checks that it is whole. */
static cfi_status open_shard(merge *m, size_t shard, cfi_error *error)
{
    shard_input *input = &m->input[shard - 1];
    sweep_plan plan = {.points = 0};
    size_t items = 0;
    cfi_status status = plan_make(m->scenario, shard, m->shards, &plan, error);

    if (status == CFI_OK) {
        status = journal_open_to_read(input->directory, &input->journal, error);
    }
    if (status == CFI_OK) {
        status = journal_read(&input->journal, &plan, NULL, &items, error);
    }
    if (status == CFI_OK && items < plan.items) {
        status = error_set(error, CFI_INVALID,
                           "%.300s: only %zu of its %zu trials are there (allowed: finished shards; sweep --resume "
                           "finishes one)",
                           input->journal.path, items, plan.items);
    }
    if (status == CFI_OK && !(input->stream = fopen(input->journal.path, "re"))) {
        status = error_set(error, CFI_INVALID, "%.300s: cannot be read", input->journal.path);
    }
    plan_free(&plan);
    return status;
}

static cfi_status copy_lines(merge *m, journal *out, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (size_t trial = 0; trial < m->plan.trials && status == CFI_OK; trial++) {
        shard_input *input = &m->input[trial % m->shards];
        ssize_t length = getline(&input->text, &input->room, input->stream);

        status = length > 0 ? journal_append(out, input->text, (size_t)length, error)
                            : error_set(error, CFI_INVALID, "%.300s: ended while it was read", input->journal.path);
    }
    return status;
}

static cfi_status write_whole(merge *m, const char *directory, bool force, const cfi_sweep_warn *warn, cfi_error *error)
{
    journal out = {.file = -1};
    cfi_error close_error;
    cfi_status status = report_prepare_directory(directory, error), closed;

    if (status == CFI_OK) {
        status = journal_open(directory, force ? JOURNAL_FORCE : JOURNAL_FRESH, &out, error);
    }
    if (status == CFI_OK) {
        finish_remove_table(directory);
        status = copy_lines(m, &out, error);
    }
    if (status == CFI_OK) {
        status = finish_identity(&m->plan, directory, error);
    }
    if (status == CFI_OK) {
        status = finish_table(&out, &m->plan, directory, false, warn, error);
    }
    closed = journal_close(&out, &close_error);
    if (status == CFI_OK && closed != CFI_OK) {
        *error = close_error;
        return closed;
    }
    return status;
}

cfi_status sweep_merge(const char *directory, bool force, const char *const *shard_directories, size_t shards,
                       const cfi_sweep_warn *warn, cfi_error *error)
{
    merge m = {.shards = shards, .input = calloc(shards + 1, sizeof *m.input)};
    cfi_status status = m.input ? CFI_OK : out_of_memory(error);

    for (size_t i = 0; i < shards && status == CFI_OK; i++) {
        status = place_shard(&m, shard_directories[i], error);
    }
    if (status == CFI_OK) {
        status = plan_make(m.scenario, 1, 1, &m.plan, error);
    }
    for (size_t i = 1; i <= shards && status == CFI_OK; i++) {
        status = open_shard(&m, i, error);
    }
    if (status == CFI_OK) {
        status = write_whole(&m, directory, force, warn, error);
    }
    for (size_t i = 0; m.input && i < shards; i++) {
        if (m.input[i].stream) {
            fclose(m.input[i].stream);
        }
        free(m.input[i].text);
        journal_close(&m.input[i].journal, NULL);
    }
    plan_free(&m.plan);
    scenario_destroy(m.scenario);
    free(m.input);
    return status;
}
