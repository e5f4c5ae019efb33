/* The clock of the solver. */
#include "socp/watch.h"

#include <math.h>
#include <time.h>

double watch_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void watch_begin(stop_watch *watch, double start, double limit)
{
    watch->deadline = isfinite(limit) ? start + limit : 0.0;
    watch->seen = watch->late = false;
}
