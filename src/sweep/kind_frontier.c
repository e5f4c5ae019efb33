/* The journal of frontiers: a line is the curve of a drop. */
#include "sweep/kind.h"

#include "base/replace.h"
#include "sweep/finish.h"
#include "sweep/finished.h"

static void hash_frontier(const sweep_plan *plan, const cfi_scenario *scenario, char text[CFI_SWEEP_HASH_LENGTH])
{
    report_frontier_hash(plan->frontier, scenario, text);
}

static cfi_status run_frontier_trial(const sweep_trial *trial, FILE *stream, cfi_error *error)
{
    const cfi_frontier *frontier = trial->plan->frontier;
    cfi_frontier_record record;
    cfi_status status = trial_frontier(frontier, trial->drop, trial->options, trial->arena, &record, error);

    return status == CFI_OK ? report_write_frontier_line(frontier, &record, stream, error) : status;
}

static cfi_status relabel_curve(const sweep_plan *plan, size_t point, const char *text, size_t length, FILE *stream,
                                cfi_error *error)
{
    (void)point;
    return report_relabel_frontier_line(plan->frontier, text, length, stream, error);
}

static cfi_status write_frontier_identity(const sweep_plan *plan, const cfi_sweep_identity *identity, FILE *stream,
                                          cfi_error *error)
{
    return report_write_frontier_identity(plan->frontier, identity, stream, error);
}

/* ------------------------------------------------------------------------------- the end ---- */

static cfi_status write_csv(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_frontier_csv(context, stream, error);
}

static cfi_status write_mean_csv(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_frontier_mean_csv(context, stream, error);
}

static cfi_status write_picture(const void *context, FILE *stream, cfi_error *error)
{
    return report_write_frontier_plots(context, stream, error);
}

/* All curves of a finished journal. */
static cfi_status read_curves(const finished_journal *finished, cfi_frontier_curves *curves, cfi_error *error)
{
    const sweep_plan *plan = finished->plan;
    finished_lines in = {.journal = finished->journal,
                         .plan = plan,
                         .status = finished->status,
                         .lines = {.file = finished->journal->file}};
    cfi_status status = report_curves_make(plan->frontier, curves, error);

    for (size_t item = 0; item < plan->items && status == CFI_OK; item++) {
        file_line text;
        cfi_line line;
        cfi_line_text more;

        status = finished_next(&in, &text, &line, &more, error);
        if (status == CFI_OK) {
            status = report_curves_add(curves, text.text, text.length, &more, error);
        }
    }
    lines_free(&in.lines);
    return status;
}

static cfi_status finish_frontier(const finished_journal *finished, bool keep, const cfi_sweep_options *options,
                                  cfi_error *error)
{
    const char *directory = finished->journal->directory;
    cfi_frontier_curves curves = {.drop = NULL};
    const replace_part part[] = {{kind_of_frontiers.table[0], write_csv, &curves},
                                 {kind_of_frontiers.table[1], write_mean_csv, &curves},
                                 {kind_of_frontiers.table[2], write_picture, &curves}};
    cfi_status status = read_curves(finished, &curves, error);

    if (status == CFI_OK && !(keep && finish_has_tables(&kind_of_frontiers, directory))) {
        status = replace_files(directory, part, sizeof part / sizeof *part, error);
    }
    if (status == CFI_OK && options->show) {
        status = options->show(options->show_context, &curves, error);
    }
    if (status == CFI_OK) {
        status = report_frontier_verdict(&curves, error);
    }
    report_curves_free(&curves);
    return status;
}

const sweep_kind kind_of_frontiers = {
    .noun = "frontier",
    .journal = "frontier.ndjson",
    .identity = "frontier.json",
    .damaged = "frontier.damaged",
    .table = {"frontier.csv", "frontier_mean.csv", "plots.gp"},
    .hash = hash_frontier,
    .run = run_frontier_trial,
    .read = report_read_frontier_line,
    .relabel = relabel_curve,
    .write_identity = write_frontier_identity,
    .finish = finish_frontier,
};
