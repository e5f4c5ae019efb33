/* One SCA step: the concave surrogate at a point, maximised as a second-order cone problem.
 * docs/model.md (M13)-(M15). */
#ifndef CFISAC_ALLOC_STEP_H
#define CFISAC_ALLOC_STEP_H

#include "alloc/structured.h"

/* Keeps the problem's memory and the solver's workspace from step to step: while the sparsity pattern stays the same, a
 * step allocates nothing. */
/* A cone problem and a workspace for it, from drop to drop as long as the pattern stays the same. */
typedef struct step_solver {
    socp_builder *builder;
    socp_workspace *workspace; /* of the builder's last pattern */
} step_solver;

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
    double *unit;      /* L: of the step's problem */
    step_solver *cone; /* kept by the arena */
    bool structured;   /* steps are taken by the dual */
    structured dual;
    size_t fallback_steps; /* that the dual could not end and the cone solver took */
    double largest_gap;    /* certified gaps of its steps, relative */
    step_end end;          /* of the last step that the cone solver took */
    double objective;      /* problem_evaluate at the last step's result if that is complete, else NAN */
    /* export of every problem solved */
    const cfi_alloc_options *options;
    size_t start, step;
} alloc_stepper;

/* The active list comes from the arena, which also keeps the cone solver. */
cfi_status stepper_init(alloc_stepper *stepper, const alloc_problem *problem, const cfi_alloc_options *options,
                        cfi_arena *arena, cfi_error *error);

/* Maximises the surrogate about `at` (the point of the last problem_evaluate) over the feasible set; users whose SINR
 * there is negligible stay silent. The maximiser, not yet completed, goes to `to`; *solved tells how the solver ended.
 * An exhausted active set leaves `to` equal to `at`, and so does a problem that the cone solver refuses (numbers beyond
 * the range of a double): that is SOCP_FAILED, with the reason in stepper->end. Fails: CFI_NO_MEMORY, CFI_INTERRUPTED,
 * the export's error. */
cfi_status stepper_run(alloc_stepper *stepper, const alloc_point *at, cfi_surrogate surrogate, alloc_point *to,
                       socp_status *solved, cfi_error *error);

#endif
