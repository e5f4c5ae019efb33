/* The options that several commands have. */
#include "base/threads.h"
#include "cfisac/sweep.h"
#include "cli/options.h"

const cli_option option_set = {
    .kind = OPTION_SETTING,
    .name = "--set",
    .value = "KEY=VALUE",
    .help = "change a key of the scenario; may be repeated",
};
const cli_option option_out = {.kind = OPTION_TEXT,
                               .name = "--out",
                               .value = "DIR",
                               .hint = {.kind = HINT_DIRECTORY},
                               .help = "where the files go"};
const cli_option option_resume = {
    .kind = OPTION_FLAG, .name = "--resume", .help = "go on with what DIR holds; starts anew if there is nothing"};
const cli_option option_force = {
    .kind = OPTION_FLAG, .name = "--force", .help = "start anew and replace what DIR holds, whatever it is"};
const cli_option option_threads = {
    .kind = OPTION_NUMBER,
    .name = "--threads",
    .value = "N",
    .help = "threads; the results do not depend on it",
    .low = 1,
    .high = MOST_THREADS,
    .standard = sweep_default_threads,
};
const cli_option option_mixed = {
    .kind = OPTION_FLAG,
    .name = "--mixed",
    .help = "take what another build or BLAS kernel has computed, too; sweep.json and the "
            "lines say which",
};
const cli_option option_timing = {
    .kind = OPTION_FLAG,
    .name = "--timing",
    .help = "add allocation.solve_seconds to the JSON, print the wall time on standard error",
};
const cli_option option_quiet = {
    .kind = OPTION_FLAG, .name = "--quiet", .help = "no warnings and no progress; errors still print"};
const cli_option option_help = {.kind = OPTION_FLAG, .name = "--help", .help = "this text"};

size_t threads_asked(const cli_options *options)
{
    return has_option(options, &option_threads) ? (size_t)option_number(options, &option_threads)
                                                : sweep_default_threads();
}
