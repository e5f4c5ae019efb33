/* Successive convex approximation from one start. docs/model.md (M13)-(M15). */
#ifndef CFISAC_ALLOC_SCA_H
#define CFISAC_ALLOC_SCA_H

#include "alloc/acceleration.h"
#include "alloc/landing.h"
#include "alloc/step.h"

enum { SCA_FAILURE_LENGTH = 320 };

/* A start beside the best one before it, where starts race. */
typedef enum {
    RACE_ON,     /* it was not left */
    RACE_BEHIND, /* it gains too little to catch up */
    RACE_MERGES  /* it comes to where the other is */
} race_end;

/* How one start went. Objectives are in nats, without the pre-log factor. */
typedef struct sca_outcome {
    cfi_alloc_status status;
    const char *stop_reason;
    bool broke_down;                  /* its last step failed: no rival for a start that ended by itself */
    char failure[SCA_FAILURE_LENGTH]; /* what broke down, of an inaccurate or failed start; else "" */
    bool short_of_targets;            /* no point was found that has the rate targets; objective: the least quotient */
    bool unfinished;                  /* the response got no further, and the cone solver has not gone on yet */
    race_end race;                    /* whether it was left before its end, for a better start */
    double objective;
    size_t start, iterations;
    double *trace; /* room for max_iterations + 1 values, given by the caller */
    size_t trace_count;
} sca_outcome;

/* What few starts need, made when the first one does. */
typedef struct sca_late {
    acceleration acceleration; /* NULL in it: not yet */
    alloc_state beside;        /* a point beside the best one; likewise */
} sca_late;

/* Work points of the iteration, reused by all starts. */
typedef struct sca_work {
    alloc_state candidate, trial;
    landing *landing; /* on rate targets */
    sca_late *late;
} sca_work;

/* Makes the point feasible to rounding and evaluates it; -INFINITY where that fails. */
double sca_complete(const alloc_problem *problem, const alloc_state *state);

/* CFI_INTERRUPTED, with its text. */
cfi_status sca_interrupted(cfi_error *error);

/* Improves at->point (feasible, at->values its own) in place until it converges, and goes on with *outcome, which knows
 * the start; never lowers the objective. at->values are left those of the result. A step that fails ends the iteration
 * as CFI_ALLOC_INACCURATE, with the best point so far; CFI_ALLOC_FAILED is left to a start whose objective is no
 * number. Fails as stepper_run, and with CFI_INTERRUPTED. */
cfi_status sca_run(alloc_stepper *stepper, const sca_work *work, const alloc_state *at, sca_outcome *outcome,
                   cfi_error *error);

#endif
