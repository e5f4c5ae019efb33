/* What the cone solver says of a CBF file, as JSON and as a table. */
#include "base/output.h"
#include "base/text.h"
#include "cfisac/report.h"
#include "report/json.h"

#include <math.h>
#include <stdlib.h>

enum { SHOWN_NAME = 300 }; /* bytes of the file's name in the table */

static bool solution_is_certificate(const socp_solution *solution)
{
    return solution->status == SOCP_PRIMAL_INFEASIBLE || solution->status == SOCP_DUAL_INFEASIBLE;
}

/* Whether there is a point, or a certificate: else every number is NaN, and where the set-up was stopped the arrays are
 * NULL. */
static bool has_point(const socp_solution *solution)
{
    return solution_is_certificate(solution) || (solution->x && !isnan(solution->primal_residual));
}

/* -------------------------------------------------------------------------------- JSON ---- */

/* A number that a certificate does not have. */
static void json_unless(json_writer *writer, const char *key, bool absent, double value)
{
    json_number(writer, key, absent ? NAN : value);
}

cfi_status report_write_solution_json(const cfi_solve_result *result, FILE *stream, cfi_error *error)
{
    const socp_solution *s = result->solution;
    const socp_problem *problem = socp_cbf_problem(result->cbf);
    size_t constraints = socp_cbf_constraints(result->cbf);
    bool certificate = solution_is_certificate(s), ray = s->status == SOCP_DUAL_INFEASIBLE, point = has_point(s);
    double *multiplier = calloc(constraints + problem->n, sizeof *multiplier), *x;
    json_writer writer = json_make(stream);

    x = multiplier ? multiplier + constraints : NULL;
    if (!multiplier || (point && !socp_cbf_point(result->cbf, s, x))) {
        free(multiplier);
        return error_set(error, CFI_NO_MEMORY, "out of memory for a solution");
    }
    if (point) {
        socp_cbf_multipliers(result->cbf, s, multiplier);
    }
    json_open(&writer, NULL, '{');
    json_text(&writer, "status", socp_status_name(s->status));
    json_text(&writer, "stop_reason", s->stop_reason);
    json_count(&writer, "iterations", s->iterations);
    json_unless(&writer, "primal_objective", certificate, socp_cbf_objective(result->cbf, s->primal_objective));
    json_unless(&writer, "dual_objective", certificate, socp_cbf_objective(result->cbf, s->dual_objective));
    json_unless(&writer, "primal_residual", certificate, s->primal_residual);
    json_unless(&writer, "dual_residual", certificate, s->dual_residual);
    json_unless(&writer, "gap", certificate, s->gap);
    json_vector(&writer, "x", !point || (certificate && !ray) ? NULL : x, problem->n);
    json_number(&writer, "setup_seconds", result->setup_seconds);
    json_number(&writer, "solve_seconds", result->solve_seconds);
    json_text(&writer, "sense", socp_cbf_maximises(result->cbf) ? "max" : "min");
    json_count(&writer, "attempts", s->attempts);
    json_unless(&writer, "certificate_residual", !certificate, socp_certificate_residual(problem, s));
    json_vector(&writer, "multipliers", !point || ray ? NULL : multiplier, constraints);
    json_close(&writer, '}');
    free(multiplier);
    return output_finish(stream, "a result", error);
}

/* ------------------------------------------------------------------------------- table ---- */

static const char *explain_status(const socp_solution *solution)
{
    bool point = has_point(solution);

    switch (solution->status) {
    case SOCP_OPTIMAL:
        return "optimal";
    case SOCP_INACCURATE:
        return "inaccurate: the best point found; not optimal to the accuracy asked for";
    case SOCP_PRIMAL_INFEASIBLE:
        return "primal infeasible: no point satisfies the constraints";
    case SOCP_DUAL_INFEASIBLE:
        return "dual infeasible: the objective is unbounded, if any point is feasible";
    case SOCP_ITERATION_LIMIT:
        return "iteration limit: the best point so far; not optimal";
    case SOCP_TIME_LIMIT:
        return point ? "time limit: the best point so far; not optimal" : "time limit: no point was found";
    case SOCP_INTERRUPTED:
        return point ? "interrupted: the best point so far; not optimal" : "interrupted: no point was found";
    case SOCP_FAILED:
        break;
    }
    return "failed: the method broke down; what it reached is no answer";
}

