/* A monotonic clock that goes on whenever it is read, and by nothing else: preloaded into the program, it makes a time
 * limit come at the same place in every run, lines of progress without waiting for them, and a signal:
 *   CLOCK_STEP    milliseconds of a read, 1 without it
 *   CLOCK_SIGNAL  the number of a signal that the process gets
 *   CLOCK_AT      when this read of the clock is made, from 1 */
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

static void maybe_signal(long read)
{
    const char *number = getenv("CLOCK_SIGNAL"), *at = getenv("CLOCK_AT");

    if (number && at && read == atol(at)) {
        raise(atoi(number));
    }
}

int clock_gettime(clockid_t which, struct timespec *time)
{
    static atomic_long reads;
    static int (*other)(clockid_t, struct timespec *);
    const char *step = getenv("CLOCK_STEP");
    long read, milliseconds;

    if (which != CLOCK_MONOTONIC) {
        if (!other) {
            *(void **)&other = dlsym(RTLD_NEXT, "clock_gettime");
        }
        return other(which, time);
    }
    read = atomic_fetch_add(&reads, 1) + 1;
    milliseconds = read * (step ? atol(step) : 1);
    *time = (struct timespec){.tv_sec = 1000 + milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    maybe_signal(read);
    return 0;
}
