/* The way of a line. */
#include "sweep/collect.h"

#include "sweep/ranks.h"

#include <stdlib.h>
#include <string.h>

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

/* Lines that each point still lacks: all of its items, before any is counted. */
static void count_left(const sweep_plan *plan, size_t *left)
{
    size_t point = 0;

    for (size_t item = 0; item < plan->items; item++) {
        while (plan_trial(plan, item) >= plan->first[point + 1]) {
            point++;
        }
        left[point]++;
    }
}

cfi_status collect_start(sweep_work *w, contents *c, cfi_error *error)
{
    const sweep_plan *plan = w->plan;

    *w->progress = (cfi_sweep_progress){.points = plan->points, .trials = plan->items, .resumed = c->known};
    w->left = calloc(plan->points + 1, sizeof *w->left);
    if (!w->left) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the %zu points of a sweep", plan->points);
    }
    w->status = c->status;
    c->status = NULL;
    count_left(plan, w->left);
    for (size_t item = 0; item < plan->items; item++) {
        if (w->status[item] != CONTENTS_NO_LINE) {
            count_line(w, item, (cfi_drop_status)w->status[item]);
        }
    }
    return todo_make(w->status, plan->items, CONTENTS_NO_LINE, &w->todo, error);
}

/* -------------------------------------------------------------------------- lines ---- */

/* Rank 0, mutex held: appends what is in order. After a failed write nothing more is appended. */
static void append_lines(sweep_work *w)
{
    char *line;

    while (w->error.status == CFI_OK && (line = queue_take(&w->queue))) {
        if (journal_append(&w->journal, line, strlen(line), &w->error) == CFI_OK) {
            size_t item = todo_item(&w->todo, w->queue.next - 1);

            w->status[item] = (uint8_t)status_in(line);
            count_line(w, item, (cfi_drop_status)w->status[item]);
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
cfi_status collect_line(sweep_work *w, size_t number, char *line, cfi_error *error)
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
    } else if (message->line && collect_line(w, message->item, message->line, &error) != CFI_OK) {
        ranks_tell_to_stop();
    }
}

/* Between two items of the first thread: moves lines from rank to rank. */
void collect_exchange(void *context)
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
cfi_status collect_end(sweep_work *w, size_t end, cfi_status status, cfi_error *error)
{
    rank_message message;

    collect_exchange(w);
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
