/* Loaded into a program by LD_PRELOAD: runs its main again and again, each time in a child of its own in which one
 * allocation fails, or all from one on; and judges how each child ended. glibc only.
 *
 * Environment: FAIL_REPORT  file that gets a line a fault, and last "<children> children, <faults> faults"
 *              FAIL_MOST    about so many children a mode at most; the allocations are then sampled evenly
 *              FAIL_CUT     if set: the output counts up to this text, what follows differs from run to run
 *              FAIL_BEFORE  a command of the shell before each child, and FAIL_AFTER one after it, which must succeed
 *              FAIL_SHOW    not empty: show where the allocation was, of each fault (to be used by hand)
 *
 * A child may end with 0 and the output of a child in which nothing fails, or with 5 and one line on standard error,
 * "cfisac: out of memory ...". Allocations are counted from the start of main on, over all threads. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 20, MOST_TEXT = 1 << 20, FAILED = 5 };

/* What glibc's own allocator is called inside. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* Shared with the children, since a child that is killed cannot tell. */
static struct shared {
    atomic_long count;
    void *frame[16]; /* of the allocation that failed */
    int frames;
} * shared;

static long first_refused; /* 0: never */
static bool fail_onwards;  /* all later ones, too */
static atomic_bool counting;

static bool fails(void)
{
    long number;

    if (!counting) {
        return false;
    }
    number = ++shared->count;
    if (first_refused == 0 || number < first_refused || (number > first_refused && !fail_onwards)) {
        return false;
    }
    if (number == first_refused && getenv("FAIL_SHOW")) {
        counting = false;
        shared->frames = backtrace(shared->frame, 16);
        counting = true;
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) || fails()) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (fails() || !(*memory = __libc_memalign(alignment, size))) {
        return ENOMEM;
    }
    return 0;
}

/* ------------------------------------------------------------------------------- the children ---- */

typedef int (*main_function)(int argc, char **argv, char **environment);

static struct {
    main_function main;
    int argc;
    char **argv, **environment;
    int out, err; /* files without a name */
    long children, faults;
    FILE *report;
} run;

static void read_back(int file, char *text)
{
    ssize_t length = pread(file, text, MOST_TEXT - 1, 0);

    text[length > 0 ? length : 0] = '\0';
}

/* The output, without what may differ. */
static void read_output(char *text)
{
    const char *cut = getenv("FAIL_CUT");
    char *rest;

    read_back(run.out, text);
    rest = cut ? strstr(text, cut) : NULL;
    if (rest) {
        *rest = '\0';
    }
}

/* True when there is no such command, or it succeeds. */
static bool run_command(const char *variable)
{
    const char *command = getenv(variable);

    return !command || system(command) == 0;
}

/* Runs main in a child; returns what waitpid says. */
static int run_child(long at, bool onwards)
{
    int status = 0;
    pid_t child;

    if (ftruncate(run.out, 0) != 0 || ftruncate(run.err, 0) != 0) {
        abort();
    }
    shared->count = 0;
    shared->frames = 0;
    run_command("FAIL_BEFORE");
    fflush(run.report);
    child = fork();
    if (child == 0) {
        lseek(run.out, 0, SEEK_SET);
        lseek(run.err, 0, SEEK_SET);
        dup2(run.out, STDOUT_FILENO);
        dup2(run.err, STDERR_FILENO);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        alarm(SECONDS);
        first_refused = at;
        fail_onwards = onwards;
        counting = true;
        exit(run.main(run.argc, run.argv, run.environment));
    }
    run.children++;
    return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

/* One line, and that says what it has to. OpenMP's library ends a process by itself, after an empty line and one of its
 * own, when it finds no memory for a team, which nobody can prevent. */
static bool tells_of_memory(const char *text)
{
    const char *end;

    if (strncmp(text, "\nlibgomp: Out of memory", 23) == 0) {
        text = strchr(text + 1, '\n') + 1;
    }
    end = strchr(text, '\n');
    return end && end[1] == '\0' && strncmp(text, "cfisac: out of memory", 21) == 0;
}

static void judge(int status, long at, bool onwards, const char *expected)
{
    static char out[MOST_TEXT], err[MOST_TEXT];
    bool right;

    read_output(out);
    read_back(run.err, err);
    right = WIFEXITED(status) && ((WEXITSTATUS(status) == 0 && strcmp(out, expected) == 0) ||
                                  (WEXITSTATUS(status) == FAILED && tells_of_memory(err)));
    if (!run_command("FAIL_AFTER")) {
        fprintf(run.report, "what comes after: ");
        right = false;
    }
    if (right) {
        return;
    }
    run.faults++;
    fprintf(run.report, "allocation %ld%s: %s %d, output %s, standard error: %.300s\n", at,
            onwards ? " and all later ones" : "", WIFEXITED(status) ? "exit code" : "signal",
            WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
            strcmp(out, expected) == 0 ? "right" : "different", err);
    if (shared->frames > 0) {
        fflush(run.report);
        backtrace_symbols_fd(shared->frame, shared->frames, fileno(run.report));
    }
}

static int run_all(void)
{
    static char expected[MOST_TEXT];
    const char *most = getenv("FAIL_MOST");
    int status = run_child(0, false);
    long count = shared->count, step = 1;

    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(run.report, "without a failing allocation: status %d\n", status);
        return 1;
    }
    read_output(expected);
    if (most && count > atol(most)) {
        step = count / atol(most) + 1;
    }
    for (int onwards = 0; onwards < 2; onwards++) {
        for (long at = 1; at <= count; at += step) {
            judge(run_child(at, onwards), at, onwards, expected);
        }
    }
    return run.faults > 0;
}

/* In the program's place. */
static int main_instead(int argc, char **argv, char **environment)
{
    const char *report = getenv("FAIL_REPORT");
    int code;

    unsetenv("LD_PRELOAD"); /* for the commands */
    run.argc = argc;
    run.argv = argv;
    run.environment = environment;
    run.report = report ? fopen(report, "we") : NULL;
    run.out = memfd_create("out", MFD_CLOEXEC);
    run.err = memfd_create("err", MFD_CLOEXEC);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!run.report || run.out < 0 || run.err < 0 || shared == MAP_FAILED) {
        return 99;
    }
    backtrace(shared->frame, 1); /* loads what it needs */
    code = run_all();
    fprintf(run.report, "%ld children, %ld faults\n", run.children, run.faults);
    fclose(run.report);
    return code;
}

int __libc_start_main(main_function function, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end)
{
    int (*real)(main_function, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

    *(void **)&real = dlsym(RTLD_NEXT, "__libc_start_main");
    run.main = function;
    return real(main_instead, argc, argv, init, fini, rtld_fini, stack_end);
}
