/* The journal of a sweep as a file. */
#include "sweep/journal.h"

#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SYNC_MILLISECONDS = 400,
    LOOK_MILLISECONDS = 10, /* between two tries for a lock that somebody has, */
    LOOKS = 5               /* and how many follow the first */
};

static cfi_status journal_output_error(const journal *j, const char *what, int why, cfi_error *error)
{
    return error_set(error, CFI_OUTPUT, "%.300s: %s: %s", j->path, what, strerror(why));
}

cfi_status journal_read_error(const journal *j, int why, cfi_error *error)
{
    return why == ENOMEM ? error_set(error, CFI_NO_MEMORY, "out of memory while %.300s was read", j->path)
                         : error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", j->path,
                                     why ? strerror(why) : "it ended while it was read");
}

/* ----------------------------------------------------------------------------- syncing ---- */

static void *sync_now_and_then(void *context)
{
    journal *j = context;

    pthread_mutex_lock(&j->mutex);
    while (!j->closing) {
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += SYNC_MILLISECONDS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&j->wake, &j->mutex, &until);
        if (j->dirty) {
            int failed;

            j->dirty = false;
            pthread_mutex_unlock(&j->mutex);
            failed = fdatasync(j->file) != 0 ? errno : 0;
            pthread_mutex_lock(&j->mutex);
            j->sync_error = j->sync_error ? j->sync_error : failed;
        }
    }
    pthread_mutex_unlock(&j->mutex);
    return NULL;
}

static void start_syncing(journal *j)
{
    pthread_mutex_init(&j->mutex, NULL);
    pthread_cond_init(&j->wake, NULL);
    j->syncing = pthread_create(&j->syncer, NULL, sync_now_and_then, j) == 0; /* without it journal_close syncs */
}

/* The thread ends; what it will not do any more is left to the caller. */
static void stop_syncing(journal *j)
{
    if (j->syncing) {
        pthread_mutex_lock(&j->mutex);
        j->closing = true;
        pthread_cond_signal(&j->wake);
        pthread_mutex_unlock(&j->mutex);
        pthread_join(j->syncer, NULL);
        j->syncing = false;
        j->closing = false;
    }
    if (j->writable) {
        pthread_cond_destroy(&j->wake);
        pthread_mutex_destroy(&j->mutex);
    }
}

/* ----------------------------------------------------------------------- opening, closing ---- */

