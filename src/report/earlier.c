/* What a directory holds already: may a run's results take its place? */
#include "cfisac/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 4096, /* of results.json: provenance is its first member */
    HASH_DIGITS = 64,
    HASH_SHOWN = 16 /* as in the lines of a journal */
};

#define REPLACE_ALLOWED "(allowed: --force to replace it, another --out)"

/* The first bytes of a file as text, or NULL and errno. Free with free(). */
static char *read_head(const char *path)
{
    char *head = malloc(HEAD_BYTES + 1);
    int file = head ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1; /* a pipe there has nobody at its other end */
    ssize_t length = file >= 0 ? read(file, head, HEAD_BYTES) : -1;
    int why = errno;

    if (file >= 0) {
        close(file);
    }
    if (length < 0) {
        free(head);
        errno = why;
        return NULL;
    }
    head[length] = '\0';
    return head;
}

/* The hash in the provenance of results.json, as 64 digits and NUL; false when there is none. */
static bool find_hash(const char *head, char hash[HASH_DIGITS + 1])
{
    const char *at = strstr(head, "\"provenance\"");

    at = at ? strstr(at, "\"scenario_sha256\"") : NULL;
    if (!at) {
        return false;
    }
    at += strlen("\"scenario_sha256\"");
    at += strspn(at, " \t\r\n");
    at += *at == ':';
    at += strspn(at, " \t\r\n");
    if (*at != '"' || strspn(at + 1, "0123456789abcdef") != HASH_DIGITS || at[HASH_DIGITS + 1] != '"') {
        return false;
    }
    memcpy(hash, at + 1, HASH_DIGITS);
    hash[HASH_DIGITS] = '\0';
    return true;
}

/* results.json is there: whose is it? */
static cfi_status check_results(const char *path, const char *own, cfi_error *error)
{
    char *head = read_head(path), hash[HASH_DIGITS + 1];
    bool found;

    if (!head) {
        return errno == ENOMEM ? error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", path)
                               : error_set(error, CFI_INVALID,
                                           "%.300s: it cannot be read, and would be replaced: %s " REPLACE_ALLOWED,
                                           path, strerror(errno));
    }
    found = find_hash(head, hash);
    free(head);
    if (!found) {
        return error_set(error, CFI_INVALID, "%.300s: no results of cfisac, and would be replaced " REPLACE_ALLOWED,
                         path);
    }
    if (strcmp(hash, own) != 0) {
        return error_set(
            error, CFI_INVALID,
            "%.300s: results of another scenario (sha256 %.*s..., not %.*s...) would be replaced " REPLACE_ALLOWED,
            path, HASH_SHOWN, hash, HASH_SHOWN, own);
    }
    return CFI_OK;
}

/* The file of a format is there: may it be replaced? */
static cfi_status check_file(const char *path, bool is_results, const cfi_scenario *scenario, cfi_error *error)
{
    return is_results
               ? check_results(path, scenario_sha256(scenario), error)
               : error_set(error, CFI_INVALID,
                           "%.300s: there without a results.json beside it, and would be replaced " REPLACE_ALLOWED,
                           path);
}

cfi_status report_check_directory(const char *directory, const cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = CFI_OK;
    bool first = true, done = false;

    for (size_t i = 0; i < report_format_count && !done; i++) { /* results.json comes first and speaks for the others */
        struct stat about;
        char *path = NULL;

        if (!report_formats[i].file) {
            continue;
        }
        if (asprintf(&path, "%s/%s", directory, report_formats[i].file) < 0) {
            return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
        }
        done = lstat(path, &about) == 0;
        status = done ? check_file(path, first, scenario, error) : CFI_OK;
        first = false;
        free(path);
    }
    return status;
}
