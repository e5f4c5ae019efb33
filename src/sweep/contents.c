/* What a journal holds. */
#include "sweep/contents.h"

#include "sweep/identity.h"
#include "sweep/lines.h"
#include "sweep/older.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cfi_status contents_out_of_memory(const journal *j, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the lines of %.300s", j->path);
}

/* Reading a journal. */
typedef struct reading {
    const journal *journal;
    const sweep_plan *plan;
    bool mixed;
    char hash[CFI_SWEEP_HASH_LENGTH], build[CFI_BUILD_LENGTH];
    older_sweep older;
    size_t number; /* of the line, from 1 */
    contents *out;
    line_places *places; /* or NULL */
    cfi_error *error;
} reading;

/* ------------------------------------------------------------------------------ one line ---- */

/* Whether the text is the beginning of a line of the sweep (or what else it is) with this hash. */
static bool begins_line(const char *noun, const char *hash, const file_line *line)
{
    char head[64];
    size_t length;

    snprintf(head, sizeof head, "{\"%s\": \"%s\"", noun, hash);
    length = strlen(head) < line->length ? strlen(head) : line->length;
    return memcmp(line->text, head, length) == 0;
}

/* What a killed writer leaves at the end. */
static bool is_torn(const reading *r, const file_line *line)
{
    const char *noun = r->plan->kind->noun;

    return !line->whole &&
           (begins_line(noun, r->hash, line) || (r->older.scenario && begins_line(noun, r->older.hash, line)));
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
        return contents_out_of_memory(r->journal, r->error);
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
    cfi_status status = CFI_OK;

    *point = line->point;
    if (strcmp(more->sweep, r->hash) == 0) {
        return CFI_OK;
    }
    if (!r->older.asked) {
        status = older_read(r->journal, r->plan, &r->older, r->error);
    }
    if (status == CFI_OK && !older_point(&r->older, more->sweep, line->point, point)) {
        status = error_set(r->error, CFI_INVALID,
                           "%.300s:%zu: not a line of this %s: it belongs to another scenario%s (%s, not %s)",
                           r->journal->path, r->number, r->plan->kind->noun,
                           r->plan->frontier ? ", or another --between or --points" : "", more->sweep, r->hash);
    }
    return status;
}

/* Enters an undamaged line. A second one of the same item is none. */
static cfi_status note_line(reading *r, const file_line *text, const cfi_line *line, const cfi_line_text *more)
{
    contents *out = r->out;
    size_t point = 0, item;
    bool older;
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
                         r->journal->path, r->number, line->drop, point,
                         r->plan->shards > 1 ? "shard" : r->plan->kind->noun);
    }
    if (out->status[item] != CONTENTS_NO_LINE) {
        return note_damaged(r, text);
    }
    older = strcmp(more->sweep, r->hash) != 0;
    out->status[item] = (uint8_t)line->status;
    if (r->places) {
        r->places->place[item] = 2 * (uint64_t)text->offset + older;
    }
    out->older_lines += older;
    out->ordered = out->ordered && item == out->known;
    out->known++;
    return CFI_OK;
}

static cfi_status read_line(reading *r, const file_line *text)
{
    cfi_line line;
    cfi_line_text more;
    cfi_error cause;
    cfi_status status = text->whole ? r->plan->kind->read(text->text, text->length, &line, &more, &cause) : CFI_INVALID;

    if (status == CFI_NO_MEMORY) {
        return contents_out_of_memory(r->journal, r->error);
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
    status = identity_read(r->plan->kind, r->journal->directory, &identity, &there, r->error);
    if (status == CFI_OK && !(there && strcmp(identity.sha256, scenario_sha256(r->plan->sweep)) == 0)) {
        status =
            error_set(r->error, CFI_INVALID,
                      "%.300s:1: not the journal of this %s (allowed: another --out, or --force, which empties it)",
                      r->journal->path, r->plan->kind->noun);
    }
    return status;
}

static bool make_contents(const sweep_plan *plan, line_places *places, contents *out)
{
    *out = (contents){.status = malloc(plan->items + 1), .items = plan->items, .ordered = true, .torn_at = -1};
    if (places) {
        places->place = calloc(plan->items + 1, sizeof *places->place);
    }
    if (!out->status || (places && !places->place)) {
        return false;
    }
    memset(out->status, CONTENTS_NO_LINE, plan->items + 1);
    return true;
}

cfi_status contents_read(const journal *j, const sweep_plan *plan, bool mixed, line_places *places, contents *out,
                         cfi_error *error)
{
    line_reader reader = {.file = j->file};
    reading r = {.journal = j, .plan = plan, .mixed = mixed, .out = out, .places = places, .error = error};
    file_line line;
    cfi_status status = CFI_OK;
    int got = 0;

    if (!make_contents(plan, places, out)) {
        return contents_out_of_memory(j, error);
    }
    plan->kind->hash(plan, plan->sweep, r.hash);
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
    free(c->status);
    free(c->damaged_at);
    builds_free(&c->builds);
    *c = (contents){.status = NULL};
}

void places_free(line_places *places)
{
    free(places->place);
    places->place = NULL;
}