static cfi_status open_file(const char *directory, const sweep_kind *kind, int flags, journal *j, cfi_error *error)
{
    *j = (journal){.kind = kind, .directory = directory, .file = -1};
    if (asprintf(&j->path, "%s/%s", directory, kind->journal) < 0) {
        j->path = NULL;
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    j->file = open(j->path, flags | O_CLOEXEC, 0666);
    if (j->file < 0) {
        cfi_status status = flags == O_RDONLY ? journal_read_error(j, errno, error)
                                              : journal_output_error(j, "the journal cannot be opened", errno, error);

        free(j->path);
        j->path = NULL;
        return status;
    }
    return CFI_OK;
}

/* Tries a few times: whoever only looks (journal_is_written) has the lock for a moment. */
static bool get_lock(int file)
{
    const struct timespec pause = {.tv_nsec = LOOK_MILLISECONDS * 1000000L};
    bool ours = flock(file, LOCK_EX | LOCK_NB) == 0;

    for (int i = 0; i < LOOKS && !ours && errno == EWOULDBLOCK; i++) {
        nanosleep(&pause, NULL);
        ours = flock(file, LOCK_EX | LOCK_NB) == 0;
    }
    return ours;
}

bool journal_is_written(const journal *j)
{
    if (flock(j->file, LOCK_SH | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK;
    }
    flock(j->file, LOCK_UN);
    return false;
}

/* Locks the file, and sees that it still is the one of that name: another process may have replaced it meanwhile. */
static cfi_status lock_file(const journal *j, struct stat *about, cfi_error *error)
{
    struct stat named;
    bool ours = get_lock(j->file);

    if (!ours && errno != EWOULDBLOCK) {
        return journal_output_error(j, "the journal cannot be locked", errno, error);
    }
    if (!ours || fstat(j->file, about) != 0 || stat(j->path, &named) != 0 || named.st_ino != about->st_ino ||
        named.st_dev != about->st_dev) {
        return error_set(error, CFI_OUTPUT, "%.300s: another process is writing this %s", j->path, j->kind->noun);
    }
    return CFI_OK;
}

bool journal_find(const char *directory, const char *name, struct stat *about)
{
    int folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool found = folder >= 0 && fstatat(folder, name, about, 0) == 0;

    if (folder >= 0) {
        close(folder);
    }
    return found;
}

/* Whether a file of this name that is not empty is in the directory. */
static bool holds(const char *directory, const char *name)
{
    struct stat about;

    return journal_find(directory, name, &about) && about.st_size > 0;
}

/* --------------------------------------------------------------- files of the other kind ---- */

static const sweep_kind *other_kind(const sweep_kind *kind)
{
    return kind == &kind_of_sweeps ? &kind_of_frontiers : &kind_of_sweeps;
}

static void remove_file(const char *directory, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", directory, name) >= 0) {
        unlink(path);
        free(path);
    }
}

void journal_remove_tables(const sweep_kind *kind, const char *directory)
{
    for (size_t i = 0; i < MOST_TABLES && kind->table[i]; i++) {
        remove_file(directory, kind->table[i]);
    }
}

/* All files of a kind that is replaced by the other one. CFI_OUTPUT: a process is writing them. */
static cfi_status remove_files_of(const sweep_kind *kind, const char *directory, cfi_error *error)
{
    journal j;
    struct stat about;
    cfi_status status = CFI_OK;

    if (!holds(directory, kind->journal)) { /* a table may be another command's */
        return CFI_OK;
    }
    status = open_file(directory, kind, O_RDWR, &j, error);
    if (status == CFI_OK) {
        status = lock_file(&j, &about, error);
    }
    if (status == CFI_OK) {
        journal_remove_tables(kind, directory);
        remove_file(directory, kind->journal);
        remove_file(directory, kind->identity);
        remove_file(directory, kind->damaged);
    }
    journal_close(&j, NULL);
    return status;
}

static cfi_status take_over(journal *j, journal_mode mode, cfi_error *error)
{
    struct stat about;
    cfi_status status = lock_file(j, &about, error);

    if (status != CFI_OK) {
        return status;
    }
    if (about.st_size > 0 && mode == JOURNAL_FRESH) {
        return error_set(error, CFI_USAGE,
                         "%.300s: a %s is there already (allowed: --resume to go on with it, --force to start anew, "
                         "another --out)",
                         j->path, j->kind->noun);
    }
    if (mode == JOURNAL_FORCE || mode == JOURNAL_REPLACE) {
        status = remove_files_of(other_kind(j->kind), j->directory, error);
    }
    return status == CFI_OK && mode == JOURNAL_FORCE && about.st_size > 0 ? journal_cut(j, 0, error) : status;
}

/* Where no lines are yet, files of others may be: of the other kind of journal, and tables that no journal explains,
 * such as the picture of a run. Journals would replace them, and scenario.json, which is in all of them. */
static cfi_status check_folder_of_journal(const char *directory, const sweep_kind *kind, cfi_error *error)
{
    static const char allowed[] = "(allowed: --force to replace it, another --out)";
    const sweep_kind *other = other_kind(kind);

    if (holds(directory, kind->journal)) {
        return CFI_OK;
    }
    if (holds(directory, other->journal)) {
        return error_set(error, CFI_USAGE, "%.300s/%s: a %s is there, and its scenario.json would be replaced %s",
                         directory, other->journal, other->noun, allowed);
    }
    for (size_t i = 0; i < MOST_TABLES && kind->table[i]; i++) {
        if (holds(directory, kind->table[i])) {
            return error_set(error, CFI_USAGE, "%.300s/%s: there without a %s beside it, and would be replaced %s",
                             directory, kind->table[i], kind->journal, allowed);
        }
    }
    return CFI_OK;
}

cfi_status journal_open(const char *directory, const sweep_kind *kind, journal_mode mode, journal *out,
                        cfi_error *error)
{
    cfi_status status = CFI_OK;

    *out = (journal){.file = -1};
    if (mode == JOURNAL_FRESH || mode == JOURNAL_RESUME) {
        status = check_folder_of_journal(directory, kind, error);
    }
    if (status == CFI_OK) {
        status = open_file(directory, kind, O_RDWR | O_CREAT | O_APPEND, out, error);
    }
    if (status == CFI_OK) {
        status = take_over(out, mode, error);
    }
    if (status == CFI_OK) {
        report_remove_temporaries(directory);
        out->writable = true;
        start_syncing(out);
    } else {
        journal_close(out, NULL);
    }
    return status;
}

cfi_status journal_open_to_read(const char *directory, const sweep_kind *kind, journal *out, cfi_error *error)
{
    return open_file(directory, kind, O_RDONLY, out, error);
}

bool journal_is_empty(const journal *j)
{
    struct stat about;

    return fstat(j->file, &about) == 0 && about.st_size == 0;
}

cfi_status journal_close(journal *j, cfi_error *error)
{
    cfi_status status = CFI_OK;
    int failed;

    if (!j->path) {
        return CFI_OK;
    }
    stop_syncing(j);
    failed = j->sync_error;
    if (j->writable && fsync(j->file) != 0 && !failed) {
        failed = errno;
    }
    if (close(j->file) != 0 && j->writable && !failed) {
        failed = errno;
    }
    if (failed) {
        status = journal_output_error(j, "the journal cannot be written", failed, error);
    }
    free(j->path);
    *j = (journal){.file = -1};
    return status;
}

/* ----------------------------------------------------------------------------- writing ---- */

/* errno of what went wrong, or 0. A disk without room takes part of a line; --resume drops it. */
static int write_bytes(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, text, length);

        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written == 0) {
            return ENOSPC;
        }
        text += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

