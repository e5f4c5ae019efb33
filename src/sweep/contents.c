/* What a journal holds. */
#include "sweep/contents.h"

#include "sweep/finish.h"
#include "sweep/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAMAGED_NAME "sweep.damaged"

static cfi_status out_of_memory(const journal *j, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the lines of %.300s", j->path);
}

/* --------------------------------------------------------------------- the older sweep ---- */

/* The sweep that a journal was begun with, where it is another one. */
typedef struct older_sweep {
    bool asked;
    cfi_scenario *scenario; /* or NULL */
    char hash[CFI_SWEEP_HASH_LENGTH];
    size_t *point; /* of this sweep, for each of its points */
} older_sweep;

/* Reading a journal. */
typedef struct reading {
    const journal *journal;
    const sweep_plan *plan;
    bool mixed;
    char hash[CFI_SWEEP_HASH_LENGTH], build[CFI_BUILD_LENGTH];
    older_sweep older;
    size_t number; /* of the line, from 1 */
    contents *out;
    cfi_error *error;
} reading;

/* DIR/scenario.json; where it cannot be read, no line can be its. */
static cfi_status read_older(reading *r)
{
    const cfi_scenario *sweep = r->plan->sweep;
    older_sweep *older = &r->older;
    cfi_error ignored, cause = {.text = ""};
    char *path;
    cfi_status status;

    older->asked = true;
    if (asprintf(&path, "%s/scenario.json", r->journal->directory) < 0) {
        return out_of_memory(r->journal, r->error);
    }
    status = scenario_read(path, NULL, 0, &older->scenario, &ignored);
    free(path);
    if (status != CFI_OK) {
        return status == CFI_NO_MEMORY ? out_of_memory(r->journal, r->error) : CFI_OK;
    }
    report_sweep_hash(older->scenario, older->hash);
    older->point = malloc(scenario_points(older->scenario) * sizeof *older->point);
    if (!older->point) {
        return out_of_memory(r->journal, r->error);
    }
    status = scenario_continue(older->scenario, sweep, older->point, &cause);
    if (status == CFI_OK && r->plan->shards > 1) {
        status = error_set(&cause, CFI_INVALID, "a shard cannot grow (allowed: merge the shards, then --resume)");
    }
    if (status == CFI_NO_MEMORY) {
        return out_of_memory(r->journal, r->error);
    }
    return status == CFI_OK
               ? CFI_OK
               : error_set(r->error, status, "%.300s: begun with another scenario: %s", r->journal->path, cause.text);
}

static void older_free(older_sweep *older)
{
    scenario_destroy(older->scenario);
    free(older->point);
}

/* ------------------------------------------------------------------------------ one line ---- */

/* Whether the text is the beginning of a line of the sweep with this hash. */
static bool begins_line(const char *hash, const file_line *line)
{
    char head[64];
    size_t length;

    snprintf(head, sizeof head, "{\"sweep\": \"%s\"", hash);
    length = strlen(head) < line->length ? strlen(head) : line->length;
    return memcmp(line->text, head, length) == 0;
}

/* What a killed writer leaves at the end. */
static bool is_torn(const reading *r, const file_line *line)
{
    return !line->whole && (begins_line(r->hash, line) || (r->older.scenario && begins_line(r->older.hash, line)));
}

static cfi_status note_damaged(reading *r, const file_line *line)
{
    contents *out = r->out;
    file_span *larger;

    if (is_torn(r, line)) {
        out->torn_at = line->offset;
        return CFI_OK;
    }
    larger = realloc(out->damaged_at, (out->damaged + 1) * sizeof *larger);
    if (!larger) {
        return out_of_memory(r->journal, r->error);
    }
    out->damaged_at = larger;
    out->damaged_at[out->damaged++] = (file_span){.offset = line->offset, .length = line->length};
    out->ordered = false;
    return CFI_OK;
}

static cfi_status check_build(const reading *r, const cfi_line_text *more)
{
    if (!r->mixed && strcmp(more->build, r->build) != 0) {
        return error_set(r->error, CFI_INVALID,
                         "%.300s:%zu: computed by another build, %.180s; this one is %.180s (allowed: the same one, or "
                         "--mixed, which takes and records both)",
                         r->journal->path, r->number, more->build, r->build);
    }
    return builds_add(&r->out->builds, more->build, r->error);
}

/* The point of this sweep that a line's is, by its label. */
static cfi_status find_point(reading *r, const cfi_line *line, const cfi_line_text *more, size_t *point)
{
    older_sweep *older = &r->older;
    cfi_status status = CFI_OK;

    *point = line->point;
    if (strcmp(more->sweep, r->hash) == 0) {
        return CFI_OK;
    }
    if (!older->asked) {
        status = read_older(r);
    }
    if (status == CFI_OK && (!older->scenario || strcmp(more->sweep, older->hash) != 0 ||
                             line->point >= scenario_points(older->scenario))) {
        status = error_set(r->error, CFI_INVALID,
                           "%.300s:%zu: not a line of this sweep: it belongs to another scenario"
                           " (%s, not %s)",
                           r->journal->path, r->number, more->sweep, r->hash);
    }
    if (status == CFI_OK) {
        *point = older->point[line->point];
    }
    return status;
}

