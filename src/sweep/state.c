/* How far a sweep is, by the files in its directory. Nothing is written, and no lock is kept. */
#include "cfisac/sweep.h"

#include "base/clock.h"
#include "sweep/contents.h"
#include "sweep/finish.h"
#include "sweep/identity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is read of a directory. */
typedef struct looked {
    const sweep_kind *kind;
    const char *directory;
    cfi_scenario *scenario;
    cfi_frontier frontier; /* of a frontier */
    cfi_known_identity identity;
    sweep_plan plan;
    journal journal;
    contents contents;
} looked;

static cfi_status no_look_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a look at a sweep");
}

/* Since a file was last written, by the clock that stamps files. */
static double seconds_since(const struct stat *about)
{
    return fmax(0.0, clock_file_seconds() - ((double)about->st_mtim.tv_sec + 1e-9 * (double)about->st_mtim.tv_nsec));
}

/* The kind whose journal, empty or not, is there; NULL: neither's. */
static const sweep_kind *kind_in_directory(const char *directory)
{
    struct stat about;

    return journal_find(directory, kind_of_sweeps.journal, &about)      ? &kind_of_sweeps
           : journal_find(directory, kind_of_frontiers.journal, &about) ? &kind_of_frontiers
                                                                        : NULL;
}

bool sweep_is_there(const char *directory)
{
    return kind_in_directory(directory);
}

/* --------------------------------------------------------------------- what is to be done ---- */

static cfi_status read_its_scenario(looked *l, cfi_error *error)
{
    char *path = NULL;
    cfi_status status;

    if (asprintf(&path, "%s/scenario.json", l->directory) < 0) {
        return no_look_memory(error);
    }
    status = scenario_read(path, NULL, 0, &l->scenario, error);
    free(path);
    return status;
}

static cfi_status make_its_plan(looked *l, cfi_error *error)
{
    cfi_status status;

    if (l->kind == &kind_of_sweeps) {
        return plan_make(l->scenario, l->identity.shard, l->identity.shards, &l->plan, error);
    }
    status = frontier_between(l->identity.between, l->identity.frontier_points, &l->frontier, error);
    if (status == CFI_USAGE) {
        return error_set(error, CFI_INVALID, "%.300s/%s: it does not say what is traded for what", l->directory,
                         l->kind->identity);
    }
    if (status == CFI_OK) {
        status = frontier_ask(l->scenario, l->directory, &l->frontier, error);
    }
    return status == CFI_OK ? plan_make_frontier(&l->frontier, &l->plan, error) : status;
}

/* ---------------------------------------------------------------------------- what is done ---- */

/* Points whose items, of which there are any, all have a line; and how those ended. */
static void count_lines(const looked *l, cfi_sweep_progress *p)
{
    size_t missing = 0;

    for (size_t item = 0; item < l->plan.items; item++) {
        uint8_t status = l->contents.status[item];
        size_t trial = plan_trial(&l->plan, item), point = plan_point(&l->plan, trial);

        p->done += status != CONTENTS_NO_LINE;
        p->infeasible += status == CFI_DROP_INFEASIBLE;
        p->failed += status == CFI_DROP_FAILED;
        missing += status == CONTENTS_NO_LINE;
        if (trial + l->plan.shards >= l->plan.first[point + 1]) { /* the point's last item */
            p->points_done += missing == 0;
            missing = 0;
        }
    }
}

/* By what was done since the work began, which timing.json tells until it ends. */
static double estimate_left(const looked *l, const cfi_sweep_progress *p)
{
    struct stat about;
    char *path = NULL;
    size_t to_do = 0, fresh;
    bool begun = journal_find(l->directory, "timing.json", &about) &&
                 asprintf(&path, "%s/timing.json", l->directory) >= 0 && report_read_begun(path, &to_do) &&
                 to_do <= p->trials;

    free(path);
    fresh = begun && p->done + to_do > p->trials ? p->done + to_do - p->trials : 0;
    return fresh > 0 ? seconds_since(&about) / (double)fresh * (double)(p->trials - p->done) : NAN;
}

