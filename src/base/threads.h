/* Work handed to as many threads as can be had. The one place that starts a team of OpenMP. */
#ifndef CFISAC_BASE_THREADS_H
#define CFISAC_BASE_THREADS_H

#include <stdbool.h>
#include <stddef.h>

/* The most that are ever started: as many as --threads takes. */
enum { MOST_THREADS = 1024 };

/* Calls work(context, thread) once for each thread = 0 .. threads - 1, at once, and returns when all have returned. Not
 * from within such work. With fewer threads available than asked for only the first ones are called: the work must take
 * its items one by one, so that any number of threads finishes it. */
void threads_run(size_t threads, void (*work)(void *context, size_t thread), void *context);

/* Shares items 0 .. count - 1 among at most `threads` threads: work(context, thread, first, end) is called for `part`
 * of them at a time (the last ones fewer), each once, and all calls have returned when it does. Which thread takes
 * which part is left to chance, `thread` < threads. With one thread, or one part, the caller does everything, and no
 * team is started: that may be within threads_run. Results that do not depend on the parts do not depend on threads
 * either. */
void threads_share(size_t threads, size_t count, size_t part,
                   void (*work)(void *context, size_t thread, size_t first, size_t end), void *context);

/* How many items are worth a part: starting a team takes some ten microseconds where processors are idle and
 * milliseconds where they are not, so that a part takes a million steps of a nanosecond, of which an item takes
 * `steps`.
 */
static inline size_t threads_part(size_t steps)
{
    enum { STEPS_A_PART = 1 << 20 };

    return steps < STEPS_A_PART ? STEPS_A_PART / (steps + !steps) : 1;
}

/* The same where parts should be as few as possible: `count` items in a part a thread, whole cache lines of doubles:
 * a multiple of 8. */
static inline size_t threads_even_part(size_t threads, size_t count, size_t steps)
{
    size_t each = count + !count;

    if (threads > 1) {
        size_t worth = threads_part(steps);

        each = (count + threads - 1) / threads;
        each = each > worth ? each : worth;
    }
    return (each + 7) / 8 * 8;
}

/* True while OpenMP starts a team: a process that ends now is ended by OpenMP, for lack of memory or threads. */
bool threads_starting(void);

#endif
