/* The list of commands. Each stands in a file of its own, with its options. */
#ifndef CFISAC_CLI_COMMANDS_H
#define CFISAC_CLI_COMMANDS_H

#include "cli/options.h"

extern const cli_command *const command_table[];
extern const size_t command_count;

/* NULL and an error that suggests the nearest name when there is none. */
const cli_command *command_find(const char *name, cfi_error *error);

#endif
