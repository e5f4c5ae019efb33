/* The files of --out: written whole beside their place, synced, renamed. */
#include "report/json.h"
#include "report/stream.h"
#include "report/tables.h"

#include "cfisac/report.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static cfi_status output_error(const char *what, const char *path, cfi_error *error)
{
    return error_set(error, CFI_OUTPUT, "%s: %s%s%s", path, what, errno ? ": " : "", errno ? strerror(errno) : "");
}

/* ------------------------------------------------------------------------- the directory ---- */

/* Makes one directory; one that is there already is fine (whether it is a directory shows when it is used). */
static bool make_one(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static cfi_status make_directory(const char *directory, cfi_error *error)
{
    char *path = strdup(directory);
    bool made = true;

    if (!path) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    for (char *slash = path + 1; made && *path && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        made = make_one(path);
        *slash = '/';
    }
    made = made && make_one(path);
    free(path);
    return made ? CFI_OK : output_error("the directory cannot be made", directory, error);
}

cfi_status report_prepare_directory(const char *directory, cfi_error *error)
{
    cfi_status status = make_directory(directory, error);
    char *probe = NULL;
    int file;

    if (status != CFI_OK) {
        return status;
    }
    if (asprintf(&probe, "%s/.cfisac.%ld.tmp", directory, (long)getpid()) < 0) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a path");
    }
    file = open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        status = output_error("files cannot be made here", directory, error);
    } else {
        close(file);
        unlink(probe);
    }
    free(probe);
    return status;
}

/* .NAME.PID.tmp, as name_file makes them */
static bool is_temporary(const char *name)
{
    size_t length = strlen(name), digits = 0;

    if (length < 5 || name[0] != '.' || strcmp(name + length - 4, ".tmp") != 0) {
        return false;
    }
    while (digits < length - 5 && isdigit((unsigned char)name[length - 5 - digits])) {
        digits++;
    }
    return digits > 0 && name[length - 5 - digits] == '.';
}

void report_remove_temporaries(const char *directory)
{
    DIR *stream = opendir(directory);

    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        if (is_temporary(entry->d_name)) {
            unlinkat(dirfd(stream), entry->d_name, 0);
        }
    }
    if (stream) {
        closedir(stream);
    }
}

/* -------------------------------------------------------------------------------- a file ---- */

typedef cfi_status (*file_writer)(const void *context, FILE *stream, cfi_error *error);

typedef struct output_file {
    const char *name;
    file_writer write;
    char *path, *temporary;
    bool exists; /* the temporary file is there */
} output_file;

/* A writer of the results alone, and what it writes. */
typedef struct part {
    cfi_status (*write)(const cfi_results *results, FILE *stream, cfi_error *error);
    const cfi_results *results;
} part;

static cfi_status write_part(const void *context, FILE *stream, cfi_error *error)
{
    const part *one = context;

    return one->write(one->results, stream, error);
}

/* What may differ between two runs of one scenario. */
static void put_timing(json_writer *writer, const cfi_timing *timing)
{
    char date[32] = "";
    time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc)) {
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    json_text(writer, "finished", date);
    json_text(writer, "command_line", timing->command_line);
    if (timing->ranks > 0) {
        json_count(writer, "ranks", timing->ranks);
        json_count(writer, "trials", timing->trials);
    }
    json_count(writer, "threads", timing->threads);
    json_number(writer, "wall_seconds", timing->wall_seconds);
}

typedef struct run_timing {
    const cfi_results *results;
    const cfi_timing *timing;
} run_timing;

static cfi_status write_timing(const void *context, FILE *stream, cfi_error *error)
{
    const run_timing *whole = context;
    json_writer writer = json_make(stream);

    json_open(&writer, NULL, '{');
    put_timing(&writer, whole->timing);
    json_open(&writer, "allocation_seconds", '[');
    for (size_t i = 0; i < whole->results->count; i++) {
        json_number(&writer, NULL, whole->results->record[i].allocation.solve_seconds);
    }
    json_close(&writer, ']');
    json_close(&writer, '}');
    return finish_stream(stream, error);
}

