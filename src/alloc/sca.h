/* Successive convex approximation from one start. docs/model.md (M13)-(M15). */
#ifndef CFISAC_ALLOC_SCA_H
#define CFISAC_ALLOC_SCA_H

#include "alloc/step.h"

enum { SCA_FAILURE_LENGTH = 320 };

/* How one start went. Objectives are in nats, without the pre-log factor. */
typedef struct sca_outcome {
    cfi_alloc_status status;
    const char *stop_reason;
    bool broke_down;                  /* its last step failed: no rival for a start that ended by itself */
    char failure[SCA_FAILURE_LENGTH]; /* what broke down, of an inaccurate or failed start; else "" */
    double objective;
    size_t iterations;
    double *trace; /* room for max_iterations + 1 values, given by the caller */
    size_t trace_count;
} sca_outcome;

/* Work points of the iteration, reused by all starts. */
typedef struct sca_work {
    alloc_point *candidate, *trial;
    double *kept; /* 2 K: problem->u and interference of the candidate */
} sca_work;

/* Improves `point` (feasible) in place until it converges; never lowers the objective. A step that fails ends the
 * iteration as CFI_ALLOC_INACCURATE, with the best point so far in `point`; CFI_ALLOC_FAILED is left to a start whose
 * objective is no number. Fails as stepper_run, and with CFI_INTERRUPTED. */
cfi_status sca_run(alloc_stepper *stepper, const sca_work *work, alloc_point *point, sca_outcome *outcome,
                   cfi_error *error);

/* Start number `start` of the allocation:
 *   0             `heuristic` itself
 *   1             the strongest user of each pilot
 *   2, 6, 10 ..   random amplitudes, from the stream (seed, drop, start)
 *   others        the best point so far with one user exchanged: an active one silenced, or a silent one in the place
 * of its weakest rival. *turn counts the exchanges tried; the caller resets it when the best improves. When all are
 * tried: random subsets of users and random amplitudes. False when the start cannot be made feasible. `incumbent` is
 * read from start 3 on. */
bool start_make(const alloc_problem *problem, size_t start, size_t *turn, const alloc_point *heuristic,
                const alloc_point *incumbent, alloc_point *point);

#endif
