/* The files of run --out, and what is left of them and of a sweep's when a process dies. */
#include "base/output.h"
#include "base/replace.h"
#include "cfisac/report.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------ all of them ---- */

/* A format's file. */
typedef struct format_file {
    const cfi_format *format;
    const cfi_results *results;
} format_file;

static cfi_status write_format_file(const void *context, FILE *stream, cfi_error *error)
{
    const format_file *file = context;

    return file->format->write(file->results, stream, error);
}

cfi_status report_write_directory(const cfi_results *results, const char *directory, cfi_error *error)
{
    replace_part *part = calloc(report_format_count, sizeof *part);
    format_file *file = calloc(report_format_count, sizeof *file);
    size_t files = 0;
    cfi_status status = part && file ? output_make_directory(directory, error)
                                     : error_set(error, CFI_NO_MEMORY, "out of memory for the files of a run");

    for (size_t i = 0; status == CFI_OK && i < report_format_count; i++) {
        if (report_formats[i].file) {
            file[files] = (format_file){&report_formats[i], results};
            part[files] = (replace_part){report_formats[i].file, write_format_file, &file[files]};
            files++;
        }
    }
    status = status == CFI_OK ? replace_files(directory, part, files, error) : status;
    free(part);
    free(file);
    return status;
}

/* -------------------------------------------------------------------- what was left behind ---- */

/* What else is made by way of a temporary file: the files of a sweep. */
static const char *const other_names[] = {"sweep.json",    "scenario.json",   "sweep.ndjson", "sweep.csv",
                                          "frontier.json", "frontier.ndjson", "frontier.csv", "frontier_mean.csv"};

/* drop<d>_start<s>_step<i>.cbf and .json, the names of --export-cbf */
static bool is_export(const char *name)
{
    int end = 0;

    (void)sscanf(name, "drop%*[0-9]_start%*[0-9]_step%*[0-9]%n", &end);
    return end > 0 && (strcmp(name + end, ".cbf") == 0 || strcmp(name + end, ".json") == 0);
}

/* Whether this program makes files of this name by way of temporary ones. */
static bool is_made_name(const char *name)
{
    bool made = is_export(name);

    for (size_t i = 0; i < report_format_count; i++) {
        made = made || (report_formats[i].file && strcmp(report_formats[i].file, name) == 0);
    }
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++) {
        made = made || strcmp(other_names[i], name) == 0;
    }
    return made;
}

void report_remove_temporaries(const char *directory)
{
    replace_remove_temporaries(directory, is_made_name);
}
