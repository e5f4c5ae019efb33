/* solve: the cone solver on a file of the Conic Benchmark Format. */
#include "base/clock.h"
#include "base/text_file.h"
#include "cfisac/report.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/signals.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_of_solutions(const cfi_format *format)
{
    return format->write_solution;
}

static const cli_option SOLUTION_FORMATS = {.kind = OPTION_FORMATS, .offers = is_of_solutions};
static const cli_option REPEAT = {
    .kind = OPTION_NUMBER,
    .name = "--repeat",
    .value = "N",
    .help = "set up and solve N times; times are medians (1 .. 1000000; default: 1)",
    .low = 1,
    .high = 1000000,
};
static const cli_option TIME_LIMIT = {
    .kind = OPTION_SECONDS,
    .name = "--time-limit",
    .value = "S",
    .help = "end set-up and solve after S seconds, of all repetitions together, and print "
            "the best point found (greater than 0, up to 1e9; default: none)",
};

/* NULL and an error when it cannot be read. */
static socp_cbf *read_file(const char *name, cfi_error *error)
{
    bool standard_input = strcmp(name, "-") == 0;
    FILE *stream = standard_input ? stdin : fopen(name, "re");
    socp_cbf *cbf;

    if (!stream) {
        text_file_error(name, errno, error);
        return NULL;
    }
    cbf = socp_read_cbf(stream, name, error);
    if (!standard_input) {
        fclose(stream);
    }
    return cbf;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Reorders the values. */
static double median(double *value, size_t count)
{
    qsort(value, count, sizeof *value, compare);
    return 0.5 * (value[(count - 1) / 2] + value[count / 2]);
}

/* Set-up and solve, again and again. All that end by themselves give the same bytes, so the first one's are kept; one
 * that is stopped counts only when it is the first. */
typedef struct repetition {
    const socp_problem *problem;
    socp_settings settings;
    size_t asked, made;
    double *setup, *solve; /* seconds of each made */
    double deadline;       /* of clock_seconds; INFINITY: none */
    socp_solution solution;
    double *kept;     /* memory of its x, y, z and s; NULL where the set-up was stopped */
    cfi_status ended; /* CFI_OK: by itself; CFI_FAILED: by the time limit; CFI_INTERRUPTED: by a signal */
} repetition;

/* A solution without a point, for a set-up that was stopped. */
static socp_solution no_solution(cfi_status ended)
{
    bool late = ended == CFI_FAILED;

    return (socp_solution){.status = late ? SOCP_TIME_LIMIT : SOCP_INTERRUPTED,
                           .stop_reason = late ? "time_limit" : "interrupted",
                           .primal_objective = NAN,
                           .dual_objective = NAN,
                           .primal_residual = NAN,
                           .dual_residual = NAN,
                           .gap = NAN,
                           .setup_seconds = NAN,
                           .solve_seconds = NAN};
}

static const double *keep_part(double **to, const double *from, size_t count)
{
    double *part = *to;

    memcpy(part, from, count * sizeof *part);
    *to += count;
    return part;
}

/* The arrays of a solution, which are the workspace's, copied. */
static cfi_status keep_solution(repetition *r, const socp_solution *solution, cfi_error *error)
{
    const socp_problem *problem = r->problem;
    double *to = r->kept = malloc((problem->n + problem->p + 2 * problem->m + 1) * sizeof *to);

    if (!to) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a solution");
    }
    r->solution = *solution;
    r->solution.x = keep_part(&to, solution->x, problem->n);
    r->solution.y = keep_part(&to, solution->y, problem->p);
    r->solution.z = keep_part(&to, solution->z, problem->m);
    r->solution.s = keep_part(&to, solution->s, problem->m);
    return CFI_OK;
}

/* How a solution ended, as repetition.ended says it. */
static cfi_status end_of(const socp_solution *solution)
{
    if (solution->status == SOCP_TIME_LIMIT) {
        return CFI_FAILED;
    }
    return solution->status == SOCP_INTERRUPTED ? CFI_INTERRUPTED : CFI_OK;
}

/* Takes over a solution, or what there is of one. */
static cfi_status take_solution(repetition *r, const socp_solution *solution, cfi_error *error)
{
    r->ended = end_of(solution);
    if (r->ended != CFI_OK && r->made > 0) {
        return CFI_OK;
    }
    r->setup[r->made] = solution->setup_seconds;
    r->solve[r->made] = solution->solve_seconds;
    if (r->made++ > 0) {
        return CFI_OK;
    }
    r->solution = *solution;
    return solution->x ? keep_solution(r, solution, error) : CFI_OK;
}

