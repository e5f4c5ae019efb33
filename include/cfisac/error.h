/* Status and error text, of the room base; a header of its own so that the cone solver's needs no other library's.
 *
 * Rooms never print and never exit: they return a cfi_status and describe what went wrong in a
 * caller-owned cfi_error. The command line maps a status to an exit code. */
#ifndef CFISAC_ERROR_H
#define CFISAC_ERROR_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum cfi_status {
    CFI_OK = 0,
    CFI_USAGE,       /* the command line is wrong */
    CFI_INVALID,     /* an input is invalid or unreadable */
    CFI_UNAVAILABLE, /* a valid request whose code does not exist in this version */
    CFI_INFEASIBLE,  /* the constraints admit no solution */
    CFI_FAILED,      /* a numerical method broke down */
    CFI_NO_MEMORY,   /* out of memory */
    CFI_OUTPUT,      /* a result could not be written */
    CFI_INTERRUPTED  /* the user asked to stop */
} cfi_status;

typedef struct cfi_error {
    cfi_status status;
    char text[1024]; /* one line, without a trailing newline; "" when status is CFI_OK */
} cfi_error;

/* Stores status and the formatted text (truncated to fit; control characters, newlines among them, and bytes that are
 * not UTF-8 replaced by '?') in error, which may be NULL. Returns status, so that a function can end with
 * `return error_set(error, CFI_INVALID, "...");`. */
cfi_status error_set(cfi_error *error, cfi_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* which sees one file at a time, here learns what is returned */
#define error_set(error, status, ...) ((error_set)(error, status, __VA_ARGS__), (status))
#endif

/* A word for a status, e.g. "infeasible". Never NULL. */
const char *status_name(cfi_status status);

/* True once *stop is non-zero. stop may be NULL (never stops). A signal handler sets it. */
typedef const volatile sig_atomic_t cfi_stop;
bool stop_requested(cfi_stop *stop);

#ifdef __cplusplus
}
#endif

#endif
