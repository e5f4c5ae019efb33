/* The end of a sweep. */
#include "sweep/finish.h"
#include "base/replace.h"

#include "sweep/finished.h"

#include <stdlib.h>
#include <string.h>

bool finish_has_tables(const sweep_kind *kind, const char *directory)
{
    struct stat about;
    bool there = true;

    for (size_t i = 0; there && i < MOST_TABLES && kind->table[i]; i++) {
        there = journal_find(directory, kind->table[i], &about);
    }
    return there;
}

/* ------------------------------------------------------------------- the journal, read back ---- */

/* A finished journal on its way into the table. */
typedef struct finished {
    finished_lines in;
    const sweep_plan *plan;
    const uint8_t *status; /* how each item is said to have ended */
    size_t seen;           /* items that have been read at least once */
    off_t point_start;     /* of the point that is read, in the file */
    cfi_sweep_tally tally;
    cfi_error unread; /* why a line could not be read back, if one could not */
} finished;

static cfi_status read_next(finished *f, cfi_line *line, cfi_error *error)
{
    file_line text;
    cfi_line_text more;
    size_t item = f->in.item;
    cfi_status status = finished_next(&f->in, &text, line, &more, error);

    if (status == CFI_OK && item == f->seen) {
        report_tally_line(&f->tally, line, &more);
        f->seen++;
    }
    return status;
}

static cfi_status next_in_order(void *context, cfi_line *line, cfi_error *error)
{
    finished *f = context;
    cfi_status status = read_next(f, line, error);

    if (status != CFI_OK) {
        f->unread = *error; /* whoever writes the table has errors of its own */
        f->unread.status = status;
    }
    return status;
}

/* A whole sweep: its points follow one another; one that is read again starts where it started. */
static cfi_status open_in_order(void *context, size_t point, cfi_error *error)
{
    finished *f = context;

    (void)error;
    if (f->in.item == f->plan->first[point]) {
        f->point_start = f->in.next_start;
    } else {
        lines_go_to(&f->in.lines, f->point_start);
        f->in.item = f->plan->first[point];
        f->in.next_start = f->point_start;
    }
    return CFI_OK;
}

static cfi_status read_rest(finished *f, cfi_error *error)
{
    cfi_status status = CFI_OK;
    cfi_line line;

    while (f->seen < f->plan->items && status == CFI_OK) {
        status = next_in_order(f, &line, error);
    }
    return status;
}

/* ------------------------------------------------------------------------------ the table ---- */

static cfi_status write_table(const void *context, FILE *stream, cfi_error *error)
{
    finished *f = *(finished *const *)context;
    const cfi_sweep_outcomes outcomes = {.sweep = f->plan->sweep, .status = f->status, .first = f->plan->first};
    const cfi_line_source source = {.open_point = open_in_order, .next_line = next_in_order, .context = f};

    return report_write_sweep_csv(&outcomes, &source, stream, error);
}

/* What the picture is made of are the outcomes alone. */
static cfi_status write_drawing(const void *context, FILE *stream, cfi_error *error)
{
    const finished *f = *(finished *const *)context;
    const cfi_sweep_outcomes outcomes = {.sweep = f->plan->sweep, .status = f->status, .first = f->plan->first};

    return report_write_sweep_plots(&outcomes, stream, error);
}

/* The line of a network in which no allocation can lift a signal out of the noise. False: there is none, gains are
 * given, which the scenario itself remarks on, or memory does not allow to look. */
static bool describe_lost_signal(const cfi_system *system, uint32_t drop, char text[CFI_LOST_SIGNAL_LENGTH])
{
    cfi_arena *arena = system->propagation.gain ? NULL : arena_create();
    cfi_network network;
    cfi_error ignored;
    bool lost = arena && network_draw(system, drop, arena, &network, &ignored) == CFI_OK &&
                scenario_signal_is_lost(system, network.beta, text, CFI_LOST_SIGNAL_LENGTH);

    arena_destroy(arena);
    return lost;
}

/* If the best drop of all is lost in noise, the others are, too. */
static void warn_of_lost_signals(const finished *f, const cfi_sweep_warn *warn)
{
    char text[CFI_LOST_SIGNAL_LENGTH];
    cfi_scenario *point = NULL;
    cfi_error ignored;
    bool any = f->tally.lines > f->tally.failed + f->tally.infeasible;

    if (any && scenario_at_point(f->plan->sweep, f->tally.best.point, &point, &ignored) == CFI_OK &&
        describe_lost_signal(scenario_system(point), f->tally.best.drop, text)) {
        warn->emit(warn->context, text);
    }
    scenario_destroy(point);
}

/* Users that are left without rate, and what would give them one at a point where most are. */
static void warn_of_users_left(const finished *f, const cfi_sweep_warn *warn)
{
    char text[CFI_USERS_LEFT_LENGTH];
    cfi_scenario *point = NULL;
    cfi_error ignored;

    if (f->tally.leaving > 0 &&
        scenario_at_point(f->plan->sweep, f->tally.most_left.point, &point, &ignored) == CFI_OK) {
        report_sweep_users_left(&f->tally, scenario_system(point), text);
        warn->emit(warn->context, text);
    }
    scenario_destroy(point);
}

/* The remarks and the verdict of a whole sweep. */
static cfi_status conclude_sweep(const finished *f, const cfi_sweep_warn *warn, cfi_error *error)
{
    const cfi_sweep_outcomes outcomes = {.sweep = f->plan->sweep, .status = f->status, .first = f->plan->first};

    if (warn->emit) {
        report_sweep_warnings(&outcomes, warn->emit, warn->context);
        warn_of_lost_signals(f, warn);
        warn_of_users_left(f, warn);
    }
    return report_sweep_verdict(&f->tally, error);
}

cfi_status finish_table(const journal *j, const sweep_plan *plan, const uint8_t *status, bool keep,
                        const cfi_sweep_warn *warn, cfi_error *error)
{
    finished f = {.in = {.journal = j, .plan = plan, .status = status, .lines = {.file = j->file}},
                  .plan = plan,
                  .status = status},
             *of = &f;
    const replace_part part[] = {{plan->kind->table[0], write_table, &of}, {plan->kind->table[1], write_drawing, &of}};
    bool whole = plan->shards == 1;
    cfi_status end = CFI_OK;

    if (whole && !(keep && finish_has_tables(plan->kind, j->directory))) {
        end = replace_files(j->directory, part, sizeof part / sizeof *part, error);
    }
    if (end == CFI_OK) {
        end = read_rest(&f, error);
    }
    if (f.unread.status != CFI_OK) {
        *error = f.unread;
        end = f.unread.status;
    }
    if (end == CFI_OK && warn->end) {
        warn->end(warn->context, plan->points, &f.tally);
    }
    if (end == CFI_OK && whole) {
        end = conclude_sweep(&f, warn, error);
    }
    lines_free(&f.in.lines);
    return end;
}
