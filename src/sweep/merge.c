/* Joins the journals of shards. */
#include "base/output.h"
#include "base/replace.h"
#include "base/text.h"
#include "cfisac/sweep.h"

#include "sweep/contents.h"
#include "sweep/finish.h"
#include "sweep/identity.h"
#include "sweep/memory.h"
#include "sweep/resume.h"
#include "sweep/rewrite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One shard's journal, and where its lines stand. */
typedef struct shard_input {
    const char *directory;
    journal journal;
    contents contents;
    line_places places;
} shard_input;

typedef struct merge {
    const cfi_merge_options *options;
    size_t shards;
    shard_input *input;     /* shards, in the order of their numbers */
    cfi_scenario *scenario; /* of the first one given */
    sweep_plan plan;
    build_list builds;
} merge;

static cfi_status merge_out_of_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a merge");
}

/* -------------------------------------------------------------------------------- shards ---- */

static cfi_status read_scenario_of(const char *directory, cfi_scenario **scenario, cfi_error *error)
{
    char *path = NULL;
    cfi_status status;

    if (asprintf(&path, "%s/scenario.json", directory) < 0) {
        return merge_out_of_memory(error);
    }
    status = scenario_read(path, NULL, 0, scenario, error);
    free(path);
    return status;
}

/* The number of the shard in a directory. */
static cfi_status read_number_of(const merge *m, const char *directory, size_t *shard, cfi_error *error)
{
    cfi_known_identity identity;
    char *path = NULL;
    cfi_status status;

    if (asprintf(&path, "%s/sweep.json", directory) < 0) {
        return merge_out_of_memory(error);
    }
    status = report_read_identity(path, &identity, error);
    free(path);
    if (status == CFI_OK) {
        status = resume_check_program(&kind_of_sweeps, directory, &identity, m->options->mixed, error);
    }
    if (status == CFI_OK && identity.shards != m->shards) {
        status = error_set(error, CFI_INVALID, "%.300s: this is shard %zu of %zu, but %zu are given", directory,
                           identity.shard, identity.shards, m->shards);
    }
    if (status == CFI_OK && m->input[identity.shard - 1].directory) {
        status = error_set(error, CFI_INVALID, "%.300s: shard %zu of %zu is there twice (also %.200s)", directory,
                           identity.shard, identity.shards, m->input[identity.shard - 1].directory);
    }
    *shard = identity.shard;
    return status;
}

/* Puts a directory into its place among the inputs. */
static cfi_status place_shard(merge *m, const char *directory, cfi_error *error)
{
    cfi_scenario *scenario = NULL;
    size_t shard = 0;
    cfi_status status = read_number_of(m, directory, &shard, error);

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
    return status;
}

/* Opens a shard's journal and checks that it is whole. */
static cfi_status open_shard(merge *m, size_t shard, cfi_error *error)
{
    shard_input *input = &m->input[shard - 1];
    sweep_plan plan = {.points = 0};
    cfi_status status = plan_make(m->scenario, shard, m->shards, &plan, error);

    if (status == CFI_OK) {
        status = journal_open_to_read(input->directory, &kind_of_sweeps, &input->journal, error);
    }
    if (status == CFI_OK) {
        status = contents_read(&input->journal, &plan, m->options->mixed, &input->places, &input->contents, error);
    }
    if (status == CFI_OK && input->contents.known < plan.items) {
        status = error_set(error, CFI_INVALID,
                           "%.300s: only %zu of its %zu trials %s there, %zu line%s damaged (allowed: finished "
                           "shards; sweep --resume mends and finishes one)",
                           input->journal.path, input->contents.known, plan.items,
                           text_by_count(input->contents.known, "is", "are"), input->contents.damaged,
                           text_by_count(input->contents.damaged, " is", "s are"));
    }
    if (status == CFI_OK) {
        status = builds_add_all(&m->builds, &input->contents.builds, error);
    }
    plan_free(&plan);
    return status;
}

/* -------------------------------------------------------------------------------- output ---- */

static bool same_file(const char *a, const char *b)
{
    struct stat about_a, about_b;

    return stat(a, &about_a) == 0 && stat(b, &about_b) == 0 && about_a.st_dev == about_b.st_dev &&
           about_a.st_ino == about_b.st_ino;
}

