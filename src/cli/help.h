/* Help texts and the version on standard output; each returns the exit code. */
#ifndef CFISAC_CLI_HELP_H
#define CFISAC_CLI_HELP_H

#include "cli/commands.h"

/* What help explains besides commands and keys. */
typedef struct help_topic {
    const char *name, *summary;
    void (*print)(void);
} help_topic;
extern const help_topic help_topics[];
extern const size_t help_topic_count;

int help_print_command(const cli_command *command);
int help_print_program(void);
/* Of a command, a topic, a key of the scenario or a section of it; an error that suggests the nearest for any other. */
int help_print(const char *name);
int help_print_version(void);
/* BibTeX of the program and the paper. */
int help_print_citation(void);
/* The short usage on standard error, for a command line without a command. */
void help_print_usage(void);

#endif