static size_t entries(const socp_matrix *matrix)
{
    return matrix->start ? matrix->start[matrix->cols] : 0;
}

static void write_sizes(const cfi_solve_result *result, FILE *stream)
{
    const socp_problem *problem = socp_cbf_problem(result->cbf);
    size_t largest = 0;
    char name[SHOWN_NAME + 1];

    for (size_t i = 0; i < problem->cones; i++) {
        largest = problem->cone_size[i] > largest ? problem->cone_size[i] : largest;
    }
    fprintf(stream, "%s: %s, %zu variables, %zu constraints\n", text_shown(name, sizeof name, result->name),
            socp_cbf_maximises(result->cbf) ? "maximise" : "minimise", problem->n, socp_cbf_constraints(result->cbf));
    fprintf(stream, "  as solved: ");
    if (problem->f > 0) {
        fprintf(stream, "a quadratic objective of %zu squares, ", problem->f);
    }
    fprintf(stream, "%zu equalities, %zu inequalities, %zu cones", problem->p, problem->linear, problem->cones);
    if (problem->cones > 0) {
        fprintf(stream, " of %zu rows (largest %zu)", problem->m - problem->linear, largest);
    }
    fprintf(stream, ", %zu entries\n\n", entries(&problem->F) + entries(&problem->A) + entries(&problem->G));
}

static void write_certificate(const cfi_solve_result *result, FILE *stream)
{
    const socp_solution *s = result->solution;

    fprintf(stream, "  certificate       %s\n",
            s->status == SOCP_PRIMAL_INFEASIBLE
                ? "multipliers u of the constraints with -A'u in the dual cone of the variables and b'u = -1"
                : "a ray x along which the constraints hold and the objective improves by 1");
    fprintf(stream, "  its residual      %.2e\n", socp_certificate_residual(socp_cbf_problem(result->cbf), s));
}

static void write_point(const cfi_solve_result *result, FILE *stream)
{
    const socp_solution *s = result->solution;

    fprintf(stream, "  primal objective  %.10g\n", socp_cbf_objective(result->cbf, s->primal_objective));
    fprintf(stream, "  dual objective    %.10g\n", socp_cbf_objective(result->cbf, s->dual_objective));
    fprintf(stream, "  primal residual   %.2e\n", s->primal_residual);
    fprintf(stream, "  dual residual     %.2e\n", s->dual_residual);
    fprintf(stream, "  gap               %.2e\n", s->gap);
}

static void write_times(const cfi_solve_result *result, FILE *stream)
{
    fprintf(stream, "  set-up            %.3f ms\n  solve             %.3f ms", 1e3 * result->setup_seconds,
            1e3 * result->solve_seconds);
    fprintf(stream, result->repeats > 1 ? "  (medians of %zu)\n" : "\n", result->repeats);
}

cfi_status report_write_solution_table(const cfi_solve_result *result, FILE *stream, cfi_error *error)
{
    const socp_solution *s = result->solution;

    write_sizes(result, stream);
    fprintf(stream, "  status            %s\n", explain_status(s));
    fprintf(stream, "  stopped by        %s\n", s->stop_reason);
    fprintf(stream, "  iterations        %zu", s->iterations);
    fprintf(stream, s->attempts > 1 ? " in %zu attempts, with other regularisation and scaling each\n" : "\n",
            s->attempts);
    if (solution_is_certificate(s)) {
        write_certificate(result, stream);
    } else if (has_point(s)) {
        write_point(result, stream);
    }
    if (!isnan(result->setup_seconds)) {
        write_times(result, stream);
    }
    return output_finish(stream, "a result", error);
}

/* ----------------------------------------------------------------------------- verdict ---- */

cfi_status report_solution_verdict(const cfi_solve_result *result, cfi_error *error)
{
    const socp_solution *s = result->solution;
    cfi_status status = CFI_FAILED;

    if (s->status == SOCP_OPTIMAL) {
        return CFI_OK;
    }
    if (solution_is_certificate(s)) {
        status = CFI_INFEASIBLE;
    } else if (s->status == SOCP_INTERRUPTED) {
        status = CFI_INTERRUPTED;
    }
    return error_set(error, status, "%.300s: %s", result->name, explain_status(s));
}
