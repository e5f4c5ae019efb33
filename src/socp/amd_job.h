/* AMD on a thread that can be left behind: it cannot be interrupted itself. */
#ifndef CFISAC_SOCP_AMD_JOB_H
#define CFISAC_SOCP_AMD_JOB_H

#include "socp/watch.h"

#include <stddef.h>

/* The upper triangle of a pattern, as amd_order takes it, and the order it gives; all within `memory`, of memory_block.
 */
typedef struct amd_job {
    int n;
    const int *start, *row;
    int *permutation;
    void *memory;
} amd_job;

/* Runs amd_order; false when that fails. Where it may take long and the watch has a flag or a deadline, it runs on a
 * thread of its own; once the flag is seen, this returns false and the thread, which ends when AMD does, owns and frees
 * the memory: job->memory is then NULL. */
bool amd_job_run(amd_job *job, stop_watch *watch);

#endif
