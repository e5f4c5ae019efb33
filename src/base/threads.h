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

/* True while OpenMP starts a team: a process that ends now is ended by OpenMP, for lack of memory or threads. */
bool threads_starting(void);

#endif
