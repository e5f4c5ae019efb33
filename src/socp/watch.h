/* What ends a solve early: a stop flag and a deadline, polled in its long parts. The watch remembers that it saw one,
 * so that every part ends, even should the flag be cleared meanwhile. */
#ifndef CFISAC_SOCP_WATCH_H
#define CFISAC_SOCP_WATCH_H

#include "base/clock.h"
#include "cfisac/error.h"

typedef struct stop_watch {
    cfi_stop *flag;  /* or NULL */
    double deadline; /* of clock_seconds; 0: none, and then no poll reads the clock */
    bool seen;       /* the flag was set, or the deadline had passed */
    bool late;       /* it was the deadline */
} stop_watch;

/* Forgets what was seen; the deadline is `limit` seconds after `start`, none if the limit is infinite. */
void watch_begin(stop_watch *watch, double start, double limit);

/* watch may be NULL: never. */
static inline bool stop_seen(stop_watch *watch)
{
    if (!watch || watch->seen) {
        return watch != NULL;
    }
    if (watch->flag && *watch->flag) {
        watch->seen = true;
    } else if (watch->deadline > 0.0 && clock_seconds() >= watch->deadline) {
        watch->seen = watch->late = true;
    }
    return watch->seen;
}

#endif
