/* Peak resident memory of a command in KiB, on standard output; the command's own output is dropped.
 *   peak COMMAND [ARGUMENT]... */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rusage usage;
    int state;
    pid_t child;

    if (argc < 2 || (child = fork()) < 0) {
        return 2;
    }
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);

        dup2(null, STDOUT_FILENO);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    if (wait4(child, &state, 0, &usage) < 0 || !WIFEXITED(state) || WEXITSTATUS(state) != 0) {
        fprintf(stderr, "peak: the command failed\n");
        return 1;
    }
    printf("%ld\n", usage.ru_maxrss);
    return 0;
}
