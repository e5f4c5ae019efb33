/* A sweep: its trials handed to ranks and threads, their lines put in order and appended to the journal. */
#include "cfisac/sweep.h"
#include "base/clock.h"
#include "base/replace.h"
#include "cfisac/linalg.h"

#include "sweep/dispatch.h"
#include "sweep/finish.h"
#include "sweep/queue.h"
#include "sweep/ranks.h"
#include "sweep/resume.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What a thread keeps from trial to trial. */
typedef struct worker {
    cfi_arena *arena;
    cfi_scenario *scenario; /* of `point`, or NULL */
    size_t point;
} worker;

/* The items that have no line yet, in order; 0, 1, .. number them on their way. */
typedef struct todo_list {
    size_t *item;
    size_t count;
} todo_list;

/* A line on its way to rank 0. */
typedef struct parcel {
    size_t number;
    char *line;
    struct parcel *next;
} parcel;

typedef struct sweep_work {
    const cfi_sweep_options *options;
    const sweep_plan *plan;
    worker *worker;
    size_t workers;
    cfi_trial_options trial;
    cfi_sweep_progress *progress;
    todo_list todo;
    size_t *left;          /* rank 0: lines that each point still lacks */
    pthread_mutex_t mutex; /* guards everything below, and *progress */
    line_queue queue;      /* rank 0: to the journal, in order */
    parcel *outbox;        /* other ranks: to rank 0 */
    journal journal;
    cfi_error error; /* of a line that could not be written or sent */
    /* rank 0: how the other ranks ended */
    size_t ended, end;
    cfi_error end_error;
} sweep_work;

/* ------------------------------------------------------------------------- counting ---- */

static void count_line(sweep_work *w, size_t item, cfi_drop_status status)
{
    cfi_sweep_progress *p = w->progress;
    size_t point = plan_point(w->plan, plan_trial(w->plan, item));

    p->done++;
    p->infeasible += status == CFI_DROP_INFEASIBLE;
    p->failed += status == CFI_DROP_FAILED;
    p->points_done += --w->left[point] == 0;
}

/* The status stands in the line; this process need not have made it. */
static cfi_drop_status status_in(const char *line)
{
    if (strstr(line, "\"status\": \"infeasible\"")) {
        return CFI_DROP_INFEASIBLE;
    }
    return strstr(line, "\"status\": \"failed\"") ? CFI_DROP_FAILED : CFI_DROP_OK;
}

static cfi_status start_counting(sweep_work *w, const contents *c, cfi_error *error)
{
    const sweep_plan *plan = w->plan;

    *w->progress = (cfi_sweep_progress){.points = plan->points, .trials = plan->items, .resumed = c->known};
    w->left = calloc(plan->points + 1, sizeof *w->left);
    w->todo.item = malloc((plan->items - c->known + 1) * sizeof *w->todo.item);
    if (!w->left || !w->todo.item) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the %zu trials of a sweep", plan->items);
    }
    for (size_t item = 0; item < plan->items; item++) {
        w->left[plan_point(plan, plan_trial(plan, item))]++;
    }
    for (size_t item = 0; item < plan->items; item++) {
        if (c->line[item].length > 0) {
            count_line(w, item, (cfi_drop_status)c->line[item].status);
        } else {
            w->todo.item[w->todo.count++] = item;
        }
    }
    return CFI_OK;
}

/* -------------------------------------------------------------------------- lines ---- */

/* Rank 0, mutex held: appends what is in order. After a failed write nothing more is appended. */
static void append_lines(sweep_work *w)
{
    char *line;

    while (w->error.status == CFI_OK && (line = queue_take(&w->queue))) {
        if (journal_append(&w->journal, line, strlen(line), &w->error) == CFI_OK) {
            count_line(w, w->todo.item[w->queue.next - 1], status_in(line));
            if (w->options->progress) {
                w->options->progress(w->options->progress_context, w->progress);
            }
        }
        free(line);
    }
}

/* Mutex held. */
static cfi_status put_into_outbox(sweep_work *w, size_t number, char *line, cfi_error *error)
{
    parcel *p = malloc(sizeof *p);

    if (!p) {
        free(line);
        return error_set(error, CFI_NO_MEMORY, "out of memory for the lines of a sweep");
    }
    *p = (parcel){.number = number, .line = line, .next = w->outbox};
    w->outbox = p;
    return CFI_OK;
}

