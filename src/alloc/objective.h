/* What the allocation maximises: one table, a row an objective. docs/model.md (M13) */
#ifndef CFISAC_ALLOC_OBJECTIVE_H
#define CFISAC_ALLOC_OBJECTIVE_H

#include "cfisac/alloc.h"

typedef struct alloc_problem alloc_problem; /* problem.h, which holds a row of the table */
typedef struct alloc_point alloc_point;
typedef struct alloc_values alloc_values;
typedef struct step_surrogate step_surrogate; /* step_rows.h */
typedef struct globals_job globals_job;       /* globals.h */

/* How far the last two accepted steps got. */
typedef struct objective_gains {
    double before, now; /* gain of the step before (infinite: there was none) and of this one */
    double value;       /* before this step */
    double tolerance;   /* allocation.tolerance */
} objective_gains;

typedef struct alloc_objective {
    const char *name, *unit;
    bool larger_is_better; /* in `unit` */
    /* What is maximised, of u and interference; `reported` turns it into `unit`. */
    double (*value)(const alloc_problem *problem, const alloc_values *values);
    double (*reported)(const cfi_system *system, double value);
    bool proportional; /* it multiplies by a number */
    /* The same of the point itself, where u and interference do not tell; or NULL. */
    double (*of_powers)(const alloc_problem *problem, const alloc_point *point);
    /* The same in `unit`, of powers that are evaluated anew. */
    double (*measured)(const cfi_system *system, const cfi_evaluation *evaluation);
    /* Half the slope in u_k and minus that in I_k, about u and interference: what the response of the access points
     * follows (response.h). NULL: it maximises no such objective. */
    void (*slopes)(const alloc_problem *problem, const double *u, const double *interference, double *gain,
                   double *weight);
    /* The surrogate of a step about `at`; the one that the scenario asks for where `at` is NULL. */
    const step_surrogate *(*surrogate)(const alloc_problem *problem, const alloc_values *at);
    /* Makes what a step found feasible, with no loss; false: that cannot be. */
    bool (*complete)(const alloc_problem *problem, alloc_point *point);
    bool (*reached)(double value); /* it is enough; NULL: it never is */
    /* Whether so little is left to gain that a second such step in a row is the last. */
    bool (*stop)(const objective_gains *gains);
    /* Where the problem is convex (globals_apply): solves it globally. NULL: it never is. */
    cfi_status (*goal)(globals_job *job, cfi_error *error);
    /* A user that lost (nearly) all power may be worth bringing back; see revive.c. */
    bool revives;
    unsigned raises;     /* kinds of information (information.h), a bit each, that it is about */
    bool needs_everyone; /* it is worth nothing where some user has no rate */
    /* Nobody can be left out, and starts end alike: one is the default with shared pilots, too. Of 20 drops of 10
     * access points, 6 users and 3 pilots, d2 < d1, eight starts gained 2e-8 at most; of 820 of 2 to 20 and 2 to 10,
     * with thresholds, targets, weights, clusters, zf and correlated fading, 16 starts gained 6e-7 in fairness. */
    bool starts_once;
} alloc_objective;

/* allocation.weights of user k; 1 where none are given. */
static inline double objective_weight(const cfi_system *system, size_t k)
{
    return system->allocation.weights ? system->allocation.weights[k] : 1.0;
}

/* The row of a word; NULL: this version has none. */
const alloc_objective *objective_of(cfi_objective word);

/* Finding a point that has the targets (targets.c). */
extern const alloc_objective objective_target_ratio;

/* Six times what is left to gain is little beside the tolerance: see objective_sum_rate.c. */
bool objective_little_is_left(const objective_gains *gains);

/* The sum rate's surrogates (objective_sum_rate.c). */
extern const step_surrogate sum_rate_product, sum_rate_fractional;

#endif
