/* What a thread keeps from one allocation to the next. */
#include "alloc/workspace.h"

#include <stdlib.h>

void cone_solver_empty(cone_solver *cone)
{
    socp_destroy(cone->workspace);
    socp_builder_destroy(cone->builder);
    *cone = (cone_solver){.builder = NULL};
}

cfi_status cone_solver_run(cone_solver *cone, const socp_problem *problem, cfi_stop *stop, socp_solution *solution,
                           cfi_error *error)
{
    cfi_status status;

    if (cone->workspace && !socp_builder_kept_pattern(cone->builder)) {
        socp_destroy(cone->workspace);
        cone->workspace = NULL;
    }
    if (!cone->workspace) {
        socp_settings settings = socp_default_settings();

        settings.stop = stop;
        cone->workspace = socp_create(problem, &settings, error);
    }
    status = cone->workspace ? socp_solve(cone->workspace, problem, solution, error) : error->status;
    if (status == CFI_OK && solution->status == SOCP_INTERRUPTED) {
        status = error_set(error, CFI_INTERRUPTED, "interrupted while a cone problem was solved");
    }
    return status;
}

alloc_workspace *alloc_workspace_create(void)
{
    alloc_workspace *workspace = calloc(1, sizeof *workspace);

    if (workspace) {
        workspace->scratch = arena_create();
    }
    if (workspace && !workspace->scratch) {
        free(workspace);
        workspace = NULL;
    }
    return workspace;
}

void alloc_workspace_destroy(alloc_workspace *workspace)
{
    if (workspace) {
        cone_solver_empty(&workspace->cone);
        arena_destroy(workspace->scratch);
        free(workspace);
    }
}
