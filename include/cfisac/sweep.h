/* sweep: many trials. Hands drops to OpenMP threads and keeps the records by index; later the grid of a
 * sweep, its journal, shards and MPI. */
#ifndef CFISAC_SWEEP_H
#define CFISAC_SWEEP_H

#include "cfisac/report.h"

typedef struct cfi_run_options {
    size_t threads; /* 0: as many as the machine has */
    cfi_alloc_options alloc;
    void (*progress)(void *context, size_t done, size_t total); /* serialised; or NULL */
    void *progress_context;
} cfi_run_options;

/* The records of the drops of one scenario, with the arenas that hold them. */
typedef struct cfi_run {
    cfi_record *record;
    size_t count; /* finished drops 0 .. count - 1; fewer than asked for after an interrupt */
    cfi_arena **arena;
    size_t arenas;
    double seconds;
} cfi_run;

/* Runs all drops. With at least as many drops as threads the drops are spread over the threads, else the
 * channels of each drop are; the numbers are the same for any number of threads. On CFI_INTERRUPTED *run holds the
 * drops before the first unfinished one. Free with run_destroy in every case. */
cfi_status sweep_run_drops(const cfi_system *system, const cfi_run_options *options, cfi_run *run, cfi_error *error);
void run_destroy(cfi_run *run);

/* Processors this process may run on: what threads = 0 stands for. */
size_t sweep_default_threads(void);

/* True when the program was built with MPI. */
bool sweep_has_mpi(void);

#endif