static cfi_status look_at_lines(looked *l, cfi_sweep_state *state, cfi_error *error)
{
    struct stat about;
    cfi_status status = journal_open_to_read(l->directory, l->kind, &l->journal, error);

    if (status == CFI_OK) {
        state->running = journal_is_written(&l->journal);
        status = fstat(l->journal.file, &about) == 0 ? CFI_OK : journal_read_error(&l->journal, 0, error);
    }
    if (status == CFI_OK) {
        state->idle_seconds = seconds_since(&about);
        status = about.st_size > 0 || l->scenario
                     ? contents_read(&l->journal, &l->plan, true, NULL, &l->contents, error)
                     : CFI_OK;
    }
    if (status == CFI_OK && l->scenario) {
        count_lines(l, &state->progress);
        state->damaged = l->contents.damaged;
        state->has_tables = finish_has_tables(l->kind, l->directory);
        state->seconds_left = estimate_left(l, &state->progress);
    }
    return status;
}

/* An empty journal may be all that there is: a process that has just begun, or was killed then. */
static bool has_not_begun(const looked *l)
{
    struct stat about;

    return journal_find(l->directory, l->kind->journal, &about) && about.st_size == 0 &&
           !(journal_find(l->directory, "scenario.json", &about) &&
             journal_find(l->directory, l->kind->identity, &about));
}

static cfi_status look_at_all(looked *l, cfi_sweep_state *state, cfi_error *error)
{
    bool there = false;
    cfi_status status;

    if (has_not_begun(l)) {
        return look_at_lines(l, state, error);
    }
    status = identity_read(l->kind, l->directory, &l->identity, &there, error);
    if (status == CFI_OK && !there) {
        status =
            error_set(error, CFI_INVALID, "%.300s/%s: missing, or not of this version: what is to be done is not known",
                      l->directory, l->kind->identity);
    }
    if (status == CFI_OK) {
        status = read_its_scenario(l, error);
    }
    if (status == CFI_OK) {
        status = make_its_plan(l, error);
    }
    if (status == CFI_OK) {
        state->shard = l->identity.shard;
        state->shards = l->identity.shards;
        state->progress.points = l->plan.points;
        state->progress.trials = l->plan.items;
        status = look_at_lines(l, state, error);
    }
    return status;
}

cfi_status sweep_look(const char *directory, cfi_sweep_state *state, cfi_error *error)
{
    looked l = {.kind = kind_in_directory(directory), .directory = directory, .journal = {.file = -1}};
    cfi_status status;

    *state = (cfi_sweep_state){.shard = 1, .shards = 1, .seconds_left = NAN};
    if (!l.kind) {
        return error_set(error, CFI_INVALID,
                         "%.300s: no sweep is here (allowed: a directory with %s or %s, or with such directories)",
                         directory, kind_of_sweeps.journal, kind_of_frontiers.journal);
    }
    state->noun = l.kind->noun;
    status = look_at_all(&l, state, error);
    journal_close(&l.journal, NULL);
    contents_free(&l.contents);
    plan_free(&l.plan);
    frontier_free(&l.frontier);
    scenario_destroy(l.scenario);
    return status;
}

/* ------------------------------------------------------------------------------- its files ---- */

size_t sweep_list_files(const char *directory, bool frontier, const char *name[CFI_MOST_SWEEP_FILES])
{
    const sweep_kind *kind = frontier ? &kind_of_frontiers : &kind_of_sweeps;
    const char *other[] = {kind->journal, kind->identity, "scenario.json", "timing.json", kind->damaged};
    struct stat about;
    size_t count = 0;

    for (size_t i = 0; i < MOST_TABLES && kind->table[i]; i++) {
        if (journal_find(directory, kind->table[i], &about)) {
            name[count++] = kind->table[i];
        }
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        if (journal_find(directory, other[i], &about)) {
            name[count++] = other[i];
        }
    }
    return count;
}
