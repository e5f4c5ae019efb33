/* merge: the shards of a sweep joined. */
#include "cfisac/sweep.h"
#include "cli/closing.h"
#include "cli/commands.h"
#include "cli/message.h"

static int cli_merge(const cli_options *options)
{
    progress_bar bar = progress_make(options);
    progress_voice voice = {.options = options, .bar = &bar};
    cfi_closing closing = {.directory = option_text(options, &option_out), .shard = 1, .shards = 1};
    closing_voice last = {.voice = &voice, .closing = &closing};
    cfi_error error = {.status = CFI_OK};
    cfi_merge_options how = {.directory = option_text(options, &option_out),
                             .force = has_option(options, &option_force),
                             .mixed = has_option(options, &option_mixed),
                             .shard_directory = options->arguments,
                             .shards = options->argument_count,
                             .progress = progress_update,
                             .progress_context = &bar,
                             .warn = {.emit = closing_warn, .end = closing_note, .context = &last}};
    cfi_status status = sweep_merge(&how, &error);

    progress_clear(&bar);
    return closing_print(options, &last, status, &error) == CFI_OK ? EXIT_DONE : report_error(&error);
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
