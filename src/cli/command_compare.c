/* compare: two results of the same drops. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/message.h"

static const cli_option KEY = {
    .kind = OPTION_TEXT,
    .name = "--key",
    .value = "K",
    .hint = {.kind = HINT_WORD, .word = report_number_column},
    .help = "the number that is compared, a column of drops.csv (of a frontier: of frontier.csv)",
};
static const cli_option CSV = {.kind = OPTION_FLAG, .name = "--csv", .help = "print a row per place and key as CSV"};

static int cli_compare(const cli_options *options)
{
    cfi_comparison *comparison = NULL;
    cfi_error error = {.status = CFI_OK};
    cfi_status status =
        report_compare(options->arguments[0], options->arguments[1], option_text(options, &KEY), &comparison, &error);

    if (status == CFI_OK) {
        status = has_option(options, &CSV) ? report_write_comparison_csv(comparison, stdout, &error)
                                           : report_write_comparison_table(comparison, stdout, &error);
        status = name_output(status, &error);
    }
    if (status == CFI_OK) {
        status = report_comparison_verdict(comparison, &error);
    }
    report_comparison_free(comparison);
    return status == CFI_OK ? EXIT_DONE : report_error(&error);
}

static cfi_status check_compare(const cli_options *options, cfi_error *error)
{
    return options->argument_count == 2
               ? CFI_OK
               : usage_error(options, error, "two directories are compared, but %zu %s given", options->argument_count,
                             text_by_count(options->argument_count, "is", "are"));
}

const cli_command command_compare = {
    .name = "compare",
    .run = cli_compare,
    .usage = "DIR DIR [--key K] [--csv] [--quiet]",
    .summary = "paired differences of two results of the same drops",
    .text =
        "Compares what two directories hold, drop by drop: two runs, two sweeps (points that set the same values) or\n"
        "two frontiers (positions). Their scenarios must draw the same drops (seed, network, propagation, target);\n"
        "in what else they differ is told. Prints the means over the pairs, the mean of the second minus the first,\n"
        "and its standard error, which is smaller than that of the means where the drops do alike. A drop that has\n"
        "no number in one of the two is left out of both, and counted. What differs by a trillionth (1e-12) of the "
        "largest\n"
        "number of its row at most is rounding, and equal.",
    .example = "  cfisac run paper.json --out a\n"
               "  cfisac run paper.json --set allocation.method=heuristic --out b\n"
               "  cfisac compare a b --key sum_rate_bit_s_hz\n",
    .argument = "DIR",
    .argument_hint = {.kind = HINT_DIRECTORY},
    .argument_repeats = true,
    .options = {&KEY, &CSV, &option_quiet, &option_help},
    .check = check_compare,
};