cfi_status report_write_timing(const cfi_timing *timing, FILE *stream, cfi_error *error)
{
    json_writer writer = json_make(stream);

    json_open(&writer, NULL, '{');
    put_timing(&writer, timing);
    json_close(&writer, '}');
    return finish_stream(stream, error);
}

static cfi_status write_temporary(output_file *file, const void *context, cfi_error *error)
{
    int descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    cfi_status status;

    file->exists = descriptor >= 0;
    if (!stream) {
        status = output_error("the file cannot be made", file->path, error);
        if (descriptor >= 0) {
            close(descriptor);
        }
        return status;
    }
    status = file->write(context, stream, error);
    if (status == CFI_OUTPUT || (status == CFI_OK && fsync(descriptor) != 0)) {
        status = output_error("the file cannot be written", file->path, error);
    }
    if (fclose(stream) != 0 && status == CFI_OK) {
        status = output_error("the file cannot be written", file->path, error);
    }
    return status;
}

static cfi_status name_file(output_file *file, const char *directory, cfi_error *error)
{
    if (asprintf(&file->path, "%s/%s", directory, file->name) < 0) {
        file->path = NULL;
    } else if (asprintf(&file->temporary, "%s/.%s.%ld.tmp", directory, file->name, (long)getpid()) < 0) {
        file->temporary = NULL;
    }
    return file->path && file->temporary ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for a path");
}

static cfi_status rename_file(output_file *file, cfi_error *error)
{
    if (rename(file->temporary, file->path) != 0) {
        return output_error("the file cannot be replaced", file->path, error);
    }
    file->exists = false;
    return CFI_OK;
}

static void file_done(output_file *file)
{
    if (file->exists && file->temporary) {
        unlink(file->temporary);
    }
    free(file->path);
    free(file->temporary);
}

/* The renames become lasting with the directory; a file system that cannot sync directories is no error. */
static void sync_directory(const char *directory)
{
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

cfi_status report_write_directory(const cfi_results *results, const cfi_timing *timing, const char *directory,
                                  cfi_error *error)
{
    enum { PARTS = 7, FILES = PARTS + 1 };
    static const char *const name[FILES] = {"results.json", "drops.csv", "summary.csv", "aps.csv",
                                            "ues.csv",      "trace.csv", "plots.gp",    "timing.json"};
    const part parts[PARTS] = {{report_write_json, results},        {report_write_csv, results},
                               {report_write_summary_csv, results}, {report_write_aps_csv, results},
                               {report_write_ues_csv, results},     {report_write_trace_csv, results},
                               {report_write_plots, results}};
    const run_timing times = {results, timing};
    output_file file[FILES] = {{.name = NULL}};
    cfi_status status = make_directory(directory, error);

    for (size_t i = 0; status == CFI_OK && i < FILES; i++) {
        file[i] = (output_file){.name = name[i], .write = i < PARTS ? write_part : write_timing};
        status = name_file(&file[i], directory, error);
        if (status == CFI_OK) {
            status = write_temporary(&file[i], i < PARTS ? (const void *)&parts[i] : &times, error);
        }
    }
    for (size_t i = 0; status == CFI_OK && i < FILES; i++) {
        status = rename_file(&file[i], error);
    }
    if (status == CFI_OK) {
        sync_directory(directory);
    }
    for (size_t i = 0; i < FILES; i++) {
        file_done(&file[i]);
    }
    return status;
}

cfi_status report_replace_file(const char *directory, const char *name, file_writer write, const void *context,
                               cfi_error *error)
{
    output_file file = {.name = name, .write = write};
    cfi_status status = name_file(&file, directory, error);

    if (status == CFI_OK) {
        status = write_temporary(&file, context, error);
    }
    if (status == CFI_OK) {
        status = rename_file(&file, error);
    }
    if (status == CFI_OK) {
        sync_directory(directory);
    }
    file_done(&file);
    return status;
}
