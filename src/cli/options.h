/* Strict parsing of what follows the command's name. */
#ifndef CFISAC_CLI_OPTIONS_H
#define CFISAC_CLI_OPTIONS_H

#include "cfisac/scenario.h"

#include <stdio.h>

/* Bits of cli_command.options. */
enum {
    OPTION_SET = 1 << 0,
    OPTION_OUT = 1 << 1,
    OPTION_JSON = 1 << 2,
    OPTION_CSV = 1 << 3,
    OPTION_DROP = 1 << 4,
    OPTION_THREADS = 1 << 5,
    OPTION_EXPORT_CBF = 1 << 6,
    OPTION_TIMING = 1 << 7,
    OPTION_QUIET = 1 << 8,
    OPTION_HELP = 1 << 9,
    OPTION_OVER = 1 << 10,
    OPTION_RESUME = 1 << 11,
    OPTION_FORCE = 1 << 12,
    OPTION_SHARD = 1 << 13,
    OPTION_DRY_RUN = 1 << 14,
    OPTION_CHECK = 1 << 16,
    OPTION_REPEAT = 1 << 17,
    OPTION_MIXED = 1 << 18,
    OPTION_TIME_LIMIT = 1 << 19,
    OPTION_OUT_NEEDED = 1 << 15 /* no option: --out may not be left out, unless --dry-run is there */
};

typedef struct cli_options {
    unsigned given;         /* bits of the options that were there */
    const char *argument;   /* the positional argument, or the first of them, or NULL */
    const char **arguments; /* all of them */
    size_t argument_count;
    cfi_setting *setting; /* of --set and --over; the keys are copies */
    size_t settings;
    const char *out, *export_cbf;
    uint64_t drop, threads;   /* threads: 0 unless given */
    uint64_t repeat;          /* 0 unless given */
    double time_limit;        /* seconds; 0 unless given */
    uint64_t shard, shards;   /* 0 unless given */
    const char *command_line; /* as typed, for timing.json */
} cli_options;

struct cli_command;

/* Parses argv[0 .. argc - 1] by the command's mask of options; stops at --help. CFI_USAGE, CFI_NO_MEMORY. Free with
 * options_free in every case. */
cfi_status options_parse(const struct cli_command *command, int argc, char **argv, cli_options *options,
                         cfi_error *error);
void options_free(cli_options *options);

static inline bool has_option(const cli_options *options, unsigned bit)
{
    return (options->given & bit) != 0;
}

/* "  --threads N   ... (default: 2)" for each option of the mask. */
void options_print_help(unsigned mask, FILE *stream);

#endif
