/* The journal of a sweep. */
#include "sweep/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SYNC_MILLISECONDS = 400 };

static cfi_status output_error(const journal *j, const char *what, cfi_error *error)
{
    return error_set(error, CFI_OUTPUT, "%.300s: %s: %s", j->path, what, strerror(errno));
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
            j->dirty = false;
            pthread_mutex_unlock(&j->mutex);
            fdatasync(j->file); /* an error here shows again at the end */
            pthread_mutex_lock(&j->mutex);
        }
    }
    pthread_mutex_unlock(&j->mutex);
    return NULL;
}

static void start_syncing(journal *j)
{
    pthread_mutex_init(&j->mutex, NULL);
    pthread_cond_init(&j->wake, NULL);
    j->syncing = pthread_create(&j->syncer, NULL, sync_now_and_then, j) == 0;
}

static void stop_syncing(journal *j)
{
    if (j->syncing) {
        pthread_mutex_lock(&j->mutex);
        j->closing = true;
        pthread_cond_signal(&j->wake);
        pthread_mutex_unlock(&j->mutex);
        pthread_join(j->syncer, NULL);
        j->syncing = false;
    }
    if (j->writable) {
        pthread_cond_destroy(&j->wake);
        pthread_mutex_destroy(&j->mutex);
    }
}

/* ----------------------------------------------------------------------- opening, closing ---- */

