/* Successive convex approximation from one start. docs/model.md (M13)-(M15). */
#ifndef CFISAC_ALLOC_SCA_H
#define CFISAC_ALLOC_SCA_H

#include "alloc/step.h"

/* How one start went. Objectives are in nats, without the pre-log factor. */
typedef struct sca_outcome {
    cfi_alloc_status status;
    const char *stop_reason;
    double objective;
    size_t iterations;
    double *trace; /* room for max_iterations + 1 values, given by the caller */
    size_t trace_count;
} sca_outcome;

/* Work points of the iteration, reused by all starts. */
typedef struct sca_work {
    alloc_point *candidate, *trial;
} sca_work;

/* Improves `point` (feasible) in place until it converges; never lowers the objective. Fails as stepper_run, and with
 * CFI_INTERRUPTED. */
cfi_status sca_run(alloc_stepper *stepper, const sca_work *work, alloc_point *point, sca_outcome *outcome,
                   cfi_error *error);

/* Start number `start` of the allocation: 0 is `heuristic` itself, then subsets of users and random amplitudes in turn,
 * from the stream (seed, drop, start). False when it cannot be made feasible. */
bool start_make(const alloc_problem *problem, size_t start, const alloc_point *heuristic, alloc_point *point);

#endif
