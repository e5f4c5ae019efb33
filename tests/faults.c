/* Makes one call of the system fail, kills the process at it, or lets a signal come after it: preloaded into the
 * program by the end-to-end tests.
 *   FAULT_CALL   pread, write, fdatasync, fsync, ftruncate, rename, or any
 *   FAULT_PATH   only calls on files whose path ends with this (optional)
 *   FAULT_AT     the number of the call, from 1, among those
 *   FAULT_ERRNO  what it fails with; once, as the system tells a write-back error once
 *   FAULT_KILL   instead: before (the call is not made), torn (half of a write is), after
 *   FAULT_SIGNAL instead: the call is made, and the process gets this signal when it has computed for FAULT_CPU_MS
 *                milliseconds more, however busy the machine is; without FAULT_CALL from its start on
 *   FAULT_LOG    a file that gets a line when it has happened */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;

static void log_fault(const char *call)
{
    const char *path = getenv("FAULT_LOG");
    FILE *stream = path ? fopen(path, "a") : NULL;

    if (stream) {
        fprintf(stream, "%s\n", call);
        fclose(stream);
    }
}

static int ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int concerns(const char *call, const char *path)
{
    const char *wanted = getenv("FAULT_CALL"), *file = getenv("FAULT_PATH"), *at = getenv("FAULT_AT");

    return wanted && at && (strcmp(wanted, call) == 0 || strcmp(wanted, "any") == 0) &&
           (!file || ends_with(path, file)) && atomic_fetch_add(&calls, 1) + 1 == atol(at);
}

static int concerns_file(const char *call, int file)
{
    static _Thread_local int inside; /* the log is written by the same calls */
    char link[64], path[4096] = "";
    int yes;

    if (inside || !getenv("FAULT_CALL")) {
        return 0;
    }
    inside = 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (readlink(link, path, sizeof path - 1) < 0) {
        path[0] = '\0';
    }
    yes = path[0] == '/' && strncmp(path, "/dev/", 5) != 0 && concerns(call, path);
    if (yes) {
        log_fault(call);
    }
    inside = 0;
    return yes;
}

/* Whether the call fails; kills the process where that is asked for. */
static int fails(int killed_here)
{
    const char *number = getenv("FAULT_ERRNO"), *kill_when = getenv("FAULT_KILL");

    if (kill_when && killed_here) {
        raise(SIGKILL);
    }
    if (!kill_when) {
        errno = number ? atoi(number) : EIO;
    }
    return !kill_when;
}

static int kill_is(const char *when)
{
    const char *wanted = getenv("FAULT_KILL");

    return wanted && strcmp(wanted, when) == 0;
}

/* The signal to come, where one is asked for. */
static int will_signal(void)
{
    const char *number = getenv("FAULT_SIGNAL"), *after = getenv("FAULT_CPU_MS");
    long milliseconds = after ? atol(after) : 1;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = number ? atoi(number) : 0};
    struct itimerspec when = {.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000000}};
    timer_t timer;

    return number && timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == 0 &&
           timer_settime(timer, 0, &when, NULL) == 0;
}

__attribute__((constructor)) static void signal_from_the_start(void)
{
    if (!getenv("FAULT_CALL")) {
        will_signal();
    }
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pread(int file, void *out, size_t size, off_t offset)
{
    return concerns_file("pread", file) && fails(1) ? -1 : REAL(pread)(file, out, size, offset);
}

ssize_t write(int file, const void *text, size_t size)
{
    int now = concerns_file("write", file);
    ssize_t written;

    if (now && will_signal()) {
        return REAL(write)(file, text, size);
    }
    if (now && fails(kill_is("before"))) {
        return -1;
    }
    written = REAL(write)(file, text, now && kill_is("torn") ? size / 2 : size);
    if (now) {
        raise(SIGKILL);
    }
    return written;
}

#define PLAIN(name, file_argument, ...)                                                                                \
    int now = concerns_file(#name, file_argument), result;                                                             \
                                                                                                                       \
    if (now && fails(!kill_is("after"))) {                                                                             \
        return -1;                                                                                                     \
    }                                                                                                                  \
    result = REAL(name)(__VA_ARGS__);                                                                                  \
    if (now) {                                                                                                         \
        raise(SIGKILL);                                                                                                \
    }                                                                                                                  \
    return result

int fdatasync(int file)
{
    PLAIN(fdatasync, file, file);
}

int fsync(int file)
{
    PLAIN(fsync, file, file);
}

int ftruncate(int file, off_t length)
{
    PLAIN(ftruncate, file, file, length);
}

int rename(const char *from, const char *to)
{
    int now = getenv("FAULT_CALL") && concerns("rename", to), result;

    if (now) {
        log_fault("rename");
    }
    if (now && fails(!kill_is("after"))) {
        return -1;
    }
    result = REAL(rename)(from, to);
    if (now) {
        raise(SIGKILL);
    }
    return result;
}
