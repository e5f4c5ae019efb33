/* Random cone problems with planted answers through the solver; every answer is judged by the dense data.
 *   cones PROBLEMS FIRST_SEED
 * Every second quadratic programme goes through a CBF file, as a rotated cone.
 * Lists what is wrong (fatal) and counts what is honest but no answer. */
#include "socp_planted.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct counts {
    size_t problems, right, retried, status[SOCP_INTERRUPTED + 1];
    size_t wrong, iterations, most_iterations;
} counts;

/* A quadratic programme as a file; solved and put back in the planted problem's terms. NULL when something fails. */
static socp_workspace *solve_file(planted *it, socp_cbf **cbf, socp_solution *solution, cfi_error *error)
{
    static double x[PLANTED_MOST_N], y[PLANTED_MOST_P], z[PLANTED_MOST_M], s[PLANTED_MOST_M],
        multiplier[PLANTED_MOST_P + PLANTED_MOST_M];
    FILE *stream = tmpfile();
    socp_workspace *workspace;

    if (!stream) {
        return NULL;
    }
    planted_write_rotated(it, stream);
    rewind(stream);
    *cbf = socp_read_cbf(stream, "planted", error);
    fclose(stream);
    workspace = *cbf ? socp_create(socp_cbf_problem(*cbf), NULL, error) : NULL;
    if (!workspace || socp_solve(workspace, socp_cbf_problem(*cbf), solution, error) != CFI_OK) {
        socp_destroy(workspace);
        return NULL;
    }
    if (!socp_cbf_point(*cbf, solution, x)) {
        socp_destroy(workspace);
        return NULL;
    }
    solution->x = x;
    socp_cbf_multipliers(*cbf, solution, multiplier);
    planted_rebuild(it, multiplier, solution, y, z, s);
    return workspace;
}

static socp_workspace *solve_planted(const planted *it, socp_solution *solution, cfi_error *error)
{
    socp_workspace *workspace = socp_create(it->problem, NULL, error);

    if (!workspace || socp_solve(workspace, it->problem, solution, error) != CFI_OK) {
        socp_destroy(workspace);
        return NULL;
    }
    return workspace;
}

static void solve_one(uint64_t seed, planted_kind kind, counts *of)
{
    cfi_error error = {.text = ""};
    planted *it = planted_make(seed, kind);
    bool file = kind == PLANTED_QUADRATIC && seed % 2 == 1;
    socp_cbf *cbf = NULL;
    socp_solution solution = {.status = SOCP_FAILED};
    socp_workspace *workspace = !it    ? NULL
                                : file ? solve_file(it, &cbf, &solution, &error)
                                       : solve_planted(it, &solution, &error);
    planted_verdict verdict = PLANTED_WRONG;
    char why[200] = "";

    if (workspace) {
        verdict = planted_judge(it, &solution, why);
    }
    of->problems++;
    of->right += verdict == PLANTED_RIGHT;
    of->retried += solution.attempts > 1;
    of->wrong += verdict == PLANTED_WRONG;
    of->iterations += solution.iterations;
    of->most_iterations = solution.iterations > of->most_iterations ? solution.iterations : of->most_iterations;
    of->status[solution.status] += verdict == PLANTED_WEAK;
    if (verdict != PLANTED_RIGHT) {
        printf("%s: %s, seed %llu: %s after %zu iterations%s (%.1e %.1e %.1e) %s%s\n",
               verdict == PLANTED_WRONG ? "WRONG" : "no answer", planted_name(kind), (unsigned long long)seed,
               socp_status_name(solution.status), solution.iterations, solution.attempts > 1 ? ", retried" : "",
               solution.primal_residual, solution.dual_residual, solution.gap, why, error.text);
    }
    socp_destroy(workspace);
    socp_cbf_destroy(cbf);
    planted_free(it);
}

int main(int argc, char **argv)
{
    unsigned long long problems = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    unsigned long long first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    counts of[PLANTED_KINDS] = {{.problems = 0}};
    size_t wrong = 0;

    for (unsigned long long i = 0; i < problems; i++) {
        planted_kind kind = (planted_kind)(i % PLANTED_KINDS);

        solve_one(first + i / PLANTED_KINDS, kind, &of[kind]);
    }
    printf("%-18s %9s %9s %11s %9s %9s %7s %8s %11s\n", "", "problems", "right", "inaccurate", "limit", "failed",
           "WRONG", "retried", "iterations");
    for (size_t k = 0; k < PLANTED_KINDS; k++) {
        printf("%-18s %9zu %9zu %11zu %9zu %9zu %7zu %8zu %6.1f, %3zu\n", planted_name((planted_kind)k), of[k].problems,
               of[k].right, of[k].status[SOCP_INACCURATE], of[k].status[SOCP_ITERATION_LIMIT],
               of[k].status[SOCP_FAILED], of[k].wrong, of[k].retried,
               (double)of[k].iterations / (double)(of[k].problems ? of[k].problems : 1), of[k].most_iterations);
        wrong += of[k].wrong;
    }
    printf("%zu wrong\n", wrong);
    return wrong > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
