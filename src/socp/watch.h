/* A stop flag, polled in the long parts of a solve: it remembers that it was seen, so that every part ends, even should
 * the flag be cleared meanwhile. */
#ifndef CFISAC_SOCP_WATCH_H
#define CFISAC_SOCP_WATCH_H

#include "cfisac/error.h"

typedef struct stop_watch {
    cfi_stop *flag; /* or NULL */
    bool seen;
} stop_watch;

/* watch may be NULL: never. */
static inline bool stop_seen(stop_watch *watch)
{
    if (watch && watch->flag && *watch->flag) {
        watch->seen = true;
    }
    return watch && watch->seen;
}

#endif
