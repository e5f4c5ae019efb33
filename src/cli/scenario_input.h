/* Reading the scenario that a command line names, and what all ranks then do with it. */
#ifndef CFISAC_CLI_SCENARIO_INPUT_H
#define CFISAC_CLI_SCENARIO_INPUT_H

#include "cli/options.h"

/* Reads options->argument with its --set, and prints the scenario's warnings. */
cfi_status read_scenario(const cli_options *options, cfi_scenario **scenario, cfi_error *error);

/* Prints the warnings of a scenario. */
void warn_of_scenario(const cli_options *options, const cfi_scenario *scenario);

/* Rank 0 alone reads the scenario, by `prepare`, and speaks; all ranks then `work` on it. The first error is told once
 * and ends all. Returns the exit code. */
int run_on_ranks(const cli_options *options,
                 cfi_status (*prepare)(const cli_options *options, cfi_scenario **scenario, cfi_error *error),
                 cfi_status (*work)(const cli_options *options, const cfi_scenario *scenario, cfi_error *error));

#endif
