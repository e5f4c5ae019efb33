/* What may be said of a solution of the cone solver, and the verdict. */
#include "report/solution.h"

#include <math.h>

bool solution_is_certificate(const socp_solution *solution)
{
    return solution->status == SOCP_PRIMAL_INFEASIBLE || solution->status == SOCP_DUAL_INFEASIBLE;
}

bool solution_has_point(const socp_solution *solution)
{
    return solution_is_certificate(solution) || (solution->x && !isnan(solution->primal_residual));
}

const char *solution_explain(const socp_solution *solution)
{
    bool point = solution_has_point(solution);

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
    return error_set(error, status, "%.300s: %s", result->name, solution_explain(s));
}
