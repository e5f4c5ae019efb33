/* gnuplot as a process of its own, with a list of arguments: no shell reads any of them. */
#include "cli/gnuplot.h"

#include "base/text_file.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t most_picture_bytes = (size_t)1 << 30;

static cfi_status cannot_start(int number, cfi_error *error)
{
    return number == ENOENT ? error_set(error, CFI_OUTPUT,
                                        "gnuplot is missing: pictures need the package gnuplot, and nothing else "
                                        "does")
                            : error_set(error, CFI_OUTPUT, "gnuplot cannot be started: %s", strerror(number));
}

/* Where the process works, what it reads and writes, and a SIGPIPE as usual, which this program ignores. Returns the
 * number of an error, or 0. */
static int spawn_prepared(const gnuplot_job *job, posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
                          FILE *const stream[2], pid_t *process)
{
    char *argument[] = {"gnuplot", "-d", "-e", (char *)job->settings, (char *)job->script, NULL};
    sigset_t usual;
    int failed = posix_spawn_file_actions_addchdir_np(actions, job->directory);

    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    for (int i = 0; i < 2 && !failed; i++) {
        failed = posix_spawn_file_actions_adddup2(actions, fileno(stream[i]), STDOUT_FILENO + i);
    }
    failed = failed ? failed : posix_spawnattr_setsigdefault(attributes, &usual);
    failed = failed ? failed : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
    return failed ? failed : posix_spawnp(process, argument[0], actions, attributes, argument, environ);
}

static int spawn(const gnuplot_job *job, FILE *const stream[2], pid_t *process)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);

    if (failed) {
        return failed;
    }
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = spawn_prepared(job, &actions, &attributes, stream, process);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* What the process wrote, from its beginning. */
static cfi_status collect_answer(FILE *const stream[2], gnuplot_answer *answer, cfi_error *error)
{
    size_t length;

    rewind(stream[0]);
    rewind(stream[1]);
    answer->picture = text_file_read(stream[0], most_picture_bytes, &answer->length);
    answer->words = answer->picture ? text_file_read(stream[1], most_picture_bytes, &length) : NULL;
    if (!answer->words) {
        return error_set(error, errno == ENOMEM ? CFI_NO_MEMORY : CFI_OUTPUT,
                         "the answer of gnuplot cannot be read back: %s", strerror(errno));
    }
    return CFI_OK;
}

static cfi_status run_into(const gnuplot_job *job, FILE *const stream[2], gnuplot_answer *answer, cfi_error *error)
{
    pid_t process;
    int state = 0, failed;

    signal(SIGCHLD, SIG_DFL); /* whoever started this program may have it ignored; then no end could be waited for */
    failed = spawn(job, stream, &process);
    if (failed) {
        return cannot_start(failed, error);
    }
    while (waitpid(process, &state, 0) < 0) {
        if (errno != EINTR) {
            return error_set(error, CFI_OUTPUT, "gnuplot cannot be waited for: %s", strerror(errno));
        }
    }
    answer->failed = !WIFEXITED(state) || WEXITSTATUS(state) != 0;
    return collect_answer(stream, answer, error);
}

cfi_status gnuplot_run(const gnuplot_job *job, gnuplot_answer *answer, cfi_error *error)
{
    FILE *stream[2] = {tmpfile(), tmpfile()};
    cfi_status status;

    *answer = (gnuplot_answer){.picture = NULL};
    status = stream[0] && stream[1]
                 ? run_into(job, stream, answer, error)
                 : error_set(error, CFI_OUTPUT, "no temporary file can be made for gnuplot: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        if (stream[i]) {
            fclose(stream[i]);
        }
    }
    return status;
}

void gnuplot_free(gnuplot_answer *answer)
{
    free(answer->picture);
    free(answer->words);
    *answer = (gnuplot_answer){.picture = NULL};
}
