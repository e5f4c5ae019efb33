/* Opening the directory of a sweep. */
#include "sweep/resume.h"

#include "base/output.h"
#include "base/replace.h"
#include "base/text.h"
#include "sweep/finish.h"
#include "sweep/identity.h"
#include "sweep/rewrite.h"

#include <string.h>

static void warn_of_damage(const cfi_sweep_options *o, const journal *j, size_t damaged)
{
    char text[512];

    if (o->warn.emit) {
        snprintf(text, sizeof text, "%.300s: %zu damaged line%s kept in %s; what is lost is computed again", j->path,
                 damaged, text_by_count(damaged, " is", "s are"), j->kind->damaged);
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
    journal_remove_tables(plan->kind, o->directory);
    if (c->damaged > 0) {
        status = rewrite_damaged(j, c, error);
        if (status == CFI_OK) {
            warn_of_damage(o, j, c->damaged);
        }
    }
    contents_free(c);
    if (status == CFI_OK) {
        status = rewrite_journal(j, plan, error);
    }
    return status == CFI_OK ? contents_read(j, plan, true, NULL, c, error)
                            : status; /* its builds have been looked at */
}

cfi_status resume_check_program(const sweep_kind *kind, const char *directory, const cfi_known_identity *identity,
                                bool mixed, cfi_error *error)
{
    char build[CFI_BUILD_LENGTH];

    if (mixed || !*identity->other_build) {
        return CFI_OK;
    }
    report_build(build);
    return error_set(error, CFI_INVALID,
                     "%.300s/%s: another build wrote this %s, %.180s; this one is %.180s (allowed: the same "
                     "one, or --mixed, which takes and records both)",
                     directory, kind->identity, kind->noun, identity->other_build, build);
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
        journal_remove_tables(plan->kind, directory);
        report_build(build);
        status = builds_add(&c->builds, build, error);
    }
    return status == CFI_OK ? identity_write(plan, &c->builds, directory, error) : status;
}

cfi_status resume_open(const cfi_sweep_options *o, const sweep_plan *plan, journal *j, contents *c, cfi_error *error)
{
    journal_mode mode = o->force ? JOURNAL_FORCE : o->resume ? JOURNAL_RESUME : JOURNAL_FRESH;
    cfi_known_identity identity;
    bool there = false, current;
    cfi_status status = replace_prepare_directory(o->directory, error);

    if (status == CFI_OK) {
        status = journal_open(o->directory, plan->kind, mode, j, error);
    }
    if (status == CFI_OK) {
        status = identity_read(plan->kind, o->directory, &identity, &there, error);
    }
    if (status == CFI_OK && there && !journal_is_empty(j)) { /* first: it may write its lines in another form */
        status = resume_check_program(plan->kind, o->directory, &identity, o->mixed, error);
    }
    if (status == CFI_OK) {
        status = contents_read(j, plan, o->mixed, NULL, c, error);
    }
    if (status == CFI_OK) {
        status = mend(o, plan, j, c, error);
    }
    current = there && strcmp(identity.sha256, scenario_sha256(plan->sweep)) == 0;
    return status == CFI_OK ? identify(plan, o->directory, c, current, error) : status;
}
