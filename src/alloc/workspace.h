/* What a thread keeps from one allocation to the next. */
#ifndef CFISAC_ALLOC_WORKSPACE_H
#define CFISAC_ALLOC_WORKSPACE_H

#include "cfisac/alloc.h"

/* A cone problem's memory and a solver for it, from step to step and drop to drop as long as the pattern stays. */
typedef struct cone_solver {
    socp_builder *builder;
    socp_workspace *workspace; /* of the builder's last pattern */
} cone_solver;

struct alloc_workspace {
    cfi_arena *scratch; /* of one allocation, released at its end: warm, while results pile up in another arena */
    cone_solver cone;
    const struct alloc_coupled
        *coupled; /* of the allocation that runs, where sensing couples access points: made once */
};

/* Solves a problem of the builder by the solver that is kept, if the pattern is the same as before, or a new one, from
 * a cold start. An interrupted solve is CFI_INTERRUPTED. Fails as socp_create and socp_solve. */
cfi_status cone_solver_run(cone_solver *cone, const socp_problem *problem, cfi_stop *stop, socp_solution *solution,
                           cfi_error *error);

/* Gives up the solver: what is half made must not serve the next drop. */
void cone_solver_empty(cone_solver *cone);

#endif
