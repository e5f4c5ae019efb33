/* Files that are replaced whole. */
#include "base/replace.h"

#include "base/output.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------------ temporary files ---- */

/* DIRECTORY/.NAME.PID.tmp, NULL when out of memory. Free with free(). */
static char *temporary_name(const char *directory, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/.%s.%ld.tmp", directory, name, (long)getpid()) < 0 ? NULL : path;
}

/* A new file of our own for writing, or -1 and errno: neither what a symbolic link points to, nor a file that is there.
 * One of this name is the rest of a process that had our number, since nobody else makes it, and is put away. */
static int create_temporary(const char *path)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int file = open(path, flags, 0666);

    if (file < 0 && errno == EEXIST && unlink(path) == 0) {
        file = open(path, flags, 0666);
    }
    return file;
}

/* The process in .NAME.PID.tmp, as temporary_name makes it, where NAME is one of ours; 0: the name is not of
 * this form. */
static pid_t maker_of(const char *temporary, bool (*is_ours)(const char *name))
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
    return strcmp(name, REPLACE_PROBE) == 0 || is_ours(name) ? (pid_t)process : 0;
}

void replace_remove_temporaries(const char *directory, bool (*is_ours)(const char *name))
{
    DIR *stream = opendir(directory);

    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        pid_t maker = maker_of(entry->d_name, is_ours);
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

cfi_status replace_prepare_directory(const char *directory, cfi_error *error)
{
    cfi_status status = output_make_directory(directory, error);
    char *probe = NULL;
    int file;

    if (status != CFI_OK) {
        return status;
    }
    probe = temporary_name(directory, REPLACE_PROBE);
    if (!probe) {
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

/* -------------------------------------------------------------------------------- a file ---- */

typedef struct replaced {
    const replace_part *part;
    char *path, *temporary;
    bool passing; /* it may be lost when the machine stops: not synced */
    bool exists;  /* the temporary file is there */
} replaced;

static cfi_status write_temporary(replaced *file, cfi_error *error)
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
    status = file->part->write(file->part->context, stream, error);
    if (status == CFI_OUTPUT || (status == CFI_OK && !file->passing && fsync(descriptor) != 0)) {
        status = output_error("the file cannot be written", file->path, error);
    }
    if (fclose(stream) != 0 && status == CFI_OK) {
        status = output_error("the file cannot be written", file->path, error);
    }
    return status;
}

static cfi_status name_file(replaced *file, const char *directory, cfi_error *error)
{
    if (asprintf(&file->path, "%s/%s", directory, file->part->name) < 0) {
        file->path = NULL;
    }
    file->temporary = temporary_name(directory, file->part->name);
    return file->path && file->temporary ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for a path");
}

static cfi_status rename_file(replaced *file, cfi_error *error)
{
    if (rename(file->temporary, file->path) != 0) {
        return output_error("the file cannot be replaced", file->path, error);
    }
    file->exists = false;
    return CFI_OK;
}

static void file_done(replaced *file)
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

/* Writes all, renames all; `file` has room for their states. */
static cfi_status replace_all(const char *directory, replaced *file, size_t files, cfi_error *error)
{
    cfi_status status = CFI_OK;
    bool passing = true;

    for (size_t i = 0; status == CFI_OK && i < files; i++) {
        status = name_file(&file[i], directory, error);
        if (status == CFI_OK) {
            status = write_temporary(&file[i], error);
        }
        passing = passing && file[i].passing;
    }
    for (size_t i = 0; status == CFI_OK && i < files; i++) {
        status = rename_file(&file[i], error);
    }
    if (status == CFI_OK && !passing) {
        sync_directory(directory);
    }
    for (size_t i = 0; i < files; i++) {
        file_done(&file[i]);
    }
    return status;
}

cfi_status replace_files(const char *directory, const replace_part *part, size_t parts, cfi_error *error)
{
    replaced *file = calloc(parts + 1, sizeof *file);
    cfi_status status;

    if (!file) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for %zu files", parts);
    }
    for (size_t i = 0; i < parts; i++) {
        file[i].part = &part[i];
    }
    status = replace_all(directory, file, parts, error);
    free(file);
    return status;
}

cfi_status replace_file(const char *directory, const char *name, replace_writer write, const void *context,
                        cfi_error *error)
{
    const replace_part part = {.name = name, .write = write, .context = context};
    replaced file = {.part = &part};

    return replace_all(directory, &file, 1, error);
}

cfi_status replace_passing_file(const char *directory, const char *name, replace_writer write, const void *context,
                                cfi_error *error)
{
    const replace_part part = {.name = name, .write = write, .context = context};
    replaced file = {.part = &part, .passing = true};

    return replace_all(directory, &file, 1, error);
}
