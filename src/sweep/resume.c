/* Opening the directory of a sweep. */
#include "sweep/resume.h"

#include "base/output.h"
#include "sweep/finish.h"

#include <string.h>

typedef struct rewrite {
    const journal *journal;
    const sweep_plan *plan;
    const contents *contents;
} rewrite;

static cfi_status write_lines(const void *context, FILE *stream, cfi_error *error)
{
    const rewrite *r = context;

    return contents_write(r->journal, r->plan, r->contents, stream, error);
}

/* The known lines alone, in order, with this sweep's labels; read again, since they stand elsewhere now. */
static cfi_status rewrite_journal(journal *j, const sweep_plan *plan, contents *c, cfi_error *error)
{
    const rewrite how = {.journal = j, .plan = plan, .contents = c};
    cfi_status status = journal_replace(j, write_lines, &how, error);

    contents_free(c);
    return status == CFI_OK ? contents_read(j, plan, true, c, error) : status; /* the builds have been looked at */
}

static void warn_of_damage(const cfi_sweep_options *o, const journal *j, size_t damaged)
{
    char text[512];

    if (o->warn.emit) {
        snprintf(text, sizeof text, "%.300s: %zu damaged line%s kept in sweep.damaged; what is lost is computed again",
                 j->path, damaged, damaged == 1 ? " is" : "s are");
        o->warn.emit(o->warn.context, text);
    }
}

/* Leaves the undamaged lines of this sweep alone, under this sweep's labels. */
static cfi_status mend(const cfi_sweep_options *o, const sweep_plan *plan, journal *j, contents *c, cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (c->damaged == 0 && c->older_lines == 0) {
        return c->torn_at >= 0 ? journal_cut(j, c->torn_at, error) : CFI_OK;
    }
    finish_remove_table(o->directory);
    if (c->damaged > 0) {
        status = contents_save_damaged(j, c, error);
        if (status == CFI_OK) {
            warn_of_damage(o, j, c->damaged);
        }
    }
    return status == CFI_OK ? rewrite_journal(j, plan, c, error) : status;
}

cfi_status resume_check_program(const char *directory, const cfi_known_identity *identity, bool mixed, cfi_error *error)
{
    char build[CFI_BUILD_LENGTH];

    if (mixed || !*identity->other_build) {
        return CFI_OK;
    }
    report_build(build);
    return error_set(error, CFI_INVALID,
                     "%.300s/sweep.json: another build wrote this sweep, %.180s; this one is %.180s (allowed: the same "
                     "one, or --mixed, which takes and records both)",
                     directory, identity->other_build, build);
}

/* Writes scenario.json and sweep.json, unless they are this sweep's and nothing is left to do. */
static cfi_status identify(const sweep_plan *plan, const char *directory, contents *c, bool current, cfi_error *error)
{
    char build[CFI_BUILD_LENGTH];
    cfi_status status = CFI_OK;

    if (current && c->known == plan->items) {
        return CFI_OK;
    }
    if (c->known < plan->items) {
        finish_remove_table(directory);
        report_build(build);
        status = builds_add(&c->builds, build, error);
    }
    return status == CFI_OK ? finish_identity(plan, &c->builds, directory, error) : status;
}

cfi_status resume_open(const cfi_sweep_options *o, const sweep_plan *plan, journal *j, contents *c, cfi_error *error)
{
    journal_mode mode = o->force ? JOURNAL_FORCE : o->resume ? JOURNAL_RESUME : JOURNAL_FRESH;
    cfi_known_identity identity;
    bool there = false, current;
    cfi_status status = output_prepare_directory(o->directory, error);

    if (status == CFI_OK) {
        status = journal_open(o->directory, mode, j, error);
    }
    if (status == CFI_OK) {
        status = finish_read_identity(o->directory, &identity, &there, error);
    }
    if (status == CFI_OK && there && !journal_is_empty(j)) { /* first: it may write its lines in another form */
        status = resume_check_program(o->directory, &identity, o->mixed, error);
    }
    if (status == CFI_OK) {
        status = contents_read(j, plan, o->mixed, c, error);
    }
    if (status == CFI_OK) {
        status = mend(o, plan, j, c, error);
    }
    current = there && strcmp(identity.sha256, scenario_sha256(plan->sweep)) == 0;
    return status == CFI_OK ? identify(plan, o->directory, c, current, error) : status;
}

cfi_status resume_sort(journal *j, const sweep_plan *plan, cfi_error *error)
{
    contents c = {.line = NULL};
    cfi_status status = contents_read(j, plan, true, &c, error);

    if (status == CFI_OK && !c.ordered) {
        status = rewrite_journal(j, plan, &c, error);
    }
    contents_free(&c);
    return status;
}
