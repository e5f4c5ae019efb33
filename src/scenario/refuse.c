/* Values that do not go together with others. */
#include "scenario/refuse.h"

#include <stdarg.h>
#include <stdio.h>

/* A place is only made where something is wrong, since points are checked by the million. */
cfi_status refuse_key(const cfi_scenario *scenario, key_id id, cfi_error *error, const char *format, ...)
{
    cfi_place place = tree_place(&scenario->tree, id);
    char what[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return place_error(&place, error, CFI_INVALID, "%s%s", what,
                       tree_sweeps_key(&scenario->tree, id) ? "; this is the scenario's own value, not a swept one"
                                                            : "");
}
