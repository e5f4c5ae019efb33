/* Reading the scenario that a command line names. */
#include "cli/scenario_input.h"

#include "cli/message.h"

cfi_status read_scenario(const cli_options *options, cfi_scenario **scenario, cfi_error *error)
{
    const char *const *line;
    size_t count;
    cfi_status status = scenario_read(options->argument, options->setting, options->settings, scenario, error);

    if (status == CFI_OK) {
        count = scenario_warnings(*scenario, &line);
        for (size_t i = 0; i < count; i++) {
            report_warning(options, line[i]);
        }
    }
    return status;
}

void name_input(const cli_options *options, cfi_status status, cfi_error *error)
{
    cfi_error cause = *error;

    if (status == CFI_INVALID && cause.text[0] == '/') {
        error_set(error, CFI_INVALID, "%.300s: %s", options->argument, cause.text);
    }
}
