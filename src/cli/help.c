/* Help texts and the version. */
#include "cli/help.h"

#include "base/clones.h"
#include "cfisac/linalg.h"
#include "cfisac/sweep.h"
#include "cli/message.h"

static int finish_help(void)
{
    cfi_error error;

    return finish_output(&error) == CFI_OK ? EXIT_DONE : report_error(&error);
}

int help_print_command(const cli_command *command)
{
    printf("cfisac %s: %s\n\n", command->name, command->summary);
    printf("Usage: cfisac %s %s\n\n%s\n", command->name, command->usage, command->text);
    printf("\nOptions:\n");
    options_print_help(command, stdout);
    if (command->lists_keys) {
        printf("\nScenario keys, with their defaults (--set takes them as written here):\n%s", scenario_keys_help());
    }
    printf("\nExample:\n%s", command->example);
    return finish_help();
}

int help_print_program(void)
{
    printf("cfisac: simulation, analysis and power allocation of cell-free massive MIMO networks that communicate\n"
           "and sense at once\n\n");
    printf("Usage: cfisac COMMAND [ARGUMENT] [OPTIONS]\n       cfisac --help | --version\n\nCommands:\n");
    for (size_t i = 0; i < command_count; i++) {
        printf("  %-10s  %s\n", command_table[i]->name, command_table[i]->summary);
    }
    printf("\n'cfisac help COMMAND' explains a command, its options and its defaults.\n");
    printf("\nResults go to standard output, everything else to standard error. Exit codes:\n"
           "    0  done\n"
           "    2  wrong command line\n"
           "    3  invalid or unreadable input, or not available in this version\n"
           "    4  every drop is infeasible (the results are written); solve: the problem or its dual is\n"
           "    5  a drop failed (the results of the others are written), or out of memory; solve: not optimal\n"
           "    6  a result could not be written\n"
           "  130  interrupted (the drops that are done are written)\n");
    printf("\nEnvironment:\n"
           "  CFISAC_SIMD  plain, avx2 or avx512: the vectors of the hot loops (default: the widest of this CPU)\n");
    printf("\nExample:\n  echo '{}' | cfisac run -\n");
    return finish_help();
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

void help_print_usage(void)
{
    fprintf(stderr, "usage: cfisac COMMAND [ARGUMENT] [OPTIONS]\ncommands:");
    for (size_t i = 0; i < command_count; i++) {
        fprintf(stderr, " %s", command_table[i]->name);
    }
    fprintf(stderr, "\n'cfisac --help' explains them.\n");
}