/* The output may be no input, by whatever name, since it is replaced. */
static cfi_status check_output(const merge *m, cfi_error *error)
{
    const char *directory = m->options->directory;
    char *path = NULL;
    cfi_status status = CFI_OK;

    if (asprintf(&path, "%s/%s", directory, kind_of_sweeps.journal) < 0) {
        return merge_out_of_memory(error);
    }
    for (size_t i = 0; i < m->shards && status == CFI_OK; i++) {
        if (same_file(directory, m->input[i].directory) || same_file(path, m->input[i].journal.path)) {
            status = error_set(error, CFI_USAGE,
                               "%.300s: the output is one of the shards, %.300s (allowed: another "
                               "--out)",
                               directory, m->input[i].directory);
        }
    }
    free(path);
    return status;
}

/* The lines of all shards by turns, to a stream. */
static cfi_status write_all_shards(const void *context, FILE *stream, cfi_error *error)
{
    const merge *m = context;
    line_copier *from = calloc(m->shards, sizeof *from);
    cfi_status status = from ? CFI_OK : merge_out_of_memory(error);

    for (size_t i = 0; from && i < m->shards; i++) {
        from[i] = (line_copier){.journal = &m->input[i].journal,
                                .plan = &m->plan,
                                .places = &m->input[i].places,
                                .reader = {.file = m->input[i].journal.file}};
    }
    for (size_t trial = 0; trial < m->plan.trials && status == CFI_OK; trial++) {
        status = rewrite_line(&from[trial % m->shards], trial / m->shards, trial, stream, error);
        if (m->options->progress) {
            m->options->progress(m->options->progress_context, trial + 1, m->plan.trials);
        }
    }
    for (size_t i = 0; from && i < m->shards; i++) {
        lines_free(&from[i].reader);
    }
    free(from);
    return status;
}

/* How every trial ended, in their order. NULL: out of memory. */
static uint8_t *join_status(const merge *m)
{
    uint8_t *status = malloc(m->plan.trials + 1);

    for (size_t trial = 0; status && trial < m->plan.trials; trial++) {
        status[trial] = m->input[trial % m->shards].contents.status[trial / m->shards];
    }
    return status;
}

static cfi_status write_files(merge *m, journal *out, cfi_error *error)
{
    uint8_t *ended = join_status(m);
    cfi_status status;

    if (!ended) {
        return merge_out_of_memory(error);
    }
    journal_remove_tables(m->plan.kind, m->options->directory);
    status = journal_replace(out, write_all_shards, m, error);
    if (status == CFI_OK) {
        status = identity_write(&m->plan, &m->builds, m->options->directory, error);
    }
    if (status == CFI_OK) {
        status = finish_table(out, &m->plan, ended, false, &m->options->warn, error);
    }
    free(ended);
    return status;
}

static cfi_status write_whole(merge *m, cfi_error *error)
{
    const cfi_merge_options *o = m->options;
    journal out = {.file = -1};
    cfi_error close_error;
    cfi_status status = replace_prepare_directory(o->directory, error), closed;

    if (status == CFI_OK) {
        status = journal_open(o->directory, m->plan.kind, o->force ? JOURNAL_REPLACE : JOURNAL_FRESH, &out, error);
    }
    if (status == CFI_OK) {
        status = write_files(m, &out, error);
    }
    closed = journal_close(&out, &close_error);
    if (status == CFI_OK && closed != CFI_OK) {
        *error = close_error;
        return closed;
    }
    return status;
}

cfi_status sweep_merge(const cfi_merge_options *options, cfi_error *error)
{
    size_t shards = options->shards;
    merge m = {.options = options, .shards = shards, .input = calloc(shards + 1, sizeof *m.input)};
    cfi_status status = m.input ? CFI_OK : merge_out_of_memory(error);

    for (size_t i = 0; i < shards && status == CFI_OK; i++) {
        status = place_shard(&m, options->shard_directory[i], error);
    }
    if (status == CFI_OK) {
        status = plan_make(m.scenario, 1, 1, &m.plan, error);
    }
    if (status == CFI_OK) {
        status = memory_check(&m.plan, true, error);
    }
    for (size_t i = 1; i <= shards && status == CFI_OK; i++) {
        status = open_shard(&m, i, error);
    }
    if (status == CFI_OK) {
        status = check_output(&m, error);
    }
    if (status == CFI_OK) {
        status = write_whole(&m, error);
    }
    for (size_t i = 0; m.input && i < shards; i++) {
        journal_close(&m.input[i].journal, NULL);
        contents_free(&m.input[i].contents);
        places_free(&m.input[i].places);
    }
    builds_free(&m.builds);
    plan_free(&m.plan);
    scenario_destroy(m.scenario);
    free(m.input);
    return status;
}
