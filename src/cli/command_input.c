/* The commands that run nothing: validate, schema. */
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/scenario_input.h"

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

int command_validate(const cli_options *options)
{
    cfi_scenario *scenario = NULL;
    cfi_error error;
    int code;

    if (read_scenario(options, &scenario, &error) != CFI_OK) {
        return report_error(&error);
    }
    code = print_text(scenario_resolved_json(scenario));
    scenario_destroy(scenario);
    return code;
}

int command_schema(const cli_options *options)
{
    (void)options;
    return print_text(scenario_schema_json());
}
