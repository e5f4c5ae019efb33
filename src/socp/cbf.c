/* Writes a problem in the Conic Benchmark Format, version 1. */
#include "socp/problem.h"

#include <locale.h>

static void write_comment(const char *comment, FILE *stream)
{
    if (!comment) {
        return;
    }
    fputs("# ", stream);
    for (const char *c = comment; *c; c++) {
        fputc(*c, stream);
        if (*c == '\n') {
            fputs("# ", stream);
        }
    }
    fputc('\n', stream);
}

/* The first row of CON of the epigraph that states the squares of the objective; its t is variable n. */
static size_t epigraph_row(const socp_problem *problem)
{
    return problem->p + problem->m;
}

static void write_domain(const socp_problem *problem, FILE *stream)
{
    size_t variables = problem->n + (problem->f > 0 ? 1 : 0), epigraph = problem->f > 0 ? problem->f + 2 : 0;
    size_t kinds = problem->cones + (problem->p > 0 ? 1 : 0) + (problem->linear > 0 ? 1 : 0) + (epigraph > 0 ? 1 : 0);

    fprintf(stream, "VER\n1\n\nOBJSENSE\nMIN\n\nVAR\n%zu 1\nF %zu\n\n", variables, variables);
    if (kinds == 0) {
        return;
    }
    fprintf(stream, "CON\n%zu %zu\n", epigraph_row(problem) + epigraph, kinds);
    if (problem->p > 0) {
        fprintf(stream, "L= %zu\n", problem->p);
    }
    if (problem->linear > 0) {
        fprintf(stream, "L+ %zu\n", problem->linear);
    }
    for (size_t i = 0; i < problem->cones; i++) {
        fprintf(stream, "Q %zu\n", problem->cone_size[i]);
    }
    if (epigraph > 0) {
        fprintf(stream, "QR %zu\n", epigraph);
    }
    fputc('\n', stream);
}

/* Entries count and lines of a vector without its zeros; rows start at `first`, values are multiplied by sign. */
static size_t write_vector(const double *value, size_t count, size_t first, double sign, FILE *stream)
{
    size_t written = 0;

    for (size_t i = 0; i < count; i++) {
        if (value[i] != 0.0) {
            written++;
            if (stream) {
                fprintf(stream, "%zu %.17g\n", first + i, sign * value[i]);
            }
        }
    }
    return written;
}

/* c, and 1 for t. */
static void write_objective(const socp_problem *problem, FILE *stream)
{
    size_t count = write_vector(problem->c, problem->n, 0, 1.0, NULL) + (problem->f > 0 ? 1 : 0);

    if (count == 0) {
        return;
    }
    fprintf(stream, "OBJACOORD\n%zu\n", count);
    write_vector(problem->c, problem->n, 0, 1.0, stream);
    if (problem->f > 0) {
        fprintf(stream, "%zu 1\n", problem->n);
    }
    fputc('\n', stream);
}

static void write_column(const socp_matrix *matrix, size_t column, size_t first, double sign, FILE *stream)
{
    for (size_t i = matrix->start ? matrix->start[column] : 0; matrix->start && i < matrix->start[column + 1]; i++) {
        fprintf(stream, "%zu %zu %.17g\n", first + matrix->row[i], column, sign * matrix->value[i]);
    }
}

/* CBF states A x + b in K: equality rows as A x - b = 0, cone rows as -G x + h, the squares as (t, 1, F x). */
static void write_entries(const socp_problem *problem, FILE *stream)
{
    size_t entries = matrix_nonzeros(&problem->A) + matrix_nonzeros(&problem->G) + matrix_nonzeros(&problem->F) +
                     (problem->f > 0 ? 1 : 0);

    if (entries == 0) {
        return;
    }
    fprintf(stream, "ACOORD\n%zu\n", entries);
    for (size_t j = 0; j < problem->n; j++) {
        write_column(&problem->A, j, 0, 1.0, stream);
        write_column(&problem->G, j, problem->p, -1.0, stream);
        write_column(&problem->F, j, epigraph_row(problem) + 2, 1.0, stream);
    }
    if (problem->f > 0) {
        fprintf(stream, "%zu %zu 1\n", epigraph_row(problem), problem->n);
    }
    fputc('\n', stream);
}

static void write_constants(const socp_problem *problem, FILE *stream)
{
    size_t constants = write_vector(problem->b, problem->p, 0, -1.0, NULL) +
                       write_vector(problem->h, problem->m, problem->p, 1.0, NULL) + (problem->f > 0 ? 1 : 0);

    if (constants == 0) {
        return;
    }
    fprintf(stream, "BCOORD\n%zu\n", constants);
    write_vector(problem->b, problem->p, 0, -1.0, stream);
    write_vector(problem->h, problem->m, problem->p, 1.0, stream);
    if (problem->f > 0) {
        fprintf(stream, "%zu 1\n", epigraph_row(problem) + 1);
    }
}

cfi_status socp_write_cbf(const socp_problem *problem, const char *comment, FILE *stream, cfi_error *error)
{
    locale_t plain, before; /* a decimal point, whatever the program's locale */

    if (problem_check(problem, error) != CFI_OK) {
        return CFI_INVALID;
    }
    plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!plain) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for writing a cone problem");
    }
    before = uselocale(plain);
    write_comment(comment, stream);
    write_domain(problem, stream);
    write_objective(problem, stream);
    write_entries(problem, stream);
    write_constants(problem, stream);
    uselocale(before);
    freelocale(plain);
    if (fflush(stream) != 0 || ferror(stream)) {
        return error_set(error, CFI_OUTPUT, "cannot write the cone problem");
    }
    return CFI_OK;
}
