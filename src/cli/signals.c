/* Signals, and the three standard streams. */
#include "cli/signals.h"

#include <fcntl.h>
#include <unistd.h>

/* The one variable with static storage in the program: a handler can reach nothing else. */
static volatile sig_atomic_t stop_flag;

static void on_signal(int number)
{
    (void)number;
    stop_flag = 1;
}

void signals_prepare(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    /* Open the wrong way round, so that reading or writing still fails, as it would have on the closed stream. */
    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) == -1) {
            (void)!open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);
        }
    }
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file beyond `ulimit -f` */
}

/* Unless the parent ignores the signal, as nohup and the background of a script do: then it stays ignored. */
static void catch_signal(int number)
{
    /* SA_RESTART: the results are still to be written */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)}, inherited;

    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &inherited) == 0 && inherited.sa_handler != SIG_IGN) {
        sigaction(number, &action, NULL);
    }
}

volatile sig_atomic_t *signals_catch(void)
{
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    return &stop_flag;
}
