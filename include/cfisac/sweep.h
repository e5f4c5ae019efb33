/* sweep: many trials. The drops of one scenario on threads, their records kept by index; and the grid of a sweep on
 * threads and MPI ranks, its lines kept in a journal that is gone on with, sharded and merged. */
#ifndef CFISAC_SWEEP_H
#define CFISAC_SWEEP_H

#include "cfisac/report.h"

typedef struct cfi_run_options {
    size_t threads; /* 0: as many as the machine has */
    cfi_alloc_options alloc;
    bool check;                                                 /* allocate again by the other solver and compare */
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

/* Runs all drops. With at least as many drops as threads the drops are spread over the threads, as many as memory has
 * room for, else the pairs, the allocation and the channels of each drop are; the numbers are the same for any number
 * of threads. On CFI_INTERRUPTED *run holds the drops before the first unfinished one. Free with run_destroy in every
 * case. */
cfi_status sweep_run_drops(const cfi_system *system, const cfi_run_options *options, cfi_run *run, cfi_error *error);
void run_destroy(cfi_run *run);

/* Processors this process may run on: what threads = 0 stands for. */
size_t sweep_default_threads(void);

/* True when the program was built with MPI. */
bool sweep_has_mpi(void);

/* ------------------------------------------------------------------------- sweeps ---- */

/* Joins the ranks of an MPI job, if a launcher started this process; to be called before anything is printed. *rank is
 * 0 for the process that speaks and writes. End with sweep_leave in every case. CFI_FAILED. */
cfi_status sweep_join(size_t *rank, cfi_error *error);
void sweep_leave(void);
/* Rank 0 has read the scenario (or failed with `status` and *error); every rank gets it, complete in itself, so that no
 * other needs a file or standard input. All ranks return the same status; *scenario is each one's to destroy. */
cfi_status sweep_share_scenario(cfi_status status, const char *name, cfi_scenario **scenario, cfi_error *error);

typedef struct cfi_sweep_progress {
    size_t points, points_done, trials, done; /* of this shard; done: lines in the journal */
    size_t resumed;                           /* of them, there from the start */
    size_t infeasible, failed;
} cfi_sweep_progress;

/* Where goes what is to be said of a finished sweep, each or NULL: remarks, one line each (not of a shard), and how its
 * drops ended. */
typedef struct cfi_sweep_warn {
    void (*emit)(void *context, const char *line);
    void (*end)(void *context, size_t points, const cfi_sweep_tally *tally);
    void *context;
} cfi_sweep_warn;

typedef struct cfi_sweep_options {
    const char *directory;
    bool resume, force;
    bool mixed;                  /* take lines of other builds, and record them */
    size_t shard, shards;        /* shard 1 .. shards */
    size_t threads;              /* 0: as many as the machine has; under MPI 1 a rank */
    volatile sig_atomic_t *stop; /* or NULL; set, too, when another rank ends the work */
    const char *command_line;
    void (*progress)(void *context, const cfi_sweep_progress *progress); /* serialised; or NULL */
    void *progress_context;
    cfi_sweep_warn warn; /* called by the rank that writes, at the end */
    /* Shown the curves of a finished frontier, by the rank that writes, once all files are; or NULL. Its failure is
     * that of the frontier. */
    cfi_status (*show)(void *context, const cfi_frontier_curves *curves, cfi_error *error);
    void *show_context;
} cfi_sweep_options;

/* Runs the grid of a scenario and leaves in the directory
 *   sweep.ndjson   a line a drop, in order, appended as soon as its turn comes
 *   scenario.json, sweep.json   the scenario, complete in itself; provenance and shard
 *   sweep.csv      a row a point, at the end, from the lines read back; not for a shard
 *   timing.json    what differs from run to run; from the start of the work, without the times that its end brings
 * The same bytes, but for timing.json, for any number of threads and ranks, and after any number of interruptions. What
 * is there already is gone on with: undamaged lines are kept whatever their order, damaged ones are put aside into
 * sweep.damaged and computed again, and a journal that was begun with fewer drops, or fewer values of a swept key,
 * grows. All that is kept of a trial is a byte; what this process cannot hold is refused before anything is written.
 * *progress receives the final counts. Fails: CFI_USAGE (a sweep is there), CFI_INVALID (a point that is no
 * scenario; more trials than memory can hold; a journal of another scenario, shard or build, or that cannot be read),
 * CFI_OUTPUT, CFI_INTERRUPTED, CFI_NO_MEMORY; every line of the journal then still is there. With everything done:
 * CFI_OK, or CFI_FAILED / CFI_INFEASIBLE as report_sweep_verdict says. */
cfi_status sweep_run(const cfi_scenario *sweep, const cfi_sweep_options *options, cfi_sweep_progress *progress,
                     cfi_error *error);

/* The frontier of every drop of a scenario, kept and gone on with like a sweep, in
 *   frontier.ndjson   a line a drop, in order
 *   scenario.json, frontier.json   the scenario; provenance, and what is traded for what
 *   frontier.csv, frontier_mean.csv, plots.gp   a row per drop and position; the mean curve; the picture
 *   timing.json       what differs from run to run
 * options->shard and shards are 1. Fails as sweep_run; with everything done as report_frontier_verdict says. */
cfi_status sweep_run_frontier(const cfi_frontier *frontier, const cfi_sweep_options *options,
                              cfi_sweep_progress *progress, cfi_error *error);

/* Joins the finished shards 1 .. n of one sweep, given in any order, into the files that one run would have left.
 * CFI_INVALID: a shard is missing, unfinished, damaged, there twice, of another sweep, or (unless `mixed`) of another
 * build. CFI_USAGE: the output is one of them, or has a sweep (unless `force`: then it is replaced in one step). */
typedef struct cfi_merge_options {
    const char *directory;
    bool force, mixed;
    const char *const *shard_directory;
    size_t shards;
    void (*progress)(void *context, size_t done, size_t total); /* lines; or NULL */
    void *progress_context;
    cfi_sweep_warn warn;
} cfi_merge_options;
cfi_status sweep_merge(const cfi_merge_options *options, cfi_error *error);

/* The files that a sweep, or a frontier, has in a directory, tables first; returns how many. */
enum { CFI_MOST_SWEEP_FILES = 9 };
size_t sweep_list_files(const char *directory, bool frontier, const char *name[CFI_MOST_SWEEP_FILES]);

/* ---------------------------------------------------------------------- how far one is ---- */

typedef struct cfi_sweep_state {
    const char *noun; /* "sweep" or "frontier" */
    size_t shard, shards;
    cfi_sweep_progress progress; /* trials is 0 while nothing says what is to be done; nothing is resumed */
    size_t damaged;              /* lines that are none */
    bool running;                /* a process holds the journal */
    bool has_tables;             /* what is made of all lines is there; a shard has no need of it */
    double idle_seconds;         /* since something was written to the journal */
    double seconds_left;         /* NaN: nothing tells */
} cfi_sweep_state;

/* How far the sweep, the shard or the frontier in a directory is: what its files say, of which none is changed; a
 * process that is at work on it is not disturbed. CFI_INVALID: there is none, or its files cannot be read. */
cfi_status sweep_look(const char *directory, cfi_sweep_state *state, cfi_error *error);
/* Whether there is the journal of one. */
bool sweep_is_there(const char *directory);

#endif
