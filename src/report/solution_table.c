/* The same as a table for a person. */
#include "base/output.h"
#include "base/paragraph.h"
#include "base/text.h"
#include "base/wrap.h"
#include "report/solution.h"

#include <math.h>

enum { SHOWN_FILE = 300, NAME_COLUMNS = 18 }; /* bytes of the file's name; characters of the rows' names */

static size_t entries(const socp_matrix *matrix)
{
    return matrix->start ? matrix->start[matrix->cols] : 0;
}

static void write_sizes(const cfi_solve_result *result, FILE *stream)
{
    const socp_problem *problem = socp_cbf_problem(result->cbf);
    size_t largest = 0, constraints = socp_cbf_constraints(result->cbf), rows = problem->m - problem->linear,
           filled = entries(&problem->F) + entries(&problem->A) + entries(&problem->G);
    char name[SHOWN_FILE + 1];
    paragraph solved = {.used = 0};

    for (size_t i = 0; i < problem->cones; i++) {
        largest = problem->cone_size[i] > largest ? problem->cone_size[i] : largest;
    }
    paragraph_print(stream, 0, "%s: %s, %zu variable%s, %zu constraint%s", text_shown(name, sizeof name, result->name),
                    socp_cbf_maximises(result->cbf) ? "maximise" : "minimise", problem->n,
                    text_by_count(problem->n, "", "s"), constraints, text_by_count(constraints, "", "s"));
    paragraph_add(&solved, "as solved: ");
    if (problem->f > 0) {
        paragraph_add(&solved, "a quadratic objective of %zu square%s, ", problem->f,
                      text_by_count(problem->f, "", "s"));
    }
    paragraph_add(&solved, "%zu %s, %zu %s, %zu cone%s", problem->p,
                  text_by_count(problem->p, "equality", "equalities"), problem->linear,
                  text_by_count(problem->linear, "inequality", "inequalities"), problem->cones,
                  text_by_count(problem->cones, "", "s"));
    if (problem->cones > 0) {
        paragraph_add(&solved, " of %zu row%s (largest %zu)", rows, text_by_count(rows, "", "s"), largest);
    }
    paragraph_add(&solved, ", %zu %s", filled, text_by_count(filled, "entry", "entries"));
    paragraph_end(&solved, PAGE_INDENT, stream);
    fputc('\n', stream);
}

/* A row of the table: what it is, and what there is to be said of it. */
static void write_row(const char *name, const char *text, FILE *stream)
{
    static const size_t begun = PAGE_INDENT + NAME_COLUMNS;

    fprintf(stream, "%*s%-*s", PAGE_INDENT, "", NAME_COLUMNS, name);
    wrap_text(stream, text, begun, begun);
}

static void write_certificate(const cfi_solve_result *result, FILE *stream)
{
    const socp_solution *s = result->solution;

    write_row("certificate",
              s->status == SOCP_PRIMAL_INFEASIBLE
                  ? "multipliers u of the constraints with -A'u in the dual cone of the variables and b'u = -1"
                  : "a ray x along which the constraints hold and the objective improves by 1",
              stream);
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
    write_row("status", solution_explain(s), stream);
    write_row("stopped by", s->stop_reason, stream);
    fprintf(stream, "  iterations        %zu", s->iterations);
    fprintf(stream, s->attempts > 1 ? " in %zu attempts, with other regularisation and scaling each\n" : "\n",
            s->attempts);
    if (solution_is_certificate(s)) {
        write_certificate(result, stream);
    } else if (solution_has_point(s)) {
        write_point(result, stream);
    }
    if (!isnan(result->setup_seconds)) {
        write_times(result, stream);
    }
    return output_finish(stream, "a result", error);
}
