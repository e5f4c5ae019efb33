/* merge: the shards of a sweep joined. */
#include "cfisac/sweep.h"
#include "cli/commands.h"
#include "cli/message.h"

static int cli_merge(const cli_options *options)
{
    cfi_error error = {.status = CFI_OK};
    cfi_merge_options how = {.directory = option_text(options, &option_out),
                             .force = has_option(options, &option_force),
                             .mixed = has_option(options, &option_mixed),
                             .shard_directory = options->arguments,
                             .shards = options->argument_count,
                             .warn = {.emit = pass_warning, .context = (void *)options}};

    return sweep_merge(&how, &error) == CFI_OK ? EXIT_DONE : report_error(&error);
}

static cfi_status check_merge(const cli_options *options, cfi_error *error)
{
    return has_option(options, &option_out) ? CFI_OK : option_missing(options, &option_out, "", error);
}

const cli_command command_merge = {
    .name = "merge",
    .run = cli_merge,
    .usage = "--out DIR [--force] [--mixed] [--quiet] SHARD_DIR...",
    .summary = "join the shards of a sweep",
    .text = "Joins the finished shards of one sweep, in any order, into the files that one run would have written.",
    .example = "  cfisac sweep paper.json --over network.aps=8,16 --shard 1/2 --out s1\n"
               "  cfisac sweep paper.json --over network.aps=8,16 --shard 2/2 --out s2\n"
               "  cfisac merge --out whole s1 s2\n",
    .argument = "SHARD_DIR",
    .argument_hint = {.kind = HINT_DIRECTORY},
    .argument_repeats = true,
    .options = {&option_out, &option_force, &option_mixed, &option_quiet, &option_help},
    .check = check_merge,
};
