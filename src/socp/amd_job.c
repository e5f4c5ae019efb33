/* AMD on a thread that can be left behind. */
#include "socp/amd_job.h"

#include "socp/constants.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <suitesparse/amd.h>
#include <time.h>

enum { STACK_BYTES = 256 * 1024 }; /* of AMD's thread */

/* Shared by both threads; whoever is last frees it. */
typedef struct shared {
    amd_job job;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool done, left; /* AMD has ended; nobody waits for it any more */
    bool good;
} shared;

static bool run_amd(const amd_job *job)
{
    return amd_order(job->n, job->start, job->row, job->permutation, NULL, NULL) >= 0;
}

static void destroy(shared *s)
{
    pthread_mutex_destroy(&s->mutex);
    pthread_cond_destroy(&s->ended);
    free(s);
}

static void *work(void *object)
{
    shared *s = object;
    bool good = run_amd(&s->job), left;

    pthread_mutex_lock(&s->mutex);
    s->good = good;
    s->done = true;
    left = s->left;
    pthread_cond_signal(&s->ended);
    pthread_mutex_unlock(&s->mutex);
    if (left) {
        free(s->job.memory);
        destroy(s);
    }
    return NULL;
}

/* A detached thread that takes no signals. */
static bool start_thread(shared *s)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    bool started;

    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&thread, &attributes, work, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

static struct timespec next_look(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_nsec += POLLED_MILLISECONDS * 1000000L;
    if (time.tv_nsec >= 1000000000L) {
        time.tv_nsec -= 1000000000L;
        time.tv_sec++;
    }
    return time;
}

/* Waits for AMD's end or for what the watch sees; true when AMD has ended. */
static bool wait_for(shared *s, stop_watch *watch)
{
    bool done;

    pthread_mutex_lock(&s->mutex);
    while (!s->done && !stop_seen(watch)) {
        struct timespec until = next_look();

        pthread_cond_timedwait(&s->ended, &s->mutex, &until);
    }
    done = s->done;
    s->left = !done;
    pthread_mutex_unlock(&s->mutex);
    return done;
}

static shared *make_shared(const amd_job *job)
{
    shared *s = calloc(1, sizeof *s);
    pthread_condattr_t clock;

    if (s) {
        s->job = *job;
        pthread_mutex_init(&s->mutex, NULL);
        pthread_condattr_init(&clock);
        pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
        pthread_cond_init(&s->ended, &clock);
        pthread_condattr_destroy(&clock);
    }
    return s;
}

bool amd_job_run(amd_job *job, stop_watch *watch)
{
    shared *s = watch && (watch->flag || watch->deadline > 0.0) && job->start[job->n] > UNWATCHED_ENTRIES
                    ? make_shared(job)
                    : NULL;
    bool good;

    if (s && !start_thread(s)) {
        destroy(s);
        s = NULL;
    }
    if (!s) {
        return run_amd(job);
    }
    if (!wait_for(s, watch)) {
        job->memory = NULL;
        return false;
    }
    good = s->good;
    destroy(s);
    return good;
}
