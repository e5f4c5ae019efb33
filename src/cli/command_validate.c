/* validate: a scenario with every default filled in. */
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/scenario_input.h"

static int cli_validate(const cli_options *options)
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

const cli_command command_validate = {
    .name = "validate",
    .run = cli_validate,
    .usage = "SCENARIO [--set KEY=VALUE]... [--quiet]",
    .summary = "check a scenario and print it with every default filled in",
    .text = "Checks a scenario and prints it as JSON with every default filled in; runs nothing. What it prints is\n"
            "again a scenario, with the same results. An error is one line, FILE: /json/pointer: what is wrong.",
    .example = "  cfisac validate paper.json --set network.ues=8 > paper-8.json\n",
    .argument = "SCENARIO",
    .argument_hint = {.ending = "json"},
    .lists_keys = true,
    .options = {&option_set, &option_quiet, &option_help},
};
