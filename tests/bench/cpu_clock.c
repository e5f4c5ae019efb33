/* Preloaded into a program, makes every clock tell the CPU time of the process: a solver that times itself by the wall
 * can then be compared where others use the machine. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
    (void)clock;
    return (int)syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, time);
}
