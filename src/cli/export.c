/* run --export-cbf: every problem given to the cone solver as a file. */
#include "cli/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static cfi_status write_error(const char *path, cfi_error *error)
{
    return error_set(error, CFI_OUTPUT, "%s: the file cannot be written: %s", path, strerror(errno));
}

static cfi_status write_problem(const char *path, const char *comment, const socp_problem *problem, cfi_error *error)
{
    FILE *stream = fopen(path, "we");
    cfi_status status;

    if (!stream) {
        return write_error(path, error);
    }
    status = socp_write_cbf(problem, comment, stream, error);
    if (status == CFI_OUTPUT) {
        write_error(path, error);
    }
    if (fclose(stream) != 0 && status == CFI_OK) {
        status = write_error(path, error);
    }
    return status;
}

cfi_status export_cbf(void *context, uint32_t drop, size_t start, size_t step, const socp_problem *problem,
                      cfi_error *error)
{
    const cbf_export *to = context;
    char *path = NULL, comment[200];
    cfi_status status;

    if (asprintf(&path, "%s/drop%05u_start%02zu_step%03zu.cbf", to->directory, drop, start, step) < 0) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    snprintf(comment, sizeof comment, "cfisac scenario %.60s, drop %u, start %zu, step %zu", to->scenario, drop, start,
             step);
    for (char *c = comment; *c; c++) { /* the format is ASCII, a comment ends with its line */
        if (*c < ' ' || *c > '~') {
            *c = '?';
        }
    }
    status = write_problem(path, comment, problem, error);
    free(path);
    return status;
}
