/* The drops of one scenario, handed to threads. */
#include "cfisac/sweep.h"

#include <omp.h>
#include <stdlib.h>
#include <time.h>

size_t sweep_default_threads(void)
{
    return (size_t)omp_get_num_procs();
}

bool sweep_has_mpi(void)
{
    return false;
}

static double now_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* What the threads share. `next` is taken atomically, in order: when a drop ends the run, every drop before it has
 * been started and will be finished, so that the outcome does not depend on the threads. */
typedef struct dispatch {
    const cfi_system *system;
    const cfi_run_options *options;
    cfi_trial_options trial;
    cfi_record *record;
    size_t next, done;
    size_t end;      /* first drop that could not be finished; system->drops when all were */
    cfi_error error; /* of that drop */
} dispatch;

static size_t take_drop(dispatch *d)
{
    size_t drop;

#pragma omp atomic capture
    drop = d->next++;
    return drop;
}

static bool is_wanted(dispatch *d, size_t drop)
{
    size_t end;

#pragma omp atomic read
    end = d->end;
    return drop < end;
}

static void note_end(dispatch *d, size_t drop, const cfi_error *error)
{
#pragma omp critical(cfisac_dispatch)
    if (drop < d->end) {
#pragma omp atomic write
        d->end = drop;
        d->error = *error;
    }
}

static void note_done(dispatch *d)
{
#pragma omp critical(cfisac_dispatch)
    {
        d->done++;
        if (d->options->progress) {
            d->options->progress(d->options->progress_context, d->done, d->system->drops);
        }
    }
}

/* One thread's work: drops as long as there are any. */
static void work_through(dispatch *d, cfi_arena *arena)
{
    cfi_stop *stop = d->options->alloc.stop;
    size_t drop;

    while (is_wanted(d, drop = take_drop(d))) {
        cfi_error error = {.status = CFI_OK};
        cfi_status status = stop_requested(stop)
                                ? error_set(&error, CFI_INTERRUPTED, "interrupted")
                                : trial_run(d->system, (uint32_t)drop, &d->trial, arena, &d->record[drop], &error);

        if (status == CFI_OK) {
            note_done(d);
        } else {
            error.status = status;
            note_end(d, drop, &error);
        }
    }
}

static cfi_status make_room(const cfi_system *system, size_t arenas, cfi_run *run, cfi_error *error)
{
    run->record = calloc(system->drops, sizeof *run->record);
    run->arena = calloc(arenas, sizeof(cfi_arena *));
    if (!run->record || !run->arena) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the records of %zu drops", system->drops);
    }
    for (; run->arenas < arenas; run->arenas++) {
        run->arena[run->arenas] = arena_create();
        if (!run->arena[run->arenas]) {
            return error_set(error, CFI_NO_MEMORY, "out of memory for %zu threads", arenas);
        }
    }
    return CFI_OK;
}

cfi_status sweep_run_drops(const cfi_system *system, const cfi_run_options *options, cfi_run *run, cfi_error *error)
{
    size_t threads = options->threads > 0 ? options->threads : sweep_default_threads();
    bool spread = system->drops >= threads;
    size_t outer = spread ? threads : 1;
    double start = now_seconds();
    dispatch d = {.system = system,
                  .options = options,
                  .trial = {.threads = spread ? 1 : threads, .alloc = options->alloc},
                  .end = system->drops};
    cfi_status status;

    *run = (cfi_run){.record = NULL};
    status = make_room(system, outer, run, error);
    if (status != CFI_OK) {
        return status;
    }
    d.record = run->record;
#pragma omp parallel num_threads((int)outer) if (outer > 1)
    work_through(&d, run->arena[omp_get_thread_num()]);
    run->count = d.end;
    run->seconds = now_seconds() - start;
    return d.end == system->drops ? CFI_OK : error_set(error, d.error.status, "%s", d.error.text);
}

void run_destroy(cfi_run *run)
{
    for (size_t i = 0; i < run->arenas; i++) {
        arena_destroy(run->arena[i]);
    }
    free(run->arena);
    free(run->record);
    *run = (cfi_run){.record = NULL};
}
