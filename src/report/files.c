/* The files of --out: written whole beside their place, synced, renamed. */
#include "report/json.h"
#include "report/stream.h"
#include "report/tables.h"

#include "cfisac/report.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* After a call of the system failed: errno says why. */
static cfi_status output_error(const char *what, const char *path, cfi_error *error)
{
    if (errno == ENOMEM) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the file %s", path);
    }
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

/* A new file of our own for writing, or -1: neither what a symbolic link points to, nor a file that is there. One of
 * this name is the rest of a process that had our number, since nobody else makes it, and is put away. */
static int create_temporary(const char *path)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int file = open(path, flags, 0666);

    if (file < 0 && errno == EEXIST && unlink(path) == 0) {
        file = open(path, flags, 0666);
    }
    return file;
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
    file = create_temporary(probe);
    if (file < 0) {
        status = output_error("files cannot be made here", directory, error);
    } else {
        close(file);
        unlink(probe);
    }
    free(probe);
    return status;
}

/* -------------------------------------------------------------------- what was left behind ---- */

const char *const run_file_names[RUN_FILES] = {"results.json", "drops.csv", "summary.csv", "aps.csv",
                                               "ues.csv",      "trace.csv", "plots.gp",    "timing.json"};

/* What else is made by way of a temporary file: those of a sweep and the probe of a directory. */
static const char *const other_names[] = {"sweep.json", "scenario.json", "sweep.ndjson", "sweep.csv", "cfisac"};

/* drop<d>_start<s>_step<i>.cbf, the names of --export-cbf */
static bool is_export(const char *name)
{
    int end = 0;

    (void)sscanf(name, "drop%*[0-9]_start%*[0-9]_step%*[0-9].cbf%n", &end);
    return end > 0 && !name[end];
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether this program makes files of this name by way of temporary ones. */
static bool is_made_name(const char *name)
{
    return is_one_of(name, run_file_names, RUN_FILES) ||
           is_one_of(name, other_names, sizeof other_names / sizeof *other_names) || is_export(name);
}

/* The process in .NAME.PID.tmp, as name_file makes it, where NAME is one of ours; 0: the name is not of this form. */
static pid_t maker_of(const char *temporary)
{
    char name[80];
    size_t length = strlen(temporary), digits = 0;
    long process;

    if (length < 5 || length >= sizeof name || temporary[0] != '.' || strcmp(temporary + length - 4, ".tmp") != 0) {
        return 0;
    }
    memcpy(name, temporary + 1, length - 5);
    name[length - 5] = '\0';
    while (digits < length - 5 && isdigit((unsigned char)name[length - 6 - digits])) {
        digits++;
    }
    if (digits == 0 || digits > 9 || digits + 1 >= length - 5 || name[length - 6 - digits] != '.') {
        return 0;
    }
    process = strtol(name + length - 5 - digits, NULL, 10);
    name[length - 6 - digits] = '\0';
    return is_made_name(name) ? (pid_t)process : 0;
}

void report_remove_temporaries(const char *directory)
{
    DIR *stream = opendir(directory);

    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        pid_t maker = maker_of(entry->d_name);
        struct stat about;

        if (maker > 0 && kill(maker, 0) != 0 && errno == ESRCH &&
            fstatat(dirfd(stream), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode)) {
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
    bool passing; /* it may be lost when the machine stops: not synced */
    bool exists;  /* the temporary file is there */
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
    int descriptor = create_temporary(file->temporary);
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
    errno = 0; /* of a write that fails */
    status = file->write(context, stream, error);
    if (status == CFI_OUTPUT || (status == CFI_OK && !file->passing && fsync(descriptor) != 0)) {
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
    enum { PARTS = RUN_FILES - 1 };
    const part parts[PARTS] = {{report_write_json, results},        {report_write_csv, results},
                               {report_write_summary_csv, results}, {report_write_aps_csv, results},
                               {report_write_ues_csv, results},     {report_write_trace_csv, results},
                               {report_write_plots, results}};
    const run_timing times = {results, timing};
    output_file file[RUN_FILES] = {{.name = NULL}};
    cfi_status status = make_directory(directory, error);

    for (size_t i = 0; status == CFI_OK && i < RUN_FILES; i++) {
        file[i] = (output_file){.name = run_file_names[i], .write = i < PARTS ? write_part : write_timing};
        status = name_file(&file[i], directory, error);
        if (status == CFI_OK) {
            status = write_temporary(&file[i], i < PARTS ? (const void *)&parts[i] : &times, error);
        }
    }
    for (size_t i = 0; status == CFI_OK && i < RUN_FILES; i++) {
        status = rename_file(&file[i], error);
    }
    if (status == CFI_OK) {
        sync_directory(directory);
    }
    for (size_t i = 0; i < RUN_FILES; i++) {
        file_done(&file[i]);
    }
    return status;
}

/* Writes, renames, and leaves nothing else behind. */
static cfi_status replace_file(output_file *file, const char *directory, const void *context, cfi_error *error)
{
    cfi_status status = name_file(file, directory, error);

    if (status == CFI_OK) {
        status = write_temporary(file, context, error);
    }
    if (status == CFI_OK) {
        status = rename_file(file, error);
    }
    if (status == CFI_OK && !file->passing) {
        sync_directory(directory);
    }
    file_done(file);
    return status;
}

cfi_status report_replace_file(const char *directory, const char *name, file_writer write, const void *context,
                               cfi_error *error)
{
    output_file file = {.name = name, .write = write};

    return replace_file(&file, directory, context, error);
}

cfi_status report_replace_passing_file(const char *directory, const char *name, file_writer write, const void *context,
                                       cfi_error *error)
{
    output_file file = {.name = name, .write = write, .passing = true};

    return replace_file(&file, directory, context, error);
}
