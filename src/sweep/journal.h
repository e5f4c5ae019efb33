/* The journal of a sweep: DIR/sweep.ndjson, always a prefix of the finished file (but for a torn last line). */
#ifndef CFISAC_SWEEP_JOURNAL_H
#define CFISAC_SWEEP_JOURNAL_H

#include "sweep/plan.h"

#include <pthread.h>

#define JOURNAL_NAME "sweep.ndjson"

typedef struct journal {
    char *path;
    int file; /* locked; -1: closed */
    bool writable;
    /* a thread that syncs what was appended twice a second */
    pthread_t syncer;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool syncing, dirty, closing;
} journal;

/* What to do with lines that are there already. */
typedef enum { JOURNAL_FRESH, JOURNAL_RESUME, JOURNAL_FORCE } journal_mode;

/* Opens and locks the journal in `directory`, making it if need be. CFI_OUTPUT: it cannot be made, or another process
 * has it; CFI_USAGE: it has lines and the mode is JOURNAL_FRESH. JOURNAL_FORCE empties it. */
cfi_status journal_open(const char *directory, journal_mode mode, journal *out, cfi_error *error);
/* The same for reading alone: a shard that is merged. */
cfi_status journal_open_to_read(const char *directory, journal *out, cfi_error *error);

/* Reads the lines that are there; *items says how many of the plan's first items they are, line (room for
 * plan->items, or NULL) receives them. A torn last line is cut off if the journal is writable, else left out. A whole
 * line that is not the plan's next item is CFI_INVALID: "FILE:LINE: ...". */
cfi_status journal_read(journal *j, const sweep_plan *plan, cfi_line *line, size_t *items, cfi_error *error);

/* Calls `each` with every line, newline included. */
cfi_status journal_each(journal *j, cfi_status (*each)(void *context, const char *text, size_t length, cfi_error *),
                        void *context, cfi_error *error);

/* Appends one line (newline included) in one write. CFI_OUTPUT. */
cfi_status journal_append(journal *j, const char *line, size_t length, cfi_error *error);
/* Syncs, unlocks, closes. CFI_OUTPUT when the sync fails. A closed journal is fine. */
cfi_status journal_close(journal *j, cfi_error *error);

#endif
