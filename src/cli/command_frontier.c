/* frontier: what a rate costs, of every drop. */
#include "base/text.h"
#include "cfisac/sweep.h"
#include "cli/closing.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/scenario_input.h"
#include "cli/signals.h"

enum { USUAL_POINTS = 9 };

static const cli_option BETWEEN = {
    .kind = OPTION_TEXT,
    .name = "--between",
    .value = "A,B",
    .hint = {.kind = HINT_WORD, .word = frontier_pair},
    .help = "A: sum_rate or max_min_rate; B: crlb, position_error or power",
};
static const cli_option POINTS = {
    .kind = OPTION_NUMBER,
    .name = "--points",
    .value = "N",
    .help = "points between the two ends of a curve, 0 .. 1000 (default: 9)",
    .high = CFI_MOST_FRONTIER_POINTS,
};

/* The mean curve, where the progress bar was. */
static cfi_status show_mean(void *context, const cfi_frontier_curves *curves, cfi_error *error)
{
    progress_clear(context);
    return name_output(report_write_frontier_table(curves, stdout, error), error);
}

static cfi_status run_frontier(const cli_options *options, const cfi_frontier *frontier, cfi_error *error)
{
    progress_bar bar = progress_make(options);
    progress_voice voice = {.options = options, .bar = &bar};
    cfi_closing closing = {.directory = option_text(options, &option_out)};
    closing_voice last = {.voice = &voice, .closing = &closing, .frontier = true};
    cfi_sweep_progress progress;
    cfi_sweep_options how = {.directory = option_text(options, &option_out),
                             .resume = has_option(options, &option_resume),
                             .force = has_option(options, &option_force),
                             .mixed = has_option(options, &option_mixed),
                             .shard = 1,
                             .shards = 1,
                             .threads = (size_t)option_number(options, &option_threads),
                             .stop = signals_catch(),
                             .command_line = options->command_line,
                             .progress = progress_update_sweep,
                             .progress_context = &bar,
                             .warn = {.emit = progress_warn, .context = &voice},
                             .show = options->quiet ? NULL : show_mean,
                             .show_context = &bar};
    cfi_status status = sweep_run_frontier(frontier, &how, &progress, error);

    progress_clear(&bar);
    last.ended = progress.trials > 0 && progress.done == progress.trials;
    status = closing_print(options, &last, status, error);
    if (status == CFI_INTERRUPTED) {
        error_set(error, CFI_INTERRUPTED, "interrupted: %zu of %zu drops %s kept in %.300s; --resume goes on",
                  progress.done, progress.trials, text_by_count(progress.done, "is", "are"), how.directory);
    }
    return status;
}

/* What all ranks do with the scenario that they share. */
static cfi_status trade(const cli_options *options, const cfi_scenario *scenario, cfi_error *error)
{
    size_t points = has_option(options, &POINTS) ? (size_t)option_number(options, &POINTS) : USUAL_POINTS;
    cfi_frontier frontier;
    cfi_status status = frontier_between(option_text(options, &BETWEEN), points, &frontier, error);

    if (status == CFI_OK) {
        status = frontier_ask(scenario, options->argument, &frontier, error);
    }
    if (status == CFI_OK) {
        warn_of_scenario(options, frontier.rate_end); /* without the limit of B that the curve does not look at */
        status = run_frontier(options, &frontier, error);
        status = scenario_place_error(scenario, status, error);
    }
    frontier_free(&frontier);
    return status;
}

/* Of what the scenario says some is not asked: trade() warns of what is. */
static cfi_status read_quietly(const cli_options *options, cfi_scenario **scenario, cfi_error *error)
{
    return scenario_read(options->argument, options->setting, options->settings, scenario, error);
}

static int cli_frontier(const cli_options *options)
{
    return run_on_ranks(options, read_quietly, trade);
}

static cfi_status check_frontier(const cli_options *options, cfi_error *error)
{
    cfi_frontier words;

    if (has_option(options, &option_resume) && has_option(options, &option_force)) {
        return usage_error(options, error, "--resume and --force exclude each other");
    }
    if (!has_option(options, &BETWEEN)) {
        return option_missing(options, &BETWEEN, "", error);
    }
    if (!has_option(options, &option_out)) {
        return option_missing(options, &option_out, "", error);
    }
    return frontier_between(option_text(options, &BETWEEN), 0, &words, error);
}

const cli_command command_frontier = {
    .name = "frontier",
    .run = cli_frontier,
    .usage = "SCENARIO --between A,B [--points N] [--set KEY=VALUE]... --out DIR\n"
             "                       [--resume | --force] [--mixed] [--threads N] [--quiet]",
    .summary = "what a rate costs in sensing or power, a curve for each drop",
    .text =
        "Draws, for each drop, the curve of the best A for each B: from the best A whatever B is, through points\n"
        "at equal relative positions between the ends, to the least B and the best A there. The two ends are found by "
        "their\n"
        "objectives (sum_rate or max_min_rate; min_crlb, min_position_error or min_power), all that else the scenario\n"
        "asks for is held along the curve, and each point starts from its neighbour. DIR/frontier.ndjson gets a line\n"
        "a drop; at the end DIR/frontier.csv has a row per drop and position, DIR/frontier_mean.csv the mean curve,\n"
        "and gnuplot plots.gp in DIR draws both. Interrupted and gone on with like a sweep, also under mpirun.",
    .example = "  cfisac frontier paper.json --between sum_rate,crlb --out trade\n"
               "  cfisac frontier paper.json --between sum_rate,crlb --out trade --resume \\\n"
               "    --set monte_carlo.drops=100\n",
    .argument = "SCENARIO",
    .argument_hint = {.ending = "json"},
    .lists_keys = true,
    .options = {&BETWEEN, &POINTS, &option_set, &option_out, &option_resume, &option_force, &option_mixed,
                &option_threads, &option_quiet, &option_help},
    .check = check_frontier,
};
