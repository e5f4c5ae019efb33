/* help: the texts of the program and of its commands. */
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/message.h"

static int cli_help(const cli_options *options)
{
    const cli_command *command;
    cfi_error error;

    if (!options->argument) {
        return help_print_program();
    }
    command = command_find(options->argument, &error);
    return command ? help_print_command(command) : report_error(&error);
}

const cli_command command_help = {
    .name = "help",
    .run = cli_help,
    .usage = "[COMMAND]",
    .summary = "explain the program or a command",
    .text = "Explains a command, or lists the commands.",
    .example = "  cfisac help run\n",
    .argument = "COMMAND",
    .argument_hint = {.kind = HINT_TOPIC},
    .argument_optional = true,
    .options = {&option_quiet, &option_help},
};
