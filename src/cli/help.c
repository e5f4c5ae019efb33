/* Help texts, the version, and how to cite the program. */
#include "cli/help.h"

#include "base/clones.h"
#include "base/wrap.h"
#include "cfisac/linalg.h"
#include "cfisac/sweep.h"
#include "cli/message.h"

#include <string.h>

enum {
    COMMAND_COLUMN = 15, /* where a list of commands or topics says what they are */
    CODE_COLUMN = 7      /* where the list of exit codes says what they mean */
};

static int finish_help(void)
{
    cfi_error error;

    return finish_output(&error) == CFI_OK ? EXIT_DONE : report_error(&error);
}

/* ------------------------------------------------------------------------------------ topics ---- */

static const struct {
    int code;
    const char *meaning;
} exit_codes[] = {
    {EXIT_DONE, "done"},
    {EXIT_USAGE, "wrong command line"},
    {EXIT_INVALID, "invalid or unreadable input, or not available in this version"},
    {EXIT_INFEASIBLE, "every drop is infeasible (the results are written); solve: the problem or its dual is"},
    {EXIT_FAILED, "a drop failed (the results of the others are written), or out of memory; solve: not optimal"},
    {EXIT_OUTPUT, "a result could not be written"},
    {EXIT_INTERRUPTED, "interrupted (the drops that are done are written)"},
};

static void print_exit_codes(void)
{
    printf("Exit codes:\n");
    for (size_t i = 0; i < sizeof exit_codes / sizeof *exit_codes; i++) {
        printf("%*d  ", CODE_COLUMN - 2, exit_codes[i].code);
        wrap_text(stdout, exit_codes[i].meaning, CODE_COLUMN, CODE_COLUMN);
    }
    fputc('\n', stdout);
    wrap_text(stdout,
              "Results go to standard output, everything else to standard error. A reader that closes a pipe has had "
              "enough, which is no error.",
              0, 0);
}

static void print_environment(void)
{
    printf("Environment:\n  CFISAC_SIMD  ");
    wrap_text(stdout, "plain, avx2 or avx512: the vectors of the hot loops (default: the widest of this CPU)", 15, 15);
    printf("  NO_COLOR     ");
    wrap_text(stdout, "when it is set, no colours; there are none but on a terminal", 15, 15);
}

static void print_keys(void)
{
    printf("Scenario keys, with their defaults (--set takes them as written here):\n");
    scenario_keys_help(stdout);
    printf("'cfisac help KEY' says all of one key, 'cfisac help SECTION' of a section.\n");
}

const help_topic help_topics[] = {
    {"keys", "every key of a scenario", print_keys},
    {"exit-codes", "what the exit codes mean", print_exit_codes},
    {"environment", "variables that the program reads", print_environment},
};
enum { TOPICS = sizeof help_topics / sizeof *help_topics };
const size_t help_topic_count = TOPICS;

/* ---------------------------------------------------------------------------------- commands ---- */

int help_print_command(const cli_command *command)
{
    printf("cfisac %s: ", command->name);
    wrap_text(stdout, command->summary, strlen("cfisac : ") + strlen(command->name), 4);
    printf("\nUsage: cfisac %s ", command->name);
    wrap_text(stdout, command->usage, strlen("Usage: cfisac  ") + strlen(command->name),
              strlen("Usage: cfisac  ") + strlen(command->name));
    fputc('\n', stdout);
    wrap_text(stdout, command->text, 0, 0);
    printf("\nOptions:\n");
    options_print_help(command, stdout);
    if (command->lists_keys) {
        fputc('\n', stdout);
        print_keys();
    }
    printf("\nExample:\n%s", command->example);
    return finish_help();
}

static void print_summary(const char *name, const char *summary)
{
    printf("  %-*s  ", COMMAND_COLUMN - 4, name);
    wrap_text(stdout, summary, COMMAND_COLUMN, COMMAND_COLUMN);
}

int help_print_program(void)
{
    wrap_text(stdout,
              "cfisac: simulation, analysis and power allocation of cell-free massive MIMO networks that communicate "
              "and sense at once",
              0, 8);
    printf("\nUsage: cfisac COMMAND [ARGUMENT] [OPTIONS]\n"
           "       cfisac --help [COMMAND | KEY | TOPIC] | --version | --cite\n\nCommands:\n");
    for (size_t i = 0; i < command_count; i++) {
        print_summary(command_table[i]->name, command_table[i]->summary);
    }
    printf("\nTopics:\n");
    for (size_t i = 0; i < TOPICS; i++) {
        print_summary(help_topics[i].name, help_topics[i].summary);
    }
    fputc('\n', stdout);
    wrap_text(stdout,
              "'cfisac help COMMAND' explains a command, its options and its defaults, 'cfisac help KEY' a key of the "
              "scenario, such as pilots.length, or a section, such as pilots. 'cfisac --cite' is BibTeX.",
              0, 0);
    fputc('\n', stdout);
    print_exit_codes();
    fputc('\n', stdout);
    print_environment();
    printf("\nExample:\n  echo '{}' | cfisac run -\n");
    return finish_help();
}

/* ----------------------------------------------------------------------------- anything else ---- */

/* The nearest of commands, topics, and the nearest key or section; that one where none of them is near by its letters.
 */
static const char *nearest_help(const char *name)
{
    enum { EXPLAINED_NAMES = 64 };
    const char *key = scenario_nearest_key(name), *names[EXPLAINED_NAMES], *nearest;
    size_t count = 0;

    for (size_t i = 0; i < command_count && count < EXPLAINED_NAMES - TOPICS - 1; i++) {
        names[count++] = command_table[i]->name;
    }
    for (size_t i = 0; i < TOPICS; i++) {
        names[count++] = help_topics[i].name;
    }
    if (key) {
        names[count++] = key;
    }
    nearest = nearest_word(name, names, count);
    return nearest ? nearest : key;
}

int help_print(const char *name)
{
    const char *nearest;
    cfi_error error;

    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(command_table[i]->name, name) == 0) {
            return help_print_command(command_table[i]);
        }
    }
    for (size_t i = 0; i < TOPICS; i++) {
        if (strcmp(help_topics[i].name, name) == 0) {
            help_topics[i].print();
            return finish_help();
        }
    }
    if (scenario_help(name, stdout)) {
        return finish_help();
    }
    nearest = nearest_help(name);
    error_set(&error, CFI_USAGE, "no command, key or topic %.60s%s%s%s; see 'cfisac help'", name,
              nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "");
    return report_error(&error);
}

int help_print_version(void)
{
    printf("cfisac %s\n", report_version());
    printf("released  %s\n", report_released());
    printf("git       %s\n", report_git_hash());
    printf("compiler  %s\n", report_compiler());
    printf("BLAS      %s (core %s)\n", linalg_blas_config(), report_blas_core());
    printf("vectors   %s\n", simd_name(simd_chosen));
    printf("MPI       %s\n", sweep_has_mpi() ? "yes" : "no");
    return finish_help();
}

int help_print_citation(void)
{
    report_write_citation(stdout);
    return finish_help();
}

void help_print_usage(void)
{
    fprintf(stderr, "usage: cfisac COMMAND [ARGUMENT] [OPTIONS]\ncommands:");
    for (size_t i = 0; i < command_count; i++) {
        fprintf(stderr, " %s", command_table[i]->name);
    }
    fprintf(stderr, "\n'cfisac --help' explains them.\n");
}
