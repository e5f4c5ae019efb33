/* completion: what a shell needs to complete the command line. */
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/message.h"

#include <string.h>

static bool shell_name(size_t index, char *text, size_t size)
{
    if (index >= completion_shell_count) {
        return false;
    }
    snprintf(text, size, "%s", completion_shells[index].name);
    return true;
}

static const completion_shell *find_shell(const char *name)
{
    for (size_t i = 0; i < completion_shell_count; i++) {
        if (strcmp(completion_shells[i].name, name) == 0) {
            return &completion_shells[i];
        }
    }
    return NULL;
}

static int cli_completion(const cli_options *options)
{
    cfi_error error;

    completion_write(find_shell(options->argument), stdout);
    return finish_output(&error) == CFI_OK ? EXIT_DONE : report_error(&error);
}

static cfi_status check_completion(const cli_options *options, cfi_error *error)
{
    return find_shell(options->argument)
               ? CFI_OK
               : usage_error(options, error, "%.60s is no shell (allowed: bash, zsh, fish)", options->argument);
}

const cli_command command_completion = {
    .name = "completion",
    .run = cli_completion,
    .usage = "SHELL [--quiet]",
    .summary = "print what completes the command line in bash, zsh or fish",
    .text =
        "Prints a script by which a shell, bash, zsh or fish, completes commands, options, keys of scenarios, their "
        "words, and files. An installation has it where the shells look for it; without one, a line as below makes "
        "it known to the shell that runs.",
    .example = "  source <(cfisac completion bash)\n"
               "  cfisac completion zsh > ~/.zfunc/_cfisac\n"
               "  cfisac completion fish | source\n",
    .argument = "SHELL",
    .argument_hint = {.kind = HINT_WORD, .word = shell_name},
    .options = {&option_quiet, &option_help},
    .check = check_completion,
};
