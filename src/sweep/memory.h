/* What a sweep needs in memory. */
#ifndef CFISAC_SWEEP_MEMORY_H
#define CFISAC_SWEEP_MEMORY_H

#include "sweep/plan.h"

/* CFI_INVALID when this process cannot have what a sweep (or shard) of this plan needs at its end, besides its trials;
 * `merging`: with the places of all lines. It is refused before anything is written; the text says what it would need
 * and what is allowed. */
cfi_status memory_check(const sweep_plan *plan, bool merging, cfi_error *error);

/* How trials use threads. */
typedef struct thread_shares {
    size_t at_once; /* trials */
    size_t each;    /* threads that share one */
} thread_shares;

/* With at least as many trials as threads a thread has whole trials to itself, on as many threads as have room for
 * trial_bytes beside `kept_bytes`; with fewer trials, or room for one alone, all threads share one trial after the
 * other. */
thread_shares memory_share_threads(size_t threads, size_t trials, double trial_bytes, double kept_bytes);

#endif
