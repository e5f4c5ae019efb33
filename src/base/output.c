/* The way out: directories for results, and the end of a stream. */
#include "base/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

cfi_status output_error(const char *what, const char *path, cfi_error *error)
{
    if (errno == ENOMEM) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the file %s", path);
    }
    return error_set(error, CFI_OUTPUT, "%s: %s%s%s", path, what, errno ? ": " : "", errno ? strerror(errno) : "");
}

/* Makes one directory; one that is there already is fine (whether it is a directory shows when it is used). */
static bool make_one_directory(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

cfi_status output_make_directory(const char *directory, cfi_error *error)
{
    char *path = strdup(directory);
    bool made = true;

    if (!path) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    for (char *slash = path + 1; made && *path && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        made = make_one_directory(path);
        *slash = '/';
    }
    made = made && make_one_directory(path);
    free(path);
    return made ? CFI_OK : output_error("the directory cannot be made", directory, error);
}

cfi_status output_finish(FILE *stream, const char *what, cfi_error *error)
{
    /* A long text goes out at once, and where that fails nothing is left to be flushed: the reason is still there. */
    int earlier = ferror(stream) ? errno : 0;

    errno = 0;
    if (fflush(stream) == 0 && !ferror(stream)) {
        return CFI_OK;
    }
    errno = errno ? errno : earlier;
    if (errno == ENOMEM) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %s", what);
    }
    return error_set(error, CFI_OUTPUT, "%s cannot be written%s%s", what, errno ? ": " : "",
                     errno ? strerror(errno) : "");
}