cfi_status journal_append(journal *j, const char *line, size_t length, cfi_error *error)
{
    int failed = write_bytes(j->file, line, length);

    pthread_mutex_lock(&j->mutex);
    j->dirty = true;
    failed = failed ? failed : j->sync_error;
    pthread_mutex_unlock(&j->mutex);
    return failed ? journal_output_error(j, "the journal cannot be written", failed, error) : CFI_OK;
}

cfi_status journal_cut(journal *j, off_t length, cfi_error *error)
{
    return ftruncate(j->file, length) == 0 ? CFI_OK
                                           : journal_output_error(j, "the journal cannot be cut off", errno, error);
}

/* The file of that name has been replaced: takes the new one over, then lets the old one go. */
static cfi_status exchange_file(journal *j, cfi_error *error)
{
    journal next = {.kind = j->kind, .path = j->path, .file = open(j->path, O_RDWR | O_APPEND | O_CLOEXEC)};
    struct stat about;
    cfi_status status = next.file >= 0 ? lock_file(&next, &about, error)
                                       : journal_output_error(j, "the journal cannot be opened", errno, error);

    if (status == CFI_OK) {
        close(j->file);
        j->file = next.file;
    } else if (next.file >= 0) {
        close(next.file);
    }
    return status;
}

cfi_status journal_replace(journal *j, cfi_status (*write)(const void *context, FILE *stream, cfi_error *error),
                           const void *context, cfi_error *error)
{
    cfi_status status;

    stop_syncing(j); /* it holds the descriptor */
    status = replace_file(j->directory, j->kind->journal, write, context, error);
    if (status == CFI_OK) {
        status = exchange_file(j, error);
    }
    start_syncing(j);
    return status;
}
