/* The way in: which command, then its options. */
#include "cli/cli.h"

#include "base/clones.h"
#include "base/threads.h"
#include "cfisac/linalg.h"
#include "cli/commands.h"
#include "cli/early.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/signals.h"

#include <gsl/gsl_errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Characters that a shell takes as they are. */
static bool is_plain(const char *word)
{
    return *word &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./,:+%@")] == '\0';
}

/* The command line as one could type it again, or NULL. Free with free(). */
static char *join_words(int argc, char **argv)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (!stream) {
        return NULL;
    }
    for (int i = 0; i < argc; i++) {
        const char *quote = is_plain(argv[i]) ? "" : "'";

        fprintf(stream, "%s%s", i > 0 ? " " : "", quote);
        for (const char *c = argv[i]; *c; c++) {
            fputs(*c == '\'' ? "'\\''" : (char[2]){*c, '\0'}, stream);
        }
        fputs(quote, stream);
    }
    return fclose(stream) == 0 ? text : NULL;
}

static int run_command(const cli_command *command, int argc, char **argv, const char *command_line)
{
    cli_options options = {.command_line = command_line};
    cfi_error error = {.status = CFI_OK};
    cfi_status status;
    int code;

    status = options_parse(command, argc, argv, &options, &error);
    if (status != CFI_OK) {
        code = report_error(&error);
    } else if (has_option(&options, &option_help)) {
        code = help_print_command(command);
    } else {
        code = command->run(&options);
    }
    options_free(&options);
    return code;
}

const sole_option sole_options[] = {
    {"--help", "-h", "explain the program, a command, a key or a topic", NULL},
    {"--version", "-V", "print the version, and what the program was built with", help_print_version},
    {"--cite", NULL, "print BibTeX of the program and the paper", help_print_citation},
};
enum { SOLE_OPTIONS = sizeof sole_options / sizeof *sole_options };
const size_t sole_option_count = SOLE_OPTIONS;

static int refuse_option(const char *word)
{
    const char *names[SOLE_OPTIONS], *nearest;
    cfi_error error;

    for (size_t i = 0; i < SOLE_OPTIONS; i++) {
        names[i] = sole_options[i].name;
    }
    nearest = nearest_word(word, names, SOLE_OPTIONS);
    if (nearest) {
        error_set(&error, CFI_USAGE, "unknown option %.60s (did you mean %s?); see 'cfisac help'", word, nearest);
    } else {
        error_set(&error, CFI_USAGE,
                  "unknown option %.60s (a command's options come after its name); see 'cfisac help'", word);
    }
    return report_error(&error);
}

/* One of them, and what follows it. */
static int run_option(int argc, char **argv, const char *command_line)
{
    size_t i = 0;
    cfi_error error;

    while (i < SOLE_OPTIONS && strcmp(argv[0], sole_options[i].name) != 0 &&
           !(sole_options[i].letter && strcmp(argv[0], sole_options[i].letter) == 0)) {
        i++;
    }
    if (i == SOLE_OPTIONS) {
        return refuse_option(argv[0]);
    }
    if (!sole_options[i].print) {
        return run_command(command_find("help", &error), argc - 1, argv + 1, command_line);
    }
    if (argc > 1) {
        error_set(&error, CFI_USAGE, "%s stands alone, but got %.60s; see 'cfisac help'", argv[0], argv[1]);
        return report_error(&error);
    }
    return sole_options[i].print();
}

/* A command or one of those options. */
static int run_words(int argc, char **argv, const char *command_line)
{
    const cli_command *command;
    cfi_error error;

    if (argv[0][0] == '-') {
        return run_option(argc, argv, command_line);
    }
    command = command_find(argv[0], &error);
    return command ? run_command(command, argc - 1, argv + 1, command_line) : report_error(&error);
}

/* Freed memory stays with the process: a second solve or drop touches no new page, and touching one costs more than
 * most of what is then done with it. Only glibc takes such advice. */
static void keep_memory(void)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}

/* OpenMP ends the process where it finds no memory for a team of threads; the exit code is ours all the same. */
static void end_of_openmp(void)
{
    if (threads_starting()) {
        fputs("cfisac: out of memory for threads\n", stderr);
        _exit(EXIT_FAILED);
    }
}

int cli_main(int argc, char **argv)
{
    char *command_line;
    cfi_error error;
    int code;

    early_link();
    keep_memory();
    atexit(end_of_openmp);
    linalg_single_thread();
    gsl_set_error_handler_off();
    signals_prepare();
    if (simd_check(&error) != CFI_OK) {
        return report_error(&error);
    }
    if (argc < 2) {
        help_print_usage();
        return EXIT_USAGE;
    }
    command_line = join_words(argc, argv);
    if (!command_line) {
        error_set(&error, CFI_NO_MEMORY, "out of memory for the command line");
        return report_error(&error);
    }
    code = run_words(argc - 1, argv + 1, command_line);
    free(command_line);
    return code;
}