static cfi_status open_file(const char *directory, int flags, journal *j, cfi_error *error)
{
    *j = (journal){.file = -1};
    if (asprintf(&j->path, "%s/" JOURNAL_NAME, directory) < 0) {
        j->path = NULL;
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    j->file = open(j->path, flags | O_CLOEXEC, 0666);
    if (j->file < 0) {
        cfi_status status = flags == O_RDONLY
                                ? error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", j->path, strerror(errno))
                                : output_error(j, "the journal cannot be opened", error);

        free(j->path);
        j->path = NULL;
        return status;
    }
    return CFI_OK;
}

static cfi_status take_over(journal *j, journal_mode mode, cfi_error *error)
{
    struct stat about;

    if (flock(j->file, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK
                   ? error_set(error, CFI_OUTPUT, "%.300s: another process is writing this sweep", j->path)
                   : output_error(j, "the journal cannot be locked", error);
    }
    if (fstat(j->file, &about) != 0) {
        return output_error(j, "the journal cannot be read", error);
    }
    if (about.st_size > 0 && mode == JOURNAL_FRESH) {
        return error_set(error, CFI_USAGE,
                         "%.300s: a sweep is there already (allowed: --resume to go on with it, --force to start anew, "
                         "another --out)",
                         j->path);
    }
    if (mode == JOURNAL_FORCE && ftruncate(j->file, 0) != 0) {
        return output_error(j, "the journal cannot be emptied", error);
    }
    return CFI_OK;
}

cfi_status journal_open(const char *directory, journal_mode mode, journal *out, cfi_error *error)
{
    cfi_status status = open_file(directory, O_RDWR | O_CREAT | O_APPEND, out, error);

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

cfi_status journal_open_to_read(const char *directory, journal *out, cfi_error *error)
{
    return open_file(directory, O_RDONLY, out, error);
}

cfi_status journal_close(journal *j, cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (!j->path) {
        return CFI_OK;
    }
    stop_syncing(j);
    if (j->writable && fsync(j->file) != 0) {
        status = output_error(j, "the journal cannot be written", error);
    }
    if (close(j->file) != 0 && status == CFI_OK && j->writable) {
        status = output_error(j, "the journal cannot be written", error);
    }
    free(j->path);
    *j = (journal){.file = -1};
    return status;
}

/* ----------------------------------------------------------------------------- appending ---- */

cfi_status journal_append(journal *j, const char *line, size_t length, cfi_error *error)
{
    ssize_t written;

    do {
        errno = 0;
        written = write(j->file, line, length);
    } while (written < 0 && errno == EINTR);
    if (written != (ssize_t)length) { /* a disk without room takes part of a line: --resume drops it */
        errno = errno ? errno : ENOSPC;
        return output_error(j, "the journal cannot be written", error);
    }
    pthread_mutex_lock(&j->mutex);
    j->dirty = true;
    pthread_mutex_unlock(&j->mutex);
    return CFI_OK;
}

/* ------------------------------------------------------------------------------- reading ---- */

/* A stream of its own on the file, from the start. */
static FILE *open_stream(const journal *j)
{
    int copy = open(j->path, O_RDONLY | O_CLOEXEC);
    FILE *stream = copy < 0 ? NULL : fdopen(copy, "r");

    if (!stream && copy >= 0) {
        close(copy);
    }
    return stream;
}

static cfi_status check_line(const journal *j, const sweep_plan *plan, size_t item, const char *text, size_t length,
                             cfi_line *line, cfi_error *error)
{
    cfi_error cause = {.text = ""};
    size_t trial = plan_trial(plan, item), point;

    if (item >= plan->items) {
        return error_set(error, CFI_INVALID, "%.300s:%zu: the sweep has only %zu trials%s", j->path, item + 1,
                         plan->items, plan->shards > 1 ? " in this shard" : "");
    }
    if (report_read_line(plan->sweep, text, length, line, &cause) != CFI_OK) {
        if (cause.status == CFI_NO_MEMORY) {
            *error = cause;
            return CFI_NO_MEMORY;
        }
        return error_set(error, CFI_INVALID, "%.300s:%zu: not a line of this sweep: %s", j->path, item + 1, cause.text);
    }
    point = plan_point(plan, trial);
    if (line->point != point || line->drop != trial - plan->first[point]) {
        return error_set(error, CFI_INVALID,
                         "%.300s:%zu: drop %u of point %zu where drop %zu of point %zu belongs (the journal of another "
                         "shard?)",
                         j->path, item + 1, line->drop, line->point, trial - plan->first[point], point);
    }
    return CFI_OK;
}

/* Cuts the file off after its whole lines. A file without a torn line is not touched, not even its time stamps. */
static cfi_status cut_torn_line(const journal *j, off_t whole, cfi_error *error)
{
    struct stat about;

    if (fstat(j->file, &about) != 0 || (about.st_size > whole && ftruncate(j->file, whole) != 0)) {
        return output_error(j, "a torn last line cannot be cut off", error);
    }
    return CFI_OK;
}

cfi_status journal_read(journal *j, const sweep_plan *plan, cfi_line *line, size_t *items, cfi_error *error)
{
    FILE *stream = open_stream(j);
    char *text = NULL;
    size_t room = 0;
    ssize_t length;
    off_t whole = 0;
    cfi_status status = CFI_OK;

    *items = 0;
    if (!stream) {
        return error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", j->path, strerror(errno));
    }
    while (status == CFI_OK && (length = getline(&text, &room, stream)) > 0 && text[length - 1] == '\n') {
        cfi_line one;

        status = check_line(j, plan, *items, text, (size_t)length - 1, &one, error);
        if (status == CFI_OK) {
            if (line) {
                line[*items] = one;
            }
            ++*items;
            whole += length;
        }
    }
    free(text);
    fclose(stream);
    return status == CFI_OK && j->writable ? cut_torn_line(j, whole, error) : status;
}

cfi_status journal_each(journal *j, cfi_status (*each)(void *context, const char *text, size_t length, cfi_error *),
                        void *context, cfi_error *error)
{
    FILE *stream = open_stream(j);
    char *text = NULL;
    size_t room = 0;
    ssize_t length;
    cfi_status status = CFI_OK;

    if (!stream) {
        return error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", j->path, strerror(errno));
    }
    while (status == CFI_OK && (length = getline(&text, &room, stream)) > 0) {
        status = each(context, text, (size_t)length, error);
    }
    free(text);
    fclose(stream);
    return status;
}