/* Takes the line of an item to do on its way; it is the work's from here on. */
static cfi_status deliver(sweep_work *w, size_t number, char *line, cfi_error *error)
{
    cfi_error local = {.status = CFI_OK};
    cfi_status status;

    pthread_mutex_lock(&w->mutex);
    if (ranks_index() == 0) {
        status = queue_put(&w->queue, number, line, &local);
        append_lines(w);
    } else {
        status = put_into_outbox(w, number, line, &local);
    }
    if (status != CFI_OK && w->error.status == CFI_OK) {
        w->error = local;
    }
    status = w->error.status;
    if (status != CFI_OK) {
        *error = w->error;
    }
    pthread_mutex_unlock(&w->mutex);
    return status;
}

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

static char *line_of(const sweep_work *w, size_t point, const cfi_record *record, cfi_error *error)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (!stream || report_write_line(w->plan->sweep, point, record, stream, error) != CFI_OK) {
        error_set(error, CFI_NO_MEMORY, "out of memory for a line of the sweep");
        if (stream) {
            fclose(stream);
        }
        free(text);
        return NULL;
    }
    if (fclose(stream) != 0) {
        error_set(error, CFI_NO_MEMORY, "out of memory for a line of the sweep");
        free(text);
        return NULL;
    }
    return text;
}

static cfi_status run_item(void *context, size_t thread, size_t number, cfi_error *error)
{
    sweep_work *w = context;
    worker *own = &w->worker[thread];
    size_t trial = plan_trial(w->plan, w->todo.item[number]), point = plan_point(w->plan, trial);
    cfi_arena_mark mark = arena_mark(own->arena);
    cfi_record record;
    char *line = NULL;
    cfi_status status = open_point(w, own, point, error);

    if (status == CFI_OK) {
        status =
            trial_run(scenario_system(own->scenario), plan_drop(w->plan, trial), &w->trial, own->arena, &record, error);
    }
    if (status == CFI_OK) {
        line = line_of(w, point, &record, error);
        status = line ? CFI_OK : error->status;
    }
    arena_release(own->arena, mark);
    return line ? deliver(w, number, line, error) : status;
}

/* -------------------------------------------------------------------------- ranks ---- */

/* The first item that could not be finished counts; but a rank that was told to stop has only heard of the cause. */
static void note_rank_end(sweep_work *w, const rank_message *message)
{
    bool told = message->error.status == CFI_INTERRUPTED, known = w->end_error.status != CFI_OK,
         known_told = w->end_error.status == CFI_INTERRUPTED;

    if (message->error.status != CFI_OK &&
        (!known || (known_told && !told) || (known_told == told && message->item < w->end))) {
        w->end = message->item;
        w->end_error = message->error;
    }
}

static void take_message(sweep_work *w, const rank_message *message)
{
    cfi_error error;

    if (message->is_end) {
        w->ended++;
        note_rank_end(w, message);
    } else if (message->line && deliver(w, message->item, message->line, &error) != CFI_OK) {
        ranks_tell_to_stop();
    }
}

/* Between two items of the first thread: moves lines from rank to rank. */
static void exchange(void *context)
{
    sweep_work *w = context;
    rank_message message;

    if (ranks_index() == 0) {
        while (ranks_receive(false, &message)) {
            take_message(w, &message);
        }
        return;
    }
    pthread_mutex_lock(&w->mutex);
    while (w->outbox) {
        parcel *p = w->outbox;

        w->outbox = p->next;
        if (w->error.status == CFI_OK) {
            ranks_send_line(p->number, p->line, strlen(p->line), &w->error);
        }
        free(p->line);
        free(p);
    }
    pthread_mutex_unlock(&w->mutex);
    if (w->options->stop && ranks_told_to_stop()) {
        *w->options->stop = 1;
    }
}

/* After the own items: rank 0 waits for the others, the others say that they are done. */
static cfi_status join_ranks(sweep_work *w, size_t end, cfi_status status, cfi_error *error)
{
    rank_message message;

    exchange(w);
    if (status == CFI_OK) {
        *error = (cfi_error){.status = CFI_OK, .text = ""};
    }
    if (ranks_index() > 0) {
        ranks_send_end(end, error);
        return status;
    }
    if (status != CFI_OK) {
        ranks_tell_to_stop();
    }
    while (w->ended + 1 < ranks_count() && ranks_receive(true, &message)) {
        take_message(w, &message);
    }
    if (w->error.status != CFI_OK) {
        *error = w->error;
        return error->status;
    }
    if (status != CFI_OK) { /* this rank's own end, beside the others' */
        note_rank_end(w, &(rank_message){.is_end = true, .item = end, .error = *error});
    }
    if (w->end_error.status != CFI_OK) {
        *error = w->end_error;
    }
    return w->end_error.status;
}

