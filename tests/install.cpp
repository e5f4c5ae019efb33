// The installed headers from C++: a disc touched by a line, its optimum by hand, and what the builder refuses.
#include <cfisac/socp.h>

#include <cmath>
#include <cstdio>

// min x + y over norm(x, y) <= 1: -sqrt(2) at (-1, -1) / sqrt(2).
static int solve_disc()
{
    cfi_error error = {CFI_OK, ""};
    socp_settings settings = socp_default_settings();
    socp_builder *builder = socp_builder_create(2);
    const size_t row = socp_add_cone(builder, 3);

    socp_constant(builder, row, 1.0);
    for (size_t j = 0; j < 2; j++) {
        socp_objective(builder, j, 1.0);
        socp_put(builder, row + 1 + j, j, 1.0);
    }
    const socp_problem *problem = socp_build(builder, &error);
    socp_workspace *workspace = problem ? socp_create(problem, &settings, &error) : nullptr;
    socp_solution solution;
    int bad = 1;

    if (workspace && socp_solve(workspace, problem, &solution, &error) == CFI_OK) {
        bad = solution.status != SOCP_OPTIMAL || std::fabs(solution.primal_objective + std::sqrt(2.0)) > 1e-8 ||
              std::fabs(solution.x[0] - solution.x[1]) > 1e-6;
    }
    std::printf("%s\n", bad ? error.text : socp_status_name(solution.status));
    socp_destroy(workspace);
    socp_builder_destroy(builder);
    return bad;
}

int main()
{
    cfi_error error = {CFI_OK, ""};
    socp_builder *builder = socp_builder_create(1);
    bool refused;

    socp_objective(builder, 1, 1.0);
    refused = socp_build(builder, &error) == nullptr && error.status == CFI_INVALID;
    socp_builder_destroy(builder);
    return solve_disc() || !refused;
}
