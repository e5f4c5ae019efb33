/* A sweep: its trials handed to ranks and threads, and the files that are made of their lines. */
#include "cfisac/sweep.h"
#include "base/clock.h"
#include "base/replace.h"
#include "cfisac/linalg.h"

#include "sweep/collect.h"
#include "sweep/dispatch.h"
#include "sweep/memory.h"
#include "sweep/ranks.h"
#include "sweep/resume.h"
#include "sweep/rewrite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- trials ---- */

static cfi_status open_point(sweep_work *w, worker *own, size_t point, cfi_error *error)
{
    if (own->scenario && own->point == point) {
        return CFI_OK;
    }
    scenario_destroy(own->scenario);
    own->point = point;
    return scenario_at_point(w->plan->sweep, point, &own->scenario, error);
}

static cfi_status no_line_memory(const sweep_work *w, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a line of the %s", w->plan->kind->noun);
}

/* Runs a trial; its line is the caller's to free. */
static cfi_status make_line(const sweep_work *w, const sweep_trial *trial, char **line, cfi_error *error)
{
    size_t size;
    FILE *stream = open_memstream(line, &size);
    cfi_status status = stream ? w->plan->kind->run(trial, stream, error) : no_line_memory(w, error);

    if (status == CFI_OUTPUT) { /* the stream is memory */
        status = no_line_memory(w, error);
    }
    if (stream && fclose(stream) != 0 && status == CFI_OK) {
        status = no_line_memory(w, error);
    }
    if (status == CFI_OK && !*line) { /* glibc: no error, but no text, where it cannot shrink it */
        status = no_line_memory(w, error);
    }
    if (status != CFI_OK) {
        free(*line);
        *line = NULL;
    }
    return status;
}

static cfi_status run_item(void *context, size_t thread, size_t number, cfi_error *error)
{
    sweep_work *w = context;
    worker *own = &w->worker[thread];
    size_t trial = plan_trial(w->plan, todo_item(&w->todo, number)), point = plan_point(w->plan, trial);
    cfi_arena_mark mark = arena_mark(own->arena);
    cfi_trial_options how = w->trial;
    char *line = NULL;
    cfi_status status = open_point(w, own, point, error);

    how.alloc.workspace = own->workspace;
    if (status == CFI_OK) {
        const sweep_trial job = {.plan = w->plan,
                                 .system = scenario_system(own->scenario),
                                 .point = point,
                                 .drop = plan_drop(w->plan, trial),
                                 .options = &how,
                                 .arena = own->arena};

        status = scenario_place_point_error(w->plan->sweep, point, make_line(w, &job, &line, error), error);
    }
    arena_release(own->arena, mark);
    return status == CFI_OK ? collect_line(w, number, line, error) : status;
}

/* --------------------------------------------------------------------------- the run ---- */

static cfi_status make_workers(sweep_work *w, size_t threads, cfi_error *error)
{
    w->worker = calloc(threads, sizeof *w->worker);
    for (; w->worker && w->workers < threads; w->workers++) {
        worker *own = &w->worker[w->workers];

        own->arena = arena_create();
        own->workspace = alloc_workspace_create();
        if (!own->arena || !own->workspace) {
            arena_destroy(own->arena);
            alloc_workspace_destroy(own->workspace);
            break;
        }
    }
    return w->worker && w->workers == threads
               ? CFI_OK
               : error_set(error, CFI_NO_MEMORY, "out of memory for %zu threads", threads);
}

static void free_workers(sweep_work *w)
{
    for (size_t i = 0; i < w->workers; i++) {
        scenario_destroy(w->worker[i].scenario);
        alloc_workspace_destroy(w->worker[i].workspace);
        arena_destroy(w->worker[i].arena);
    }
    free(w->worker);
    queue_free(&w->queue);
    free(w->todo.run);
    free(w->status);
    free(w->left);
}

/* Rank 0: the directory, the journal, the lines it already has. */
static cfi_status open_directory(sweep_work *w, bool *ordered, cfi_error *error)
{
    contents c = {.status = NULL};
    cfi_status status = resume_open(w->options, w->plan, &w->journal, &c, error);

    if (status == CFI_OK) {
        status = collect_start(w, &c, error);
    }
    *ordered = c.ordered;
    contents_free(&c);
    return status;
}

/* The items to do, from rank 0 to all. */
static cfi_status share_todo(sweep_work *w, cfi_status status, cfi_error *error)
{
    void *data = w->todo.run;
    size_t bytes = data ? (w->todo.runs + 1) * sizeof *w->todo.run : 0;

    status = ranks_share(status, &data, &bytes, error);
    if (status == CFI_OK) {
        w->todo.run = data;
        w->todo.runs = bytes / sizeof *w->todo.run - 1;
        w->todo.count = w->todo.run[w->todo.runs].number;
    }
    return status;
}

static cfi_status write_timing(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_timing(context, stream, error);
}

/* timing.json, after so many seconds; NaN: the work begins. */
static cfi_status note_time(const sweep_work *w, double wall_seconds, cfi_error *error)
{
    cfi_timing timing = {.wall_seconds = wall_seconds,
                         .threads = w->workers,
                         .ranks = ranks_count(),
                         .trials = w->todo.count,
                         .command_line = w->options->command_line};

    return replace_file(w->options->directory, "timing.json", write_timing, &timing, error);
}