/* --------------------------------------------------------------------------- the run ---- */

static cfi_status make_workers(sweep_work *w, size_t threads, cfi_error *error)
{
    w->worker = calloc(threads, sizeof *w->worker);
    for (; w->worker && w->workers < threads; w->workers++) {
        w->worker[w->workers].arena = arena_create();
        if (!w->worker[w->workers].arena) {
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
        arena_destroy(w->worker[i].arena);
    }
    free(w->worker);
    queue_free(&w->queue);
    free(w->todo.item);
    free(w->left);
}

/* Rank 0: the directory, the journal, the lines it already has. */
static cfi_status open_directory(sweep_work *w, bool *ordered, cfi_error *error)
{
    contents c = {.line = NULL};
    cfi_status status = resume_open(w->options, w->plan, &w->journal, &c, error);

    if (status == CFI_OK) {
        status = start_counting(w, &c, error);
    }
    *ordered = c.ordered;
    contents_free(&c);
    return status;
}

/* The items to do, from rank 0 to all. */
static cfi_status share_todo(sweep_work *w, cfi_status status, cfi_error *error)
{
    void *data = w->todo.item;
    size_t bytes = w->todo.count * sizeof *w->todo.item;

    status = ranks_share(status, &data, &bytes, error);
    w->todo = (todo_list){.item = data, .count = bytes / sizeof *w->todo.item};
    return status;
}

static cfi_status run_items(sweep_work *w, cfi_error *error)
{
    size_t threads = w->options->threads, end = w->todo.count;
    bool spread;
    cfi_status status;
    dispatch_job job = {.first = ranks_index(),
                        .stride = ranks_count(),
                        .end = w->todo.count,
                        .stop = w->options->stop,
                        .context = w,
                        .work = run_item,
                        .between = ranks_count() > 1 ? exchange : NULL};

    if (threads == 0) {
        threads = ranks_count() > 1 ? 1 : sweep_default_threads();
    }
    status = linalg_prepare(&threads, error);
    spread = w->todo.count >= threads;
    job.threads = spread ? threads : 1;
    w->trial = (cfi_trial_options){.threads = spread ? 1 : threads, .alloc = {.stop = w->options->stop}};
    w->end = w->todo.count;
    if (status == CFI_OK) {
        status = make_workers(w, job.threads, error);
    }
    status = ranks_agree(status, error);
    if (status == CFI_OK) {
        status = dispatch_run(&job, &end, error);
        status = join_ranks(w, end, status, error);
    }
    return status;
}

static cfi_status write_timing(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_timing(context, stream, error);
}

/* Rank 0, when every line is there: the files that are made of them. */
static cfi_status finish(sweep_work *w, bool ordered, double start, cfi_error *error)
{
    cfi_timing timing = {.wall_seconds = clock_seconds() - start,
                         .threads = w->workers,
                         .ranks = ranks_count(),
                         .trials = w->todo.count,
                         .command_line = w->options->command_line};
    cfi_status status = CFI_OK;

    if (w->todo.count > 0) {
        status = replace_file(w->options->directory, "timing.json", write_timing, &timing, error);
    }
    if (status == CFI_OK && !ordered) {
        status = resume_sort(&w->journal, w->plan, error);
    }
    return status == CFI_OK ? finish_table(&w->journal, w->plan, w->todo.count == 0, &w->options->warn, error) : status;
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
        status = finish(w, ordered, start, error);
    }
    closed = journal_close(&w->journal, &close_error);
    if (closed != CFI_OK && (status == CFI_OK || status == CFI_INFEASIBLE || status == CFI_FAILED)) {
        *error = close_error;
        return closed;
    }
    return status;
}

cfi_status sweep_run(const cfi_scenario *sweep, const cfi_sweep_options *options, cfi_sweep_progress *progress,
                     cfi_error *error)
{
    sweep_plan plan;
    sweep_work w = {.options = options, .plan = &plan, .progress = progress, .journal = {.file = -1}};
    cfi_status status;

    *progress = (cfi_sweep_progress){.points = 0};
    pthread_mutex_init(&w.mutex, NULL);
    status = ranks_agree(plan_make(sweep, options->shard, options->shards, &plan, error), error);
    if (status == CFI_OK) {
        status = run_plan(&w, error);
    }
    free_workers(&w);
    plan_free(&plan);
    pthread_mutex_destroy(&w.mutex);
    return status;
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
