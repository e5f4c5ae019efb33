/* What the cone solver says of a CBF file, as JSON. */
#include "base/output.h"
#include "report/json.h"
#include "report/solution.h"

#include <math.h>
#include <stdlib.h>

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
    bool certificate = solution_is_certificate(s), ray = s->status == SOCP_DUAL_INFEASIBLE,
         point = solution_has_point(s);
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
