/* The small dual with targets of one common rate: the largest that budget, limits and sensing leave. docs/model.md
 * (M31) */
#ifndef CFISAC_ALLOC_DUAL_RATES_H
#define CFISAC_ALLOC_DUAL_RATES_H

#include "alloc/dual.h"

/* Of the program's users: target_k = max(exp(weight_k c) - 1, least_k). Arrays of K. */
typedef struct dual_rates {
    dual_program *program; /* whose targets are `target`; a least factor of the budget */
    double *weight;        /* of a unit of c, in nats; 0: not raised */
    const double *least;
    double *target, *slope; /* slope: d ln target_k / dc */
    double *lambda;         /* of the budget alone */
    double *matrix;         /* (K + 1) x (K + 2) */
    double *room;           /* dual_room numbers */
    double c;
} dual_rates;

/* Targets of c. */
void dual_set_rates(const dual_rates *rates, double c);
/* Whatever limits and sensing ask for, no c is larger than this, but for rounding; NaN: prices without them were not
 * found. The iterate becomes the powers that have it, without waste or sensing power, with rates->lambda
 * (dual_balance.c).
 */
double dual_balance(dual_rates *rates);
/* rates->lambda, for which p->h and p->spare (prices' inverses) stand, goes this part of the way to the fixed point
 * that targets have beside all other multipliers. False where the equations are singular. */
bool dual_lift(dual_rates *rates, double part);
/* Whether those powers keep limits and sense well enough: then they are the answer. */
bool dual_balance_is_enough(dual_program *p);
/* Least common rate of those powers within the limits, without regard to sensing. */
double dual_clipped_rate(const dual_rates *rates);

/* The largest c, by Newton's method on the least factor, from c = `first` on; `most` is above it. False where that does
 * not get there. The iterate is the answer to rates->c, with a theta of 1 or next to nothing below. */
bool dual_raise(dual_rates *rates, double first, double most);
/* No powers have a larger common rate than this: from the iterate's multipliers, which are repaired so that it is
 * proved whatever they are. NaN where they prove nothing. */
double dual_prove_rate(dual_rates *rates);

#endif
