/* Reading whole files. */
#include "scenario/input.h"

#include "base/text_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN_FOLDER = 300 };

static cfi_status refuse_input(const char *path, const cfi_place *place, const char *why, cfi_error *error)
{
    if (place) {
        return place_error(place, error, CFI_INVALID, "%.300s cannot be read: %s", path, why);
    }
    return error_set(error, CFI_INVALID, "%.600s: cannot be read: %s", path, why);
}

/* The same after a call of the system failed with `number`. */
static cfi_status refuse_unreadable(const char *path, const cfi_place *place, int number, cfi_error *error)
{
    return number == ENOMEM ? error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", path)
                            : refuse_input(path, place, strerror(number), error);
}

static bool has_results(const char *directory)
{
    char *path = NULL;
    bool there = asprintf(&path, "%s/results.json", directory) >= 0 && access(path, R_OK) == 0;

    free(path);
    errno = EISDIR;
    return there;
}

/* A directory of results where the file in it is meant. */
static cfi_status refuse_results(const char *directory, const cfi_place *place, cfi_error *error)
{
    char why[SHOWN_FOLDER + 100];

    snprintf(why, sizeof why, "%s (its scenario is in %.*s/results.json)", strerror(EISDIR), SHOWN_FOLDER, directory);
    return refuse_input(directory, place, why, error);
}

/* Opens a file that can be read as text; a folder would only fail at the first read. */
static FILE *open_input(const char *path)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    struct stat info;

    if (stream && fstat(fileno(stream), &info) == 0 && S_ISDIR(info.st_mode)) {
        if (stream != stdin) {
            fclose(stream);
        }
        errno = EISDIR;
        return NULL;
    }
    return stream;
}

cfi_status input_read(const char *path, const cfi_place *place, char **text, size_t *length, cfi_error *error)
{
    FILE *stream = open_input(path);
    int why;

    *text = NULL;
    if (!stream) {
        return errno == EISDIR && has_results(path) ? refuse_results(path, place, error)
                                                    : refuse_unreadable(path, place, errno, error);
    }
    *text = text_file_read(stream, INPUT_MAX_BYTES, length);
    why = errno;
    if (stream != stdin) {
        fclose(stream);
    }
    if (!*text) {
        return refuse_unreadable(path, place, why, error);
    }
    if (*length > INPUT_MAX_BYTES) {
        free(*text);
        *text = NULL;
        return refuse_input(path, place, "longer than 256 MiB (allowed: at most 256 MiB)", error);
    }
    return CFI_OK;
}
