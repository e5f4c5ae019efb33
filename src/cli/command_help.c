/* help: the texts of the program, of its commands and of the scenario's keys. */
#include "cli/commands.h"
#include "cli/help.h"

static int cli_help(const cli_options *options)
{
    return options->argument ? help_print(options->argument) : help_print_program();
}

const cli_command command_help = {
    .name = "help",
    .run = cli_help,
    .usage = "[COMMAND | KEY | TOPIC]",
    .summary = "explain the program, a command, or a key of the scenario",
    .text =
        "Explains a command, a key of the scenario (its default, unit, range and meaning), the keys of a section, all "
        "keys whose name ends with a word, or a topic: keys, exit-codes, environment. Without any it lists commands "
        "and topics.",
    .example = "  cfisac help run\n"
               "  cfisac help pilots.length\n"
               "  cfisac help pilots\n"
               "  cfisac help exit-codes\n",
    .argument = "NAME",
    .argument_hint = {.kind = HINT_TOPIC},
    .argument_optional = true,
    .options = {&option_quiet, &option_help},
};
