/* Separable programs: values of constraints, prices, and the bound that those prove. docs/model.md (M19) */
#ifndef CFISAC_ALLOC_SEPARABLE_VALUES_H
#define CFISAC_ALLOC_SEPARABLE_VALUES_H

#include "alloc/separable.h"

/* What is left of the first-order conditions. */
typedef struct separable_remains {
    double primal, dual, product, objective, f; /* f: of the condition on f */
    size_t products;
} separable_remains;

/* Of x_l and s_l. */
typedef struct separable_pair {
    double x, s;
} separable_pair;

static inline double separable_row_value(const separable *p, const separable_row *row, size_t l)
{
    return row->x[l] * p->x[l] + row->s[l] * p->s[l] + row->constant;
}

static inline double separable_light_value(const separable *p, size_t l)
{
    return p->a[l] * p->f + p->b[l] * p->x[l] - 1.0;
}

/* det J tr J^-1 */
static inline double separable_trace(const separable *p)
{
    return p->ease[1] * p->J[0] + p->ease[0] * p->J[1];
}

/* x_l is nothing: it stands at 1, where nobody sees it. */
static inline bool separable_is_idle(const separable *p, size_t l)
{
    return !(p->counted[l] > 0.0);
}

/* A column that is a constraint has a slack and a price; one that bends has none. */
static inline bool separable_is_constraint(const separable *p, size_t column)
{
    return column <= p->position_at;
}

/* sum_l x_factor_l x_l + s_factor_l s_l */
double separable_total(size_t L, const double *x_factor, const double *x, const double *s_factor, const double *s);
/* J, and the values of the constraints that couple, by column. */
void separable_couple(separable *p, double value[SEPARABLE_COLUMNS]);
/* At the iterate, whose columns become those of the point: fills residuals, bases of the steps and what rows need. */
separable_remains separable_look(separable *p);
/* The price of a unit of s_l beyond cost_s. */
double separable_price_s(const separable *p, size_t l);

/* What no feasible point exceeds, by the iterate's prices: proved but for rounding. Infinite where they prove nothing.
 */
double separable_bound(const separable *p);

/* The price of a unit of x_l, for users, beyond cost_x. */
double separable_price_x(const separable *p, size_t l);

#endif
