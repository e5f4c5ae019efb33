/* The end of every report: did all of it reach the stream? */
#ifndef CFISAC_REPORT_STREAM_H
#define CFISAC_REPORT_STREAM_H

#include "cfisac/base.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Flushes; CFI_OUTPUT when any write to the stream has failed, CFI_NO_MEMORY when for lack of memory. */
static inline cfi_status finish_stream(FILE *stream, cfi_error *error)
{
    errno = 0;
    if (fflush(stream) == 0 && !ferror(stream)) {
        return CFI_OK;
    }
    if (errno == ENOMEM) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a result");
    }
    return error_set(error, CFI_OUTPUT, "a result cannot be written%s%s", errno ? ": " : "",
                     errno ? strerror(errno) : "");
}

#endif
