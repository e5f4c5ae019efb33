/* The drops of one scenario, handed to threads. */
#include "cfisac/linalg.h"
#include "cfisac/sweep.h"

#include "base/clock.h"
#include "base/openmp.h"
#include "sweep/dispatch.h"
#include "sweep/memory.h"

#include <stdlib.h>

size_t sweep_default_threads(void)
{
    return (size_t)omp_get_num_procs();
}

/* What the threads share. */
typedef struct drops {
    const cfi_system *system;
    const cfi_run_options *options;
    cfi_trial_options trial;
    alloc_workspace **workspace; /* one a thread */
    cfi_run *run;
    size_t done;
} drops;

static cfi_status run_drop(void *context, size_t thread, size_t drop, cfi_error *error)
{
    drops *d = context;
    cfi_trial_options how = d->trial;
    cfi_status status;

    how.alloc.workspace = d->workspace[thread];
    status = trial_run(d->system, (uint32_t)drop, &how, d->run->arena[thread], &d->run->record[drop], error);
    if (status == CFI_OK) {
#pragma omp critical(cfisac_progress)
        {
            d->done++;
            if (d->options->progress) {
                d->options->progress(d->options->progress_context, d->done, d->system->monte_carlo.drops);
            }
        }
    }
    return status;
}

static cfi_status allocate_run(const cfi_system *system, size_t arenas, cfi_run *run, cfi_error *error)
{
    run->record = calloc(system->monte_carlo.drops, sizeof *run->record);
    run->arena = calloc(arenas, sizeof(cfi_arena *));
    if (!run->record || !run->arena) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the records of %zu drops", system->monte_carlo.drops);
    }
    for (; run->arenas < arenas; run->arenas++) {
        run->arena[run->arenas] = arena_create();
        if (!run->arena[run->arenas]) {
            return error_set(error, CFI_NO_MEMORY, "out of memory for %zu threads", arenas);
        }
    }
    return CFI_OK;
}

/* What free_workspaces frees, whether it fails or not. */
static cfi_status make_workspaces(size_t count, alloc_workspace ***workspace, cfi_error *error)
{
    size_t made = 0;

    *workspace = calloc(count, sizeof(alloc_workspace *));
    while (*workspace && made < count && ((*workspace)[made] = alloc_workspace_create()) != NULL) {
        made++;
    }
    return made == count ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for %zu threads", count);
}

static void free_workspaces(alloc_workspace **workspace, size_t count)
{
    for (size_t i = 0; workspace && i < count; i++) {
        alloc_workspace_destroy(workspace[i]);
    }
    free(workspace);
}

/* A certificate was interrupted: the drop is a result, the run is not what was asked for. */
static bool is_cut_short(const cfi_run *run)
{
    bool cut = false;

    for (size_t i = 0; i < run->count; i++) {
        cut = cut || run->record[i].allocation.certificate.interrupted;
    }
    return cut;
}

cfi_status sweep_run_drops(const cfi_system *system, const cfi_run_options *options, cfi_run *run, cfi_error *error)
{
    size_t threads = options->threads > 0 ? options->threads : sweep_default_threads();
    cfi_status status = linalg_prepare(&threads, error);
    size_t count = system->monte_carlo.drops;
    thread_shares shares = memory_share_threads(threads, count, scenario_memory_bytes(system),
                                                (double)count * scenario_record_bytes(system));
    size_t outer = shares.at_once;
    double start = clock_seconds();
    drops d = {
        .system = system,
        .options = options,
        .trial = {.threads = shares.each, .check = options->check, .keep_interrupted = true, .alloc = options->alloc},
        .run = run};
    dispatch_job job = {
        .stride = 1, .end = count, .threads = outer, .stop = options->alloc.stop, .context = &d, .work = run_drop};

    *run = (cfi_run){.record = NULL};
    if (status == CFI_OK) {
        status = allocate_run(system, outer, run, error);
    }
    if (status == CFI_OK) {
        status = make_workspaces(outer, &d.workspace, error);
    }
    if (status == CFI_OK) {
        status = dispatch_run(&job, &run->count, error);
        if (status == CFI_OK && is_cut_short(run)) {
            status = error_set(error, CFI_INTERRUPTED, "interrupted");
        }
        run->seconds = clock_seconds() - start;
    }
    free_workspaces(d.workspace, outer);
    return status;
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
