/* The clock of the solver. */
#include "socp/watch.h"

#include <math.h>

void watch_begin(stop_watch *watch, double start, double limit)
{
    watch->deadline = isfinite(limit) ? start + limit : 0.0;
    watch->seen = watch->late = false;
}
