/* replay: one drop again, with the network that was drawn. */
#include "cfisac/linalg.h"
#include "cfisac/sweep.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/scenario_input.h"
#include "cli/signals.h"

static const cli_option DROP = {
    .kind = OPTION_NUMBER,
    .name = "--drop",
    .value = "I",
    .help = "index of the drop, from 0; it may lie beyond monte_carlo.drops",
    .high = 2147483647,
};

static cfi_status replay_drop(const cli_options *options, const cfi_scenario *scenario, cfi_arena *arena,
                              cfi_error *error)
{
    cfi_trial_options how = {.threads = threads_asked(options), .alloc = {.stop = signals_catch()}};
    cfi_record record;
    cfi_results results = {
        .scenario = scenario, .record = &record, .count = 1, .solve_seconds = has_option(options, &option_timing)};
    cfi_status status = linalg_prepare(&how.threads, error);

    if (status == CFI_OK) {
        status =
            trial_run(scenario_system(scenario), (uint32_t)option_number(options, &DROP), &how, arena, &record, error);
    }
    status = scenario_place_error(scenario, status, error);
    if (status == CFI_OK) {
        status = name_output(report_write_replay(&results, stdout, error), error);
    }
    return status == CFI_OK ? report_verdict(&results, error) : status;
}

static int cli_replay(const cli_options *options)
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

static cfi_status check_replay(const cli_options *options, cfi_error *error)
{
    return has_option(options, &DROP) ? CFI_OK : option_missing(options, &DROP, "", error);
}

const cli_command command_replay = {
    .name = "replay",
    .run = cli_replay,
    .usage = "SCENARIO --drop I [--set KEY=VALUE]... [--threads N] [--timing] [--quiet]",
    .summary = "compute one drop again, with the network that was drawn",
    .text =
        "Computes drop I alone and prints its object of results.json with one more member, \"network\": positions,\n"
        "gains, angles, pilots and estimation variances. A drop is defined by the seed and its index.",
    .example = "  cfisac replay paper.json --drop 7 > drop-7.json\n",
    .argument = "SCENARIO",
    .argument_hint = {.ending = "json"},
    .options = {&option_set, &DROP, &option_threads, &option_timing, &option_quiet, &option_help},
    .check = check_replay,
};
