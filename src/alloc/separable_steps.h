/* Separable programs: Newton's steps of the interior-point method. docs/model.md (M19) */
#ifndef CFISAC_ALLOC_SEPARABLE_STEPS_H
#define CFISAC_ALLOC_SEPARABLE_STEPS_H

#include "alloc/separable_values.h"

/* Minus what a product of slack and price should change by, to first order: to `target`, beside what the steps before
 * multiply to where those are taken in (correct: 1, else 0). */
typedef struct separable_aim {
    double target, correct;
} separable_aim;

/* Everything that both solutions of an iteration share; `added` curvature. False where it is singular. */
bool separable_assemble(separable *p, double added);
/* The steps to what is aimed at. f: what is left of the condition on f. */
void separable_take_steps(separable *p, const separable_aim *to, double f);

#endif
