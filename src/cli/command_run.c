/* run: every drop of a scenario. */
#include "base/output.h"
#include "base/replace.h"
#include "base/text.h"
#include "cfisac/linalg.h"
#include "cfisac/sweep.h"
#include "cli/commands.h"
#include "cli/export.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/scenario_input.h"
#include "cli/signals.h"

#include <string.h>

static const cli_option CHECK = {
    .kind = OPTION_FLAG,
    .name = "--check",
    .help = "allocate every drop again by the other solver (structured, socp) and compare; exit "
            "code 5 if two objectives differ by more than 1e-6 (or allocation.tolerance)",
};
static const cli_option EXPORT_CBF = {
    .kind = OPTION_TEXT,
    .name = "--export-cbf",
    .value = "DIR",
    .hint = {.kind = HINT_DIRECTORY},
    .help =
        "write every problem given to the cone solver into DIR, in the Conic Benchmark Format, and beside each a map "
        "of its variables and rows, which scripts/read_cbf.py reads",
};

static bool is_of_runs(const cfi_format *format)
{
    return format->write;
}

static const cli_option RUN_FORMATS = {.kind = OPTION_FORMATS, .offers = is_of_runs};

static void print_timing(const cli_options *options, const cfi_results *results)
{
    double solving = 0.0;

    if (has_option(options, &option_timing)) {
        for (size_t i = 0; i < results->count; i++) {
            solving += results->record[i].allocation.solve_seconds;
        }
        fprintf(stderr, "cfisac: wall time %.3f s with %zu threads; allocation %.3f s, summed over drops\n",
                results->timing->wall_seconds, results->timing->threads, solving);
    }
}

/* In the format that was asked for; the table, unless --out and --quiet say that nobody looks. */
static cfi_status print_results(const cli_options *options, const cfi_results *results, cfi_error *error)
{
    cfi_status status = CFI_OK;

    if (options->format) {
        status = options->format->write(results, stdout, error);
    } else if (!has_option(options, &option_out) || !options->quiet) {
        status = report_write_table(results, stdout, error);
    }
    return name_output(status, error);
}

/* Files first: a broken pipe must not cost them. */
static cfi_status deliver_results(const cli_options *options, const cfi_results *results, cfi_error *error)
{
    cfi_status status = CFI_OK, printed;
    cfi_error print_error = {.status = CFI_OK};

    report_warnings(results, pass_warning, (void *)options);
    if (has_option(options, &option_out)) {
        status = report_write_directory(results, option_text(options, &option_out), error);
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
    const char *out = option_text(options, &option_out), *export = option_text(options, &EXPORT_CBF);
    cfi_status status = CFI_OK;

    if (out && !has_option(options, &option_force)) {
        status = report_check_directory(out, scenario, error);
    }
    if (status == CFI_OK && out) {
        status = replace_prepare_directory(out, error);
    }
    return status == CFI_OK && export ? replace_prepare_directory(export, error) : status;
}

static cfi_status run_drops(const cli_options *options, const cfi_scenario *scenario, cfi_run *run, cfi_error *error)
{
    progress_bar bar = progress_make(options);
    cbf_export to = {.directory = option_text(options, &EXPORT_CBF), .scenario = scenario_title(scenario)};
    cfi_run_options how = {
        .threads = (size_t)option_number(options, &option_threads),
        .alloc = {.export_problem = to.directory ? export_cbf : NULL, .export_context = &to, .stop = signals_catch()},
        .check = has_option(options, &CHECK),
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
    cfi_timing timing = {
        .wall_seconds = run->seconds, .threads = threads_asked(options), .command_line = options->command_line};
    cfi_results results = {.scenario = scenario,
                           .record = run->record,
                           .count = run->count,
                           .timing = &timing,
                           .solve_seconds = has_option(options, &option_timing),
                           .check = has_option(options, &CHECK),
                           .colour = may_colour(options, stdout)};
    cfi_status status = CFI_OK;

    if (run->count > 0) { /* an interrupt before the first result leaves older files alone */
        status = deliver_results(options, &results, error);
    }
    print_timing(options, &results);
    if (status == CFI_OK && ended == CFI_INTERRUPTED) {
        status = error_set(error, CFI_INTERRUPTED, "interrupted: %zu of %zu drops %s finished%s", run->count,
                           scenario_system(scenario)->monte_carlo.drops, text_by_count(run->count, "is", "are"),
                           run->count > 0 ? " and kept" : "");
    }
    if (status == CFI_OK) {
        status = report_verdict(&results, error);
    }
    return status == CFI_OK ? EXIT_DONE : report_error(error);
}

static int cli_run(const cli_options *options)
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
        status = scenario_place_error(scenario, run_drops(options, scenario, &run, &error), &error);
    }
    code = status == CFI_OK || status == CFI_INTERRUPTED ? conclude(options, scenario, &run, status, &error)
                                                         : report_error(&error);
    run_destroy(&run);
    scenario_destroy(scenario);
    return code;
}

static cfi_status check_run(const cli_options *options, cfi_error *error)
{
    return has_option(options, &option_force) && !has_option(options, &option_out)
               ? option_missing(options, &option_out, ", whose files --force would replace", error)
               : CFI_OK;
}

const cli_command command_run = {
    .name = "run",
    .run = cli_run,
    .usage = "SCENARIO [--set KEY=VALUE]... [--out DIR [--force]] [--json | --csv]\n"
             "                  [--threads N] [--check] [--export-cbf DIR] [--timing] [--quiet]",
    .summary = "simulate and allocate every drop of a scenario",
    .text =
        "Draws the networks of a scenario, allocates the powers, evaluates rates and Cramer-Rao bounds in closed form\n"
        "and by Monte Carlo, and prints a table. SCENARIO is a JSON file, - is standard input, and {} is the paper's\n"
        "network; of a results.json it is the scenario in it. --out adds results.json, CSV tables and plots.gp, which\n"
        "gnuplot draws; with --out and --quiet nothing is printed unless --json or --csv asks for it. Results of\n"
        "another scenario in DIR are replaced with --force only. Drops done when an interrupt comes are kept.",
    .example = "  cfisac run paper.json --set network.aps=64 --out results\n"
               "  cfisac run results/results.json --set pilots.length=2\n"
               "  echo '{}' | cfisac run - --csv > drops.csv\n",
    .argument = "SCENARIO",
    .argument_hint = {.ending = "json"},
    .lists_keys = true,
    .options = {&option_set, &option_out, &option_force, &RUN_FORMATS, &option_threads, &EXPORT_CBF, &CHECK,
                &option_timing, &option_quiet, &option_help},
    .check = check_run,
};
