/* The objective climbed by accelerated responses from one start. docs/model.md (M19). */
#ifndef CFISAC_ALLOC_CLIMB_H
#define CFISAC_ALLOC_CLIMB_H

#include "alloc/anderson.h"
#include "alloc/coordinates.h"
#include "alloc/landing.h"
#include "alloc/response.h"
#include "alloc/sca.h"

/* What of the answer before the map looks back at. */
typedef struct climb_memory {
    double mu;
    response_cases cases;
    bool free_scale;
} climb_memory;

/* A state is u, I and z (response.h): n = 2 K + pairs numbers. */
typedef struct climb {
    const alloc_problem *problem;
    cfi_stop *stop; /* or NULL */
    response map;
    anderson history;
    size_t n;
    size_t patience;           /* evaluations, at most: then somebody else goes on. The caller's to set */
    const alloc_values *rival; /* of the point that is to be beaten, the caller's; NULL: none */
    double *state, *answer;    /* n: where the map was evaluated last, and its answer */
    double *damped;            /* n: the answer with coherent amplitudes that do not overshoot; or the answer itself */
    double *best;              /* n: the state of the best point */
    double *origin;            /* n: the state whose answer the best point is, unless it stands in at->point */
    climb_memory begun;        /* what the map knew before it */
    double *from, *to, *reach; /* n: coordinates, logarithms, of the state and of the answer; an extrapolation */
    coordinates coordinates;
    landing landing; /* on points that meet rate targets */
    bool met;        /* at->point meets them; true without */
    bool landed;     /* the state is that of a point that meets them */
    size_t *fading;  /* K: evaluations in a row in which a weak user lost power */
    size_t *revived; /* K: how often a user was brought back */
    /* of the run */
    const alloc_state *at;   /* the caller's point */
    const sca_work *work;    /* the caller's */
    bool in_point;           /* the best point stands in at->point */
    bool held;               /* or it is the map's last answer */
    bool feasible;           /* the state is that of a feasible point; I may still count what a silenced user had */
    double objective;        /* of the best point */
    response_value value;    /* of the last answer */
    double expected;         /* the objective of what is damped */
    double last_objective;   /* of the answer before */
    double reach_ratio;      /* of the last extrapolation, see anderson_next */
    size_t unchecked;        /* evaluations since the gap was looked at */
    size_t raised;           /* evaluations until the best point was found, or the climb began from it again */
    bool strayed;            /* it did because nothing better was found for long */
    size_t plain, retreats;  /* plain steps still to go before the next extrapolation; retreats in a row */
    size_t evaluations, end; /* so far, and when the climb ends */
} climb;

/* Memory from the arena; CFI_NO_MEMORY. The problem's objective must have slopes. */
cfi_status climb_init(climb *c, const alloc_problem *problem, cfi_stop *stop, cfi_arena *arena, cfi_error *error);

/* Improves at->point (feasible and complete, at->values its own) in place, and goes on with *outcome, which knows the
 * start: a value of the trace is the best objective after an evaluation of the map, `iterations` counts evaluations.
 * The objective never falls. The status becomes CFI_ALLOC_CONVERGED with a certificate, or stays
 * CFI_ALLOC_ITERATION_LIMIT: after max_iterations, or earlier where there was no progress, or where the climb was left
 * for its rival (outcome->race; then only the outcome is of use). *gap: what a step of the
 * product surrogate could gain at the result, at most, relative (response_value). Deterministic, allocates nothing.
 * CFI_INTERRUPTED. */
cfi_status climb_run(climb *c, const sca_work *work, const alloc_state *at, sca_outcome *outcome, double *gap,
                     cfi_error *error);

/* A climb where users have rate targets (climb_targets.c): the point at the start may miss some of them, and at->point
 * stays it until one is found that meets them all. */
bool climb_on_to_targets(climb *c, sca_outcome *outcome, double small);
/* Makes the candidate a point that meets the targets, of the map's last answer; false when there is none. */
bool climb_land(climb *c);
void climb_keep_landed(climb *c, sca_outcome *outcome);
/* What a step with targets could gain at c->state, that of a point that meets them, at most: by the lifts that prove
 * least, as they are found from those of the last state. Infinite where there is no answer. */
double climb_gap_with_targets(climb *c);

/* Whether a climb after whose last evaluation the outcome is that may be left for its rival (climb_race.c). */
race_end climb_race(const climb *c, const sca_outcome *outcome);

/* Parts of a climb (climb.c). An evaluation is over: */
void climb_count(climb *c, sca_outcome *outcome);
/* The state of a point that was evaluated; lifts stay. */
void climb_state_of(const climb *c, const alloc_state *at, double *state);
/* Back to the best state, with no history. */
void climb_restart(climb *c);
void climb_damp(climb *c);
void climb_advance(climb *c, double small);
void climb_end(sca_outcome *outcome, const char *reason);

/* That gap at any point that is feasible and evaluated; infinite where there is no answer. */
double climb_gap(climb *c, const alloc_state *at);

/* Users that are on their way to zero, and back (climb_users.c). Silences, in the last answer, those that fade. */
void climb_silence_fading(climb *c);

/* Gives silent users that would grow a little power in the state; true when there are any. */
bool climb_revive_silent(climb *c);

/* What each user counts in the acceleration, by the last state. */
void climb_weigh_users(climb *c);

#endif
