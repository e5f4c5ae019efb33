/* What a thread keeps from one allocation to the next. */
#include "alloc/workspace.h"

#include <stdlib.h>

void cone_solver_empty(cone_solver *cone)
{
    socp_destroy(cone->workspace);
    socp_builder_destroy(cone->builder);
    *cone = (cone_solver){.builder = NULL};
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