/* Seconds until the deadline. At the deadline a set-up or a solve still begins, and ends at once. */
static double seconds_left(const repetition *r)
{
    return fmax(r->deadline - clock_seconds(), 1e-9);
}

/* Sets up and solves once. */
static cfi_status solve_once(repetition *r, cfi_error *error)
{
    socp_solution solution;
    socp_workspace *workspace;
    cfi_status status;

    r->settings.time_limit_seconds = seconds_left(r);
    workspace = socp_create(r->problem, &r->settings, error);
    if (!workspace) {
        solution = no_solution(error->status);
        return error->status == CFI_FAILED || error->status == CFI_INTERRUPTED ? take_solution(r, &solution, error)
                                                                               : error->status;
    }
    status = socp_set_time_limit(workspace, seconds_left(r), error);
    status = status == CFI_OK ? socp_solve(workspace, r->problem, &solution, error) : status;
    status = status == CFI_OK ? take_solution(r, &solution, error) : status;
    socp_destroy(workspace);
    return status;
}

/* All of them, until one is stopped. */
static cfi_status solve_all(repetition *r, cfi_error *error)
{
    cfi_status status = CFI_OK;

    while (status == CFI_OK && r->ended == CFI_OK && r->made < r->asked) {
        status = solve_once(r, error);
    }
    return status;
}

static cfi_status print_solution(const cli_options *options, const cfi_solve_result *result, cfi_error *error)
{
    cfi_status status = options->format ? options->format->write_solution(result, stdout, error)
                                        : report_write_solution_table(result, stdout, error);

    return name_output(status, error);
}

/* The answer, and what is to be said of it. */
static cfi_status say_answer(const cli_options *options, const repetition *r, const socp_cbf *cbf, cfi_error *error)
{
    cfi_solve_result result = {.name = options->argument,
                               .cbf = cbf,
                               .solution = &r->solution,
                               .repeats = r->made,
                               .setup_seconds = median(r->setup, r->made),
                               .solve_seconds = median(r->solve, r->made)};
    bool fewer =
        r->ended != CFI_OK && end_of(&r->solution) == CFI_OK; /* a complete answer, but not as often as asked */
    char made[64], late[128];
    cfi_status status;

    snprintf(made, sizeof made, "after %zu of %zu solves", r->made, r->asked);
    snprintf(late, sizeof late, "the time limit came %s", made);
    if (fewer && r->ended == CFI_FAILED) {
        report_warning(options, late);
    }
    status = print_solution(options, &result, error);
    if (status == CFI_OK && fewer && r->ended == CFI_INTERRUPTED) {
        return error_set(error, CFI_INTERRUPTED, "%.300s: interrupted %s", result.name, made);
    }
    return status == CFI_OK ? report_solution_verdict(&result, error) : status;
}

static cfi_status solve_and_print(const cli_options *options, const socp_cbf *cbf, cfi_error *error)
{
    size_t count = has_option(options, &REPEAT) ? (size_t)option_number(options, &REPEAT) : 1;
    repetition r = {.problem = socp_cbf_problem(cbf),
                    .settings = socp_default_settings(),
                    .asked = count,
                    .setup = calloc(2 * count, sizeof *r.setup),
                    .deadline = has_option(options, &TIME_LIMIT)
                                    ? clock_seconds() + option_seconds(options, &TIME_LIMIT)
                                    : INFINITY};
    cfi_status status;

    if (!r.setup) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the times");
    }
    r.solve = r.setup + count;
    r.settings.stop = signals_catch();
    status = solve_all(&r, error);
    if (status == CFI_OK) {
        status = say_answer(options, &r, cbf, error);
    } else if (status != CFI_NO_MEMORY) {
        cfi_error cause = *error;

        error_set(error, status, "%.300s: %s", options->argument, cause.text);
    }
    free(r.kept);
    free(r.setup);
    return status;
}

static int cli_solve(const cli_options *options)
{
    cfi_error error = {.status = CFI_OK};
    socp_cbf *cbf = read_file(options->argument, &error);
    cfi_status status = cbf ? solve_and_print(options, cbf, &error) : error.status;

    socp_cbf_destroy(cbf);
    return status == CFI_OK ? EXIT_DONE : report_error(&error);
}

const cli_command command_solve = {
    .name = "solve",
    .run = cli_solve,
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
    .argument_hint = {.ending = "cbf"},
    .options = {&SOLUTION_FORMATS, &REPEAT, &TIME_LIMIT, &option_quiet, &option_help},
};
