/* Before anything else runs, even the libraries' own initialisation: is there room for OpenBLAS's threads? */
#include "cli/early.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__ /* says gcc */
#define SANITIZED 1
#elif defined(__has_feature) /* asks clang */
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* A sanitizer has to be the first itself, and knows no short addresses. */
#if defined(__GLIBC__) && defined(__linux__) && !defined(SANITIZED)

enum { MOST_VARIABLES = 4096 };

static const char ONE_THREAD[] = "OPENBLAS_NUM_THREADS=1";
static const size_t NAME_LENGTH = sizeof "OPENBLAS_NUM_THREADS=" - 1;

/* When it is loaded, OpenBLAS starts a thread for each further processor, and each maps a buffer of 128 MB; where that
 * fails it tries again for ever, also when it is the program that took the last room in the meantime. 64 GB are room
 * for all of them and the program (1 GB where addresses have 32 bits). */
static const size_t PLENTY = (size_t)1 << (sizeof(size_t) > 4 ? 36 : 30);

static bool early_has_room(void)
{
    void *room = mmap(NULL, PLENTY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return room != MAP_FAILED && munmap(room, PLENTY) == 0;
}

/* The program once more, with an environment in which OpenBLAS starts no thread: the environment of this process cannot
 * be changed any more (or not yet: the C library takes it over after this). Returns only on failure. */
static void start_again(char **argv, char **environment)
{
    char *changed[MOST_VARIABLES + 2], **to = changed;

    for (char **from = environment; *from && to < changed + MOST_VARIABLES; from++) {
        if (strncmp(*from, ONE_THREAD, NAME_LENGTH) != 0) {
            *to++ = *from;
        }
    }
    *to++ = (char *)ONE_THREAD;
    *to = NULL;
    execve("/proc/self/exe", argv, changed);
}

static void check_room(int argc, char **argv, char **environment)
{
    static const char message[] = "cfisac: out of memory for the threads of BLAS (allowed: OPENBLAS_NUM_THREADS=1)\n";

    (void)argc;
    for (char **variable = environment; *variable; variable++) {
        if (strcmp(*variable, ONE_THREAD) == 0) {
            return;
        }
    }
    if (!early_has_room()) {
        start_again(argv, environment);
        (void)!write(STDERR_FILENO, message, sizeof message - 1);
        _exit(EARLY_NO_MEMORY);
    }
}

/* The dynamic loader calls what stands in this section before it initialises any library. Nothing of the C library that
 * needs initialisation may be used there: no environment, no allocation, no streams. */
__attribute__((section(".preinit_array"), used)) static void (*const early[])(int, char **, char **) = {check_room};

#endif

void early_link(void)
{
}
