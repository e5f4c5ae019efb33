/* run --export-cbf: every problem given to the cone solver as a file, and beside it what its numbers are. */
#include "cli/export.h"

#include "base/replace.h"
#include "cfisac/report.h"

#include <stdio.h>

/* A problem, the comment at its head, the names of its files. */
typedef struct export_files {
    const cfi_exported *exported;
    const char *scenario;
    char comment[200], problem[80], map[80];
} export_files;

static cfi_status write_exported_problem(const void *context, FILE *stream, cfi_error *error)
{
    const export_files *e = context;

    return socp_write_cbf(e->exported->problem, e->comment, stream, error);
}

static cfi_status write_exported_map(const void *context, FILE *stream, cfi_error *error)
{
    const export_files *e = context;

    return report_write_problem_map(e->exported, e->scenario, e->problem, stream, error);
}

cfi_status export_cbf(void *context, const cfi_exported *exported, cfi_error *error)
{
    const cbf_export *to = context;
    export_files e = {.exported = exported, .scenario = to->scenario};
    char stem[60];
    cfi_status status;

    snprintf(stem, sizeof stem, "drop%05u_start%02zu_step%03zu", exported->drop, exported->start, exported->step);
    snprintf(e.problem, sizeof e.problem, "%s.cbf", stem);
    snprintf(e.map, sizeof e.map, "%s.json", stem);
    snprintf(e.comment, sizeof e.comment, "cfisac scenario %.60s, drop %u, start %zu, step %zu", to->scenario,
             exported->drop, exported->start, exported->step);
    for (char *c = e.comment; *c; c++) { /* the format is ASCII, a comment ends with its line */
        if (*c < ' ' || *c > '~') {
            *c = '?';
        }
    }
    status = replace_passing_file(to->directory, e.problem, write_exported_problem, &e, error);
    return status == CFI_OK ? replace_passing_file(to->directory, e.map, write_exported_map, &e, error) : status;
}
