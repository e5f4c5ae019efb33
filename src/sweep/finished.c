/* A finished journal, its lines read back in order. */
#include "sweep/finished.h"

#include <errno.h>

static cfi_status refuse_line(const finished_lines *f, const char *why, cfi_error *error)
{
    return error_set(error, CFI_OUTPUT, "%.300s:%zu: does not read back as it was written: %s (--resume mends it)",
                     f->journal->path, f->item + 1, why);
}

/* Reads the text of the next item as the line that it must be. */
static cfi_status take_line(const finished_lines *f, const file_line *text, cfi_line *line, cfi_line_text *more,
                            cfi_error *error)
{
    cfi_error cause = {.text = "its newline is missing"};
    cfi_status status = text->whole ? f->plan->kind->read(text->text, text->length, line, more, &cause) : CFI_INVALID;
    size_t trial = plan_trial(f->plan, f->item);

    if (status == CFI_NO_MEMORY) {
        return error_set(error, status, "%s", cause.text);
    }
    if (status != CFI_OK) {
        return refuse_line(f, cause.text, error);
    }
    if (line->point != plan_point(f->plan, trial) || line->drop != plan_drop(f->plan, trial)) {
        error_set(&cause, CFI_INVALID, "it is drop %u of point %zu", line->drop, line->point);
        return refuse_line(f, cause.text, error);
    }
    return line->status == f->status[f->item] ? CFI_OK : refuse_line(f, "its status is another", error);
}

cfi_status finished_next(finished_lines *f, file_line *text, cfi_line *line, cfi_line_text *more, cfi_error *error)
{
    cfi_status status;
    int got = lines_next(&f->lines, text);

    if (got < 0) {
        return journal_read_error(f->journal, errno, error);
    }
    if (got == 0) {
        return error_set(error, CFI_OUTPUT, "%.300s: only %zu of %zu lines could be read back", f->journal->path,
                         f->item, f->plan->items);
    }
    status = take_line(f, text, line, more, error);
    if (status == CFI_OK) {
        f->item++;
        f->next_start = text->offset + (off_t)text->length + 1;
    }
    return status;
}
