/* The journal of a sweep, the file DIR/sweep.ndjson (or of another kind): opened, locked, appended to, synced,
 * replaced. What its lines say is the matter of contents.h. */
#ifndef CFISAC_SWEEP_JOURNAL_H
#define CFISAC_SWEEP_JOURNAL_H

#include "sweep/kind.h"

#include <pthread.h>
#include <sys/stat.h>

struct journal {
    const sweep_kind *kind;
    const char *directory; /* borrowed */
    char *path;
    int file; /* locked; -1: closed */
    bool writable;
    /* a thread that syncs what was appended twice a second */
    pthread_t syncer;
    pthread_mutex_t mutex; /* guards all below, and the descriptor while it is exchanged */
    pthread_cond_t wake;
    bool syncing, dirty, closing;
    int sync_error; /* errno of the first sync that failed: the system tells it once */
};

/* What to do with a file that is there already. */
typedef enum {
    JOURNAL_FRESH,   /* CFI_USAGE when it is not empty; as below */
    JOURNAL_RESUME,  /* take it as it is; CFI_USAGE when it is not there, but files of others are */
    JOURNAL_REPLACE, /* take it as it is, to replace its lines; files of another kind of journal go */
    JOURNAL_FORCE    /* empty it; files of another kind of journal go */
} journal_mode;

/* Opens and locks the journal of that kind in `directory`, making it if need be. CFI_OUTPUT: it cannot be made, or
 * another process has it. */
cfi_status journal_open(const char *directory, const sweep_kind *kind, journal_mode mode, journal *out,
                        cfi_error *error);
/* The same for reading alone, without a lock: a shard that is merged, a sweep that is looked at. CFI_INVALID when it
 * cannot be read. */
cfi_status journal_open_to_read(const char *directory, const sweep_kind *kind, journal *out, cfi_error *error);
/* Whether a process has it open to write: asked of a journal that is open for reading alone. */
bool journal_is_written(const journal *j);

/* What stat says of a file of the directory; false: it is not there. Asks for no memory. */
bool journal_find(const char *directory, const char *name, struct stat *about);
/* Removes the files of a kind that are made of its lines: they would not belong to a journal that changes. */
void journal_remove_tables(const sweep_kind *kind, const char *directory);

/* Whether it has not a single byte. */
bool journal_is_empty(const journal *j);
/* Appends one line (newline included). CFI_OUTPUT, also when a sync has failed. */
cfi_status journal_append(journal *j, const char *line, size_t length, cfi_error *error);
/* Replaces all lines by what `write` writes, in one step: a reader, or a crash, finds the old ones or the new ones. */
cfi_status journal_replace(journal *j, cfi_status (*write)(const void *context, FILE *stream, cfi_error *error),
                           const void *context, cfi_error *error);
/* Cuts the file off: the only place where a journal that is resumed gets shorter. */
cfi_status journal_cut(journal *j, off_t length, cfi_error *error);
/* Syncs, unlocks, closes. CFI_OUTPUT when this or an earlier sync failed. A closed journal is fine. */
cfi_status journal_close(journal *j, cfi_error *error);

/* An error of the system while the journal was read: CFI_INVALID, or CFI_NO_MEMORY. */
cfi_status journal_read_error(const journal *j, int why, cfi_error *error);

#endif
