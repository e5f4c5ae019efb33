/* The work of one process on a sweep. */
#ifndef CFISAC_SWEEP_WORK_H
#define CFISAC_SWEEP_WORK_H

#include "cfisac/sweep.h"
#include "sweep/journal.h"
#include "sweep/plan.h"
#include "sweep/queue.h"
#include "sweep/todo.h"

#include <pthread.h>

/* What a thread keeps from trial to trial. */
typedef struct worker {
    cfi_arena *arena;
    alloc_workspace *workspace;
    cfi_scenario *scenario; /* of `point`, or NULL */
    size_t point;
} worker;

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
    uint8_t *status;       /* rank 0: how each item ended, or CONTENTS_NO_LINE: a byte is all that is kept of a trial */
    size_t *left;          /* rank 0: lines that each point still lacks */
    pthread_mutex_t mutex; /* guards everything below, *progress, status and left */
    line_queue queue;      /* rank 0: to the journal, in order */
    parcel *outbox;        /* other ranks: to rank 0 */
    journal journal;
    cfi_error error; /* of a line that could not be written or sent */
    /* rank 0: how the other ranks ended */
    size_t ended, end;
    cfi_error end_error;
} sweep_work;

#endif
