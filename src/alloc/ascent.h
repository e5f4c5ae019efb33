/* One start of the search: the accelerated response where it applies, successive convex approximation by cone problems
 * elsewhere, and where the response makes no progress. docs/model.md (M13), (M19) */
#ifndef CFISAC_ALLOC_ASCENT_H
#define CFISAC_ALLOC_ASCENT_H

#include "alloc/climb.h"

typedef struct alloc_ascent {
    alloc_stepper stepper; /* cone problems */
    alloc_problem search;  /* of a point that has the targets */
    sca_work work;
    sca_late late;
    bool structured; /* the response goes first */
    climb climb;
    size_t fallback_steps; /* that the cone solver took after it */
    double largest_gap;    /* at the results, certified, relative */
} alloc_ascent;

/* Scratch comes from the workspace. Fails as stepper_init; CFI_INVALID, too, where the scenario asks for the response
 * and that does not apply. */
cfi_status ascent_init(alloc_ascent *ascent, const alloc_problem *problem, const cfi_alloc_options *options,
                       alloc_workspace *workspace, cfi_error *error);

/* Goes on with an unfinished outcome, by the cone solver. Fails as sca_run. */
cfi_status ascent_finish(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error);

/* Improves at->point (feasible and complete) in place; at->values become its own, and outcome->trace has room for
 * max_iterations + 1 values. Fails as sca_run and climb_run. */
cfi_status ascent_run(alloc_ascent *ascent, const alloc_state *at, sca_outcome *outcome, cfi_error *error);

#endif
