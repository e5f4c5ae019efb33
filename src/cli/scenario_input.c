/* Reading the scenario that a command line names, and what all ranks then do with it. */
#include "cli/scenario_input.h"

#include "cfisac/sweep.h"
#include "cli/message.h"

#include <string.h>

void warn_of_scenario(const cli_options *options, const cfi_scenario *scenario)
{
    const char *const *line;
    size_t count = scenario_warnings(scenario, &line);

    for (size_t i = 0; i < count; i++) {
        report_warning(options, line[i]);
    }
}

cfi_status read_scenario(const cli_options *options, cfi_scenario **scenario, cfi_error *error)
{
    cfi_status status = scenario_read(options->argument, options->setting, options->settings, scenario, error);

    if (status == CFI_OK) {
        warn_of_scenario(options, *scenario);
    }
    return status;
}

int run_on_ranks(const cli_options *options,
                 cfi_status (*prepare)(const cli_options *options, cfi_scenario **scenario, cfi_error *error),
                 cfi_status (*work)(const cli_options *options, const cfi_scenario *scenario, cfi_error *error))
{
    cfi_scenario *scenario = NULL;
    cfi_error error = {.status = CFI_OK};
    cli_options how = *options;
    size_t rank;
    cfi_status status = sweep_join(&rank, &error);
    int code = EXIT_DONE;

    if (status != CFI_OK) { /* each rank for itself: there are no others yet */
        return report_error(&error);
    }
    how.quiet = how.quiet || rank > 0; /* one rank speaks, and only what all agree on */
    status = rank == 0 ? prepare(&how, &scenario, &error) : CFI_OK;
    status = sweep_share_scenario(status, how.argument, &scenario, &error);
    if (status == CFI_OK) {
        status = work(&how, scenario, &error);
    }
    if (status != CFI_OK) { /* before the ranks part: a launcher ends those that are left when one ends with an error */
        code = rank > 0 ? exit_code(status) : report_error(&error);
    }
    scenario_destroy(scenario);
    sweep_leave();
    return code;
}
