/* run --export-cbf: every problem given to the cone solver as a file. */
#include "cli/export.h"

#include "base/replace.h"
#include "cfisac/report.h"

#include <stdio.h>

/* A problem and the comment at its head. */
typedef struct exported {
    const socp_problem *problem;
    char comment[200];
} exported;

static cfi_status write_problem(const void *context, FILE *stream, cfi_error *error)
{
    const exported *e = context;

    return socp_write_cbf(e->problem, e->comment, stream, error);
}

cfi_status export_cbf(void *context, uint32_t drop, size_t start, size_t step, const socp_problem *problem,
                      cfi_error *error)
{
    const cbf_export *to = context;
    exported e = {.problem = problem};
    char name[80];

    snprintf(name, sizeof name, "drop%05u_start%02zu_step%03zu.cbf", drop, start, step);
    snprintf(e.comment, sizeof e.comment, "cfisac scenario %.60s, drop %u, start %zu, step %zu", to->scenario, drop,
             start, step);
    for (char *c = e.comment; *c; c++) { /* the format is ASCII, a comment ends with its line */
        if (*c < ' ' || *c > '~') {
            *c = '?';
        }
    }
    return replace_passing_file(to->directory, name, write_problem, &e, error);
}
