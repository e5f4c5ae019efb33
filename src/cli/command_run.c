/* The commands that run drops: run, replay. */
#include "cfisac/linalg.h"
#include "cfisac/sweep.h"
#include "cli/commands.h"
#include "cli/export.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/scenario_input.h"
#include "cli/signals.h"

#include <string.h>

static size_t threads_asked(const cli_options *options)
{
    return options->threads > 0 ? (size_t)options->threads : sweep_default_threads();
}

static void print_timing(const cli_options *options, const cfi_results *results, const cfi_timing *timing)
{
    double solving = 0.0;

    if (has_option(options, OPTION_TIMING)) {
        for (size_t i = 0; i < results->count; i++) {
            solving += results->record[i].allocation.solve_seconds;
        }
        fprintf(stderr, "cfisac: wall time %.3f s with %zu threads; allocation %.3f s, summed over drops\n",
                timing->wall_seconds, timing->threads, solving);
    }
}

static cfi_status print_results(const cli_options *options, const cfi_results *results, cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (has_option(options, OPTION_JSON)) {
        status = report_write_json(results, stdout, error);
    } else if (has_option(options, OPTION_CSV)) {
        status = report_write_csv(results, stdout, error);
    } else if (!options->out || !has_option(options, OPTION_QUIET)) {
        status = report_write_table(results, may_colour(options, stdout), stdout, error);
    }
    return name_output(status, error);
}

/* Files first: a broken pipe must not cost them. */
static cfi_status deliver(const cli_options *options, const cfi_results *results, const cfi_timing *timing,
                          cfi_error *error)
{
    cfi_status status = CFI_OK, printed;
    cfi_error print_error = {.status = CFI_OK};

    report_warnings(results, pass_warning, (void *)options);
    if (options->out) {
        status = report_write_directory(results, timing, options->out, error);
    }
    printed = print_results(options, results, &print_error);
    if (status == CFI_OK && printed != CFI_OK) {
        *error = print_error;
        status = printed;
    }
    return status;
}

/* Before hours of work: what would be lost, what cannot be written. */
static cfi_status prepare_directories(const cli_options *options, const cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (options->out && !has_option(options, OPTION_FORCE)) {
        status = report_check_directory(options->out, scenario, error);
    }
    if (status == CFI_OK && options->out) {
        status = report_prepare_directory(options->out, error);
    }
    return status == CFI_OK && options->export_cbf ? report_prepare_directory(options->export_cbf, error) : status;
}

static cfi_status run_drops(const cli_options *options, const cfi_scenario *scenario, cfi_run *run, cfi_error *error)
{
    progress_bar bar = progress_make(options);
    cbf_export to = {.directory = options->export_cbf, .scenario = scenario_name(scenario)};
    cfi_run_options how = {.threads = (size_t)options->threads,
                           .alloc = {.export_problem = options->export_cbf ? export_cbf : NULL,
                                     .export_context = &to,
                                     .stop = signals_catch()},
                           .check = has_option(options, OPTION_CHECK),
                           .progress = progress_update,
                           .progress_context = &bar};
    cfi_status status = sweep_run_drops(scenario_system(scenario), &how, run, error);

    progress_clear(&bar);
    return status;
}

/* What the drops said, as files, text and exit code. */
static int conclude(const cli_options *options, const cfi_scenario *scenario, const cfi_run *run, cfi_status ended,
                    cfi_error *error)
{
    cfi_results results = {.scenario = scenario,
                           .record = run->record,
                           .count = run->count,
                           .timing = has_option(options, OPTION_TIMING),
                           .check = has_option(options, OPTION_CHECK)};
    cfi_timing timing = {
        .wall_seconds = run->seconds, .threads = threads_asked(options), .command_line = options->command_line};
    cfi_status status = CFI_OK;

    if (run->count > 0) { /* an interrupt before the first result leaves older files alone */
        status = deliver(options, &results, &timing, error);
    }
    print_timing(options, &results, &timing);
    if (status == CFI_OK && ended == CFI_INTERRUPTED) {
        status = error_set(error, CFI_INTERRUPTED, "interrupted: %zu of %zu drops are finished%s", run->count,
                           scenario_system(scenario)->monte_carlo.drops, run->count > 0 ? " and kept" : "");
    }
    if (status == CFI_OK) {
        status = report_verdict(&results, error);
    }
    return status == CFI_OK ? EXIT_DONE : report_error(error);
}

int command_run(const cli_options *options)
{
    cfi_scenario *scenario = NULL;
    cfi_run run = {.record = NULL};
    cfi_error error = {.status = CFI_OK};
    cfi_status status = read_scenario(options, &scenario, &error);
    int code;

    if (status == CFI_OK && scenario_has_sweep(scenario)) {
        report_warning(options, "run ignores the scenario's sweep");
    }
    if (status == CFI_OK) {
        status = prepare_directories(options, scenario, &error);
    }
    if (status == CFI_OK) {
        status = run_drops(options, scenario, &run, &error);
        name_input(options, status, &error);
    }
    code = status == CFI_OK || status == CFI_INTERRUPTED ? conclude(options, scenario, &run, status, &error)
                                                         : report_error(&error);
    run_destroy(&run);
    scenario_destroy(scenario);
    return code;
}

static cfi_status replay_drop(const cli_options *options, const cfi_scenario *scenario, cfi_arena *arena,
                              cfi_error *error)
{
    cfi_trial_options how = {.threads = threads_asked(options), .alloc = {.stop = signals_catch()}};
    cfi_record record;
    cfi_results results = {
        .scenario = scenario, .record = &record, .count = 1, .timing = has_option(options, OPTION_TIMING)};
    cfi_status status = linalg_prepare(&how.threads, error);

    if (status == CFI_OK) {
        status = trial_run(scenario_system(scenario), (uint32_t)options->drop, &how, arena, &record, error);
    }
    name_input(options, status, error);
    if (status == CFI_OK) {
        status = name_output(report_write_replay(&results, stdout, error), error);
    }
    return status == CFI_OK ? report_verdict(&results, error) : status;
}

int command_replay(const cli_options *options)
{
    cfi_scenario *scenario = NULL;
    cfi_arena *arena = arena_create();
    cfi_error error = {.status = CFI_OK};
    cfi_status status = arena ? read_scenario(options, &scenario, &error)
                              : error_set(&error, CFI_NO_MEMORY, "out of memory for a drop");

    if (status == CFI_OK) {
        status = replay_drop(options, scenario, arena, &error);
    }
    scenario_destroy(scenario);
    arena_destroy(arena);
    return status == CFI_OK ? EXIT_DONE : report_error(&error);
}
