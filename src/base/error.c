/* Status words, error text, the stop flag. */
#include "cfisac/base.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

cfi_status(error_set)(cfi_error *error, cfi_status status, const char *format, ...)
{
    va_list arguments;

    if (!error) {
        return status;
    }
    error->status = status;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    text_clean(error->text); /* one line and nothing that a terminal obeys, whatever the input held */
    return status;
}

const char *status_name(cfi_status status)
{
    static const char *const names[] = {"ok",     "usage",         "invalid", "unavailable", "infeasible",
                                        "failed", "out of memory", "output",  "interrupted"};

    return names[status];
}

bool stop_requested(cfi_stop *stop)
{
    return stop && *stop;
}
