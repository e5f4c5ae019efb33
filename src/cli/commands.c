/* The table of commands. */
#include "cli/commands.h"

#include <string.h>

const cli_command command_table[] = {
    {.name = "run",
     .function = command_run,
     .usage = "SCENARIO [--set KEY=VALUE]... [--out DIR [--force]] [--json | --csv]\n"
              "                  [--threads N] [--check] [--export-cbf DIR] [--timing] [--quiet]",
     .summary = "simulate and allocate every drop of a scenario",
     .text =
         "Draws the networks of a scenario, allocates the powers, evaluates rates and Cramer-Rao bounds in closed\n"
         "form and by Monte Carlo, and prints a table. SCENARIO is a JSON file, - is standard input, and {} is the\n"
         "paper's network. --out adds results.json, CSV tables and plots.gp, which gnuplot draws; with --out and\n"
         "--quiet nothing is printed unless --json or --csv asks for it. Results of another scenario in DIR are "
         "replaced\n"
         "with --force only. Drops done when an interrupt comes are kept.",
     .example = "  cfisac run paper.json --set network.aps=64 --set pilots.length=2 --out results\n"
                "  echo '{}' | cfisac run - --csv > drops.csv\n",
     .argument = "SCENARIO",
     .options = OPTION_SET | OPTION_OUT | OPTION_FORCE | OPTION_JSON | OPTION_CSV | OPTION_THREADS | OPTION_EXPORT_CBF |
                OPTION_CHECK | OPTION_TIMING | OPTION_QUIET | OPTION_HELP,
     .lists_keys = true},
    {.name = "sweep",
     .function = command_sweep,
     .usage = "SCENARIO [--set KEY=VALUE]... [--over KEY=RANGE]... --out DIR\n"
              "                    [--resume | --force] [--mixed] [--shard I/N] [--threads N] [--dry-run] [--quiet]",
     .summary = "run a grid of scenarios, to be interrupted and resumed at will",
     .text =
         "Runs every drop of every point of the grid that the scenario's sweep and --over span (the last key\n"
         "varies fastest). DIR/sweep.ndjson gets a line a drop, in order, as soon as its turn comes; DIR/sweep.csv\n"
         "a row a point at the end. After Ctrl-C, a full disk or kill -9, --resume goes on; the files end with the\n"
         "same bytes as without interruption, for any number of threads, MPI ranks or merged shards. --resume also\n"
         "lets a sweep grow, by more drops or more values of a swept key; any other difference is refused by its key.\n"
         "Under mpirun the ranks share the trials, and --threads counts for each (default there: 1).",
     .example = "  cfisac sweep paper.json --over network.aps=8,16,32 --over power.snr_db=10:5:30 --out grid\n"
                "  cfisac sweep paper.json --over network.aps=8,16,32 --over power.snr_db=10:5:30 --out grid --resume\n"
                "  mpirun -n 4 cfisac sweep paper.json --over seed=1:1:100 --out seeds\n",
     .argument = "SCENARIO",
     .options = OPTION_SET | OPTION_OVER | OPTION_OUT | OPTION_OUT_NEEDED | OPTION_RESUME | OPTION_FORCE |
                OPTION_MIXED | OPTION_SHARD | OPTION_THREADS | OPTION_DRY_RUN | OPTION_QUIET | OPTION_HELP,
     .lists_keys = true},
    {.name = "merge",
     .function = command_merge,
     .usage = "--out DIR [--force] [--mixed] [--quiet] SHARD_DIR...",
     .summary = "join the shards of a sweep",
     .text = "Joins the finished shards of one sweep, in any order, into the files that one run would have written.",
     .example = "  cfisac sweep paper.json --over network.aps=8,16 --shard 1/2 --out s1\n"
                "  cfisac sweep paper.json --over network.aps=8,16 --shard 2/2 --out s2\n"
                "  cfisac merge --out whole s1 s2\n",
     .argument = "SHARD_DIR",
     .argument_repeats = true,
     .options = OPTION_OUT | OPTION_OUT_NEEDED | OPTION_FORCE | OPTION_MIXED | OPTION_QUIET | OPTION_HELP},
    {.name = "validate",
     .function = command_validate,
     .usage = "SCENARIO [--set KEY=VALUE]... [--quiet]",
     .summary = "check a scenario and print it with every default filled in",
     .text = "Checks a scenario and prints it as JSON with every default filled in; runs nothing. What it prints is\n"
             "again a scenario, with the same results. An error is one line, FILE: /json/pointer: what is wrong.",
     .example = "  cfisac validate paper.json --set network.ues=8 > paper-8.json\n",
     .argument = "SCENARIO",
     .options = OPTION_SET | OPTION_QUIET | OPTION_HELP,
     .lists_keys = true},
    {.name = "replay",
     .function = command_replay,
     .usage = "SCENARIO --drop I [--set KEY=VALUE]... [--threads N] [--timing] [--quiet]",
     .summary = "compute one drop again, with the network that was drawn",
     .text =
         "Computes drop I alone and prints its object of results.json with one more member, \"network\": positions,\n"
         "gains, angles, pilots and estimation variances. A drop is defined by the seed and its index.",
     .example = "  cfisac replay paper.json --drop 7 > drop-7.json\n",
     .argument = "SCENARIO",
     .options = OPTION_SET | OPTION_DROP | OPTION_THREADS | OPTION_TIMING | OPTION_QUIET | OPTION_HELP},
    {.name = "solve",
     .function = command_solve,
     .usage = "FILE.cbf [--json] [--repeat N] [--time-limit S] [--quiet]",
     .summary = "solve a second-order cone program",
     .text =
         "Solves a file of the Conic Benchmark Format (CBF, versions 1 to 4; - is standard input) by the built-in\n"
         "interior-point solver and prints status, objectives, residuals and times; --json adds the solution x. "
         "Cones:\n"
         "F, L=, L+, L-, Q and QR, for variables and constraints. Residuals, gap and certificates are recomputed from\n"
         "the problem's data, and stop_reason says why the solver ended. A solve that --time-limit, SIGINT or SIGTERM\n"
         "ends prints the best point so far. Exit code 0: optimal, 4: the problem or its dual is infeasible, 5: "
         "anything\n"
         "else (inaccurate, iteration_limit, time_limit, failed), 130: interrupted.",
     .example = "  cfisac solve problem.cbf\n"
                "  cfisac solve problem.cbf --json --repeat 11 > solution.json\n"
                "  cfisac solve large.cbf --time-limit 60\n"
                "  gunzip -c problem.cbf.gz | cfisac solve -\n",
     .argument = "FILE.cbf",
     .options = OPTION_JSON | OPTION_REPEAT | OPTION_TIME_LIMIT | OPTION_QUIET | OPTION_HELP},
    {.name = "schema",
     .function = command_schema,
     .usage = "[--quiet]",
     .summary = "print the JSON Schema of scenarios",
     .text = "Prints the JSON Schema (draft 2020-12) of scenarios: every key with its range, default and meaning.",
     .example = "  cfisac schema > scenario.schema.json\n",
     .options = OPTION_QUIET | OPTION_HELP},
    {.name = "help",
     .function = command_help,
     .usage = "[COMMAND]",
     .summary = "explain the program or a command",
     .text = "Explains a command, or lists the commands.",
     .example = "  cfisac help run\n",
     .argument = "COMMAND",
     .options = OPTION_QUIET | OPTION_HELP,
     .argument_optional = true},
};
const size_t command_count = sizeof command_table / sizeof *command_table;

const cli_command *command_find(const char *name, cfi_error *error)
{
    const char *names[sizeof command_table / sizeof *command_table], *nearest;

    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(command_table[i].name, name) == 0) {
            return &command_table[i];
        }
        names[i] = command_table[i].name;
    }
    nearest = nearest_word(name, names, command_count);
    if (nearest) {
        error_set(error, CFI_USAGE, "unknown command %.60s (did you mean %s?); see 'cfisac help'", name, nearest);
    } else {
        error_set(error, CFI_USAGE, "unknown command %.60s; see 'cfisac help'", name);
    }
    return NULL;
}
