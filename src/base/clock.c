/* The clock. */
#include "base/clock.h"

#include <time.h>

static double read_clock(clockid_t which)
{
    struct timespec time;

    clock_gettime(which, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double clock_seconds(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double clock_file_seconds(void)
{
    return read_clock(CLOCK_REALTIME);
}
