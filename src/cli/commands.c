/* The list of commands: each has a file of its own, command_NAME.c. */
#include "cli/commands.h"

#include <string.h>

extern const cli_command command_run, command_sweep, command_merge, command_frontier, command_plot, command_compare,
    command_validate, command_replay, command_solve, command_schema, command_help;

const cli_command *const command_table[] = {
    &command_run,      &command_sweep,  &command_merge, &command_frontier, &command_plot, &command_compare,
    &command_validate, &command_replay, &command_solve, &command_schema,   &command_help,
};
const size_t command_count = sizeof command_table / sizeof(const cli_command *);

const cli_command *command_find(const char *name, cfi_error *error)
{
    const char *names[sizeof command_table / sizeof(const cli_command *)], *nearest;

    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(command_table[i]->name, name) == 0) {
            return command_table[i];
        }
        names[i] = command_table[i]->name;
    }
    nearest = nearest_word(name, names, command_count);
    if (nearest) {
        error_set(error, CFI_USAGE, "unknown command %.60s (did you mean %s?); see 'cfisac help'", name, nearest);
    } else {
        error_set(error, CFI_USAGE, "unknown command %.60s; see 'cfisac help'", name);
    }
    return NULL;
}