static cfi_status run_items(sweep_work *w, cfi_error *error)
{
    size_t threads = w->options->threads, end = w->todo.count;
    thread_shares shares;
    cfi_status status;
    dispatch_job job = {.first = ranks_index(),
                        .stride = ranks_count(),
                        .end = w->todo.count,
                        .stop = w->options->stop,
                        .context = w,
                        .work = run_item,
                        .between = ranks_count() > 1 ? collect_exchange : NULL};

    if (threads == 0) {
        threads = ranks_count() > 1 ? 1 : sweep_default_threads();
    }
    status = linalg_prepare(&threads, error);
    shares = memory_share_threads(threads, w->todo.count, w->plan->trial_bytes, 0.0);
    job.threads = shares.at_once;
    w->trial = (cfi_trial_options){.threads = shares.each, .alloc = {.stop = w->options->stop}};
    w->end = w->todo.count;
    if (status == CFI_OK) {
        status = make_workers(w, job.threads, error);
    }
    if (status == CFI_OK && ranks_index() == 0) {
        status = note_time(w, NAN, error);
    }
    status = ranks_agree(status, error);
    if (status == CFI_OK) {
        status = dispatch_run(&job, &end, error);
        status = collect_end(w, end, status, error);
    }
    return status;
}

/* Rank 0, when every line is there: the files that are made of them. */
static cfi_status write_results(sweep_work *w, bool ordered, double start, cfi_error *error)
{
    const finished_journal finished = {.journal = &w->journal, .plan = w->plan, .status = w->status};
    cfi_status status = CFI_OK;

    if (w->todo.count > 0) {
        status = note_time(w, clock_seconds() - start, error);
    }
    if (status == CFI_OK && !ordered) {
        status = rewrite_journal(&w->journal, w->plan, error);
    }
    return status == CFI_OK ? w->plan->kind->finish(&finished, w->todo.count == 0, w->options, error) : status;
}

static cfi_status run_plan(sweep_work *w, cfi_error *error)
{
    double start = clock_seconds();
    bool ordered = true;
    cfi_status status = ranks_index() == 0 ? open_directory(w, &ordered, error) : CFI_OK, closed;
    cfi_error close_error;

    status = share_todo(w, status, error);
    if (status == CFI_OK && w->todo.count > 0) {
        status = run_items(w, error);
    }
    if (ranks_index() > 0) {
        return status;
    }
    if (status == CFI_OK) {
        status = write_results(w, ordered, start, error);
    }
    closed = journal_close(&w->journal, &close_error);
    if (closed != CFI_OK && (status == CFI_OK || status == CFI_INFEASIBLE || status == CFI_FAILED)) {
        *error = close_error;
        return closed;
    }
    return status;
}

/* The plan was made, or not, as `status` says; it is freed. */
static cfi_status run_made_plan(sweep_plan *plan, const cfi_sweep_options *options, cfi_sweep_progress *progress,
                                cfi_status status, cfi_error *error)
{
    sweep_work w = {.options = options, .plan = plan, .progress = progress, .journal = {.file = -1}};

    *progress = (cfi_sweep_progress){.points = 0};
    pthread_mutex_init(&w.mutex, NULL);
    if (status == CFI_OK) {
        status = memory_check(plan, false, error);
    }
    status = ranks_agree(status, error);
    if (status == CFI_OK) {
        status = run_plan(&w, error);
    }
    free_workers(&w);
    plan_free(plan);
    pthread_mutex_destroy(&w.mutex);
    return status;
}

cfi_status sweep_run(const cfi_scenario *sweep, const cfi_sweep_options *options, cfi_sweep_progress *progress,
                     cfi_error *error)
{
    sweep_plan plan;
    cfi_status status = plan_make(sweep, options->shard, options->shards, &plan, error);

    return run_made_plan(&plan, options, progress, status, error);
}

cfi_status sweep_run_frontier(const cfi_frontier *frontier, const cfi_sweep_options *options,
                              cfi_sweep_progress *progress, cfi_error *error)
{
    sweep_plan plan;
    cfi_status status = plan_make_frontier(frontier, &plan, error);

    return run_made_plan(&plan, options, progress, status, error);
}

cfi_status sweep_join(size_t *rank, cfi_error *error)
{
    cfi_status status = ranks_start(error);

    *rank = ranks_index();
    return status;
}

cfi_status sweep_share_scenario(cfi_status status, const char *name, cfi_scenario **scenario, cfi_error *error)
{
    const char *text = *scenario ? scenario_complete_json(*scenario) : "";
    void *data = (void *)text;
    size_t bytes = strlen(text);

    status = ranks_share(status, &data, &bytes, error);
    if (status == CFI_OK && ranks_index() > 0) {
        status = scenario_parse(data, bytes, name, NULL, 0, scenario, error);
        free(data);
    }
    return ranks_agree(status, error);
}

void sweep_leave(void)
{
    ranks_finish();
}
