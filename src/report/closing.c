/* The last words on a sweep, a merge or a frontier: how its drops ended, and where its files are. */
#include "base/output.h"
#include "base/text.h"
#include "base/wrap.h"
#include "cfisac/report.h"

enum { CLOSING_DIRECTORY = 300, CLOSING_LENGTH = 512, CLOSING_INDENT = 2 };

static void put_indented(const char *text, FILE *stream)
{
    fprintf(stream, "%*s", CLOSING_INDENT, "");
    wrap_text(stream, text, CLOSING_INDENT, CLOSING_INDENT);
}

/* "10 points, 60 drops, of which 20 were there before" */
static void put_done(const cfi_closing *c, FILE *stream)
{
    if (c->shards > 1) {
        fprintf(stream, "shard %zu of %zu of %zu point%s: ", c->shard, c->shards, c->points,
                text_by_count(c->points, "", "s"));
    } else {
        fprintf(stream, "%zu point%s, ", c->points, text_by_count(c->points, "", "s"));
    }
    fprintf(stream, "%zu drop%s", c->drops, text_by_count(c->drops, "", "s"));
    if (c->reused > 0 && c->reused == c->drops) {
        fprintf(stream, ", all there before");
    } else if (c->reused > 0) {
        fprintf(stream, ", of which %zu %s there before", c->reused, text_by_count(c->reused, "was", "were"));
    }
    fputc('\n', stream);
}

/* "  41 feasible (2 inaccurate), 19 infeasible, 0 failed" */
static void put_endings(const cfi_closing *c, FILE *stream)
{
    char text[CLOSING_LENGTH], inaccurate[40] = "";

    if (c->inaccurate > 0) {
        snprintf(inaccurate, sizeof inaccurate, " (%zu inaccurate)", c->inaccurate);
    }
    snprintf(text, sizeof text, "%zu feasible%s, %zu infeasible, %zu failed", c->drops - c->infeasible - c->failed,
             inaccurate, c->infeasible, c->failed);
    put_indented(text, stream);
}

/* "files in DIR:", and their names. */
static void put_files(const cfi_closing *c, FILE *stream)
{
    char directory[CLOSING_DIRECTORY], text[CLOSING_LENGTH];
    size_t used = 0;

    fprintf(stream, "files in %s:\n", text_shown(directory, sizeof directory, c->directory));
    for (size_t i = 0; i < c->files && used < sizeof text; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? " " : "", c->file[i]);
    }
    put_indented(text, stream);
}

cfi_status report_write_closing(const cfi_closing *closing, FILE *stream, cfi_error *error)
{
    if (closing->points > 0) {
        put_done(closing, stream);
        put_endings(closing, stream);
    } else { /* behind a table */
        fputc('\n', stream);
    }
    if (closing->files > 0) {
        put_files(closing, stream);
    }
    return output_finish(stream, "a result", error);
}
