/* Hands items to threads. */
#ifndef CFISAC_SWEEP_DISPATCH_H
#define CFISAC_SWEEP_DISPATCH_H

#include "cfisac/base.h"

/* Items first, first + stride, .. below end. They are taken in order: when one ends the work, every item before it has
 * been started and will be finished, so that the outcome does not depend on the threads. */
typedef struct dispatch_job {
    size_t first, stride, end;
    size_t threads;
    cfi_stop *stop; /* or NULL */
    void *context;
    /* Called by several threads at once, `thread` telling which. Anything but CFI_OK ends the work there. */
    cfi_status (*work)(void *context, size_t thread, size_t item, cfi_error *error);
    /* Called by the calling thread alone between its items; or NULL. */
    void (*between)(void *context);
} dispatch_job;

/* *end: the first item that could not be finished, or job->end. Returns its status and error. */
cfi_status dispatch_run(const dispatch_job *job, size_t *end, cfi_error *error);

#endif