/* Enters an undamaged line. A second one of the same item is none. */
static cfi_status note_line(reading *r, const file_line *text, const cfi_line *line, const cfi_line_text *more)
{
    contents *out = r->out;
    size_t point = 0, item;
    cfi_status status = find_point(r, line, more, &point);

    if (status == CFI_OK) {
        status = check_build(r, more);
    }
    if (status != CFI_OK) {
        return status;
    }
    item = plan_find(r->plan, point, line->drop);
    if (item == r->plan->items) {
        return error_set(r->error, CFI_INVALID,
                         "%.300s:%zu: drop %u of point %zu is no trial of this %s (the journal of another shard?)",
                         r->journal->path, r->number, line->drop, point, r->plan->shards > 1 ? "shard" : "sweep");
    }
    if (out->line[item].length > 0) {
        return note_damaged(r, text);
    }
    out->line[item] = (kept_line){.offset = text->offset,
                                  .length = (uint32_t)text->length,
                                  .status = (uint8_t)line->status,
                                  .older = strcmp(more->sweep, r->hash) != 0};
    out->older_lines += out->line[item].older;
    out->ordered = out->ordered && item == out->known;
    out->known++;
    return CFI_OK;
}

static cfi_status read_line(reading *r, const file_line *text)
{
    cfi_line line;
    cfi_line_text more;
    cfi_error cause;
    cfi_status status = text->whole && text->length < UINT32_MAX
                            ? report_read_line(text->text, text->length, &line, &more, &cause)
                            : CFI_INVALID;

    if (status == CFI_NO_MEMORY) {
        return out_of_memory(r->journal, r->error);
    }
    return status == CFI_OK ? note_line(r, text, &line, &more) : note_damaged(r, text);
}

/* ------------------------------------------------------------------------------ the file ---- */

/* A file without a single line of a sweep is somebody else's, unless sweep.json says otherwise. */
static cfi_status check_ours(const reading *r)
{
    cfi_known_identity identity;
    bool there = false;
    cfi_status status = CFI_OK;

    if (r->out->known > 0 || r->out->damaged == 0) {
        return CFI_OK;
    }
    status = finish_read_identity(r->journal->directory, &identity, &there, r->error);
    if (status == CFI_OK && !(there && strcmp(identity.sha256, scenario_sha256(r->plan->sweep)) == 0)) {
        status = error_set(r->error, CFI_INVALID,
                           "%.300s:1: not the journal of this sweep (allowed: another --out, or --force, which empties "
                           "it)",
                           r->journal->path);
    }
    return status;
}

cfi_status contents_read(const journal *j, const sweep_plan *plan, bool mixed, contents *out, cfi_error *error)
{
    line_reader reader = {.file = j->file};
    reading r = {.journal = j, .plan = plan, .mixed = mixed, .out = out, .error = error};
    file_line line;
    cfi_status status = CFI_OK;
    int got = 0;

    *out = (contents){
        .line = calloc(plan->items + 1, sizeof *out->line), .items = plan->items, .ordered = true, .torn_at = -1};
    if (!out->line) {
        return out_of_memory(j, error);
    }
    report_sweep_hash(plan->sweep, r.hash);
    report_build(r.build);
    while (status == CFI_OK && (got = lines_next(&reader, &line)) > 0) {
        r.number++;
        status = read_line(&r, &line);
    }
    if (got < 0) {
        status = journal_read_error(j, errno, error);
    }
    if (status == CFI_OK) {
        status = check_ours(&r);
    }
    lines_free(&reader);
    older_free(&r.older);
    return status;
}

void contents_free(contents *c)
{
    free(c->line);
    free(c->damaged_at);
    builds_free(&c->builds);
    *c = (contents){.line = NULL};
}

/* ------------------------------------------------------------------------------- writing ---- */

/* The bytes of a span, from malloc; NULL and an error. */
static char *copy_span(const journal *j, off_t offset, size_t length, cfi_error *error)
{
    char *text = malloc(length + 1);

    if (!text) {
        out_of_memory(j, error);
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

cfi_status contents_save_damaged(const journal *j, const contents *c, cfi_error *error)
{
    cfi_status status = CFI_OK;
    char *path;
    FILE *stream;

    if (asprintf(&path, "%s/" DAMAGED_NAME, j->directory) < 0) {
        return out_of_memory(j, error);
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

cfi_status contents_write_item(const journal *j, const sweep_plan *plan, const contents *c, size_t item, FILE *stream,
                               cfi_error *error)
{
    const kept_line *line = &c->line[item];
    char *text = copy_span(j, line->offset, line->length, error);
    cfi_status status = CFI_OK;

    if (!text) {
        return error->status;
    }
    if (line->older) {
        status = report_relabel_line(plan->sweep, plan_point(plan, plan_trial(plan, item)), text, line->length, stream,
                                     error);
    } else {
        fwrite(text, 1, line->length, stream);
        fputc('\n', stream);
    }
    free(text);
    return status;
}

cfi_status contents_write(const journal *j, const sweep_plan *plan, const contents *c, FILE *stream, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (size_t item = 0; item < c->items && status == CFI_OK; item++) {
        if (c->line[item].length > 0) {
            status = contents_write_item(j, plan, c, item, stream, error);
        }
    }
    return status;
}
