/* Hands items to threads. */
#include "sweep/dispatch.h"

#include "base/threads.h"

/* What the threads share. */
typedef struct dispatch {
    const dispatch_job *job;
    size_t next;
    size_t end;      /* first item that could not be finished; job->end when all were */
    cfi_error error; /* of that item */
} dispatch;

static size_t take_item(dispatch *d)
{
    size_t item;

#pragma omp atomic capture
    {
        item = d->next;
        d->next += d->job->stride;
    }
    return item;
}

static bool is_wanted(dispatch *d, size_t item)
{
    size_t end;

#pragma omp atomic read
    end = d->end;
    return item < end;
}

static void note_trial_end(dispatch *d, size_t item, const cfi_error *error)
{
#pragma omp critical(cfisac_dispatch)
    if (item < d->end) {
#pragma omp atomic write
        d->end = item;
        d->error = *error;
    }
}

/* One thread's work: items as long as there are any. */
static void work_through(void *context, size_t thread)
{
    dispatch *d = context;
    const dispatch_job *job = d->job;
    size_t item;

    while (is_wanted(d, item = take_item(d))) {
        cfi_error error = {.status = CFI_OK};
        cfi_status status = stop_requested(job->stop) ? error_set(&error, CFI_INTERRUPTED, "interrupted")
                                                      : job->work(job->context, thread, item, &error);

        if (status != CFI_OK) {
            error.status = status;
            note_trial_end(d, item, &error);
        }
        if (job->between && thread == 0) {
            job->between(job->context);
        }
    }
}

cfi_status dispatch_run(const dispatch_job *job, size_t *end, cfi_error *error)
{
    dispatch d = {.job = job, .next = job->first, .end = job->end};

    threads_run(job->threads, work_through, &d);
    *end = d.end;
    return d.end == job->end ? CFI_OK : error_set(error, d.error.status, "%s", d.error.text);
}
