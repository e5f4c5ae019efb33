/* One SCA step: the concave surrogate at a point, maximised as a second-order cone problem. docs/model.md (M13)-(M15).
 */
#ifndef CFISAC_ALLOC_STEP_H
#define CFISAC_ALLOC_STEP_H

#include "alloc/step_model.h"
#include "alloc/workspace.h"

/* How the cone solver ended a step, for whoever has to say what broke down. */
typedef struct step_end {
    size_t start, step; /* numbered as for the export */
    socp_status status;
    size_t iterations;
    double primal_residual, dual_residual, gap;
    char refusal[160]; /* what the solver found wrong with the problem; "": it took it */
} step_end;

typedef struct alloc_stepper {
    const alloc_problem *problem;
    cfi_crlb_constraint constraint;
    size_t *active; /* users that take part */
    size_t active_count;
    size_t *number;    /* K x L, of a step's amplitudes (step_rows.h); NULL where every AP serves every user */
    double *unit;      /* L: of the step's problem */
    cone_solver *cone; /* the workspace's */
    cfi_arena *scratch;
    step_end end; /* of the last step that the cone solver took */
    /* export of every problem solved */
    const cfi_alloc_options *options;
    size_t start, step;
} alloc_stepper;

/* Scratch comes from the workspace's arena; its cone solver is taken over, forgetting the last drop: results must not
 * depend on which drop was solved before. Fails: CFI_NO_MEMORY; CFI_INVALID where the scenario asks for a
 * constraint that the problem's interference is not made for (see alloc.h). */
cfi_status stepper_init(alloc_stepper *stepper, const alloc_problem *problem, const cfi_alloc_options *options,
                        alloc_workspace *workspace, cfi_error *error);

/* Maximises the surrogate about `at` over the feasible set; users whose SINR there is negligible stay silent. The
 * maximiser goes to to->point, neither complete nor evaluated. *solved tells how the solver ended. An exhausted active
 * set leaves to->point equal to that of `at`, and so does a problem that the cone solver refuses (numbers beyond the
 * range of a double): that is SOCP_FAILED, with the reason in stepper->end. Fails: CFI_NO_MEMORY, CFI_INTERRUPTED, the
 * export's error. After the first step of a pattern it allocates nothing. */
cfi_status stepper_run(alloc_stepper *stepper, const alloc_state *at, const step_surrogate *surrogate,
                       const alloc_state *to, socp_status *solved, cfi_error *error);

#endif
