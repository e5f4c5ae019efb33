/* Lines of a journal written anew. */
#include "sweep/rewrite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cfi_status rewrite_no_memory(const journal *j, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the lines of %.300s", j->path);
}

/* -------------------------------------------------------------------------- known lines ---- */

cfi_status rewrite_line(line_copier *from, size_t item, size_t trial, FILE *stream, cfi_error *error)
{
    uint64_t place = from->places->place[item];
    file_line line;

    lines_go_to(&from->reader, (off_t)(place / 2));
    errno = 0;
    if (lines_next(&from->reader, &line) <= 0) {
        return journal_read_error(from->journal, errno, error);
    }
    if (place % 2 == 1) {
        return from->plan->kind->relabel(from->plan, plan_point(from->plan, trial), line.text, line.length, stream,
                                         error);
    }
    fwrite(line.text, 1, line.length, stream);
    fputc('\n', stream);
    return CFI_OK;
}

typedef struct known_lines {
    const journal *journal;
    const sweep_plan *plan;
    const contents *contents;
    const line_places *places;
} known_lines;

static cfi_status write_known(const void *context, FILE *stream, cfi_error *error)
{
    const known_lines *k = context;
    line_copier from = {
        .journal = k->journal, .plan = k->plan, .places = k->places, .reader = {.file = k->journal->file}};
    cfi_status status = CFI_OK;

    for (size_t item = 0; item < k->contents->items && status == CFI_OK; item++) {
        if (k->contents->status[item] != CONTENTS_NO_LINE) {
            status = rewrite_line(&from, item, plan_trial(k->plan, item), stream, error);
        }
    }
    lines_free(&from.reader);
    return status;
}

cfi_status rewrite_journal(journal *j, const sweep_plan *plan, cfi_error *error)
{
    line_places places = {.place = NULL};
    contents c = {.status = NULL};
    const known_lines known = {.journal = j, .plan = plan, .contents = &c, .places = &places};
    cfi_status status = contents_read(j, plan, true, &places, &c, error); /* the builds have been looked at */

    if (status == CFI_OK) {
        status = journal_replace(j, write_known, &known, error);
    }
    contents_free(&c);
    places_free(&places);
    return status;
}

/* ------------------------------------------------------------------------ damaged lines ---- */

/* The bytes of a span, from malloc; NULL and an error. */
static char *copy_span(const journal *j, off_t offset, size_t length, cfi_error *error)
{
    char *text = malloc(length + 1);

    if (!text) {
        rewrite_no_memory(j, error);
    } else if (!file_read_at(j->file, offset, text, length)) {
        journal_read_error(j, errno, error);
        free(text);
        text = NULL;
    }
    return text;
}

static cfi_status append_damaged(const journal *j, const contents *c, FILE *stream, cfi_error *error)
{
    for (size_t i = 0; i < c->damaged; i++) {
        char *text = copy_span(j, c->damaged_at[i].offset, c->damaged_at[i].length, error);

        if (!text) {
            return error->status;
        }
        fwrite(text, 1, c->damaged_at[i].length, stream);
        fputc('\n', stream);
        free(text);
    }
    return CFI_OK;
}

cfi_status rewrite_damaged(const journal *j, const contents *c, cfi_error *error)
{
    cfi_status status = CFI_OK;
    char *path;
    FILE *stream;

    if (asprintf(&path, "%s/%s", j->directory, j->kind->damaged) < 0) {
        return rewrite_no_memory(j, error);
    }
    stream = fopen(path, "ae");
    if (stream) {
        status = append_damaged(j, c, stream, error);
    }
    if (!stream || fflush(stream) != 0 || fsync(fileno(stream)) != 0 || ferror(stream)) {
        status = error_set(error, CFI_OUTPUT, "%.300s: damaged lines cannot be kept here: %s", path, strerror(errno));
    }
    if (stream) {
        fclose(stream);
    }
    free(path);
    return status;
}
