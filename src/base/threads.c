/* Threads. */
#include "base/threads.h"

#include "base/openmp.h"

#include <pthread.h>
#include <stdatomic.h>

/* Waits until all that can be started have been. */
static void *wait_for_others(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    return NULL;
}

/* How many threads, 1 .. wanted (at most MOST_THREADS), this process can run at once now, itself included. OpenMP ends
 * the process where a thread cannot be started, so that this tries it before: all of them are started, with the default
 * stack, and joined. */
static size_t count_available(size_t wanted)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_t other[MOST_THREADS];
    size_t others = 0;

    wanted = wanted < MOST_THREADS ? wanted : MOST_THREADS;
    pthread_mutex_lock(&mutex);
    while (others + 1 < wanted && pthread_create(&other[others], NULL, wait_for_others, &mutex) == 0) {
        others++;
    }
    pthread_mutex_unlock(&mutex);
    for (size_t i = 0; i < others; i++) {
        pthread_join(other[i], NULL);
    }
    pthread_mutex_destroy(&mutex);
    return 1 + others;
}

static atomic_bool starting; /* of the process, like the threads themselves */

bool threads_starting(void)
{
    return starting;
}

void threads_run(size_t threads, void (*work)(void *context, size_t thread), void *context)
{
    threads = count_available(threads);
    if (threads == 1) {
        work(context, 0);
        return;
    }
    starting = true;
#pragma omp parallel num_threads((int)threads)
    {
        size_t thread = (size_t)omp_get_thread_num();

        if (thread == 0) { /* the first comes here when all others have been started */
            starting = false;
        }
        work(context, thread);
    }
}

/* What the threads of threads_share have in common. */
typedef struct shared_items {
    size_t count, part;
    atomic_size_t next; /* first item that nobody has taken */
    void (*work)(void *context, size_t thread, size_t first, size_t end);
    void *context;
} shared_items;

static void take_parts(void *context, size_t thread)
{
    shared_items *items = context;
    size_t first;

    while ((first = atomic_fetch_add(&items->next, items->part)) < items->count) {
        size_t left = items->count - first;

        items->work(items->context, thread, first, first + (left < items->part ? left : items->part));
    }
}

void threads_share(size_t threads, size_t count, size_t part,
                   void (*work)(void *context, size_t thread, size_t first, size_t end), void *context)
{
    if (threads > 1 && count > part) {
        size_t parts = (count + part - 1) / part;
        shared_items items = {.count = count, .part = part, .work = work, .context = context};

        threads_run(threads < parts ? threads : parts, take_parts, &items);
        return;
    }
    for (size_t first = 0; first < count; first += part) { /* quicker than items that others could take */
        work(context, 0, first, count - first < part ? count : first + part);
    }
}
