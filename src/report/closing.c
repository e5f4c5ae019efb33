/* The last words on a sweep, a merge or a frontier: how its drops ended, and where its files are. */
#include "base/output.h"
#include "base/text.h"
#include "cfisac/report.h"

#include <string.h>

enum { COLUMNS_OF_CLOSING = 80, DIRECTORY_SHOWN = 300 };

/* "sweep: 10 points, 60 drops, of which 20 were there before" */
static void put_done(const cfi_closing *c, FILE *stream)
{
    if (c->shards > 1) {
        fprintf(stream, "shard %zu of %zu of %zu point%s: ", c->shard, c->shards, c->points, c->points == 1 ? "" : "s");
    } else {
        fprintf(stream, "%zu point%s, ", c->points, c->points == 1 ? "" : "s");
    }
    fprintf(stream, "%zu drop%s", c->drops, c->drops == 1 ? "" : "s");
    if (c->reused > 0 && c->reused == c->drops) {
        fprintf(stream, ", all there before");
    } else if (c->reused > 0) {
        fprintf(stream, ", of which %zu %s there before", c->reused, c->reused == 1 ? "was" : "were");
    }
    fprintf(stream, "\n  %zu feasible", c->drops - c->infeasible - c->failed);
    if (c->inaccurate > 0) {
        fprintf(stream, " (%zu of them inaccurate)", c->inaccurate);
    }
    fprintf(stream, ", %zu infeasible, %zu failed\n", c->infeasible, c->failed);
}

/* "files in DIR:", and their names, as many a line as fit. */
static void put_files(const cfi_closing *c, FILE *stream)
{
    char directory[DIRECTORY_SHOWN];
    size_t column = 0;

    fprintf(stream, "files in %s:\n", text_shown(directory, sizeof directory, c->directory));
    for (size_t i = 0; i < c->files; i++) {
        size_t length = 2 + strlen(c->file[i]);

        if (column + length > COLUMNS_OF_CLOSING) {
            fputc('\n', stream);
            column = 0;
        }
        fprintf(stream, "  %s", c->file[i]);
        column += length;
    }
    fputc('\n', stream);
}

cfi_status report_write_closing(const cfi_closing *closing, FILE *stream, cfi_error *error)
{
    if (closing->points > 0) {
        put_done(closing, stream);
    }
    if (closing->points == 0) { /* behind a table */
        fputc('\n', stream);
    }
    if (closing->files > 0) {
        put_files(closing, stream);
    }
    return output_finish(stream, "a result", error);
}
