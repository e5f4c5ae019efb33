/* The journal of a sweep: a line is a drop of a point of the grid. */
#include "sweep/kind.h"

#include "sweep/finish.h"

static void hash_sweep(const sweep_plan *plan, const cfi_scenario *scenario, char text[CFI_SWEEP_HASH_LENGTH])
{
    (void)plan;
    report_sweep_hash(scenario, text);
}

static cfi_status run_trial(const sweep_trial *trial, FILE *stream, cfi_error *error)
{
    cfi_record record;
    cfi_status status = trial_run(trial->system, trial->drop, trial->options, trial->arena, &record, error);

    return status == CFI_OK ? report_write_line(trial->plan->sweep, trial->point, &record, stream, error) : status;
}

static cfi_status relabel_trial(const sweep_plan *plan, size_t point, const char *text, size_t length, FILE *stream,
                                cfi_error *error)
{
    return report_relabel_line(plan->sweep, point, text, length, stream, error);
}

static cfi_status write_sweep_identity(const sweep_plan *plan, const cfi_sweep_identity *identity, FILE *stream,
                                       cfi_error *error)
{
    (void)plan;
    return report_write_identity(identity, stream, error);
}

static cfi_status finish_sweep(const finished_journal *finished, bool keep, const cfi_sweep_options *options,
                               cfi_error *error)
{
    return finish_table(finished->journal, finished->plan, finished->status, keep, &options->warn, error);
}

const sweep_kind kind_of_sweeps = {
    .noun = "sweep",
    .journal = "sweep.ndjson",
    .identity = "sweep.json",
    .damaged = "sweep.damaged",
    .table = {"sweep.csv", "plots.gp"},
    .hash = hash_sweep,
    .run = run_trial,
    .read = report_read_line,
    .relabel = relabel_trial,
    .write_identity = write_sweep_identity,
    .finish = finish_sweep,
};
