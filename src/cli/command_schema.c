/* schema: the JSON Schema of scenarios. */
#include "cli/commands.h"
#include "cli/message.h"

static int cli_schema(const cli_options *options)
{
    (void)options;
    return print_text(scenario_schema_json());
}

const cli_command command_schema = {
    .name = "schema",
    .run = cli_schema,
    .usage = "[--quiet]",
    .summary = "print the JSON Schema of scenarios",
    .text = "Prints the JSON Schema (draft 2020-12) of scenarios: every key with its range, default and meaning.",
    .example = "  cfisac schema > scenario.schema.json\n",
    .options = {&option_quiet, &option_help},
};
