/* The concave surrogate at a point as a second-order cone problem. docs/model.md (M13)-(M15). */
#ifndef CFISAC_ALLOC_STEP_MODEL_H
#define CFISAC_ALLOC_STEP_MODEL_H

#include "alloc/problem.h"

/* Where each variable and the data of the expansion stand. */
typedef struct step_model {
    const alloc_problem *problem;
    const alloc_point *at;
    const size_t *active;
    size_t A; /* active users */
    cfi_surrogate surrogate;
    cfi_crlb_constraint constraint;
    size_t x, q, t, e, theta, node; /* first variable of each kind; w starts at 0 */
    double *unit;           /* L: what the power of each access point is measured in, a power of 4; filled here */
    size_t variables, root; /* root: the geometric mean */
    socp_builder *builder;
} step_model;

/* The variable x_l, of an access point whose threshold counts. */
static inline size_t step_model_x(const step_model *model, size_t l)
{
    return model->x + model->problem->rank[l];
}

/* Lays the variables out and fills model->builder, made here when it is NULL and emptied first when it is not; the
 * caller destroys it. `leaves` has room for 2 K indices. NULL and an error text when out of memory. */
const socp_problem *step_model_build(step_model *model, size_t *leaves, cfi_error *error);

/* The powers of a solution; inactive users stay silent. */
void step_model_read(const step_model *model, const double *solution, alloc_point *to);

#endif
