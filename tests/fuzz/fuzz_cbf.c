/* Fuzz target of the CBF reader: no input crashes it, every error is one line that names the input, and what it accepts
 * is a problem that the solver can be set up for and that survives being written and read again.
 *
 * With -DCFISAC_FUZZ=ON this is a libFuzzer target. Without, it runs the files given, and --mutate COUNT runs COUNT
 * deterministic mutations of them. */
#include "cfisac/socp.h"
#include "demand.h"

static socp_cbf *read_text(const char *text, size_t size, cfi_error *error)
{
    FILE *stream = fmemopen((void *)text, size, "r");
    socp_cbf *cbf;

    demand(stream != NULL, "a stream on memory");
    cbf = socp_read_cbf(stream, "fuzz", error);
    fclose(stream);
    return cbf;
}

static void check_error(const cfi_error *error)
{
    demand(error->status == CFI_INVALID || error->status == CFI_NO_MEMORY, "an error is invalid, or memory is out");
    demand(strncmp(error->text, "fuzz:", 5) == 0 || strncmp(error->text, "out of", 6) == 0, "it names the input");
    demand_one_line(error->text);
}

/* The problem without its last variable, of which nothing may know. */
static socp_problem without_epigraph(const socp_problem *problem)
{
    socp_problem rest = *problem;
    size_t last = --rest.n;
    socp_matrix *const matrix[] = {&rest.F, &rest.A, &rest.G};

    demand(problem->c[last] == 0.0, "the objective does not know the epigraph's variable");
    for (size_t i = 0; i < 3; i++) {
        demand(!matrix[i]->start || matrix[i]->start[last] == matrix[i]->start[last + 1], "neither do the rows");
        matrix[i]->cols = last;
    }
    return rest;
}

/* Bit for bit what writing and reading it again gives: by the second text. */
static void check_round_trip(const socp_problem *problem)
{
    char *text = NULL, *again = NULL;
    size_t length, length_again;
    FILE *stream = open_memstream(&text, &length);
    cfi_error error = {.text = ""};
    socp_problem same;
    socp_cbf *cbf;

    demand(stream && socp_write_cbf(problem, NULL, stream, NULL) == CFI_OK && fclose(stream) == 0, "it is written");
    cbf = read_text(text, length, &error);
    if (!cbf) {
        fprintf(stderr, "%s\n", error.text);
    }
    demand(cbf != NULL, "what is written is read");
    same = problem->f > 0 ? without_epigraph(socp_cbf_problem(cbf)) : *socp_cbf_problem(cbf);
    stream = open_memstream(&again, &length_again);
    demand(stream && socp_write_cbf(&same, NULL, stream, NULL) == CFI_OK && fclose(stream) == 0, "it is written again");
    demand(length == length_again && memcmp(text, again, length) == 0, "with the same text");
    socp_cbf_destroy(cbf);
    free(text);
    free(again);
}

/* Small enough for a million of them. */
static bool is_small(const socp_problem *problem)
{
    return problem->n + problem->p + problem->m < 200;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cfi_error error = {.text = ""};
    socp_cbf *cbf = size > 0 ? read_text((const char *)data, size, &error) : NULL;
    const socp_problem *problem = cbf ? socp_cbf_problem(cbf) : NULL;
    socp_workspace *workspace;

    if (!cbf) {
        if (size > 0) {
            check_error(&error);
            refused++;
        }
        return 0;
    }
    if (is_small(problem)) {
        workspace = socp_create(problem, NULL, &error); /* refuses sums that are not finite */
        if (workspace) {
            check_round_trip(problem);
            accepted++;
        }
        socp_destroy(workspace);
    }
    socp_cbf_destroy(cbf);
    return 0;
}

#ifndef CFISAC_FUZZ

#include "mutate.h"

int main(int argc, char **argv)
{
    static const char *const pieces[] = {
        "-1",    "0",   "1e400", "1e308",   "\n",       "\r\n",  "#",    " ",      "QR 3\n",
        "Q 1\n", "L= ", "nan",   "\0",      "0x1",      ".",     "e",    "VAR\n",  "CON\n",
        "F 0\n", "9",   "-",     "1 1 1\n", "ACOORD\n", "INT\n", "\xc3", "100000", "18446744073709551616"};
    const mutator m = {.piece = pieces, .pieces = sizeof pieces / sizeof pieces[0], .seed = 20240602};

    return run_files(&m, argc, argv);
}

#endif
