/* solve: the cone solver on a file of the Conic Benchmark Format. */
#include "cfisac/report.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* NULL and an error when it cannot be read. */
static socp_cbf *read_file(const char *name, cfi_error *error)
{
    bool standard_input = strcmp(name, "-") == 0;
    FILE *stream = standard_input ? stdin : fopen(name, "re");
    socp_cbf *cbf;

    if (!stream) {
        if (errno == ENOMEM) {
            error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", name);
        } else {
            error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", name, strerror(errno));
        }
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

/* Sets up and solves result->repeats times; the last workspace, which holds the solution, is returned. NULL and an
 * error when a signal came, too. */
static socp_workspace *solve(cfi_solve_result *result, socp_solution *solution, double *seconds, cfi_error *error)
{
    const socp_problem *problem = socp_cbf_problem(result->cbf);
    socp_settings settings = socp_default_settings();
    socp_workspace *workspace = NULL;
    size_t count = result->repeats;

    settings.stop = signals_catch();
    for (size_t i = 0; i < count; i++) {
        socp_destroy(workspace);
        workspace = socp_create(problem, &settings, error);
        if (!workspace || socp_solve(workspace, problem, solution, error) != CFI_OK) {
            socp_destroy(workspace);
            return NULL;
        }
        seconds[i] = solution->setup_seconds;
        seconds[count + i] = solution->solve_seconds;
    }
    result->solution = solution;
    result->setup_seconds = median(seconds, count);
    result->solve_seconds = median(seconds + count, count);
    return workspace;
}

static cfi_status print_solution(const cli_options *options, const cfi_solve_result *result, cfi_error *error)
{
    cfi_status status = has_option(options, OPTION_JSON) ? report_write_solution_json(result, stdout, error)
                                                         : report_write_solution_table(result, stdout, error);

    return name_output(status, error);
}

static cfi_status solve_and_print(const cli_options *options, const socp_cbf *cbf, cfi_error *error)
{
    cfi_solve_result result = {
        .name = options->argument, .cbf = cbf, .repeats = options->repeat > 0 ? (size_t)options->repeat : 1};
    double *seconds = calloc(2 * result.repeats, sizeof *seconds);
    socp_solution solution;
    socp_workspace *workspace = NULL;
    cfi_status status;

    if (!seconds) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the times");
    }
    workspace = solve(&result, &solution, seconds, error);
    free(seconds);
    if (!workspace) {
        cfi_error cause = *error;

        return cause.status == CFI_NO_MEMORY ? CFI_NO_MEMORY
                                             : error_set(error, cause.status, "%.300s: %s", result.name, cause.text);
    }
    if (solution.retried) {
        report_warning(options, "the first attempt of the solver broke down; this is the second one's answer");
    }
    status = print_solution(options, &result, error);
    if (status == CFI_OK) {
        status = report_solution_verdict(&result, error);
    }
    socp_destroy(workspace);
    return status;
}

int command_solve(const cli_options *options)
{
    cfi_error error = {.status = CFI_OK};
    socp_cbf *cbf = read_file(options->argument, &error);
    cfi_status status = cbf ? solve_and_print(options, cbf, &error) : error.status;

    socp_cbf_destroy(cbf);
    return status == CFI_OK ? EXIT_DONE : report_error(&error);
}
